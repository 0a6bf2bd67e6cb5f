"""Where learners stand: mastery per requirement and attainment per level, as last computed.

These rows repeat what the ratings say, so that a page of 200 learners needs no recomputing;
they are written in the transaction that changes a rating, and can be made again any time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ForeignKey, Index, String, false, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import RequirementKey

from .courses import MembershipRow
from .database import Base, UtcDateTime
from .learners import MergedAccountRow
from .people import Account, PersonRow, as_account

DECIDED = frozenset({AttainmentState.ATTAINED, AttainmentState.REVOKED})
"""A level that was decided on shows, whatever evidence there is."""


class MasteryRow(Base):
    """A learner's mastery of one equivalence class, under its representative's key."""

    __tablename__ = "masteries"

    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    level: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    newest: Mapped[int]
    ratings: Mapped[int]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class AttainmentRow(Base):
    """How a learner stands to one level of a standard. ``gone``: it was shown once and has no
    evidence any more, or its account is another's learner; whoever keeps a copy hears of it."""

    __tablename__ = "attainments"
    __table_args__ = (Index("ix_attainments_changes", "school_id", "standard_id", "changed_at"),)

    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    level: Mapped[str] = mapped_column(String(40), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    met: Mapped[bool]
    mastered: Mapped[int]
    total: Mapped[int]
    steps: Mapped[int]
    rule_version: Mapped[str] = mapped_column(String(40))
    begun: Mapped[bool] = mapped_column(server_default=true())
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decisions.id"))
    gone: Mapped[bool] = mapped_column(server_default=false())


@dataclass(frozen=True, slots=True)
class Standing:
    """Mastery of one requirement as shown in a class: ``newest`` is the performance level of
    the newest rating that counts, ``ratings`` how many count in all."""

    state: MasteryState
    newest: int
    ratings: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A learner's standing to a level, as the registrar reads it. ``steps``: still missing;
    ``begun``: one of the level's own requirements is rated. A requirement that counts for several
    levels belongs to the lowest of them. ``decision_id`` is the newest decision on it, None if
    there was none."""

    learner: Account
    standard_id: str
    level: str
    state: AttainmentState
    met: bool
    mastered: int
    total: int
    steps: int
    rule_version: str
    changed_at: datetime
    begun: bool = True
    decision_id: str | None = None


def lock_learner(session: Session, learner_id: int) -> None:
    """Let no other transaction compute this learner's standing until this one ends; any of their
    accounts will do.

    Without it two releases at once would each compute from ratings that lack the other's, and
    the later commit would win. Rows that refer to the learner may still be added meanwhile.
    """
    merged = select(MergedAccountRow.learner_id).where(MergedAccountRow.account_id == learner_id)
    learner = func.coalesce(merged.scalar_subquery(), learner_id)
    session.execute(
        select(PersonRow.id).where(PersonRow.id == learner).with_for_update(key_share=True)
    )


def store_masteries(
    session: Session, learner_id: int, standard_id: str, masteries: Iterable[Mastery]
) -> None:
    """Let these be what is stored of a learner under a standard; only classes with evidence.

    Only the rows that differ are written: a rating changes its own class.
    """
    query = select(MasteryRow).filter_by(learner_id=learner_id, standard_id=standard_id)
    stored = {(row.level, row.code): row for row in session.scalars(query)}
    for each in masteries:
        if each.latest is not None:
            row = stored.pop((each.requirement.level, each.requirement.code), None)
            if row is None:
                row = _new_mastery(learner_id, standard_id, each.requirement)
                session.add(row)
            row.state, row.until = each.state.value, each.until
            row.newest, row.ratings = each.latest.performance_level, each.count
    for gone in stored.values():
        session.delete(gone)
    session.flush()


def _new_mastery(learner_id: int, standard_id: str, key: RequirementKey) -> MasteryRow:
    return MasteryRow(
        learner_id=learner_id, standard_id=standard_id, level=key.level, code=key.code
    )


def lapsed(
    session: Session, standard_ids: Collection[str], *, now: datetime, most: int
) -> Sequence[tuple[int, str]]:
    """Learner and standard, one of these, of masteries that rest on a rating which has grown too
    old since they were computed; those that lapsed first come first."""
    query = (
        select(MasteryRow.learner_id, MasteryRow.standard_id)
        .where(MasteryRow.until <= now, MasteryRow.standard_id.in_(standard_ids))
        .group_by(MasteryRow.learner_id, MasteryRow.standard_id)
        .order_by(func.min(MasteryRow.until))
        .limit(most)
    )
    return [(learner_id, standard_id) for learner_id, standard_id in session.execute(query)]


def store_outcomes(
    session: Session,
    learner: Account,
    standard_id: str,
    outcomes: Iterable[Outcome],
    *,
    now: datetime,
) -> None:
    """Let these be a learner's standings under a standard; a level that is not among them has no
    evidence. ``changed_at`` moves only where something else did."""
    query = select(AttainmentRow).filter_by(learner_id=learner.id, standard_id=standard_id)
    stored = {row.level: row for row in session.scalars(query)}
    for each in outcomes:
        row = stored.pop(each.level, None)
        if row is None:
            row = AttainmentRow(
                learner_id=learner.id,
                standard_id=standard_id,
                level=each.level,
                school_id=learner.school_id,
                gone=False,
            )
            session.add(row)
            known = False
        elif as_outcome(row, learner, each.changed_at) == each:
            continue
        else:
            known = row.gone or _shows(row)
        row.state, row.met = each.state.value, each.met
        row.mastered, row.total, row.steps = each.mastered, each.total, each.steps
        row.rule_version, row.begun = each.rule_version, each.begun
        row.changed_at, row.decision_id = each.changed_at, each.decision_id
        row.gone = known and not _shows(row)
    for row in stored.values():
        _forget(session, row, now)
    session.flush()


def forget_outcomes(session: Session, learner_id: int, *, now: datetime) -> None:
    """Forget every standing of an account to a level: it is another one's learner now."""
    for row in session.scalars(select(AttainmentRow).filter_by(learner_id=learner_id)):
        _forget(session, row, now)
    session.flush()


def _forget(session: Session, row: AttainmentRow, now: datetime) -> None:
    """Of what nobody was ever shown nothing stays."""
    if _shows(row):
        row.state, row.met, row.begun = AttainmentState.NO_EVIDENCE.value, False, False
        row.mastered, row.steps, row.decision_id = 0, 0, None
        row.gone, row.changed_at = True, now
    elif not row.gone:
        session.delete(row)


def _shows(row: AttainmentRow) -> bool:
    """Whether registrars are shown it (``outcomes``)."""
    return row.begun or AttainmentState(row.state) in DECIDED


def standings_of(
    session: Session, learner_ids: Collection[int], standard_id: str
) -> Mapping[int, Mapping[RequirementKey, Standing]]:
    """Mastery by learner and class representative, in one query; absent means no evidence."""
    row = MasteryRow
    query = select(row.learner_id, row.level, row.code, row.state, row.newest, row.ratings).where(
        row.learner_id.in_(learner_ids), row.standard_id == standard_id
    )
    found: dict[int, dict[RequirementKey, Standing]] = {each: {} for each in learner_ids}
    # Columns and values made once: a large class has twenty thousand cells of a few kinds.
    keys, kinds = cache(RequirementKey), cache(_standing)
    for learner_id, level, code, state, newest, count in session.execute(query):
        found[learner_id][keys(level, code)] = kinds(state, newest, count)
    return found


def _standing(state: str, newest: int, ratings: int) -> Standing:
    return Standing(MasteryState(state), newest, ratings)


def outcomes_of_school(
    session: Session, school_id: int, standard_id: str, *, course_id: int | None = None
) -> Sequence[Outcome]:
    """Every stored outcome of a school, of one course's people if given, by student number."""
    query = (
        select(AttainmentRow, PersonRow)
        .join(PersonRow, PersonRow.id == AttainmentRow.learner_id)
        .where(
            AttainmentRow.school_id == school_id,
            AttainmentRow.standard_id == standard_id,
            ~AttainmentRow.gone,
        )
        .order_by(PersonRow.student_number, PersonRow.id, AttainmentRow.level)
    )
    if course_id is not None:
        members = select(MembershipRow.person_id).filter_by(course_id=course_id)
        query = query.where(PersonRow.id.in_(members))
    return [
        as_outcome(row, as_account(person), row.changed_at)
        for row, person in session.execute(query)
    ]


def outcomes_of_learner(session: Session, learner: Account, standard_id: str) -> Sequence[Outcome]:
    """A learner's stored outcomes under a standard; levels without evidence may be absent."""
    query = select(AttainmentRow).filter_by(learner_id=learner.id, standard_id=standard_id)
    query = query.where(~AttainmentRow.gone)
    return [as_outcome(row, learner, row.changed_at) for row in session.scalars(query)]


def as_outcome(row: AttainmentRow, learner: Account, changed_at: datetime) -> Outcome:
    """The value of a row, for the ledger of a school (``outcomes``)."""
    return Outcome(
        learner,
        row.standard_id,
        row.level,
        AttainmentState(row.state),
        row.met,
        row.mastered,
        row.total,
        row.steps,
        row.rule_version,
        changed_at,
        row.begun,
        row.decision_id,
    )
