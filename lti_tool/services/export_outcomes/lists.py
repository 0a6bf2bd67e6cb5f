"""Everything that a filter leaves of a school's outcomes, as the lines of a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.exported import ExportContent, ExportLine, Holder
from lti_tool.domain.roll import Enrolment
from lti_tool.persistence import courses, export_sources, outcomes, rolls
from lti_tool.persistence.database import Session
from lti_tool.persistence.outcomes import Found, Ledger, OutcomeFilter
from lti_tool.services.standing import classes_of

from .facts import Manner, facts_of, named

PIECE = 1000
"""So many lines are drawn between two words on how far it has come."""


def draw_outcomes(
    session: Session,
    catalogue: Catalogue,
    wanted: OutcomeFilter,
    manner: Manner,
    *,
    school_id: int,
    tell: Callable[[int], None] | None = None,
) -> ExportContent:
    """Every outcome of the filter, by student number and level, in a constant number of queries;
    ``tell`` hears now and then how many have been drawn.

    Raises UnknownStandardError.
    """
    newest = catalogue.standards[-1]
    bundle = catalogue.find(wanted.standard_id) if wanted.standard_id else newest
    facts = facts_of(session, bundle.standard, manner, school_id)
    sources = _sources(session, bundle, manner, wanted, school_id)
    ledger = Ledger(school_id, bundle.standard.id, tuple(each.key for each in facts.levels))
    lines: list[ExportLine] = []
    for each in outcomes.every_one(session, ledger, wanted):
        lines.append(sources.line(each))
        if tell is not None and len(lines) % PIECE == 0:
            tell(len(lines))
    ranks = {each.key: rank for rank, each in enumerate(facts.levels)}
    ordered = sorted(
        lines,
        key=lambda each: (each.holder.student_number, each.holder.learner_id, ranks[each.level]),
    )
    return ExportContent(facts, tuple(ordered))


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
            holder=named(holder, told),
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
