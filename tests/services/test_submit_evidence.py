"""Handing in and taking back: when it is allowed, and what it leaves."""

from datetime import timedelta

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    EmptySubmissionError,
    PastDueError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import submissions
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import begin_attempt, save_self_ratings
from lti_tool.services.return_submission import return_submission
from lti_tool.services.submit_evidence import submit_evidence, withdraw_submission
from tests.services.classroom import START, Classroom, conditions

DUE = START + timedelta(days=1)


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def due(classroom: Classroom, *, accepts_late: bool = True) -> Assessment:
    return classroom.set_up(given=conditions(due_at=DUE, accepts_late=accepts_late))


def submit(classroom: Classroom, submission: Submission, assessment: Assessment) -> Submission:
    with classroom.working() as work:
        return submit_evidence(work, submission, assessment)


def withdraw(classroom: Classroom, submission: Submission, assessment: Assessment) -> Submission:
    with classroom.working() as work:
        return withdraw_submission(work, submission, assessment)


def give_back(classroom: Classroom, submission: Submission) -> Submission:
    with classroom.working() as work:
        return return_submission(work, submission, "请补上录音")


def stored(classroom: Classroom, submission: Submission) -> Submission:
    with classroom.reading() as session:
        return submissions.submission_of(session, submission.id)


def test_handing_in_notes_the_time(classroom: Classroom, learner: Account) -> None:
    assessment = due(classroom)

    handed_in = submit(classroom, classroom.draft(learner, assessment), assessment)

    assert handed_in.state is SubmissionState.SUBMITTED
    assert handed_in.submitted_at == classroom.now
    assert not handed_in.late
    assert stored(classroom, handed_in) == handed_in


def test_a_draft_without_evidence_is_not_handed_in(classroom: Classroom, learner: Account) -> None:
    assessment = due(classroom)
    with classroom.working(learner) as work:
        draft = save_self_ratings(work, begin_attempt(work, assessment), assessment, {"2.1.1": 3})

    with pytest.raises(EmptySubmissionError):
        submit(classroom, draft, assessment)
    assert stored(classroom, draft) == draft


def test_a_second_handing_in_is_refused(classroom: Classroom, learner: Account) -> None:
    assessment = due(classroom)
    draft = classroom.draft(learner, assessment)
    handed_in = submit(classroom, draft, assessment)

    with pytest.raises(TransitionError):
        submit(classroom, handed_in, assessment)
    with pytest.raises(StaleFormError):
        submit(classroom, draft, assessment)
    assert stored(classroom, handed_in) == handed_in


def test_late_work_is_marked_where_it_is_accepted(classroom: Classroom, learner: Account) -> None:
    assessment = due(classroom)
    draft = classroom.draft(learner, assessment)
    classroom.now = DUE

    assert submit(classroom, draft, assessment).late


def test_late_work_is_kept_as_a_draft_where_it_is_not_accepted(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom, accepts_late=False)
    draft = classroom.draft(learner, assessment)
    classroom.now = DUE

    with pytest.raises(PastDueError):
        submit(classroom, draft, assessment)
    assert stored(classroom, draft) == draft


def test_returned_work_may_come_back_after_the_due_time(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom, accepts_late=False)
    returned = give_back(classroom, classroom.hand_in(learner, assessment))
    classroom.now = DUE + timedelta(days=1)

    again = submit(classroom, returned, assessment)

    assert again.state is SubmissionState.SUBMITTED
    assert again.return_note == "请补上录音"


def test_work_taken_back_is_a_draft_with_all_it_held(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom)
    handed_in = classroom.hand_in(learner, assessment)

    draft = withdraw(classroom, handed_in, assessment)

    assert draft.state is SubmissionState.DRAFT
    assert draft.evidence == handed_in.evidence
    assert draft.self_ratings == handed_in.self_ratings


def test_work_cannot_be_taken_back_when_it_could_not_be_handed_in_again(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom, accepts_late=False)
    handed_in = classroom.hand_in(learner, assessment)
    classroom.now = DUE

    with pytest.raises(PastDueError):
        withdraw(classroom, handed_in, assessment)
    assert stored(classroom, handed_in) == handed_in


def test_late_work_is_taken_back_where_it_could_be_handed_in_again(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom)
    handed_in = classroom.hand_in(learner, assessment)
    classroom.now = DUE

    assert withdraw(classroom, handed_in, assessment).can_edit


def test_work_that_has_one_rating_cannot_be_taken_back(
    classroom: Classroom, learner: Account
) -> None:
    assessment = due(classroom)
    handed_in = classroom.hand_in(learner, assessment)
    classroom.rate(handed_in, assessment, 3)

    with pytest.raises(TransitionError):
        withdraw(classroom, handed_in, assessment)


def test_a_draft_cannot_be_taken_back(classroom: Classroom, learner: Account) -> None:
    assessment = due(classroom)

    with pytest.raises(TransitionError):
        withdraw(classroom, classroom.draft(learner, assessment), assessment)
