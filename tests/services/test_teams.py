"""Work in a group: one hands in, all get it, and each is rated for themselves."""

from dataclasses import replace

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError, TransitionError
from lti_tool.domain.launch import Group
from lti_tool.domain.rating import latest
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission, SubmissionState
from lti_tool.persistence import groups, ratings, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence, begin_attempt, restore_evidence
from lti_tool.services.rate_submission import rate_team
from lti_tool.services.return_submission import return_submission
from lti_tool.services.set_teams import set_teams, show_teams
from lti_tool.services.show_assessment import AssessmentShown, show_assessment
from lti_tool.services.show_same_files import show_same_files
from lti_tool.services.show_team import show_mates
from lti_tool.services.submit_evidence import submit_evidence, withdraw_submission
from tests.services.classroom import Classroom, conditions


@pytest.fixture
def made(classroom: Classroom) -> Assessment:
    return classroom.set_up(given=conditions(attempts=2))


@pytest.fixture
def team(classroom: Classroom, made: Assessment) -> tuple[Account, Account, Account]:
    """Three of one team; a fourth student works alone."""
    one, two, three = (classroom.enrol(name) for name in ("甲", "乙", "丙"))
    classroom.enrol("丁")
    together(classroom, made, one, two, three)
    return one, two, three


def together(classroom: Classroom, made: Assessment, *members: Account) -> None:
    with classroom.working() as work:
        wanted = {each.id: " 第 1 组 " for each in members}
        set_teams(work, made, wanted, course_id=classroom.course.id)


def newest(classroom: Classroom, made: Assessment, learner: Account) -> Submission:
    with classroom.reading() as session:
        return submissions.attempts_of(session, made.id, learner.id)[-1]


def texts(submission: Submission) -> list[str]:
    return [each.text for each in submission.evidence]


def drafted(classroom: Classroom, made: Assessment, learner: Account, words: str) -> Submission:
    with classroom.working(learner) as work:
        piece = Evidence(
            work.new_id(), EvidenceKind.TEXT, words, frozenset({"2.1.1"}), work.now, text=words
        )
        return add_evidence(work, begin_attempt(work, made), made, piece)


def levels(classroom: Classroom, submission: Submission) -> dict[str, int]:
    with classroom.reading() as session:
        given = latest(ratings.ratings_of_submission(session, submission.id))
    return {code: each.performance_level for code, each in given.items()}


def seen_by(classroom: Classroom, made: Assessment, learner: Account) -> AssessmentShown:
    with classroom.reading() as session:
        return show_assessment(
            session,
            classroom.catalogue,
            made.id,
            learner_id=learner.id,
            course_id=classroom.course.id,
            now=classroom.now,
        )


Team = tuple[Account, Account, Account]


def test_one_hands_in_and_all_have_the_same_work(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    handed_in = classroom.hand_in(team[0], made)

    for each in team[1:]:
        theirs = newest(classroom, made, each)
        assert theirs.state is SubmissionState.SUBMITTED
        assert theirs.submitted_at == handed_in.submitted_at
        assert [(p.text, p.codes) for p in theirs.evidence] == [
            (p.text, p.codes) for p in handed_in.evidence
        ]
        assert theirs.self_ratings == {}
        assert seen_by(classroom, made, each).handed_in_by == team[0]
    alone = classroom.enrol("丁")
    with classroom.reading() as session:
        assert submissions.attempts_of(session, made.id, alone.id) == []


def test_the_draft_of_a_member_is_kept_for_when_the_work_comes_back(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    drafted(classroom, made, team[1], "乙自己的草稿")
    classroom.hand_in(team[0], made)
    theirs = newest(classroom, made, team[1])
    assert "乙自己的草稿" not in texts(theirs)

    with classroom.working(team[1]) as work:
        draft = withdraw_submission(work, theirs, made)
        restored = restore_evidence(work, draft, draft.removed[0].id)
    assert "乙自己的草稿" in texts(restored)
    assert newest(classroom, made, team[0]).state is SubmissionState.DRAFT
    assert newest(classroom, made, team[2]).state is SubmissionState.DRAFT


def test_the_work_is_taken_back_by_any_member_until_one_of_them_is_rated(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    classroom.hand_in(team[0], made)
    assert seen_by(classroom, made, team[1]).may_withdraw
    classroom.rate(newest(classroom, made, team[2]), made, 3)

    assert not seen_by(classroom, made, team[1]).may_withdraw
    with pytest.raises(TransitionError), classroom.working(team[1]) as work:
        withdraw_submission(work, newest(classroom, made, team[1]), made)


def test_after_a_second_hand_in_all_have_the_newer_work(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    first = classroom.hand_in(team[0], made)
    with classroom.working() as work:
        return_submission(work, first, "请补充")
    for each in team:
        returned = newest(classroom, made, each)
        assert (returned.state, returned.return_note) == (SubmissionState.RETURNED, "请补充")
    changed = drafted(classroom, made, team[1], "补充的内容")
    with classroom.working(team[1]) as work:
        submit_evidence(work, changed, made)

    for each in team:
        again = newest(classroom, made, each)
        assert (again.state, again.attempt) == (SubmissionState.SUBMITTED, 1)
        assert "补充的内容" in texts(again)
        assert len(again.earlier) == 1
        assert seen_by(classroom, made, each).handed_in_by == team[1]


def test_who_handed_in_alone_before_keeps_their_work(
    classroom: Classroom, made: Assessment
) -> None:
    one, two = classroom.enrol("甲"), classroom.enrol("乙")
    before = classroom.hand_in(two, made)
    together(classroom, made, one, two)
    classroom.hand_in(one, made)

    assert newest(classroom, made, two) == before


def test_a_member_without_attempts_left_gets_no_other_one(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    for _ in range(2):
        classroom.hand_in(team[0], made)
        for each in team:
            theirs = newest(classroom, made, each)
            classroom.rate(theirs, made, 3, 3, 3)
            classroom.release(theirs, made)

    assert [newest(classroom, made, each).attempt for each in team] == [2, 2, 2]


def test_each_is_rated_for_themselves_and_all_may_be_given_the_same_first(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    handed_in = classroom.hand_in(team[0], made)
    theirs = newest(classroom, made, team[1])
    classroom.rate(theirs, made, 1)
    classroom.rate(handed_in, made, 3, 4)
    with classroom.working() as work:
        assert rate_team(work, handed_in, made) == 3
        assert rate_team(work, handed_in, made) == 0

    assert levels(classroom, theirs) == {"2.1.1": 1, "2.1.2": 4}
    assert levels(classroom, newest(classroom, made, team[2])) == {"2.1.1": 3, "2.1.2": 4}
    with classroom.reading() as session:
        mates = show_mates(session, handed_in, made)
        nameless = show_mates(session, handed_in, replace(made, anonymous=True))
    assert [(each.name, each.rated) for each in mates] == [("乙", 2), ("丙", 2)]
    assert all(each.name.startswith("#") for each in nameless)


def test_the_same_file_within_a_team_is_no_news(
    classroom: Classroom, made: Assessment, team: Team
) -> None:
    with classroom.working(team[0]) as work:
        piece = Evidence(
            work.new_id(), EvidenceKind.FILE, "a.png", frozenset(), work.now,
            media_type="image/png", size=1, sha256="a" * 64,
        )  # fmt: skip
        draft = add_evidence(work, begin_attempt(work, made), made, piece, storage_key="0" * 32)
        handed_in = submit_evidence(work, draft, made)

    course = classroom.course
    with classroom.reading() as session:
        assert (
            show_same_files(
                session, handed_in, made, course_id=course.id, school_id=course.school_id
            )
            == {}
        )


def test_the_groups_of_the_course_are_offered_as_teams(
    classroom: Classroom, made: Assessment
) -> None:
    one, two = classroom.enrol("甲"), classroom.enrol("乙")
    with classroom.database.transaction() as session:
        groups.keep_groups(
            session,
            classroom.course.id,
            [Group("g2", "B 组"), Group("g1", "A 组")],
            {"g1": [one.id], "g2": [one.id, two.id]},
        )
    with classroom.reading() as session:
        shown = show_teams(session, made.id, course_id=classroom.course.id)

    assert shown.from_course == {one.id: "A 组", two.id: "B 组"}
    assert (shown.now, shown.count) == ({}, 0)


def test_teams_hold_students_of_the_course_only_and_names_that_are_none_mean_alone(
    classroom: Classroom, made: Assessment
) -> None:
    one = classroom.enrol("甲")
    course_id = classroom.course.id
    with pytest.raises(NotFoundError), classroom.working() as work:
        set_teams(work, made, {9999: "组"}, course_id=course_id)
    with classroom.working() as work:
        set_teams(work, made, {one.id: "  "}, course_id=course_id)
    with classroom.reading() as session:
        assert show_teams(session, made.id, course_id=course_id).now == {}
    assert classroom.hand_in(one, made).shared_as == ""
