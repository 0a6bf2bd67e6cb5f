"""The requirements of a standard as a school judges them, for other systems."""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue
from lti_tool.domain.standard import Requirement, RequirementKey, Standard, WorkArea, WorkTask
from lti_tool.persistence.database import Session

from .standing import level_rule
from .work import as_in_force


@dataclass(frozen=True, slots=True)
class RequirementListed:
    """A requirement and where it stands. ``counts_as`` is the lowest requirement that shares its
    evidence, itself where none does; ``critical``: the level needs it whatever else is reached;
    ``red_line``: one proven breach fails."""

    requirement: Requirement
    area: WorkArea
    task: WorkTask
    counts_as: RequirementKey
    critical: bool
    red_line: bool
    waived: bool


def list_requirements(
    session: Session, catalogue: Catalogue, standard_id: str, level: str | None, *, school_id: int
) -> tuple[Standard, Sequence[RequirementListed]]:
    """A standard and its requirements in the order of the source, of one level if given.

    Raises UnknownStandardError, UnknownRequirementError for a level it does not have.
    """
    bundle = as_in_force(session, catalogue.find(standard_id), school_id)
    standard = bundle.standard
    rules = level_rule(session, bundle, school_id)
    critical = {
        rules.classes.class_of(key).key for keys in rules.rule.critical.values() for key in keys
    }
    places = [
        (one, area, task)
        for each in (standard.levels if level is None else (standard.level(level),))
        for area in each.areas
        for task in area.tasks
        for one in task.requirements
    ]
    found = []
    for one, area, task in places:
        key = rules.classes.class_of(one.key).key
        listed = RequirementListed(
            requirement=one,
            area=area,
            task=task,
            counts_as=key,
            critical=key in critical,
            red_line=bundle.rubric.criterion(key).red_line,
            waived=one.key in rules.waived,
        )
        found.append(listed)
    return standard, found
