"""A student hands in an attempt, or takes it back before anybody has rated it."""

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import TransitionError
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.submission import Action, Submission, after, check_submit, check_withdraw
from lti_tool.persistence import extensions, ratings, submissions

from .notify import seen_to, tell_teachers
from .work import Work


def submit_evidence(work: Work, submission: Submission, assessment: Assessment) -> Submission:
    """Hand in a draft or a returned submission.

    Raises TransitionError when it is handed in already, EmptySubmissionError, PastDueError,
    StaleFormError when it was changed in another window meanwhile.
    """
    theirs = extensions.for_learner(work.session, assessment, submission.learner_id)
    check_submit(theirs, submission, work.now)
    submissions.forget_removed(work.session, submission.id)
    handed_in = submissions.change_submission(
        work.session,
        submission,
        state=after(submission.state, Action.SUBMIT),
        submitted_at=work.now,
        late=theirs.is_late(work.now),
    )
    work.note("submit", f"submission:{submission.id}")
    tell_teachers(work, NotificationKind.SUBMITTED, submission.id, assessment.id)
    return handed_in


def withdraw_submission(work: Work, submission: Submission, assessment: Assessment) -> Submission:
    """Take a submission back to go on working on it, while nobody has rated it and it could
    still be handed in again. Raises TransitionError or PastDueError otherwise."""
    theirs = extensions.for_learner(work.session, assessment, submission.learner_id)
    check_withdraw(theirs, submission, work.now)
    if ratings.ratings_of_submission(work.session, submission.id):
        raise TransitionError("being rated", Action.WITHDRAW.value)
    draft = submissions.change_submission(
        work.session, submission, state=after(submission.state, Action.WITHDRAW)
    )
    work.note("withdraw", f"submission:{submission.id}")
    seen_to(work, NotificationKind.SUBMITTED, submission.id)
    return draft
