"""A level's requirements by the identifiers they have in CASE, as this tool publishes them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lti_tool.domain.standard import Level, RequirementKey, Standard
from lti_tool.exchange.frameworks.case_objects import CaseVersion, Kind, Maker

ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Identifiers do not depend on it."""


def objectives(standard: Standard, level: Level) -> Sequence[tuple[RequirementKey, str]]:
    """The requirements of a level in the order of the source, each with its identifier."""
    maker = Maker(standard.id, CaseVersion.V1P1, "", ANY_TIME)
    return [(each.key, maker.identifier(Kind.ITEM, str(each.key))) for each in level.requirements]
