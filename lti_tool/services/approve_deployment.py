"""An administrator lets the launches of a deployment be answered, for its own school or another."""

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.persistence import platforms, schools
from lti_tool.persistence.platforms import DeploymentState

from .work import Work


def approve_deployment(work: Work, deployment_id: int, *, school_id: int | None = None) -> None:
    """Answer the launches of a waiting deployment (by our row id) from now on.

    It joins the school ``school_id``; None leaves it the school of its own. Raises
    NotFoundError when deployment or school is unknown, StaleFormError when it was approved
    already: what it brought to its school since then would stay behind.
    """
    found = platforms.deployment_by_id(work.session, deployment_id)
    platform = platforms.platform(work.session, found.platform_id) if found else None
    if found is None or platform is None:
        raise NotFoundError
    if found.state is not DeploymentState.WAITING:
        raise StaleFormError
    if school_id is not None:
        schools.join_school(work.session, found.id, school_id)
    platforms.approve_deployment(work.session, platform, found.deployment_id, now=work.now)
    detail = f"school:{school_id or found.school_id}"
    work.note("approve_deployment", f"deployment:{found.id}", detail)
