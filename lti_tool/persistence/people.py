"""Accounts: who launched from which school and platform, and who came by an access link."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Row,
    String,
    UniqueConstraint,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Person

from .database import Base, UtcDateTime
from .inserts import insert_or_update

TOLD = ("name", "given_name", "family_name", "email", "student_number")
LONGEST_LANGUAGE = 35
AT_ONCE = 500
"""So many values go into one condition: SQLite takes a bounded number of parameters."""
FIRST_HAN = "\u3400"
"""From here on Unicode holds Chinese characters (CJK extension A comes first)."""
DOT = "·"
"""Between the parts of a name that is Uyghur or Tibetan, say, in Chinese characters."""


class PersonRow(Base):
    """One account. A learner is unique by school, issuer and ``sub``."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("school_id", "issuer", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(512))
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    given_name: Mapped[str] = mapped_column(String(255), default="")
    family_name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    student_number: Mapped[str] = mapped_column(String(255), default="", index=True)
    language: Mapped[str] = mapped_column(String(LONGEST_LANGUAGE), default="", server_default="")
    """The tag their LMS gave last, or they chose here since; empty where neither is known."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the pages show them. ``label`` is never empty."""

    id: int
    school_id: int
    sub: str
    name: str
    student_number: str
    email: str

    @property
    def label(self) -> str:
        """The name, or failing that the student number, or failing that the account's id."""
        return self.name or self.student_number or f"#{self.sub}"


def remember_person(
    session: Session,
    *,
    school_id: int,
    issuer: str,
    person: Person,
    now: datetime,
    language: str | None = None,
) -> Account:
    """Find or create the account; what the platform tells is kept, what it omits stays."""
    key = {"school_id": school_id, "issuer": issuer, "sub": person.sub}
    told = {**told_of_person(person), "language": (language or "")[:LONGEST_LANGUAGE]}
    seen = {**told, "created_at": now, "last_seen_at": now}
    row = insert_or_update(session, PersonRow, key, seen, keep="created_at")
    return as_account(row)


def note_language(session: Session, person_id: int, language: str) -> None:
    """Note the language a person chose here."""
    values = {"language": language[:LONGEST_LANGUAGE]}
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(values))


def told_of_person(person: Person) -> dict[str, str]:
    """What a launch tells about a person, by column; empty where it tells nothing."""
    return {field: getattr(person, field)[: _longest(field)] for field in TOLD}


def _longest(field: str) -> int:
    return 320 if field == "email" else 255


def person_by_sub(session: Session, *, school_id: int, issuer: str, sub: str) -> Account | None:
    """The account of a platform's user; None where the school has none."""
    row = session.scalar(select(PersonRow).filter_by(school_id=school_id, issuer=issuer, sub=sub))
    return as_account(row) if row is not None else None


def account(session: Session, person_id: int) -> Account:
    """The account. Raises NotFoundError."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFoundError
    return as_account(row)


def accounts(session: Session, person_ids: Collection[int]) -> Mapping[int, Account]:
    """The accounts of these ids, by id; ids that do not exist are left out."""
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(person_ids)))
    return {row.id: as_account(row) for row in rows}


def subs(session: Session, person_ids: Collection[int]) -> Mapping[int, str]:
    """What each person's platform calls them, by id; ids that do not exist are left out."""
    table = PersonRow.__table__.c
    query = select(table.id, table.sub).where(table.id.in_(person_ids))
    return {row.id: row.sub for row in session.connection().execute(query)}


def students_by_number(
    session: Session, school_id: int, student_numbers: Collection[str]
) -> Mapping[str, Sequence[Account]]:
    """A school's accounts of these student numbers, by number; one that nobody has is missing. In
    one query for up to 500 numbers."""
    found: dict[str, list[Account]] = {}
    wanted = sorted(set(student_numbers) - {""})
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(PersonRow)
            .where(
                PersonRow.school_id == school_id,
                PersonRow.student_number.in_(wanted[start : start + AT_ONCE]),
            )
            .order_by(PersonRow.id)
        )
        for row in session.scalars(query):
            found.setdefault(row.student_number, []).append(as_account(row))
    return found


def called(words: str, person: type[PersonRow] = PersonRow) -> ColumnElement[bool]:
    """The condition on a person that these words are part of the name, written either way, or of
    the student number."""
    named = (person.name, person.family_name + person.given_name, person.student_number)
    return or_(*(each.icontains(words.strip(), autoescape=True) for each in named))


def as_account(row: PersonRow | Row[Any]) -> Account:
    """The value of a row, for the other nouns of this room that join people."""
    return Account(row.id, row.school_id, row.sub, _name(row), row.student_number, row.email)


def _name(row: PersonRow | Row[Any]) -> str:
    """The full name; a Chinese one with the family name first and no space.

    Moodle 4.5 sends "小龙 李" as the name of 李小龙, whatever the language.
    """
    parts = (row.family_name, row.given_name)
    if all(part and (part[0] >= FIRST_HAN or part[0] == DOT) for part in parts):
        return "".join(parts)
    return row.name or " ".join(part for part in parts[::-1] if part)
