"""Reviews of ratings: what learners asked and what was answered. Only ever added to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TypedDict

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError, ReviewRefusedError
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.review import Consequence, Review, ReviewAnswer, ReviewOutcome
from lti_tool.domain.standard import RequirementKey

from .database import Base, Json, UtcDateTime
from .learners import Accounts, gathered
from .submissions import SubmissionRow


class _Told(TypedDict):
    mastery: list[str]
    levels: dict[str, list[str]]


class ReviewRow(Base):
    """A request. Append-only, as the answer is; one for each code of a submission."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("submission_id", "code"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    rating_id: Mapped[str] = mapped_column(ForeignKey("ratings.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewAnswerRow(Base):
    """The answer to a request. ``consequence`` holds states before and after it, as values."""

    __tablename__ = "review_answers"

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    answered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text)
    rating_id: Mapped[str | None] = mapped_column(ForeignKey("ratings.id"))
    consequence: Mapped[_Told] = mapped_column(Json)


def add_review(session: Session, review: Review) -> None:
    """Store a request. Raises ReviewRefusedError where one was stored meanwhile."""
    row = ReviewRow(
        id=review.id,
        learner_id=review.learner_id,
        standard_id=review.standard_id,
        level=review.requirement.level,
        code=review.requirement.code,
        submission_id=review.submission_id,
        rating_id=review.rating_id,
        reason=review.reason,
        asked_at=review.asked_at,
    )
    _add(session, row, "asked")


def add_answer(session: Session, review_id: str, answer: ReviewAnswer) -> None:
    """Store an answer. Raises ReviewRefusedError where one was stored meanwhile."""
    told = answer.consequence
    row = ReviewAnswerRow(
        review_id=review_id,
        answered_by=answer.answered_by,
        answered_at=answer.answered_at,
        outcome=answer.outcome.value,
        comment=answer.comment,
        rating_id=answer.rating_id,
        consequence={
            "mastery": [each.value for each in told.mastery],
            "levels": {key: [one.value for one in both] for key, both in told.levels.items()},
        },
    )
    _add(session, row, "answered")


def review_of(session: Session, review_id: str) -> Review:
    """A review by its id. Raises NotFoundError."""
    row = session.get(ReviewRow, review_id)
    if row is None:
        raise NotFoundError
    return _review(row, session.get(ReviewAnswerRow, review_id))


def reviews_of_submission(session: Session, submission_id: str) -> Mapping[str, Review]:
    """The reviews of a submission by code."""
    query = (
        select(ReviewRow, ReviewAnswerRow)
        .outerjoin(ReviewAnswerRow, ReviewAnswerRow.review_id == ReviewRow.id)
        .where(ReviewRow.submission_id == submission_id)
    )
    return {row.code: _review(row, answer) for row, answer in session.execute(query)}


def reviews_in(session: Session, assessment_id: str) -> Sequence[Review]:
    """The reviews asked for in an assessment, the longest waiting first."""
    query = (
        select(ReviewRow, ReviewAnswerRow)
        .join(SubmissionRow, SubmissionRow.id == ReviewRow.submission_id)
        .outerjoin(ReviewAnswerRow, ReviewAnswerRow.review_id == ReviewRow.id)
        .where(SubmissionRow.assessment_id == assessment_id)
        .order_by(ReviewRow.asked_at, ReviewRow.id)
    )
    return [_review(row, answer) for row, answer in session.execute(query)]


def open_codes(session: Session, submission_id: str) -> frozenset[str]:
    """The codes of a submission that are under review."""
    found = reviews_of_submission(session, submission_id)
    return frozenset(code for code, each in found.items() if each.is_open)


def under_review(
    session: Session, accounts: Accounts, standard_id: str, *, but: str = ""
) -> Mapping[int, frozenset[RequirementKey]]:
    """The requirements under review by learner, for any of their accounts, in one query; a learner
    without any is missing. ``but`` is the id of a review to pass over: that which is being
    answered."""
    query = (
        select(ReviewRow.learner_id, ReviewRow.level, ReviewRow.code)
        .outerjoin(ReviewAnswerRow, ReviewAnswerRow.review_id == ReviewRow.id)
        .where(
            ReviewRow.learner_id.in_(set(chain.from_iterable(accounts.values()))),
            ReviewRow.standard_id == standard_id,
            ReviewRow.id != but,
            ReviewAnswerRow.review_id.is_(None),
        )
    )
    found: dict[int, list[RequirementKey]] = {}
    for account_id, level, code in session.execute(query):
        found.setdefault(account_id, []).append(RequirementKey(level, code))
    of_learners = gathered(accounts, found)
    return {learner_id: frozenset(keys) for learner_id, keys in of_learners.items()}


def _add(session: Session, row: Base, taken: str) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as conflict:
        raise ReviewRefusedError(taken) from conflict


def _review(row: ReviewRow, answer: ReviewAnswerRow | None) -> Review:
    return Review(
        id=row.id,
        learner_id=row.learner_id,
        standard_id=row.standard_id,
        requirement=RequirementKey(row.level, row.code),
        submission_id=row.submission_id,
        rating_id=row.rating_id,
        reason=row.reason,
        asked_at=row.asked_at,
        answer=_answer(answer) if answer else None,
    )


def _answer(row: ReviewAnswerRow) -> ReviewAnswer:
    before, after = (MasteryState(each) for each in row.consequence["mastery"])
    return ReviewAnswer(
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        outcome=ReviewOutcome(row.outcome),
        comment=row.comment,
        rating_id=row.rating_id,
        consequence=Consequence(
            (before, after),
            {
                key: (AttainmentState(first), AttainmentState(then))
                for key, (first, then) in row.consequence["levels"].items()
            },
        ),
    )
