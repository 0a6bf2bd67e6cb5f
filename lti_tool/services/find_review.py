"""A submission review launch: from the gradebook to one student's work.

The platform names the student and does not vouch that the launching person may see their work:
Moodle 4.5 lets a student make such a launch about a classmate by typing its URL. So that is
decided here.
"""

from lti_tool.domain.anonymity import is_nameless
from lti_tool.domain.errors import NotAllowedError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import assessments, people, platforms, submissions
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account


def submission_to_review(
    session: Session,
    assessment_id: str,
    *,
    course: Course,
    viewer: Account,
    roles: frozenset[Role],
    for_user: str,
) -> str | None:
    """The id of the newest work that this user of the platform handed in; None without any, and
    for a teacher while names are hidden: the gradebook would tell whose work it is.

    The assessment is the course's, as the launch's link opens it. Raises NotAllowedError unless the
    viewer teaches the course or is that user.
    """
    if Role.TEACHER not in roles and viewer.sub != for_user:
        raise NotAllowedError
    platform = platforms.platform(session, course.platform_id)
    issuer = platform.issuer if platform is not None else ""
    learner = people.person_by_sub(session, school_id=course.school_id, issuer=issuer, sub=for_user)
    if learner is None:
        return None
    attempts = submissions.attempts_of(session, assessment_id, learner.id)
    if Role.TEACHER in roles:
        assessment = assessments.assessment(session, assessment_id, course_id=course.id)
        if is_nameless(assessment, attempts):
            return None
    handed_in = [each.id for each in attempts if each.state is not SubmissionState.DRAFT]
    return handed_in[-1] if handed_in else None
