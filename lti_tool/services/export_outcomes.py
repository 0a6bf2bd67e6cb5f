"""Outcomes leave the tool: what is in an export is drawn from what is stored now, and kept, so
that the very same can be handed out again.

Drawing reads a whole school and holds nobody up; keeping it is one short transaction. Not here:
file formats (``lti_tool.exchange.outcomes``), exports made before (``show_exports``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.errors import NothingToExportError
from lti_tool.domain.exported import (
    ExportContent,
    ExportFacts,
    ExportKind,
    ExportLine,
    Holder,
    LevelFacts,
)
from lti_tool.domain.roll import Enrolment
from lti_tool.domain.standard import Level, RequirementKey, Standard
from lti_tool.persistence import courses, export_sources, exports, outcomes, rolls, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.exports import Export
from lti_tool.persistence.outcomes import Found, Ledger, OutcomeFilter

from .standing import classes_of
from .work import Work

ObjectiveIds = Callable[[Standard, Level], Sequence[tuple[RequirementKey, str]]]
"""The requirements of a level, each with its identifier in other systems."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an export is written: its language (``zh`` or ``en``) and the time zone of its dates;
    ``objectives`` where it lists every requirement, None where only levels."""

    language: str
    zone: str
    objectives: ObjectiveIds | None = None


def draw_outcomes(
    session: Session,
    catalogue: Catalogue,
    wanted: OutcomeFilter,
    manner: Manner,
    *,
    school_id: int,
) -> ExportContent:
    """Every outcome of the filter, by student number and level, in a constant number of queries.

    Raises UnknownStandardError.
    """
    newest = catalogue.standards[-1]
    bundle = catalogue.find(wanted.standard_id) if wanted.standard_id else newest
    facts = _facts(session, bundle.standard, manner, school_id)
    sources = _sources(session, bundle, manner, wanted, school_id)
    ledger = Ledger(school_id, bundle.standard.id, tuple(each.key for each in facts.levels))
    lines = [sources.line(each) for each in outcomes.every_one(session, ledger, wanted)]
    ranks = {each.key: rank for rank, each in enumerate(facts.levels)}
    ordered = sorted(
        lines,
        key=lambda each: (each.holder.student_number, each.holder.learner_id, ranks[each.level]),
    )
    return ExportContent(facts, tuple(ordered))


def keep_export(
    work: Work,
    content: ExportContent,
    kind: ExportKind,
    asked: Mapping[str, str],
    *,
    school_id: int,
) -> Export:
    """Keep an export, and who made it. ``asked`` is its filter by parameters.

    Raises NothingToExportError where there is no line in it.
    """
    if not content.lines:
        raise NothingToExportError
    export = Export(
        id=work.new_id(),
        school_id=school_id,
        standard_id=content.facts.standard_id,
        kind=kind,
        asked=exports.without_standard(asked),
        lines=len(content.lines),
        digest=content.digest,
        made_by=work.actor_id,
        made_at=work.now,
    )
    exports.add_export(work.session, export, content)
    said = f"{kind.value} {export.lines} {export.digest}"
    work.note("export", f"export:{export.id}", said)
    return export


@dataclass(frozen=True, slots=True)
class _Sources:
    """Everything of a school that lines are drawn from, read beforehand."""

    holders: Mapping[int, Holder]
    courses: Mapping[int, tuple[str, ...]]
    enrolments: Mapping[str, Sequence[Enrolment]]
    term: str | None
    letters: Mapping[int, bytes]
    places: Mapping[str, Sequence[int]]
    """Where the letters of each level's requirements are, by its key."""

    def line(self, found: Found) -> ExportLine:
        """The line of one outcome."""
        outcome, last = found.outcome, found.last
        holder = self.holders[outcome.learner.id]
        told = self._enrolment(holder.student_number)
        return ExportLine(
            holder=_named(holder, told),
            level=outcome.level,
            state=outcome.state,
            mastered=outcome.mastered,
            total=outcome.total,
            rule_version=last.rule_version if last else outcome.rule_version,
            changed_at=last.decided_at if last else outcome.changed_at,
            decision_id=last.id if last else "",
            decided_at=last.decided_at if last else None,
            courses=self.courses.get(holder.learner_id, ()),
            term=told.term if told else "",
            programme=told.programme if told else "",
            class_name=told.class_name if told else "",
            masteries=self._masteries(holder.learner_id, outcome.level),
        )

    def _enrolment(self, number: str) -> Enrolment | None:
        """What the lists say of a student, in the term of the filter or the one told last."""
        told = self.enrolments.get(number, ()) if number else ()
        fitting = (each for each in told if self.term in (None, each.term))
        return next(fitting, None)

    def _masteries(self, learner_id: int, level: str) -> str:
        places = self.places.get(level, ())
        letters = self.letters.get(learner_id)
        if letters is None:
            return export_sources.NOTHING.decode() * len(places)
        return bytes(letters[each] for each in places).decode()


def _sources(
    session: Session,
    bundle: StandardBundle,
    manner: Manner,
    wanted: OutcomeFilter,
    school_id: int,
) -> _Sources:
    standard = bundle.standard
    known = courses.courses_of_school(session, school_id)
    titles = {each.id: each.title or each.label for each in known}
    attended = courses.courses_by_student(session, school_id)
    places: dict[str, Sequence[int]] = {}
    letters: Mapping[int, bytes] = {}
    if manner.objectives is not None:
        classes = classes_of(session, bundle, school_id)
        found = {each.key: at for at, each in enumerate(classes.up_to(standard.levels[-1].key))}
        letters = export_sources.mastery_letters(session, school_id, standard.id, found)
        for level in standard.levels:
            keys = [key for key, _ in manner.objectives(standard, level)]
            places[level.key] = [found[classes.class_of(key).key] for key in keys]
    return _Sources(
        holders=export_sources.holders_of(session, school_id),
        courses={who: tuple(titles[one] for one in ids) for who, ids in attended.items()},
        enrolments=rolls.enrolments(session, school_id),
        term=wanted.term,
        letters=letters,
        places=places,
    )


def _facts(session: Session, standard: Standard, manner: Manner, school_id: int) -> ExportFacts:
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


def _named(holder: Holder, told: Enrolment | None) -> Holder:
    """The holder, with the names of the registrar's list where the LMS told none."""
    if told is None:
        return holder
    return Holder(
        holder.learner_id,
        holder.student_number,
        holder.name or told.name,
        holder.latin_name or told.pinyin,
    )
