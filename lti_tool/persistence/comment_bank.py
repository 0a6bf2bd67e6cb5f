"""The comment bank: sentences that teachers keep, by requirement. What is removed can come back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.comment_bank import BankComment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.standard import RequirementKey

from .database import Base, UtcDateTime


class BankCommentRow(Base):
    """One sentence of one teacher."""

    __tablename__ = "bank_comments"
    __table_args__ = (Index("ix_bank_comments_owner", "owner_id", "standard_id", "level"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def keep(session: Session, comment: BankComment) -> None:
    """Store a new sentence."""
    session.add(
        BankCommentRow(
            id=comment.id,
            owner_id=comment.owner_id,
            course_id=comment.course_id,
            standard_id=comment.standard_id,
            level=comment.requirement.level,
            code=comment.requirement.code,
            text=comment.text,
            shared=comment.shared,
            created_at=comment.created_at,
        )
    )
    session.flush()


def change(
    session: Session,
    comment_id: str,
    *,
    text: str,
    shared: bool,
    course_id: int,
    removed_at: datetime | None,
) -> None:
    """Let a sentence be like this; shared, it is lent to this course. Raises NotFoundError."""
    row = _row(session, comment_id)
    row.text, row.shared, row.course_id, row.removed_at = text, shared, course_id, removed_at
    session.flush()


def bank_comment(session: Session, comment_id: str) -> BankComment:
    """A sentence by its id, removed ones included. Raises NotFoundError."""
    return _comment(_row(session, comment_id))


def bank_of(
    session: Session, *, viewer_id: int, course_id: int, standard_id: str, level: str
) -> Mapping[str, Sequence[BankComment]]:
    """The sentences in use that a teacher may take in a course, by code: their own, and those that
    others share there. In no promised order; a code without any is missing."""
    query = select(BankCommentRow).where(
        BankCommentRow.standard_id == standard_id,
        BankCommentRow.level == level,
        BankCommentRow.removed_at.is_(None),
        or_(
            BankCommentRow.owner_id == viewer_id,
            (BankCommentRow.course_id == course_id) & BankCommentRow.shared,
        ),
    )
    found: dict[str, list[BankComment]] = {}
    for row in session.scalars(query):
        found.setdefault(row.code, []).append(_comment(row))
    return found


def _row(session: Session, comment_id: str) -> BankCommentRow:
    row = session.get(BankCommentRow, comment_id)
    if row is None:
        raise NotFoundError
    return row


def _comment(row: BankCommentRow) -> BankComment:
    return BankComment(
        id=row.id,
        owner_id=row.owner_id,
        course_id=row.course_id,
        standard_id=row.standard_id,
        requirement=RequirementKey(row.level, row.code),
        text=row.text,
        shared=row.shared,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )
