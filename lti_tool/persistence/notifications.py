"""What people are told inside the tool, and what of it is still to be mailed.

A row is its own outbox: ``mail_at`` is when a mail about it is due. Not here: whom a mail reaches
(``mailings``), the mail itself (``lti_tool.delivery``).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.notification import Notification, NotificationKind

from .database import Base, UtcDateTime
from .inserts import insert_or_update
from .mailings import MailingRow


class NotificationRow(Base):
    """One person, one kind, one subject."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject"),
        Index("ix_notifications_inbox", "person_id", "course_id", "read_at"),
        Index("ix_notifications_subject", "kind", "subject"),
        Index("ix_notifications_mail_at", "mail_at"),
        Index("ix_notifications_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def tell(
    session: Session,
    person_id: int,
    kind: NotificationKind,
    subject: str,
    *,
    course_id: int,
    assessment_id: str,
    now: datetime,
    mail_at: datetime,
) -> None:
    """Tell a person; what they were told of this kind about this subject before is unread again."""
    key = {"person_id": person_id, "kind": kind.value, "subject": subject}
    told = {
        "course_id": course_id,
        "assessment_id": assessment_id,
        "at": now,
        "read_at": None,
        "mail_at": mail_at,
    }
    insert_or_update(session, NotificationRow, key, told)


def settle(session: Session, kind: NotificationKind, subject: str, *, now: datetime) -> None:
    """It has been seen to: whoever was told need not look, and gets no mail about it."""
    _read(
        session,
        and_(NotificationRow.kind == kind.value, NotificationRow.subject == subject),
        now=now,
    )


def count_unread(
    session: Session, person_id: int, course_id: int, kinds: Collection[NotificationKind]
) -> int:
    """How many notifications a person has not read in a course."""
    query = select(func.count()).where(
        _of(person_id, course_id, kinds), NotificationRow.read_at.is_(None)
    )
    return session.scalar(query) or 0


def unread_elsewhere(session: Session, person_id: int, but: int) -> Mapping[int, int]:
    """How many a person has not read in the other courses, by the course's id."""
    query = (
        select(NotificationRow.course_id, func.count())
        .where(
            NotificationRow.person_id == person_id,
            NotificationRow.course_id != but,
            NotificationRow.read_at.is_(None),
        )
        .group_by(NotificationRow.course_id)
    )
    return dict(session.execute(query).all())


def notifications_of(
    session: Session,
    person_id: int,
    course_id: int,
    kinds: Collection[NotificationKind],
    *,
    most: int,
) -> Sequence[Notification]:
    """What a person was told in a course: the unread first, then the newest first."""
    query = (
        select(NotificationRow)
        .where(_of(person_id, course_id, kinds))
        .order_by(
            NotificationRow.read_at.is_not(None),
            NotificationRow.at.desc(),
            NotificationRow.id.desc(),
        )
        .limit(most)
    )
    return [_notification(row) for row in session.scalars(query)]


def notification(
    session: Session, notification_id: int, *, person_id: int, course_id: int
) -> Notification:
    """One that this person was told in this course. Raises NotFoundError."""
    row = session.get(NotificationRow, notification_id)
    if row is None or (row.person_id, row.course_id) != (person_id, course_id):
        raise NotFoundError
    return _notification(row)


def mark_read(
    session: Session,
    person_id: int,
    course_id: int,
    kinds: Collection[NotificationKind],
    *,
    now: datetime,
    assessment_id: str | None = None,
) -> None:
    """Note that a person has read these kinds in a course, of one assessment or of all (None)."""
    which = _of(person_id, course_id, kinds)
    if assessment_id is not None:
        which = and_(which, NotificationRow.assessment_id == assessment_id)
    _read(session, which, now=now)


def people_to_mail(session: Session, *, now: datetime, most: int) -> Sequence[int]:
    """The ids of people with a mail due whom nobody is writing to, the longest waiting first."""
    free = or_(MailingRow.held_until.is_(None), MailingRow.held_until <= now)
    query = (
        select(NotificationRow.person_id)
        .outerjoin(MailingRow, MailingRow.person_id == NotificationRow.person_id)
        .where(NotificationRow.mail_at <= now, free)
        .group_by(NotificationRow.person_id)
        .order_by(func.min(NotificationRow.mail_at))
        .limit(most)
    )
    return list(session.scalars(query))


def to_mail(session: Session, person_id: int) -> Sequence[Notification]:
    """All that is still to be mailed to a person, due or not: it goes into one mail. Oldest
    first."""
    query = (
        select(NotificationRow)
        .where(NotificationRow.person_id == person_id, NotificationRow.mail_at.is_not(None))
        .order_by(NotificationRow.at, NotificationRow.id)
    )
    return [_notification(row) for row in session.scalars(query)]


def note_mailed(session: Session, mailed: Collection[Notification]) -> None:
    """Nothing more is to be mailed about these, unless there has been news since they were
    read from here."""
    for each in mailed:
        session.execute(
            update(NotificationRow)
            .where(NotificationRow.id == each.id, NotificationRow.mail_at == each.mail_at)
            .values(mail_at=None)
        )


def mail_backlog(session: Session, *, now: datetime) -> tuple[int, datetime | None]:
    """To how many people a mail is due, and since when the oldest (None: none is)."""
    row = session.execute(
        select(
            func.count(func.distinct(NotificationRow.person_id)), func.min(NotificationRow.mail_at)
        ).where(NotificationRow.mail_at <= now)
    ).one()
    return row[0], row[1]


def forget(session: Session, *, now: datetime, kept: timedelta, kept_read: timedelta) -> int:
    """Forget what is older than ``kept``, and what was read before ``kept_read``; how many."""
    gone = delete(NotificationRow).where(_old(now, kept, kept_read))
    return len(session.scalars(gone.returning(NotificationRow.id)).all())


def any_to_forget(
    session: Session, *, now: datetime, kept: timedelta, kept_read: timedelta
) -> bool:
    """Whether there is anything to forget; asked first, since on SQLite a writer keeps the others
    waiting."""
    query = select(NotificationRow.id).where(_old(now, kept, kept_read)).limit(1)
    return session.scalar(query) is not None


def _old(now: datetime, kept: timedelta, kept_read: timedelta) -> ColumnElement[bool]:
    return or_(NotificationRow.at < now - kept, NotificationRow.read_at < now - kept_read)


def _of(person_id: int, course_id: int, kinds: Collection[NotificationKind]) -> ColumnElement[bool]:
    return and_(
        NotificationRow.person_id == person_id,
        NotificationRow.course_id == course_id,
        NotificationRow.kind.in_([each.value for each in kinds]),
    )


def _read(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    session.execute(
        update(NotificationRow)
        .where(which, NotificationRow.read_at.is_(None))
        .values(read_at=now, mail_at=None)
    )


def _notification(row: NotificationRow) -> Notification:
    return Notification(
        id=row.id,
        person_id=row.person_id,
        course_id=row.course_id,
        assessment_id=row.assessment_id,
        kind=NotificationKind(row.kind),
        subject=row.subject,
        at=row.at,
        read_at=row.read_at,
        mail_at=row.mail_at,
    )
