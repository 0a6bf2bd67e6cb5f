"""What an administrator reads about the connected platforms: deployments and their schools.

Not here: anything about learners, which an administrator does not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.persistence import invitations, platforms, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.platforms import Deployment, DeploymentState, Platform
from lti_tool.persistence.schools import School


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """A deployment and the school it serves."""

    deployment: Deployment
    school: School

    @property
    def waiting(self) -> bool:
        """Its launches are refused until it is approved."""
        return self.deployment.state is DeploymentState.WAITING


@dataclass(frozen=True, slots=True)
class PlatformView:
    """A platform with its deployments, those that wait first."""

    platform: Platform
    deployments: tuple[DeploymentView, ...]


@dataclass(frozen=True, slots=True)
class Connections:
    """Every platform, in the order they were added. ``joinable`` are the schools that an approved
    deployment serves or an LMS was invited into: another deployment may join them."""

    platforms: tuple[PlatformView, ...]
    joinable: tuple[School, ...]

    @property
    def waiting(self) -> int:
        """How many deployments wait for approval."""
        return sum(each.waiting for one in self.platforms for each in one.deployments)


def show_connections(session: Session) -> Connections:
    """The connections, in four queries however many there are."""
    known = {each.id: each for each in schools.schools(session)}
    views = [DeploymentView(each, known[each.school_id]) for each in platforms.deployments(session)]
    views.sort(key=lambda each: not each.waiting)
    served = {each.school.id for each in views if not each.waiting}
    served |= invitations.invited_schools(session)
    return Connections(
        tuple(PlatformView(each, _of(each, views)) for each in platforms.platforms(session)),
        tuple(each for each in known.values() if each.id in served),
    )


def _of(platform: Platform, views: Sequence[DeploymentView]) -> tuple[DeploymentView, ...]:
    return tuple(each for each in views if each.deployment.platform_id == platform.id)
