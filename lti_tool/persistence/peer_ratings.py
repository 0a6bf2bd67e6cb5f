"""What peers said of each other's works, in tables of their own: no rating, mastery or score is
read from here. Not here: what may be said (``domain.peer``)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.peer import Example, Judged, PeerPlan, PeerTask

from .database import Base, Json, UtcDateTime
from .inserts import insert_unless_there


class _Shown(TypedDict):
    text: str
    url: str
    ratings: dict[str, tuple[int, str]]


class PeerPlanRow(Base):
    """How peers rate in an assessment. An assessment without a row has no peer rating."""

    __tablename__ = "peer_plans"
    __table_args__ = (CheckConstraint("works >= 0", name="works_positive"),)

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    works: Mapped[int]
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    example: Mapped[_Shown | None] = mapped_column(Json(none_as_null=True))


class PeerCalibrationRow(Base):
    """The levels a student gave the example, by code."""

    __tablename__ = "peer_calibrations"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    levels: Mapped[dict[str, int]] = mapped_column(Json)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PeerTaskRow(Base):
    """A work that a student took. ``done_at`` None: not finished."""

    __tablename__ = "peer_tasks"
    __table_args__ = (UniqueConstraint("rater_id", "submission_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given: Mapped[list["PeerRatingRow"]] = relationship(
        order_by="PeerRatingRow.code", lazy="selectin", cascade="all, delete-orphan"
    )


class PeerRatingRow(Base):
    """What a peer gave for one code. ``hidden_by``: the teacher who hid the comment. Who wrote it
    stands here, too, so that it goes when they are forgotten."""

    __tablename__ = "peer_ratings"

    task_id: Mapped[str] = mapped_column(ForeignKey("peer_tasks.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    performance_level: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


def plan_of(session: Session, assessment_id: str) -> PeerPlan | None:
    """An assessment's plan; None where none was ever made."""
    row = session.get(PeerPlanRow, assessment_id, populate_existing=True)
    if row is None:
        return None
    return PeerPlan(row.assessment_id, row.works, row.closes_at, _example(row.example))


def lock_plan(session: Session, assessment_id: str) -> None:
    """Let nobody else take a work of the assessment until this transaction ends."""
    query = select(PeerPlanRow.assessment_id).filter_by(assessment_id=assessment_id)
    session.execute(query.with_for_update())


def is_on(session: Session, assessment_id: str) -> bool:
    """Whether students see peer rating: it is on, or was and something was said."""
    plan = session.get(PeerPlanRow, assessment_id)
    if plan is None:
        return False
    query = select(PeerTaskRow.id).filter_by(assessment_id=assessment_id).limit(1)
    return plan.works > 0 or session.scalar(query) is not None


def store_plan(session: Session, plan: PeerPlan) -> None:
    """Store a plan in the place of the one before."""
    example = plan.example
    shown: _Shown | None = None
    if example is not None:
        given = {c: (j.performance_level, j.comment) for c, j in example.ratings.items()}
        shown = {"text": example.text, "url": example.url, "ratings": given}
    session.merge(
        PeerPlanRow(
            assessment_id=plan.assessment_id,
            works=plan.works,
            closes_at=plan.closes_at,
            example=shown,
        )
    )
    session.flush()


def calibrations_of(session: Session, assessment_id: str) -> Mapping[int, Mapping[str, int]]:
    """The levels that each person gave the example, by person, then code."""
    query = select(PeerCalibrationRow).filter_by(assessment_id=assessment_id)
    return {row.person_id: dict(row.levels) for row in session.scalars(query)}


def calibration_of(
    session: Session, assessment_id: str, person_id: int
) -> Mapping[str, int] | None:
    """The levels that a person gave the example, by code; None before that."""
    row = session.get(PeerCalibrationRow, (assessment_id, person_id))
    return None if row is None else dict(row.levels)


def add_calibration(
    session: Session, assessment_id: str, person_id: int, levels: Mapping[str, int], now: datetime
) -> None:
    """Store what a person gave the example; the first word stands."""
    key = {"assessment_id": assessment_id, "person_id": person_id}
    insert_unless_there(
        session, PeerCalibrationRow, {**key, "levels": dict(levels), "done_at": now}
    )


def add_task(session: Session, task: PeerTask) -> None:
    """Store that a student took a work. Raises StaleFormError where it was taken in another
    window just now."""
    session.add(
        PeerTaskRow(
            id=task.id,
            assessment_id=task.assessment_id,
            rater_id=task.rater_id,
            submission_id=task.submission_id,
            assigned_at=task.assigned_at,
        )
    )
    try:
        session.flush()
    except IntegrityError as taken:
        raise StaleFormError from taken


def task_of(session: Session, task_id: str) -> PeerTask:
    """A task by its id. Raises NotFoundError."""
    return _task(_row(session, task_id))


def tasks_in(session: Session, assessment_id: str) -> Sequence[PeerTask]:
    """The tasks of an assessment, the first one taken first."""
    query = (
        select(PeerTaskRow)
        .filter_by(assessment_id=assessment_id)
        .order_by(PeerTaskRow.assigned_at, PeerTaskRow.id)
    )
    return [_task(row) for row in session.scalars(query)]


def done_about(session: Session, submission_ids: Collection[str]) -> Sequence[PeerTask]:
    """What was finished about these works."""
    query = select(PeerTaskRow).where(
        PeerTaskRow.submission_id.in_(submission_ids), PeerTaskRow.done_at.is_not(None)
    )
    return [_task(row) for row in session.scalars(query)]


def store_given(
    session: Session, task_id: str, given: Mapping[str, Judged], *, done_at: datetime | None
) -> None:
    """Store what a peer gave so far; ``done_at`` None: it is not finished."""
    row = _row(session, task_id)
    session.execute(delete(PeerRatingRow).where(PeerRatingRow.task_id == task_id))
    session.expire(row, ["given"])
    for code, judged in given.items():
        session.add(
            PeerRatingRow(
                task_id=task_id,
                code=code,
                rater_id=row.rater_id,
                performance_level=judged.performance_level,
                comment=judged.comment,
            )
        )
    row.done_at = done_at
    session.flush()
    session.expire(row)


def set_hidden(session: Session, task_id: str, code: str, *, by: int | None) -> None:
    """Hide a comment from the author, or (None) show it again. Raises NotFoundError."""
    row = session.get(PeerRatingRow, (task_id, code))
    if row is None:
        raise NotFoundError
    row.hidden_by = by
    session.flush()


def _row(session: Session, task_id: str) -> PeerTaskRow:
    row = session.get(PeerTaskRow, task_id)
    if row is None:
        raise NotFoundError
    return row


def _task(row: PeerTaskRow) -> PeerTask:
    return PeerTask(
        id=row.id,
        assessment_id=row.assessment_id,
        rater_id=row.rater_id,
        submission_id=row.submission_id,
        assigned_at=row.assigned_at,
        done_at=row.done_at,
        given={each.code: Judged(each.performance_level, each.comment) for each in row.given},
        hidden=frozenset(each.code for each in row.given if each.hidden_by is not None),
    )


def _example(shown: _Shown | None) -> Example | None:
    if shown is None:
        return None
    given = {code: Judged(level, why) for code, (level, why) in shown["ratings"].items()}
    return Example(shown["text"], shown["url"], given)
