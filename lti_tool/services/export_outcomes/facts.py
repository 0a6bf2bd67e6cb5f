"""What an export says as a whole, and how it names people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lti_tool.domain.exported import ExportFacts, Holder, LevelFacts
from lti_tool.domain.roll import Enrolment
from lti_tool.domain.standard import Level, RequirementKey, Standard
from lti_tool.persistence import schools
from lti_tool.persistence.database import Session

ObjectiveIds = Callable[[Standard, Level], Sequence[tuple[RequirementKey, str]]]
"""The requirements of a level, each with its identifier in other systems."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an export is written: its language (``zh`` or ``en``) and the time zone of its dates;
    ``objectives`` where it lists every requirement, None where only levels."""

    language: str
    zone: str
    objectives: ObjectiveIds | None = None


def facts_of(session: Session, standard: Standard, manner: Manner, school_id: int) -> ExportFacts:
    """The facts of an export from this school. Raises NotFoundError for one that is gone."""
    return ExportFacts(
        school_id=school_id,
        school=schools.school(session, school_id).name,
        standard_id=standard.id,
        code=standard.code,
        version=standard.version,
        title=standard.title.in_language(manner.language),
        rights=standard.rights_notice.in_language(manner.language),
        language=manner.language,
        zone=manner.zone,
        levels=tuple(_level(standard, each, manner) for each in standard.levels),
    )


def _level(standard: Standard, level: Level, manner: Manner) -> LevelFacts:
    listed = manner.objectives(standard, level) if manner.objectives is not None else ()
    name = level.name.in_language(manner.language)
    return LevelFacts(level.key, name, tuple(identifier for _, identifier in listed))


def named(holder: Holder, told: Enrolment | None) -> Holder:
    """The holder, with the names of the registrar's list where the LMS told none."""
    if told is None:
        return holder
    return Holder(
        holder.learner_id,
        holder.student_number,
        holder.name or told.name,
        holder.latin_name or told.pinyin,
    )
