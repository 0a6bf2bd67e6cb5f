"""Every export of outcomes: who took what out when, and what was in it, so that it can be made
again.

Names and student numbers stand apart, in versions: a learner who is erased leaves every export
with them, and nothing else of it changes. Not here: what an export is drawn from
(``export_sources``).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, defer, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import ExportContent, ExportKind, Holder

from .database import Base, UtcDateTime
from .export_content import holders_in, packed, unpacked
from .people import PersonRow

AT_ONCE = 500
"""Up to so many values go into a condition; of more the whole school is read, in one query."""
LISTS = tuple(each.value for each in ExportKind if each.is_list)


class ExportRow(Base):
    """One export. ``content`` holds no names; ``asked`` is the filter as JSON with sorted keys."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_school", "school_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[str] = mapped_column(Text)
    lines: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_digest: Mapped[str | None] = mapped_column(String(64))


class ExportedPersonRow(Base):
    """What was told of a learner in exports, until the LMS told otherwise."""

    __tablename__ = "exported_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    student_number: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(511))
    latin_name: Mapped[str] = mapped_column(String(511))


@dataclass(frozen=True, slots=True)
class Export:
    """One export. ``asked`` is the filter by its parameters; ``lines`` counts what is in it;
    ``digest`` covers the content, ``file_digest`` (SHA-256) the file as it was first handed out,
    None until then."""

    id: str
    school_id: int
    standard_id: str
    kind: ExportKind
    asked: Mapping[str, str]
    lines: int
    digest: str
    made_by: int
    made_at: datetime
    file_digest: str | None = None


def without_standard(asked: Mapping[str, str]) -> Mapping[str, str]:
    """The filter without its standard, which an export has in a place of its own."""
    return {name: value for name, value in asked.items() if name != "standard"}


def add_export(session: Session, export: Export, content: ExportContent) -> None:
    """Store an export with its content."""
    holders = dict.fromkeys(each.holder for each in content.lines)
    versions = _versions(session, export.school_id, holders)
    session.add(
        ExportRow(
            id=export.id,
            school_id=export.school_id,
            standard_id=export.standard_id,
            kind=export.kind.value,
            asked=_canonical(export.asked),
            lines=export.lines,
            digest=export.digest,
            content=packed(content, versions),
            made_by=export.made_by,
            made_at=export.made_at,
        )
    )
    session.flush()


def export_of(session: Session, export_id: str, school_id: int) -> Export:
    """An export of a school. Raises NotFoundError."""
    query = _records().filter_by(id=export_id, school_id=school_id)
    row = session.scalar(query)
    if row is None:
        raise NotFoundError
    return _export(row)


def kind_of(session: Session, export_id: str) -> ExportKind:
    """The form of an export of whatever school: one may have joined another since. Raises
    NotFoundError."""
    kind = session.scalar(select(ExportRow.kind).filter_by(id=export_id))
    if kind is None:
        raise NotFoundError
    return ExportKind(kind)


def exports_of(
    session: Session, school_id: int, *, start: int = 0, most: int
) -> tuple[Sequence[Export], int]:
    """A school's exports from ``start`` (from 0), ``most`` of them, the newest first; and how many
    there are in all."""
    query = _records().filter_by(school_id=school_id).order_by(*_newest_first())
    total = session.scalar(
        select(func.count()).select_from(ExportRow).filter_by(school_id=school_id)
    )
    rows = session.scalars(query.offset(start).limit(most))
    return [_export(row) for row in rows], total or 0


def last_list(
    session: Session,
    school_id: int,
    standard_id: str,
    asked: Mapping[str, str],
    *,
    before: datetime | None = None,
) -> Export | None:
    """The newest list that was exported with this filter, in whatever format and by whom; made
    before a time if given. None if there is none."""
    query = (
        _records()
        .filter_by(school_id=school_id, standard_id=standard_id, asked=_canonical(asked))
        .where(ExportRow.kind.in_(LISTS))
        .order_by(*_newest_first())
        .limit(1)
    )
    if before is not None:
        query = query.where(ExportRow.made_at < before)
    row = session.scalar(query)
    return _export(row) if row is not None else None


def content_of(session: Session, export_id: str) -> ExportContent:
    """What is in an export, without what was erased since. Raises NotFoundError."""
    query = select(ExportRow.school_id, ExportRow.content).filter_by(id=export_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError
    school_id, stored = found
    return unpacked(stored, _holders(session, school_id, holders_in(stored)))


def note_file(session: Session, export_id: str, digest: str) -> None:
    """Keep the SHA-256 of the file as it was handed out first; a later one changes nothing."""
    session.execute(
        update(ExportRow)
        .where(ExportRow.id == export_id, ExportRow.file_digest.is_(None))
        .values(file_digest=digest)
    )


def forget_searches(session: Session, learner_id: int) -> None:
    """Let exports whose filter searched for the learner lose what was searched for. Before their
    name and number are taken out, by which such filters are known."""
    told = session.scalars(select(ExportedPersonRow).filter_by(learner_id=learner_id))
    words = {
        word.casefold()
        for row in told
        for word in (row.student_number, row.name, row.latin_name)
        if word
    }
    searched = _records().where(ExportRow.asked.contains('"search"'))
    for export in session.scalars(searched):
        asked = dict(json.loads(export.asked))
        if any(asked.get("search", "").casefold() in word for word in words):
            export.asked = _canonical({**asked, "search": "…"})
    session.flush()


def _versions(
    session: Session, school_id: int, holders: Collection[Holder]
) -> Mapping[Holder, int]:
    """The version of each holder: the newest of the learner where it still says the same, a new
    one otherwise."""
    learner_ids = [each.learner_id for each in holders]
    newest = dict(_newest_versions(session, school_id, learner_ids))
    known = {each: newest[each.learner_id][0] for each in holders if _same(newest, each)}
    new = [each for each in holders if each not in known]
    if new:
        rows = [
            {
                "learner_id": each.learner_id,
                "student_number": each.student_number,
                "name": each.name,
                "latin_name": each.latin_name,
            }
            for each in new
        ]
        statement = insert(ExportedPersonRow).returning(
            ExportedPersonRow.id, sort_by_parameter_order=True
        )
        known.update(zip(new, session.scalars(statement, rows), strict=True))
    return known


def _same(newest: Mapping[int, tuple[int, Holder]], holder: Holder) -> bool:
    return holder.learner_id in newest and newest[holder.learner_id][1] == holder


def _newest_versions(
    session: Session, school_id: int, learner_ids: Collection[int]
) -> Iterator[tuple[int, tuple[int, Holder]]]:
    newest = (
        select(func.max(ExportedPersonRow.id))
        .where(_among(ExportedPersonRow.learner_id, learner_ids, school_id))
        .group_by(ExportedPersonRow.learner_id)
    )
    for row in session.scalars(select(ExportedPersonRow).where(ExportedPersonRow.id.in_(newest))):
        yield row.learner_id, (row.id, _holder(row))


def _holders(session: Session, school_id: int, versions: Collection[int]) -> Mapping[int, Holder]:
    query = select(ExportedPersonRow).where(_among(ExportedPersonRow.id, versions, school_id))
    return {row.id: _holder(row) for row in session.scalars(query)}


def _among(
    column: InstrumentedAttribute[int], values: Collection[int], school_id: int
) -> ColumnElement[bool]:
    """That the column is one of these values; of very many, that the learner is of the school."""
    if len(values) <= AT_ONCE:
        return column.in_(values)
    everybody = select(PersonRow.id).where(PersonRow.school_id == school_id)
    return ExportedPersonRow.learner_id.in_(everybody)


def _records() -> Select[ExportRow]:
    """Exports without their content, which is large."""
    return select(ExportRow).options(defer(ExportRow.content))


def _newest_first() -> tuple[ColumnElement[Any], ...]:
    return ExportRow.made_at.desc(), ExportRow.id.desc()


def _holder(row: ExportedPersonRow) -> Holder:
    return Holder(row.learner_id, row.student_number, row.name, row.latin_name)


def _canonical(asked: Mapping[str, str]) -> str:
    return json.dumps(dict(asked), ensure_ascii=False, sort_keys=True)


def _export(row: ExportRow) -> Export:
    return Export(
        id=row.id,
        school_id=row.school_id,
        standard_id=row.standard_id,
        kind=ExportKind(row.kind),
        asked=json.loads(row.asked),
        lines=row.lines,
        digest=row.digest,
        made_by=row.made_by,
        made_at=row.made_at,
        file_digest=row.file_digest,
    )
