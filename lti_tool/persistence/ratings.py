"""Ratings and their releases: only ever added to, but for drafts that were taken back.

A trigger in the database refuses updates.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    case,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import Select

from lti_tool.domain.errors import StaleRatingError
from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey

from .database import Base, Json, UtcDateTime
from .learners import Accounts, MergedAccountRow, gathered
from .people import PersonRow
from .second_markings import ComparisonRow, ResolutionRow

UNCORRECTED = text("supersedes IS NULL")


class RatingRow(Base):
    """One rating. Each can be corrected once, and a submission's requirement has one first
    rating: so two raters never overwrite each other unseen."""

    __tablename__ = "ratings"
    __table_args__ = (
        Index(
            "uq_ratings_first",
            "submission_id",
            "level",
            "code",
            unique=True,
            sqlite_where=UNCORRECTED,
            postgresql_where=UNCORRECTED,
        ),
        Index("ix_ratings_learner", "learner_id", "standard_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    performance_level: Mapped[int]
    rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    performed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    comment: Mapped[str] = mapped_column(Text, default="")
    evidence_ids: Mapped[list[str]] = mapped_column(Json, default=list)
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("ratings.id"), unique=True)


class RatingReleaseRow(Base):
    """The release of a rating: from then on it counts and the learner sees it."""

    __tablename__ = "rating_releases"

    rating_id: Mapped[str] = mapped_column(ForeignKey("ratings.id"), primary_key=True)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


def add_ratings(session: Session, ratings: Iterable[Rating]) -> None:
    """Store ratings, those with ``released_at`` as released by their rater.

    Raises StaleRatingError when somebody else corrected or first rated one meanwhile.
    """
    batch = list(ratings)
    try:
        session.add_all(_row(each) for each in batch)
        session.flush()
    except IntegrityError as conflict:
        raise StaleRatingError(batch[0].requirement.code) from conflict
    for each in batch:
        if each.released_at is not None:
            _release(session, each.id, each.released_at, each.rater_id)
    session.flush()


def release(session: Session, rating_ids: Iterable[str], *, by: int, now: datetime) -> None:
    """Release drafts. The caller takes care to name unreleased ratings only."""
    for rating_id in rating_ids:
        _release(session, rating_id, now, by)
    session.flush()


def remove_draft(session: Session, rating_id: str) -> None:
    """Forget a draft. A released or corrected rating is held by foreign keys and stays."""
    session.execute(delete(RatingRow).where(RatingRow.id == rating_id))


def ratings_of_learner(session: Session, learner_id: int, standard_id: str) -> Sequence[Rating]:
    """All ratings of a learner under one standard, drafts included, in no promised order."""
    return _ratings(session, _of_learners([learner_id], standard_id))


def ratings_of_learners(
    session: Session, accounts: Accounts, standard_id: str
) -> Mapping[int, Sequence[Rating]]:
    """All ratings of some learners under one standard, given for any of their accounts, by
    learner, in one query; a learner without any is missing."""
    whole = set(chain.from_iterable(accounts.values()))
    by_account: dict[int, list[Rating]] = {}
    for each in _ratings(session, _of_learners(whole, standard_id)):
        by_account.setdefault(each.learner_id, []).append(each)
    return gathered(accounts, by_account)


def learners_rated(
    session: Session, school_id: int, standard_id: str
) -> Mapping[RequirementKey, int]:
    """How many learners of a school have a released rating, by requirement of a standard; one
    without any is missing."""
    learner = func.coalesce(MergedAccountRow.learner_id, RatingRow.learner_id)
    query = (
        select(RatingRow.level, RatingRow.code, func.count(func.distinct(learner)))
        .join(RatingReleaseRow, RatingReleaseRow.rating_id == RatingRow.id)
        .join(PersonRow, PersonRow.id == RatingRow.learner_id)
        .outerjoin(MergedAccountRow, MergedAccountRow.account_id == RatingRow.learner_id)
        .where(PersonRow.school_id == school_id, RatingRow.standard_id == standard_id)
        .group_by(RatingRow.level, RatingRow.code)
    )
    return {RequirementKey(level, code): count for level, code, count in session.execute(query)}


def standards_of(session: Session, account_ids: Collection[int]) -> Sequence[str]:
    """The ids of the standards that any of these accounts has a rating of, sorted."""
    query = select(RatingRow.standard_id).where(RatingRow.learner_id.in_(account_ids)).distinct()
    return sorted(session.scalars(query))


def count_by_account(session: Session, account_ids: Collection[int]) -> Mapping[int, int]:
    """How many ratings there are of each account, drafts included; one without any is missing."""
    query = (
        select(RatingRow.learner_id, func.count().label("given"))
        .where(RatingRow.learner_id.in_(account_ids))
        .group_by(RatingRow.learner_id)
    )
    return {row.learner_id: row.given for row in session.execute(query)}


def learners_of(session: Session, rating_ids: Collection[str]) -> frozenset[int]:
    """The accounts that these ratings are of."""
    query = select(RatingRow.learner_id).where(RatingRow.id.in_(rating_ids)).distinct()
    return frozenset(session.scalars(query))


def ratings_of_submission(session: Session, submission_id: str) -> Sequence[Rating]:
    """All ratings of a submission, drafts and corrected ones included."""
    return _ratings(session, _query().where(RatingRow.submission_id == submission_id))


def ratings_of_assessment(session: Session, assessment_id: str) -> Sequence[Rating]:
    """All ratings given in an assessment, drafts and corrected ones included."""
    return _ratings(session, _query().where(RatingRow.assessment_id == assessment_id))


Found = Select[RatingRow, datetime | None, int | None]


def _of_learners(learner_ids: Collection[int], standard_id: str) -> Found:
    return _query().where(
        RatingRow.learner_id.in_(learner_ids), RatingRow.standard_id == standard_id
    )


def _query() -> Found:
    """Ratings with their release, and the second rater of those that were compared, or that
    settled a difference."""
    compared, settled = ComparisonRow, ResolutionRow
    released_at = cast("ColumnElement[datetime | None]", RatingReleaseRow.released_at)
    seconded = case(
        (RatingRow.id.in_([compared.rating_id, settled.rating_id]), compared.second_rater_id),
        else_=None,
    )
    return (
        select(RatingRow, released_at, cast("ColumnElement[int | None]", seconded))
        .outerjoin(RatingReleaseRow, RatingReleaseRow.rating_id == RatingRow.id)
        .outerjoin(compared, _same_code(compared))
        .outerjoin(settled, _same_code(settled))
    )


def _same_code(row: type[ComparisonRow] | type[ResolutionRow]) -> ColumnElement[bool]:
    """An assessment has one level, so a submission's bare code names one requirement."""
    return and_(row.submission_id == RatingRow.submission_id, row.code == RatingRow.code)


def _ratings(session: Session, query: Found) -> Sequence[Rating]:
    return [_rating(*found) for found in session.execute(query)]


def _release(session: Session, rating_id: str, at: datetime, by: int) -> None:
    session.add(RatingReleaseRow(rating_id=rating_id, released_at=at, released_by=by))


def _row(rating: Rating) -> RatingRow:
    return RatingRow(
        id=rating.id,
        learner_id=rating.learner_id,
        standard_id=rating.standard_id,
        level=rating.requirement.level,
        code=rating.requirement.code,
        performance_level=rating.performance_level,
        rater_id=rating.rater_id,
        performed_at=rating.performed_at,
        rated_at=rating.rated_at,
        assessment_id=rating.assessment_id,
        submission_id=rating.submission_id,
        comment=rating.comment,
        evidence_ids=list(rating.evidence_ids),
        supersedes=rating.supersedes,
    )


def _rating(row: RatingRow, released_at: datetime | None, second_rater_id: int | None) -> Rating:
    return Rating(
        id=row.id,
        learner_id=row.learner_id,
        standard_id=row.standard_id,
        requirement=RequirementKey(row.level, row.code),
        performance_level=row.performance_level,
        rater_id=row.rater_id,
        performed_at=row.performed_at,
        rated_at=row.rated_at,
        assessment_id=row.assessment_id,
        submission_id=row.submission_id,
        comment=row.comment,
        evidence_ids=tuple(row.evidence_ids),
        released_at=released_at,
        supersedes=row.supersedes,
        second_rater_id=second_rater_id,
    )
