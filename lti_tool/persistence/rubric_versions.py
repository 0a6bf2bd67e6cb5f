"""Schools' own rubrics: numbered versions that never change, and one draft under way.

What is stored is the whole rubric, so that a version stays what it was when the shipped rubric
changes. Not here: what may stand in a rubric (``lti_tool.domain.rubric_authoring``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.rubric import (
    AssessmentMethod,
    Criterion,
    PerformanceLevel,
    Rubric,
    RubricShelf,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.standard import Text as Words

from .database import Base, Json, UtcDateTime


class RubricVersionRow(Base):
    """A published version. A trigger in the database refuses updates: ratings rest on it."""

    __tablename__ = "rubric_versions"
    __table_args__ = (UniqueConstraint("school_id", "standard_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RubricDraftRow(Base):
    """What is being written; ``revision`` counts changes, so that none is overwritten unseen."""

    __tablename__ = "rubric_drafts"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    revision: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    changed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssessmentRubricRow(Base):
    """The version an assessment is rated with; one without a row is rated with the shipped rubric.

    A table of its own, since lists of assessments do not need it.
    """

    __tablename__ = "assessment_rubrics"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric_versions.id"))


@dataclass(frozen=True, slots=True)
class RubricVersion:
    """A published version without its rubric. ``number`` counts from 1; the shipped one is 0."""

    id: int
    number: int
    note: str
    created_by: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RubricDraft:
    """A rubric being written, not in force."""

    rubric: Rubric
    revision: int
    changed_by: int
    changed_at: datetime


# --- Versions -------------------------------------------------------------------------------------


def versions_of(session: Session, school_id: int, standard_id: str) -> Sequence[RubricVersion]:
    """Every version a school has published, the newest first."""
    query = (
        select(RubricVersionRow)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(RubricVersionRow.number.desc())
    )
    return [_version(row) for row in session.scalars(query)]


def newest_id(session: Session, school_id: int, standard_id: str) -> int | None:
    """The id of the version in force; None where the shipped rubric is."""
    query = (
        select(RubricVersionRow.id)
        .filter_by(school_id=school_id, standard_id=standard_id)
        .order_by(RubricVersionRow.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def rubric_of(session: Session, version_id: int) -> Rubric:
    """The rubric of a version. Raises NotFoundError."""
    row = session.get(RubricVersionRow, version_id)
    if row is None:
        raise NotFoundError
    return _rubric(row.standard_id, row.content)


def add_version(
    session: Session,
    rubric: Rubric,
    *,
    school_id: int,
    note: str,
    created_by: int,
    now: datetime,
) -> RubricVersion:
    """Publish a rubric as the school's next version. Raises StaleFormError where somebody else
    published at the same moment."""
    before = versions_of(session, school_id, rubric.standard_id)
    row = RubricVersionRow(
        school_id=school_id,
        standard_id=rubric.standard_id,
        number=before[0].number + 1 if before else 1,
        note=note,
        content=_content(rubric),
        created_by=created_by,
        created_at=now,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as taken:
        raise StaleFormError from taken
    return _version(row)


# --- Assessments ----------------------------------------------------------------------------------


def rate_with(session: Session, assessment_id: str, version_id: int | None) -> None:
    """Let an assessment be rated with a version, with the shipped rubric for None."""
    row = session.get(AssessmentRubricRow, assessment_id)
    if row is not None and version_id is None:
        session.delete(row)
    elif row is not None and version_id is not None:
        row.rubric_id = version_id
    elif version_id is not None:
        session.add(AssessmentRubricRow(assessment_id=assessment_id, rubric_id=version_id))
    session.flush()


def version_used(session: Session, assessment_id: str) -> RubricVersion | None:
    """The version an assessment is rated with; None for the shipped rubric."""
    query = (
        select(RubricVersionRow)
        .join(AssessmentRubricRow, AssessmentRubricRow.rubric_id == RubricVersionRow.id)
        .where(AssessmentRubricRow.assessment_id == assessment_id)
    )
    row = session.scalar(query)
    return _version(row) if row is not None else None


def shelf(session: Session, shipped: Rubric, assessment_ids: Collection[str]) -> RubricShelf:
    """The rubrics that these assessments are rated with, in one query where all are shipped."""
    query = select(AssessmentRubricRow.assessment_id, AssessmentRubricRow.rubric_id).where(
        AssessmentRubricRow.assessment_id.in_(assessment_ids)
    )
    used = dict(session.execute(query).all())
    rubrics = {each: rubric_of(session, each) for each in set(used.values())}
    return RubricShelf(shipped, {id_: rubrics[version] for id_, version in used.items()})


# --- Drafts ---------------------------------------------------------------------------------------


def draft_of(session: Session, school_id: int, standard_id: str) -> RubricDraft | None:
    """What is being written; None where nothing is."""
    row = session.get(RubricDraftRow, (school_id, standard_id))
    if row is None:
        return None
    rubric = _rubric(standard_id, row.content)
    return RubricDraft(rubric, row.revision, row.changed_by, row.changed_at)


def keep_draft(
    session: Session,
    rubric: Rubric,
    *,
    school_id: int,
    seen: int,
    changed_by: int,
    now: datetime,
) -> None:
    """Store the draft; ``seen`` is the revision it was made from, 0 for none.

    Raises StaleFormError when the draft was changed, published or thrown away since.
    """
    row = session.get(RubricDraftRow, (school_id, rubric.standard_id), with_for_update=True)
    if (row.revision if row else 0) != seen:
        raise StaleFormError
    if row is None:
        row = RubricDraftRow(school_id=school_id, standard_id=rubric.standard_id)
        session.add(row)
    row.revision, row.content = seen + 1, _content(rubric)
    row.changed_by, row.changed_at = changed_by, now
    session.flush()


def drop_draft(session: Session, school_id: int, standard_id: str, *, seen: int) -> None:
    """Throw the draft away. Raises StaleFormError when it is not the one that was seen."""
    row = session.get(RubricDraftRow, (school_id, standard_id), with_for_update=True)
    if row is None or row.revision != seen:
        raise StaleFormError
    session.delete(row)
    session.flush()


def _version(row: RubricVersionRow) -> RubricVersion:
    return RubricVersion(row.id, row.number, row.note, row.created_by, row.created_at)


# --- Content --------------------------------------------------------------------------------------


def _content(rubric: Rubric) -> dict[str, Any]:
    """Criteria that are alike, as those of one class are, stand once with all their keys."""
    entries: list[tuple[dict[str, Any], list[str]]] = []
    for key, criterion in rubric.criteria.items():
        entry = _entry(criterion)
        keys = next((keys for known, keys in reversed(entries) if known == entry), None)
        if keys is None:
            entries.append((entry, [str(key)]))
        else:
            keys.append(str(key))
    return {
        "cut": rubric.cut,
        "levels": [
            {"number": each.number, "name": _pair(each.name), "percent": each.percent}
            for each in rubric.performance_levels
        ],
        "criteria": [{"keys": keys, **entry} for entry, keys in entries],
    }


def _entry(criterion: Criterion) -> dict[str, Any]:
    descriptors = criterion.descriptors
    return {
        "red_line": criterion.red_line,
        "weight": criterion.weight,
        "method": criterion.method.value if criterion.method else None,
        "evidence": _pair(criterion.evidence) if criterion.evidence else None,
        "descriptors": {str(n): _pair(text) for n, text in descriptors.items()}
        if descriptors
        else None,
    }


def _rubric(standard_id: str, content: Mapping[str, Any]) -> Rubric:
    levels = tuple(
        PerformanceLevel(each["number"], Words(*each["name"]), each["percent"])
        for each in content["levels"]
    )
    criteria = {
        key: _criterion(key, entry)
        for entry in content["criteria"]
        for key in map(RequirementKey.parse, entry["keys"])
    }
    return Rubric(standard_id, levels, content["cut"], criteria)


def _criterion(key: RequirementKey, entry: Mapping[str, Any]) -> Criterion:
    descriptors = entry["descriptors"]
    return Criterion(
        requirement=key,
        red_line=entry["red_line"],
        descriptors={int(n): Words(*pair) for n, pair in descriptors.items()}
        if descriptors
        else None,
        evidence=Words(*entry["evidence"]) if entry["evidence"] else None,
        method=AssessmentMethod(entry["method"]) if entry["method"] else None,
        weight=entry["weight"],
    )


def _pair(words: Words) -> list[str | None]:
    return [words.zh, words.en]
