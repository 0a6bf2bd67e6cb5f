"""An administrator connects a platform, says who is a registrar there, or removes it again.

Not here: its deployments (``approve_deployment``).
"""

from collections.abc import Iterable

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import platforms
from lti_tool.persistence.platforms import Platform, PlatformDetails

from .work import Work


def connect_platform(
    work: Work, details: PlatformDetails, *, deployment_ids: Iterable[str] = ()
) -> Platform:
    """Register the platform; launches of the deployments named here are answered at once.

    Raises PlatformExistsError when issuer and client id are registered already.
    """
    platform = platforms.add_platform(work.session, details, now=work.now)
    work.note("add_platform", f"platform:{platform.id}", platform.issuer)
    for each in dict.fromkeys(deployment_ids):
        made = platforms.approve_deployment(work.session, platform, each, now=work.now)
        work.note("approve_deployment", f"deployment:{made.id}")
    return platform


def map_registrar_roles(work: Work, platform_id: int, roles: Iterable[str]) -> None:
    """Let launches with one of these role URNs make a registrar, and no others.

    Raises NotFoundError when there is no such platform.
    """
    chosen = tuple(dict.fromkeys(roles))
    if platforms.platform(work.session, platform_id) is None:
        raise NotFoundError
    platforms.set_registrar_roles(work.session, platform_id, chosen)
    work.note("map_registrar_roles", f"platform:{platform_id}", " ".join(chosen))


def disconnect_platform(work: Work, platform_id: int) -> None:
    """Forget a platform that has no courses and no records.

    Raises NotFoundError when there is no such platform, PlatformInUseError when it is in use.
    """
    platform = platforms.platform(work.session, platform_id)
    if platform is None:
        raise NotFoundError
    platforms.remove_platform(work.session, platform_id)
    work.note("remove_platform", f"platform:{platform_id}", platform.issuer)
