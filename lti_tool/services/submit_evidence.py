"""A student hands in an attempt, or takes it back before anybody has rated it."""

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import AttemptsUsedError, TransitionError
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.submission import (
    Action,
    Submission,
    SubmissionState,
    after,
    check_submit,
    check_withdraw,
    next_attempt,
)
from lti_tool.persistence import extensions, ratings, submissions, teams

from .notify import seen_to, tell_teachers
from .work import Work


def submit_evidence(work: Work, submission: Submission, assessment: Assessment) -> Submission:
    """Hand in a draft or a returned submission; in a team for every member who has not handed in
    otherwise, who then each have a submission of their own with the same evidence.

    Raises TransitionError when it is handed in already, EmptySubmissionError, PastDueError,
    StaleFormError when it was changed in another window meanwhile.
    """
    theirs = extensions.for_learner(work.session, assessment, submission.learner_id)
    check_submit(theirs, submission, work.now)
    submissions.forget_removed(work.session, submission.id)
    team = teams.team_of(work.session, assessment.id, submission.learner_id)
    mates = team.mates_of(submission.learner_id) if team else ()
    lead = submission.id if mates else ""
    handed_in = _hand_in(work, submission, lead, late=theirs.is_late(work.now))
    for learner_id in mates:
        own = _open_attempt(work, assessment, learner_id)
        if own is not None:
            submissions.take_over_evidence(
                work.session, own.id, handed_in.id, at=work.now, new_id=work.new_id
            )
            _hand_in(work, own, lead, late=handed_in.late)
    return handed_in


def _hand_in(work: Work, submission: Submission, lead: str, *, late: bool) -> Submission:
    handed_in = submissions.change_submission(
        work.session,
        submission,
        state=after(submission.state, Action.SUBMIT),
        submitted_at=work.now,
        late=late,
        shared_as=lead,
    )
    work.note("submit", f"submission:{submission.id}", lead if lead != submission.id else "")
    tell_teachers(work, NotificationKind.SUBMITTED, submission.id, submission.assessment_id)
    return handed_in


def _open_attempt(work: Work, assessment: Assessment, learner_id: int) -> Submission | None:
    """What a member of the team would hand in now: their draft, or a new attempt; None where they
    handed in already, or have used all attempts."""
    attempts = submissions.attempts_of(work.session, assessment.id, learner_id)
    if attempts and attempts[-1].can_edit:
        return attempts[-1]
    try:
        number = next_attempt(assessment, attempts)
    except (AttemptsUsedError, TransitionError):
        return None
    attempt = Submission(
        id=work.new_id(),
        assessment_id=assessment.id,
        learner_id=learner_id,
        attempt=number,
        state=SubmissionState.DRAFT,
        version=1,
        created_at=work.now,
    )
    submissions.add_submission(work.session, attempt)
    return attempt


def withdraw_submission(work: Work, submission: Submission, assessment: Assessment) -> Submission:
    """Take a submission back to go on working on it, while nobody has rated it and it could
    still be handed in again. What a team handed in together comes back to every member.

    Raises TransitionError or PastDueError otherwise."""
    theirs = extensions.for_learner(work.session, assessment, submission.learner_id)
    check_withdraw(theirs, submission, work.now)
    together = submissions.handed_in_with(work.session, submission)
    if any(ratings.ratings_of_submission(work.session, each.id) for each in together):
        raise TransitionError("being rated", Action.WITHDRAW.value)
    draft = _take_back(work, submission)
    for each in together:
        if each.id != submission.id and each.state is SubmissionState.SUBMITTED:
            _take_back(work, each)
    return draft


def _take_back(work: Work, submission: Submission) -> Submission:
    draft = submissions.change_submission(
        work.session, submission, state=after(submission.state, Action.WITHDRAW), shared_as=""
    )
    work.note("withdraw", f"submission:{submission.id}")
    seen_to(work, NotificationKind.SUBMITTED, submission.id)
    return draft
