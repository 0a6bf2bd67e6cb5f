"""A platform tells that a course was copied: the copy is known as one before anybody opens it.

What is offered to the teacher of the copy follows at the first launch (``enter_from_launch``).
Not here: whether the notice is genuine (``lti_tool.lti.notices``).
"""

from datetime import datetime

from lti_tool.domain.launch import CourseCopy
from lti_tool.persistence import notices
from lti_tool.persistence.database import Session
from lti_tool.persistence.platforms import Deployment

KIND = "course_copy"


def take_course_copy(
    session: Session, told: CourseCopy, deployment: Deployment, *, now: datetime
) -> bool:
    """Note what a course was copied from; False when the same notice was taken before.

    Nothing is set up in the copy: a teacher decides that, link by link.
    """
    is_new = notices.keep_notice(
        session,
        platform_id=deployment.platform_id,
        notice_id=told.notice_id,
        kind=KIND,
        now=now,
    )
    for origin in told.origins if is_new else ():
        notices.add_origin(
            session, deployment_id=deployment.id, context_id=told.context.id, origin_id=origin
        )
    return is_new
