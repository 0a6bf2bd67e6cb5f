"""A student fills a draft: what is taken, what is refused, and what a refusal leaves unchanged."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    AttemptsUsedError,
    BadEvidenceError,
    BadRatingError,
    NotFoundError,
    NotInAssessmentError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.submission import (
    MAX_EVIDENCE,
    Evidence,
    EvidenceKind,
    Submission,
    SubmissionState,
)
from lti_tool.persistence import submissions
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import (
    add_evidence,
    begin_attempt,
    change_evidence,
    own_submission,
    remove_evidence,
    restore_evidence,
    save_self_ratings,
)
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.work import Work
from tests.services.classroom import Classroom, conditions, open_course


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


@pytest.fixture
def assessment(classroom: Classroom) -> Assessment:
    return classroom.set_up()


def text(work: Work, words: str = "文字", *codes: str) -> Evidence:
    return Evidence(work.new_id(), EvidenceKind.TEXT, words, frozenset(codes), work.now, text=words)


def stored(classroom: Classroom, submission: Submission) -> Submission:
    with classroom.reading() as session:
        return submissions.submission_of(session, submission.id)


def test_an_open_draft_is_gone_on_with(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)

    with classroom.working(learner) as work:
        assert begin_attempt(work, assessment) == drafted


def test_no_other_attempt_is_begun_while_one_waits(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    classroom.hand_in(learner, assessment)

    with classroom.working(learner) as work, pytest.raises(TransitionError):
        begin_attempt(work, assessment)


def test_attempts_are_counted_and_limited(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up(given=conditions(attempts=2))
    classroom.finish(learner, assessment)
    with classroom.working(learner) as work:
        assert begin_attempt(work, assessment).attempt == 2
    classroom.finish(learner, assessment)

    with classroom.working(learner) as work, pytest.raises(AttemptsUsedError):
        begin_attempt(work, assessment)


def test_two_students_have_drafts_of_their_own(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    other = classroom.enrol("李强")

    assert classroom.draft(learner, assessment).id != classroom.draft(other, assessment).id


def test_every_change_raises_the_version(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    with classroom.working(learner) as work:
        draft = begin_attempt(work, assessment)
        first = add_evidence(work, draft, assessment, text(work, "一", "2.1.1"))
        second = save_self_ratings(work, first, assessment, {"2.1.1": 3})
        third = remove_evidence(work, second, first.evidence[0].id)

    assert [each.version for each in (draft, first, second, third)] == [1, 2, 3, 4]
    assert third.evidence == ()
    assert stored(classroom, third) == third


def test_a_form_older_than_the_draft_changes_nothing(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    old = replace(drafted, version=drafted.version - 1)

    with pytest.raises(StaleFormError), classroom.working(learner) as work:
        add_evidence(work, old, assessment, text(work))

    assert stored(classroom, drafted) == drafted


def test_evidence_for_a_code_outside_the_assessment_is_refused(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)

    with pytest.raises(NotInAssessmentError), classroom.working(learner) as work:
        add_evidence(work, drafted, assessment, text(work, "文字", "3.1.1"))
    with pytest.raises(NotInAssessmentError), classroom.working(learner) as work:
        change_evidence(
            work, drafted, assessment, drafted.evidence[0].id, codes=frozenset({"3.1.1"})
        )

    assert stored(classroom, drafted) == drafted


def test_an_attempt_holds_a_limited_number_of_pieces(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    with classroom.working(learner) as work:
        draft = begin_attempt(work, assessment)
        for number in range(MAX_EVIDENCE):
            draft = add_evidence(work, draft, assessment, text(work, f"第 {number} 段"))

    with pytest.raises(BadEvidenceError) as refused, classroom.working(learner) as work:
        add_evidence(work, draft, assessment, text(work))
    assert refused.value.reason == "too_many"


def test_a_form_that_is_sent_twice_brings_one_piece_with_the_codes_of_both(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    with classroom.working(learner) as work:
        draft = begin_attempt(work, assessment)
        draft = add_evidence(work, draft, assessment, text(work, "一", "2.1.1"))
        draft = add_evidence(work, draft, assessment, text(work, "一", "2.1.2"))
        draft = add_evidence(work, draft, assessment, text(work, "二", "2.1.2"))

    assert [(each.text, set(each.codes)) for each in draft.evidence] == [
        ("一", {"2.1.1", "2.1.2"}),
        ("二", {"2.1.2"}),
    ]


def test_a_removed_piece_can_be_brought_back_until_the_work_is_handed_in(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    with classroom.working(learner) as work:
        draft = begin_attempt(work, assessment)
        draft = add_evidence(work, draft, assessment, text(work, "一"))
        draft = add_evidence(work, draft, assessment, text(work, "二"))
        first, second = draft.evidence
        draft = remove_evidence(work, draft, first.id)
        assert (draft.evidence, draft.removed) == ((second,), (first,))
        draft = restore_evidence(work, draft, first.id)
        assert (set(draft.evidence), draft.removed) == ({first, second}, ())
        draft = remove_evidence(work, draft, second.id)
    with classroom.working(learner) as work:
        handed_in = submit_evidence(work, draft, assessment)

    assert (handed_in.evidence, handed_in.removed) == ((first,), ())
    with pytest.raises(TransitionError), classroom.working(learner) as work:
        restore_evidence(work, handed_in, second.id)


def test_what_was_never_removed_cannot_be_brought_back(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    for evidence_id in (drafted.evidence[0].id, "nothing"):
        with pytest.raises(NotFoundError), classroom.working(learner) as work:
            restore_evidence(work, drafted, evidence_id)


def test_a_text_gets_new_words_a_new_title_and_other_codes(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    piece = drafted.evidence[0]

    with classroom.working(learner) as work:
        change_evidence(
            work,
            drafted,
            assessment,
            piece.id,
            codes=frozenset({"2.1.3"}),
            title="第二稿",
            text="第二稿的全文",
        )

    (changed,) = stored(classroom, drafted).evidence
    assert changed == replace(
        piece, codes=frozenset({"2.1.3"}), title="第二稿", text="第二稿的全文"
    )


def test_a_text_cannot_be_emptied(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)

    with pytest.raises(BadEvidenceError), classroom.working(learner) as work:
        change_evidence(
            work, drafted, assessment, drafted.evidence[0].id, codes=frozenset(), text=" "
        )

    assert stored(classroom, drafted) == drafted


def test_a_piece_of_another_submission_is_not_there(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    theirs = classroom.draft(classroom.enrol("李强"), assessment)

    with pytest.raises(NotFoundError), classroom.working(learner) as work:
        remove_evidence(work, drafted, theirs.evidence[0].id)
    with pytest.raises(NotFoundError), classroom.working(learner) as work:
        change_evidence(
            work, drafted, assessment, theirs.evidence[0].id, codes=frozenset(), text="替换"
        )

    assert stored(classroom, theirs) == theirs


def test_a_submission_belongs_to_its_learner_and_course_alone(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    other = classroom.enrol("李强")
    elsewhere = open_course(classroom.database, "course-2")

    with classroom.reading() as session:
        mine = {"learner_id": learner.id, "course_id": classroom.course.id}
        assert own_submission(session, drafted.id, **mine) == (drafted, assessment)
        for wrong in ({"learner_id": other.id}, {"course_id": elsewhere.id}):
            with pytest.raises(NotFoundError):
                own_submission(session, drafted.id, **{**mine, **wrong})
        with pytest.raises(NotFoundError):
            own_submission(session, "no-such-id", **mine)


def test_self_ratings_are_added_to_those_already_there(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)

    with classroom.working(learner) as work:
        rated = save_self_ratings(work, drafted, assessment, {"2.1.2": 4})

    assert rated.self_ratings == {"2.1.1": 3, "2.1.2": 4}


@pytest.mark.parametrize(("code", "number"), [("2.1.1", 0), ("2.1.1", 5), ("2.2.4", 2)])
def test_a_self_rating_off_the_scale_is_refused(
    classroom: Classroom, learner: Account, code: str, number: int
) -> None:
    assessment = classroom.set_up("2.1.1", "2.2.4")
    drafted = classroom.draft(learner, assessment)

    with pytest.raises(BadRatingError), classroom.working(learner) as work:
        save_self_ratings(work, drafted, assessment, {code: number})


def test_nothing_is_changed_after_handing_in(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    piece = handed_in.evidence[0].id

    with pytest.raises(TransitionError), classroom.working(learner) as work:
        add_evidence(work, handed_in, assessment, text(work))
    with pytest.raises(TransitionError), classroom.working(learner) as work:
        change_evidence(work, handed_in, assessment, piece, codes=frozenset())
    with pytest.raises(TransitionError), classroom.working(learner) as work:
        remove_evidence(work, handed_in, piece)
    with pytest.raises(TransitionError), classroom.working(learner) as work:
        save_self_ratings(work, handed_in, assessment, {"2.1.1": 1})

    assert stored(classroom, handed_in) == handed_in
    assert handed_in.state is SubmissionState.SUBMITTED


def test_the_latest_piece_stands_last(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    drafted = classroom.draft(learner, assessment)
    classroom.now += timedelta(minutes=5)

    with classroom.working(learner) as work:
        added = add_evidence(work, drafted, assessment, text(work, "补充"))

    assert [each.title for each in added.evidence] == ["沟通记录", "补充"]
