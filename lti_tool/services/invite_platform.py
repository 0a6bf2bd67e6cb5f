"""An administrator makes an address at which an LMS may register this tool, once."""

from datetime import timedelta

from lti_tool.persistence import invitations, schools

from .work import Work

INVITED_FOR = timedelta(days=7)


def invite_platform(work: Work, token: str, *, school_id: int | None = None) -> None:
    """Let the bearer of ``token`` connect one LMS within a week.

    It belongs to the school ``school_id``; None: to a school of its own. Raises NotFoundError when
    there is no such school.
    """
    if school_id is not None:
        schools.school(work.session, school_id)
    invitations.add_invitation(
        work.session,
        token,
        school_id=school_id,
        now=work.now,
        expires_at=work.now + INVITED_FOR,
    )
    work.note("invite_platform", "invitation", f"school:{school_id}" if school_id else "")
