"""Line items: the columns this tool fills in an LMS gradebook.

An item is one assessment's grade, or one level's attainment in one course. ``url`` is None
until delivery found or created the column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .courses import ResourceLinkRow
from .database import Base, UtcDateTime

GRADE_TAG = "grade"
ATTAINMENT_TAG = "attainment"


class LineItemRow(Base):
    """A column. ``resource_id`` and ``tag`` find it again in a copied course (AGS 2.0, 3.2)."""

    __tablename__ = "line_items"
    __table_args__ = (UniqueConstraint("course_id", "resource_id", "tag"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    resource_id: Mapped[str] = mapped_column(String(512))
    tag: Mapped[str] = mapped_column(String(255))
    label: Mapped[str] = mapped_column(String(255))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    url: Mapped[str | None] = mapped_column(String(2000))
    sought_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column in a course's gradebook. ``removed``: a teacher had it deleted, so nothing is sent
    and it is not made again until a teacher asks for it."""

    id: int
    course_id: int
    resource_id: str
    tag: str
    label: str
    maximum: Decimal
    url: str | None
    removed: bool = False


def ensure_line_item(
    session: Session,
    *,
    course_id: int,
    resource_id: str,
    tag: str,
    label: str,
    maximum: Decimal,
    url: str | None = None,
) -> LineItem:
    """Find or note the column; a ``url`` that is told here is kept, unless it is another's.

    Open edX (lti-consumer-xblock 11.4) names a unit's first column in its launches, be it the
    level's; the grade would go there. Two transactions at once may both bring the first word of
    a column: the second reads the first's row.
    """
    key = {"course_id": course_id, "resource_id": resource_id, "tag": tag}
    told = {"label": label[:255], "maximum": maximum}
    row = session.scalar(select(LineItemRow).filter_by(**key))
    if row is None:
        row = _new_row(session, key, told)
    row.label, row.maximum = label[:255], maximum
    told_anew = url is not None and row.removed_at is None
    if told_anew and not _is_anothers(session, url or "", row.id):
        row.url = url
    session.flush()
    return _line_item(row)


def _is_anothers(session: Session, url: str, line_item_id: int) -> bool:
    query = select(LineItemRow.id).where(LineItemRow.url == url, LineItemRow.id != line_item_id)
    return session.scalar(query.limit(1)) is not None


def _new_row(session: Session, key: Mapping[str, Any], told: Mapping[str, Any]) -> LineItemRow:
    try:
        with session.begin_nested():
            row = LineItemRow(**key, **told)
            session.add(row)
            session.flush()
            return row
    except IntegrityError:
        return session.scalars(select(LineItemRow).filter_by(**key)).one()


def set_line_item_url(session: Session, line_item_id: int, url: str) -> None:
    """Note where the column is."""
    row = session.get(LineItemRow, line_item_id)
    if row is not None:
        row.url, row.sought_until = url, None
        session.flush()


def mark_removed(session: Session, line_item_id: int, *, now: datetime) -> None:
    """Note that a teacher wants the column gone; its URL stays until it is."""
    session.get_one(LineItemRow, line_item_id).removed_at = now
    session.flush()


def mark_restored(session: Session, line_item_id: int) -> None:
    """Note that a teacher wants the column again."""
    session.get_one(LineItemRow, line_item_id).removed_at = None
    session.flush()


def forget_line_item_url(session: Session, line_item_id: int, url: str) -> None:
    """Note that there is no column at this URL any more, so that the next score looks for it.

    A link's launches told the URL perhaps; after a deletion Moodle 4.5 sends an empty claim,
    which would leave it standing.
    """
    session.execute(
        update(ResourceLinkRow)
        .where(ResourceLinkRow.line_item_url == url)
        .values(line_item_url=None)
    )
    session.execute(
        update(LineItemRow)
        .where(LineItemRow.id == line_item_id, LineItemRow.url == url)
        .values(url=None, sought_until=None)
    )


def claim_search(session: Session, line_item_id: int, *, now: datetime, lease: timedelta) -> bool:
    """Whether the caller alone may now find or create the column in the LMS.

    Two at once would make two columns: platforms take duplicates (observed on Moodle 4.5).
    """
    claimed = session.execute(
        update(LineItemRow)
        .where(
            LineItemRow.id == line_item_id,
            LineItemRow.url.is_(None),
            or_(LineItemRow.sought_until.is_(None), LineItemRow.sought_until < now),
        )
        .values(sought_until=now + lease)
        .returning(LineItemRow.id)
    ).scalar()
    return claimed is not None


def hold_search(session: Session, line_item_id: int, *, until: datetime) -> None:
    """Go on looking for the column alone; nothing changes once it is found or given up."""
    session.execute(
        update(LineItemRow)
        .where(
            LineItemRow.id == line_item_id,
            LineItemRow.url.is_(None),
            LineItemRow.sought_until.is_not(None),
        )
        .values(sought_until=until)
    )


def give_up_search(session: Session, line_item_id: int) -> None:
    """Let another deliverer look for the column."""
    session.execute(
        update(LineItemRow).where(LineItemRow.id == line_item_id).values(sought_until=None)
    )


def line_item(session: Session, line_item_id: int) -> LineItem | None:
    """The column of this id; None if there is none."""
    row = session.get(LineItemRow, line_item_id)
    return _line_item(row) if row is not None else None


def line_items_of(session: Session, course_id: int) -> Sequence[LineItem]:
    """A course's columns in the order they were made."""
    query = select(LineItemRow).filter_by(course_id=course_id).order_by(LineItemRow.id)
    return [_line_item(row) for row in session.scalars(query)]


def courses_with_columns(session: Session) -> Sequence[int]:
    """The courses, by our id, that have any column."""
    query = select(LineItemRow.course_id).distinct().order_by(LineItemRow.course_id)
    return session.scalars(query).all()


def _line_item(row: LineItemRow) -> LineItem:
    return LineItem(
        row.id,
        row.course_id,
        row.resource_id,
        row.tag,
        row.label,
        row.maximum,
        row.url,
        row.removed_at is not None,
    )
