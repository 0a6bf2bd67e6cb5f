"""Notices that platforms sent, and what they say: which courses were copied from which.

A course may be copied long before anybody opens the tool in the copy, so it is named by the
platform's id here. Not here: asking a platform for notices (``notice_handlers``).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, UtcDateTime
from .inserts import insert_unless_there

MOST_GENERATIONS = 30
"""Copies of copies looked at: a course copied every term for fifteen years."""


class NoticeRow(Base):
    """A notice taken. A platform may send it again: its id is what makes it the same."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("platform_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    notice_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CourseOriginRow(Base):
    """A course of a deployment and one that it was copied from, both by the platform's ids."""

    __tablename__ = "course_origins"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id", "origin_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    context_id: Mapped[str] = mapped_column(String(255))
    origin_id: Mapped[str] = mapped_column(String(255))


def keep_notice(
    session: Session, *, platform_id: int, notice_id: str, kind: str, now: datetime
) -> bool:
    """Note a notice; False when it was taken before."""
    key = {"platform_id": platform_id, "notice_id": notice_id}
    if session.scalar(select(NoticeRow.id).filter_by(**key)) is not None:
        return False
    insert_unless_there(session, NoticeRow, {**key, "kind": kind[:100], "received_at": now})
    return True


def add_origin(session: Session, *, deployment_id: int, context_id: str, origin_id: str) -> None:
    """Note that a course was copied from another; the same again is nothing new."""
    values = {"deployment_id": deployment_id, "context_id": context_id, "origin_id": origin_id}
    insert_unless_there(session, CourseOriginRow, values)


def origins_of(session: Session, deployment_id: int, context_id: str) -> frozenset[str]:
    """The courses that a course was copied from, and those that these were copied from; empty
    where no notice told of any."""
    found: set[str] = set()
    newest = {context_id}
    for _ in range(MOST_GENERATIONS):
        query = select(CourseOriginRow.origin_id).where(
            CourseOriginRow.deployment_id == deployment_id,
            CourseOriginRow.context_id.in_(newest),
        )
        newest = set(session.scalars(query)) - found
        if not newest:
            break
        found |= newest
    return frozenset(found)
