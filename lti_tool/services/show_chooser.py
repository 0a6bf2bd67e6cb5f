"""What a teacher may choose for a link: the requirements of a standard, the course's assessments.

Not here: storing what was chosen (``set_up_assessment``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import MAX_TITLE, Assessment
from lti_tool.domain.errors import NotFoundError, UnknownRequirementError
from lti_tool.domain.mapping import EquivalenceClasses
from lti_tool.domain.ready_assessment import ReadyAssessment
from lti_tool.domain.rubric import Criterion, Rubric
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    Text,
    WorkArea,
    WorkTask,
)
from lti_tool.persistence import assessments, courses
from lti_tool.persistence.database import Session

from .standing import classes_of
from .work import as_in_force


@dataclass(frozen=True, slots=True)
class OfferedArea:
    """A work area. ``shared_with`` is the lower level whose evidence counts for every requirement
    of it, None where some need evidence of their own."""

    area: WorkArea
    shared_with: Level | None


@dataclass(frozen=True, slots=True)
class OfferedLevel:
    """A level and its work areas, in the order of the source."""

    level: Level
    areas: tuple[OfferedArea, ...]


@dataclass(frozen=True, slots=True)
class Chooser:
    """A standard to choose from with the rubric in force at the school, the others there are, and
    what the course has already.

    ``red_lines`` are keys as text (``elementary/2.2.4``), ``ready`` the titles of the ready
    assessments by task (``elementary/2.2``); ``existing`` runs newest first.
    """

    standard: Standard
    rubric: Rubric
    others: tuple[Standard, ...]
    levels: tuple[OfferedLevel, ...]
    red_lines: frozenset[str]
    ready: Mapping[str, Text]
    existing: tuple[Assessment, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A requirement in the preview, and how it will be judged."""

    requirement: Requirement
    criterion: Criterion


def show_chooser(
    session: Session, catalogue: Catalogue, *, course_id: int, standard_id: str | None
) -> Chooser:
    """Everything to choose from; the last standard of the catalogue where none is named.

    Raises UnknownStandardError.
    """
    shipped = catalogue.find(standard_id) if standard_id else catalogue.standards[-1]
    bundle = as_in_force(session, shipped, courses.course(session, course_id).school_id)
    classes = classes_of(session, shipped, courses.course(session, course_id).school_id)
    others = (each.standard for each in catalogue.standards)
    return Chooser(
        bundle.standard,
        bundle.rubric,
        tuple(each for each in others if each.id != bundle.standard.id),
        tuple(_offered(bundle.standard, classes, level) for level in bundle.standard.levels),
        frozenset(
            str(each.requirement) for each in bundle.rubric.criteria.values() if each.red_line
        ),
        {f"{level}/{task}": each.title for (level, task), each in bundle.ready.items()},
        tuple(reversed(assessments.assessments_of(session, course_id))),
    )


def rubric_to_use(session: Session, bundle: StandardBundle, *, course_id: int) -> Rubric:
    """The rubric that an assessment set up now is rated with."""
    school_id = courses.course(session, course_id).school_id
    return as_in_force(session, bundle, school_id).rubric


def preview(
    standard: Standard, rubric: Rubric, chosen: Iterable[RequirementKey]
) -> tuple[Chosen, ...]:
    """The chosen requirements with their criteria, in the order of the source.

    Keys the standard does not have are passed over: it is only a look.
    """
    wanted = frozenset(chosen)
    return tuple(
        Chosen(each, rubric.criterion(each.key))
        for each in standard.requirements()
        if each.key in wanted
    )


def keys_of_task(standard: Standard, level: str, code: str) -> tuple[RequirementKey, ...]:
    """The requirements of a work task that can be assessed, those lost in source left out.

    Raises UnknownRequirementError for a level or task the standard does not have.
    """
    for task in standard.level(level).tasks:
        if task.code == code:
            return tuple(each.key for each in task.requirements if can_be_assessed(each))
    raise UnknownRequirementError(f"{level}/{code}")


def ready_assessment(bundle: StandardBundle, level: str, task: str) -> ReadyAssessment:
    """The ready assessment of a work task. Raises NotFoundError where there is none."""
    found = bundle.ready.get((level, task))
    if found is None:
        raise NotFoundError
    return found


def by_task(
    standard: Standard, chosen: Iterable[RequirementKey]
) -> tuple[tuple[RequirementKey, ...], ...]:
    """The chosen requirements, one group for each work task, in the order of the source."""
    wanted = frozenset(chosen)
    tasks = (task for level in standard.levels for task in level.tasks)
    groups = (tuple(r.key for r in task.requirements if r.key in wanted) for task in tasks)
    return tuple(each for each in groups if each)


def can_be_assessed(requirement: Requirement) -> bool:
    """Whether there is a text to judge by."""
    return requirement.status is not SourceStatus.LOST


def suggested_title(standard: Standard, chosen: Iterable[RequirementKey], *, language: str) -> str:
    """The names of the work tasks chosen from, for a teacher who gives no title; empty for none."""
    wanted = frozenset(chosen)
    levels = (level for level in standard.levels if any(k.level == level.key for k in wanted))
    tasks = (task for level in levels for task in level.tasks if _chosen_from(task, wanted))
    names = [f"{task.code} {task.title.in_language(language)}" for task in tasks]
    title = (", " if language.startswith("en") else "、").join(names)
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"


def _chosen_from(task: WorkTask, wanted: frozenset[RequirementKey]) -> bool:
    return any(each.key in wanted for each in task.requirements)


def _offered(standard: Standard, classes: EquivalenceClasses, level: Level) -> OfferedLevel:
    def shared_with(area: WorkArea) -> Level | None:
        homes = {classes.class_of(each.key).key.level for each in area.requirements}
        return None if level.key in homes or len(homes) != 1 else standard.level(homes.pop())

    return OfferedLevel(level, tuple(OfferedArea(each, shared_with(each)) for each in level.areas))
