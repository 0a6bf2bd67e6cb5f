"""A teacher gives one learner more time for an assessment, and takes it back."""

from datetime import datetime

from lti_tool.domain.assessment import Assessment, check_extension
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import courses, extensions
from lti_tool.persistence.extensions import Extension

from .work import Work


def grant_extension(
    work: Work,
    assessment: Assessment,
    learner_id: int,
    until: datetime,
    reason: str = "",
    *,
    course_id: int,
) -> None:
    """Let a learner hand in until then, in place of any time given before; what they handed in
    already is late or not by the new time.

    Raises NotFoundError for who is no student of the course, BadAssessmentError ``due`` where
    nothing is due or it is due later anyway.
    """
    if learner_id not in {each.id for each in courses.students_of(work.session, course_id)}:
        raise NotFoundError
    check_extension(assessment, until)
    given = Extension(learner_id, until, reason.strip(), work.actor_id, work.now)
    extensions.set_extension(work.session, assessment.id, given)
    _settle(work, assessment, learner_id)
    work.note("extend", f"assessment:{assessment.id}", f"{learner_id} {until.isoformat()}")


def take_back_extension(work: Work, assessment: Assessment, learner_id: int) -> Extension:
    """Let what is due for everybody be due for this learner, too; what is taken back is answered.

    Raises NotFoundError where they had no more time than others.
    """
    gone = extensions.remove_extension(work.session, assessment.id, learner_id)
    if gone is None:
        raise NotFoundError
    _settle(work, assessment, learner_id)
    work.note("take_back_extension", f"assessment:{assessment.id}", str(learner_id))
    return gone


def _settle(work: Work, assessment: Assessment, learner_id: int) -> None:
    theirs = extensions.for_learner(work.session, assessment, learner_id)
    extensions.note_lateness(work.session, theirs, learner_id)
