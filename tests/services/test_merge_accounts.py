"""Two accounts of one learner are merged with a trail, and parted again."""

from dataclasses import replace

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log, decisions, merges
from lti_tool.services.explain_decision import explain_decision
from lti_tool.services.merge_accounts import merge_accounts, show_merges, undo_merge
from lti_tool.services.replay_decisions import Outcome
from lti_tool.services.sign_off_attainment import revoke_attainment
from tests.services.attaining import LEVEL, master, sign_off_now, subject, whole_level
from tests.services.classroom import STANDARD, Classroom, enrol, open_course
from tests.services.merged import Twice, two_accounts


@pytest.fixture
def twice(classroom: Classroom) -> Twice:
    return two_accounts(classroom)


def test_the_ratings_of_both_accounts_count_for_the_one_learner(twice: Twice) -> None:
    assert twice.states() == [
        (twice.first.id, AttainmentState.NOT_MET),
        (twice.second.id, AttainmentState.NOT_MET),
    ]
    twice.merge()
    assert twice.states() == [(twice.first.id, AttainmentState.PROPOSED)]
    shown = twice.outcomes()
    assert (shown.learners, shown.totals[0].total) == (1, 1)
    assert len(shown.rows[0].courses) == 2
    assert [twice.progress(each) for each in (twice.first, twice.second)] == [49, 49]


def test_a_merged_learner_is_found_by_either_course(twice: Twice) -> None:
    twice.merge()
    for course in (twice.here.course, twice.there.course):
        assert [each.learner.id for each in twice.outcomes(course.id).rows] == [twice.first.id]


def test_both_accounts_columns_are_told_the_level_and_its_revocation(twice: Twice) -> None:
    twice.merge()
    courses = [twice.here.course.id, twice.there.course.id]
    assert [(course, points) for course, points, _ in twice.told()] == [(c, 0) for c in courses]
    assert all("待认定" in comment for _, _, comment in twice.told())
    sign_off_now(twice.here, twice.first)
    assert [points for _, points, _ in twice.told()] == [1, 1]
    with twice.here.working() as work:
        revoke_attainment(work, subject(twice.second), reason="误操作", school_id=twice.school_id)
    assert [points for _, points, _ in twice.told()] == [0, 0]
    assert all("撤销" in comment for _, _, comment in twice.told())


def test_the_page_of_either_account_is_the_learners(twice: Twice) -> None:
    twice.merge()
    made = sign_off_now(twice.here, twice.second)
    assert made.learner_id == twice.first.id
    with twice.here.reading() as session:
        for account in (twice.first, twice.second):
            shown = explain_decision(
                session,
                twice.here.catalogue,
                STANDARD,
                LEVEL,
                learner_id=account.id,
                school_id=twice.school_id,
                now=twice.here.now,
            )
            assert shown.learner.id == twice.first.id
            assert [each.decision.id for each in shown.trail] == [made.id]
            assert shown.replay is not None
            assert (shown.replay.same, shown.replay.unchanged) == (True, True)
            assert len(shown.told) == len(shown.courses) == 2


def test_a_release_for_the_merged_account_moves_the_one_learner(twice: Twice) -> None:
    twice.merge()
    twice.there.now = twice.here.now
    for _ in range(2):
        master(twice.there, twice.second, twice.assessments[1], times=1, but={"2.2.1": 1})
    twice.here.now = twice.there.now
    assert twice.states() == [(twice.first.id, AttainmentState.NOT_MET)]
    assert {comment for _, _, comment in twice.told()} == {"48/49 已掌握；未达成：2.2.1 关键要求"}


def test_undoing_parts_them_and_takes_back_what_was_told(twice: Twice) -> None:
    before = twice.states(), twice.told()
    twice.part(twice.merge())
    assert (twice.states(), twice.told()) == before
    assert [twice.progress(each) for each in (twice.first, twice.second)] == [0, 0]


def test_a_level_that_rests_on_nothing_any_more_is_taken_back_in_the_lms(
    classroom: Classroom,
) -> None:
    """The second account has no rating of its own."""
    course = open_course(classroom.database, "course-2")
    teacher = enrol(classroom.database, course, "周敏", Role.TEACHER)
    there = replace(classroom, course=course, teacher=teacher)
    first = classroom.enrol("黄嘉怡")
    second = enrol(classroom.database, course, "黄嘉怡 2", Role.STUDENT)
    made = whole_level(classroom), whole_level(there)
    master(classroom, first, made[0])
    twice = Twice(classroom, there, first, second, made)
    merge_id = twice.merge()
    sign_off_now(classroom, first)
    assert [points for _, points, _ in twice.told()] == [1, 1]
    twice.part(merge_id)
    assert [(points, comment) for _, points, comment in twice.told()][1] == (
        0,
        "目前没有计入这一等级的评分",
    )
    assert twice.told()[0][1] == 1


def test_every_decision_replays_before_during_and_after_a_merge(twice: Twice) -> None:
    twice.there.now = twice.here.now
    master(twice.there, twice.second, twice.assessments[1], times=1)
    twice.here.now = twice.there.now
    sign_off_now(twice.here, twice.second)
    assert twice.replayed() == [Outcome.SAME]
    merge_id = twice.merge()
    assert twice.states() == [(twice.first.id, AttainmentState.ATTAINED)]
    assert twice.replayed() == [Outcome.SAME]
    with twice.here.working() as work:
        revoke_attainment(work, subject(twice.first), reason="复查", school_id=twice.school_id)
    sign_off_now(twice.here, twice.first)
    assert twice.replayed() == [Outcome.SAME] * 3
    twice.part(merge_id)
    assert twice.replayed() == [Outcome.SAME] * 3
    assert twice.states() == [
        (twice.first.id, AttainmentState.ATTAINED),
        (twice.second.id, AttainmentState.REVOKED),
    ]


def test_nothing_that_was_recorded_is_changed(twice: Twice) -> None:
    twice.part(twice.merge())
    with twice.here.reading() as session:
        assert decisions.decisions_of(session, twice.first.id, STANDARD) == []
        (made,) = merges.merges_of(session, twice.school_id)
        noted = audit_log.entries_about(session, f"person:{twice.first.id}")
    assert (made.reason, made.undone_reason) == ("同一人", "弄错了")
    assert made.merged_by == made.undone_by == twice.here.teacher.id
    assert [each.action for each in noted] == ["merge_accounts", "undo_merge"]
    assert all("黄" not in each.detail for each in noted)


def test_three_accounts_become_one_and_part_in_any_order(twice: Twice) -> None:
    third = twice.here.enrol("黄嘉怡 3", number="2024030107")
    twice.there.now = twice.here.now
    one = twice.merge()
    with twice.here.working() as work:
        two = merge_accounts(
            work, third.id, twice.second.id, reason="同一人", school_id=twice.school_id
        )
    assert twice.states() == [(third.id, AttainmentState.PROPOSED)]
    twice.part(one)
    assert twice.states() == [
        (twice.second.id, AttainmentState.NOT_MET),
        (third.id, AttainmentState.NOT_MET),
    ]
    twice.part(two)
    assert twice.states() == [
        (twice.first.id, AttainmentState.NOT_MET),
        (twice.second.id, AttainmentState.NOT_MET),
    ]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_merge_needs_a_reason(twice: Twice, reason: str) -> None:
    with twice.here.working() as work, pytest.raises(ReasonMissingError):
        merge_accounts(
            work, twice.first.id, twice.second.id, reason=reason, school_id=twice.school_id
        )


def test_nobody_is_merged_twice_with_oneself_or_with_another_school(twice: Twice) -> None:
    merge_id = twice.merge()
    for kept, merged in ((twice.second, twice.first), (twice.first, twice.first)):
        with twice.here.working() as work, pytest.raises(StaleFormError):
            merge_accounts(work, kept.id, merged.id, reason="再", school_id=twice.school_id)
    with twice.here.working() as work:
        with pytest.raises(NotFoundError):
            merge_accounts(work, twice.first.id, twice.second.id, reason="别", school_id=99)
        with pytest.raises(NotFoundError):
            undo_merge(work, merge_id, reason="别", school_id=99)
    twice.part(merge_id)
    with pytest.raises(StaleFormError):
        twice.part(merge_id)


def test_students_with_the_same_number_are_proposed_until_they_are_merged(twice: Twice) -> None:
    def proposed(search: str = "") -> tuple[list[list[int]], list[int]]:
        with twice.here.reading() as session:
            shown = show_merges(session, twice.school_id, search=search)
        return (
            [[each.account.id for each in group] for group in shown.alike],
            [each.account.id for each in shown.found],
        )

    both = [twice.first.id, twice.second.id]
    assert proposed("嘉怡") == ([both], both)
    twice.merge()
    assert proposed("嘉怡") == ([], [twice.first.id])
