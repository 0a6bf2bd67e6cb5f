"""A school's outcomes as the registrar reads them: found, counted, ordered and paged by the
database, so that neither memory nor the number of queries grows with the school.

A level shows for a learner once one of its own requirements is rated or it was decided on. Not
here: storing standings (``standings``).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.domain.attainment import AttainmentState, Decision
from lti_tool.domain.launch import Role

from . import rolls
from .courses import MembershipRow
from .decisions import DecisionRow, as_decision
from .learners import learner_called, of_learner
from .people import PersonRow, as_account
from .standings import DECIDED, AttainmentRow, Outcome, as_outcome

PIECE = 500
"""Rows held at a time while a whole school is read."""


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """What of the outcomes to show. None or empty: everything; no standard: the newest one.

    ``search`` is part of a name or of a student number. ``term``, ``programme`` and ``class_name``
    are as in the registrar's lists (``rolls``): who is in all those given at once. ``page`` counts
    from 1.
    """

    standard_id: str | None = None
    level: str | None = None
    state: AttainmentState | None = None
    course_id: int | None = None
    search: str = ""
    page: int = 1
    term: str | None = None
    programme: str | None = None
    class_name: str | None = None

    @property
    def place(self) -> Mapping[str, str]:
        """Where in the registrar's lists its people stand; empty where that does not matter."""
        given = {"term": self.term, "programme": self.programme, "class_name": self.class_name}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def asked(self) -> Mapping[str, str]:
        """The filter as parameters of an address, without what is not set and without the page."""
        given = {
            "standard": self.standard_id,
            "level": self.level,
            "state": self.state.value if self.state else None,
            "course": str(self.course_id) if self.course_id is not None else None,
            "search": self.search,
            "term": self.term,
            "programme": self.programme,
            "class": self.class_name,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The outcomes of one school under one standard, whose levels are given from the lowest."""

    school_id: int
    standard_id: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An outcome and the newest decision on it, None if there was none. ``gone``: it is not, or not
    any more, among what was asked for (``changed_after``)."""

    outcome: Outcome
    last: Decision | None
    gone: bool = False


def count_by_state(
    session: Session, ledger: Ledger, wanted: OutcomeFilter
) -> Mapping[tuple[str, AttainmentState], int]:
    """How many outcomes there are by level and state among the people of the filter, whatever
    level and state it asks for."""
    query = (
        select(AttainmentRow.level, AttainmentRow.state, func.count())
        .join(PersonRow, PersonRow.id == AttainmentRow.learner_id)
        .where(_shows(ledger), *_people(wanted))
        .group_by(AttainmentRow.level, AttainmentRow.state)
    )
    counted = session.execute(query)
    return Counter({(level, AttainmentState(state)): count for level, state, count in counted})


def count_learners(session: Session, ledger: Ledger) -> int:
    """How many learners have an outcome."""
    query = select(func.count(func.distinct(AttainmentRow.learner_id))).where(_shows(ledger))
    return session.scalar(query) or 0


def page_of(
    session: Session, ledger: Ledger, wanted: OutcomeFilter, *, start: int, most: int
) -> Sequence[Found]:
    """Those from ``start`` (from 0), ``most`` of them: what awaits sign-off first, then by
    student number and level."""
    query = _found(ledger, wanted).offset(start).limit(most)
    return list(_read(session, query))


def every_one(session: Session, ledger: Ledger, wanted: OutcomeFilter) -> Iterator[Found]:
    """All of them in the same order, in one query that is read in pieces."""
    return _read(session, _found(ledger, wanted).execution_options(yield_per=PIECE))


@dataclass(frozen=True, slots=True)
class Change:
    """A place in the order of changes: when an outcome last changed, and whose and which it is."""

    at: datetime
    learner_id: int
    level: str


def changed_after(
    session: Session,
    ledger: Ledger,
    wanted: OutcomeFilter,
    *,
    learner_ids: Collection[int] = (),
    after: Change | None,
    most: int,
) -> Sequence[Found]:
    """Those that changed after this place, ``most`` of them, in the order of their last change;
    ``after`` None: from the first on; ``learner_ids`` empty: of everybody. One that changes again
    moves to the end.

    After a place also those that are ``gone``: they have vanished, or left the state that is asked
    for. Whom a list moves out of a class or a course is not told of.
    """
    place = (AttainmentRow.changed_at, AttainmentRow.learner_id, AttainmentRow.level)
    query = _joined().order_by(*place).limit(most)
    if learner_ids:
        query = query.where(AttainmentRow.learner_id.in_(learner_ids))
    if after is None:
        return list(_read(session, query.where(_shows(ledger), *_people(wanted), *_chosen(wanted))))
    at, whose, level = place
    later_level = and_(whose == after.learner_id, level > after.level)
    same_moment = and_(at == after.at, or_(whose > after.learner_id, later_level))
    shown = and_(_shows(ledger), *_people(wanted))
    query = query.where(
        *_of(ledger),
        *_chosen(replace(wanted, state=None)),
        or_(shown, AttainmentRow.gone),
        or_(at > after.at, same_moment),
    )
    return [_left(each, wanted.state) for each in _read(session, query)]


def _left(found: Found, state: AttainmentState | None) -> Found:
    """Gone, too, where it is in another state than the one asked for."""
    return replace(found, gone=found.gone or state not in (None, found.outcome.state))


def _read(
    session: Session, query: Select[AttainmentRow, PersonRow, DecisionRow]
) -> Iterator[Found]:
    with session.execute(query) as result:
        for row, person, joined in result:
            outcome = as_outcome(row, as_account(person), row.changed_at)
            last = cast("DecisionRow | None", joined)  # an outer join may find none
            yield Found(outcome, as_decision(last) if last is not None else None, row.gone)


def _found(ledger: Ledger, wanted: OutcomeFilter) -> Select[AttainmentRow, PersonRow, DecisionRow]:
    return (
        _joined()
        .where(_shows(ledger), *_people(wanted), *_chosen(wanted))
        .order_by(*_order(ledger))
    )


def _joined() -> Select[AttainmentRow, PersonRow, DecisionRow]:
    return (
        select(AttainmentRow, PersonRow, DecisionRow)
        .join(PersonRow, PersonRow.id == AttainmentRow.learner_id)
        .outerjoin(DecisionRow, DecisionRow.id == AttainmentRow.decision_id)
    )


def _order(ledger: Ledger) -> Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]:
    waits = case((AttainmentRow.state == AttainmentState.PROPOSED.value, 0), else_=1)
    ranks = {level: rank for rank, level in enumerate(ledger.levels)}
    rank = case(ranks, value=AttainmentRow.level)
    return waits, PersonRow.student_number, AttainmentRow.learner_id, rank


def _shows(ledger: Ledger) -> ColumnElement[bool]:
    decided = tuple(sorted(each.value for each in DECIDED))
    return and_(*_of(ledger), or_(AttainmentRow.begun, AttainmentRow.state.in_(decided)))


def _of(ledger: Ledger) -> tuple[ColumnElement[bool], ...]:
    return (
        AttainmentRow.school_id == ledger.school_id,
        AttainmentRow.standard_id == ledger.standard_id,
        AttainmentRow.level.in_(ledger.levels),
    )


def _people(wanted: OutcomeFilter) -> Iterator[ColumnElement[bool]]:
    """Conditions on the learner alone."""
    search = wanted.search.strip()
    if search:
        yield learner_called(search)
    if wanted.course_id is not None:
        members = select(of_learner(MembershipRow.person_id)).where(
            MembershipRow.course_id == wanted.course_id, MembershipRow.role == Role.STUDENT.value
        )
        yield PersonRow.id.in_(members)
    if wanted.place:
        yield rolls.stands_in(wanted.place)


def _chosen(wanted: OutcomeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.level is not None:
        yield AttainmentRow.level == wanted.level
    if wanted.state is not None:
        yield AttainmentRow.state == wanted.state.value
