"""An LMS has registered this tool by an invitation: keep it, with its deployment if it named one.

Not here: the conversation with the LMS. Nobody is signed in, so the invitation is the permission.
"""

from datetime import datetime

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import audit_log, invitations, platforms, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.platforms import Platform, PlatformDetails


def register_platform(
    session: Session,
    details: PlatformDetails,
    *,
    invitation: str,
    deployment_id: str | None,
    now: datetime,
) -> Platform:
    """Store the platform and use the invitation up. A deployment named here is approved into the
    invitation's school, or a school of its own; others wait for the administrator.

    Raises NotFoundError when there is no such invitation, PlatformExistsError when issuer and
    client id are registered already.
    """
    invited = invitations.invitation(session, invitation)
    if invited is None:
        raise NotFoundError
    platform = platforms.add_platform(session, details, now=now)
    _note(session, "register_platform", f"platform:{platform.id}", now, platform.issuer)
    if deployment_id is not None:
        _approve(session, platform, deployment_id, invited.school_id, now)
    invitations.use_invitation(session, invitation, now=now)
    return platform


def _approve(
    session: Session, platform: Platform, deployment_id: str, school_id: int | None, now: datetime
) -> None:
    found = platforms.approve_deployment(session, platform, deployment_id, now=now)
    if school_id is not None:
        schools.join_school(session, found.id, school_id)
    detail = f"school:{school_id or found.school_id}"
    _note(session, "approve_deployment", f"deployment:{found.id}", now, detail)


def _note(session: Session, action: str, subject: str, now: datetime, detail: str) -> None:
    audit_log.note(session, action, subject, actor_id=None, now=now, detail=detail)
