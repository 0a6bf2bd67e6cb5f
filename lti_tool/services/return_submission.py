"""A teacher gives a submission back for revision, with a note that says what to do."""

from lti_tool.domain.errors import SecondMarkingRefusedError
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.submission import Action, Submission, SubmissionState, after
from lti_tool.persistence import second_markings, submissions

from .notify import seen_to, tell_learner
from .work import Work


def return_submission(work: Work, submission: Submission, note: str) -> Submission:
    """Let the student revise and hand in again; draft ratings stay and may be corrected. What was
    handed in is kept as it was, whatever the student changes from here on. Work that a team handed
    in together goes back to all of its members.

    Raises TransitionError unless the work is handed in and not released, StaleFormError,
    SecondMarkingRefusedError (``frozen``) while somebody marks it a second time.
    """
    returned = _return(work, submission, note)
    for each in submissions.handed_in_with(work.session, submission):
        if each.id != submission.id and each.state is SubmissionState.SUBMITTED:
            _return(work, each, note)
    return returned


def _return(work: Work, submission: Submission, note: str) -> Submission:
    state = after(submission.state, Action.RETURN)
    marking = second_markings.marking_of(work.session, submission.id)
    if marking is not None and marking.is_under_way:
        raise SecondMarkingRefusedError("frozen")
    submissions.keep_as_handed_in(work.session, submission.id, at=work.now, new_id=work.new_id)
    returned = submissions.change_submission(
        work.session,
        submission,
        state=state,
        return_note=note.strip(),
    )
    work.note("return", f"submission:{submission.id}")
    seen_to(work, NotificationKind.SUBMITTED, submission.id)
    seen_to(work, NotificationKind.SECOND_WAITING, submission.id)
    learner_id, kind = submission.learner_id, NotificationKind.RETURNED
    tell_learner(work, learner_id, kind, submission.id, submission.assessment_id)
    return returned
