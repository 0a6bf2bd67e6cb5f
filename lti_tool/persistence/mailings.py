"""Whom mail reaches: who wants none, whose address was refused, who is being written to just now.

The address itself is the person's, as the LMS gave it. Not here: what is to be mailed
(``notifications``).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError

from .database import Base, UtcDateTime
from .inserts import insert_unless_there
from .people import PersonRow

MAX_TROUBLE = 100
NEW = {"attempts": 0, "trouble": "", "refused": ""}
UNWRITTEN = {**NEW, "token": ""}


class MailingRow(Base):
    """One person who was written to, or said that they want no mail.

    ``token`` is in the link that stops mail. ``held_until`` is the end of a lease or of a wait.
    ``refused`` is the SHA-256 of an address that the mail server refused for good; empty: none.
    """

    __tablename__ = "mailings"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(MAX_TROUBLE), default="")
    refused: Mapped[str] = mapped_column(String(64), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person as mail knows them. ``email`` is empty where the LMS gave none, ``language`` a tag
    in the LMS's spelling or empty. ``refused``: the mail server does not take this address.
    ``attempts`` is how often sending failed since it last succeeded."""

    person_id: int
    email: str
    language: str
    token: str
    """Empty where nothing was noted of them yet."""
    stopped: bool
    refused: bool
    attempts: int

    @property
    def reachable(self) -> bool:
        """Whether a mail may be sent."""
        return bool(self.email) and not self.stopped and not self.refused


@dataclass(frozen=True, slots=True)
class MailState:
    """How mail fares: to how many people it failed and will be tried again, whose addresses were
    refused, what the last trouble was in the mail server's words (empty: none), and when the last
    mail was taken (None: none was)."""

    failing: int
    refused: int
    trouble: str
    last_sent: datetime | None


def note_person(session: Session, person_id: int, token: str) -> None:
    """Have a row for the person; ``token`` is taken for a new one only."""
    insert_unless_there(session, MailingRow, {"person_id": person_id, "token": token, **NEW})


def claim(session: Session, person_id: int, *, now: datetime, lease: timedelta) -> bool:
    """Whether the person is the caller's to write to, until the lease runs out."""
    claimed = session.execute(
        update(MailingRow)
        .where(
            MailingRow.person_id == person_id,
            or_(MailingRow.held_until.is_(None), MailingRow.held_until <= now),
        )
        .values(held_until=now + lease)
        .returning(MailingRow.person_id)
    ).scalar()
    return claimed is not None


def addressee(session: Session, person_id: int) -> Addressee:
    """The person, also where nothing was noted of them yet. Raises NotFoundError."""
    person = session.get(PersonRow, person_id)
    if person is None:
        raise NotFoundError
    row = session.get(MailingRow, person_id, populate_existing=True) or MailingRow(**UNWRITTEN)
    return Addressee(
        person_id=person_id,
        email=person.email,
        language=person.language,
        token=row.token,
        stopped=row.stopped_at is not None,
        refused=bool(row.refused) and row.refused == _digest(person.email),
        attempts=row.attempts,
    )


def note_sent(session: Session, person_id: int, *, now: datetime) -> None:
    """The mail server took a mail for them."""
    _change(session, person_id, held_until=None, attempts=0, trouble="", refused="", sent_at=now)


def note_nothing(session: Session, person_id: int) -> None:
    """There was nothing to send after all."""
    _change(session, person_id, held_until=None, attempts=0)


def note_trouble(session: Session, person_id: int, trouble: str, *, again_at: datetime) -> None:
    """It failed, and is tried again then."""
    _change(
        session,
        person_id,
        held_until=again_at,
        attempts=MailingRow.attempts + 1,
        trouble=trouble[:MAX_TROUBLE],
    )


def note_given_up(session: Session, person_id: int, trouble: str) -> None:
    """It failed too often; the next news is tried anew."""
    _change(session, person_id, held_until=None, attempts=0, trouble=trouble[:MAX_TROUBLE])


def note_refused(session: Session, person_id: int, email: str, trouble: str) -> None:
    """The mail server refused this address for good; another one of the same person is tried."""
    _change(
        session,
        person_id,
        held_until=None,
        attempts=0,
        trouble=trouble[:MAX_TROUBLE],
        refused=_digest(email),
    )


def person_of(session: Session, token: str) -> int:
    """Whom a link that stops mail is about. Raises NotFoundError."""
    found = session.scalar(select(MailingRow.person_id).filter_by(token=token))
    if found is None:
        raise NotFoundError
    return found


def set_stopped(session: Session, person_id: int, *, stopped_at: datetime | None) -> None:
    """Send the person no more mail, or (None) again; then a refused address is tried again, too."""
    _change(session, person_id, stopped_at=stopped_at, refused="", trouble="")


def mail_state(session: Session) -> MailState:
    """How mail fares, for the administrator."""
    failing, refused, last = session.execute(
        select(
            func.count().filter(MailingRow.attempts > 0),
            func.count().filter(MailingRow.refused != ""),
            func.max(MailingRow.sent_at),
        )
    ).one()
    trouble = session.scalar(
        select(MailingRow.trouble)
        .where(MailingRow.trouble != "")
        .order_by(MailingRow.held_until.desc(), MailingRow.person_id.desc())
        .limit(1)
    )
    return MailState(failing, refused, trouble or "", last)


def _change(session: Session, person_id: int, **values: object) -> None:
    session.execute(update(MailingRow).where(MailingRow.person_id == person_id).values(**values))


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
