"""Second markings: who marks a work again, what they gave, how both compare, and how differences
were settled.

Comparisons and their resolutions are only ever added to; what is being given, and who is at it, may
be taken back until it is finished.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import Select

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import SecondMarkingRefusedError, StaleRatingError
from lti_tool.domain.rating import Rating
from lti_tool.domain.second_marking import Comparison, Resolution, SecondMarking
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission, SubmissionState

from .assessments import AssessmentRow
from .courses import CourseRow
from .database import Base, UtcDateTime
from .submissions import SubmissionRow

IN_HAND = (SubmissionState.SUBMITTED, SubmissionState.RELEASED)


class SecondMarkingRow(Base):
    """Who marks a work a second time: one person. Taken away where they give it back."""

    __tablename__ = "second_markings"

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondRatingRow(Base):
    """What the second rater gives a code; it decides nothing by itself. ``place`` counts from 1:
    the last counts, the ones before are what undo comes back to."""

    __tablename__ = "second_ratings"
    __table_args__ = (UniqueConstraint("submission_id", "code", "place"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    submission_id: Mapped[str] = mapped_column(
        ForeignKey("second_markings.submission_id", ondelete="CASCADE")
    )
    code: Mapped[str] = mapped_column(String(20))
    place: Mapped[int]
    performance_level: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComparisonRow(Base):
    """Both judgements of one code of a work. Append-only."""

    __tablename__ = "second_comparisons"
    __table_args__ = (Index("ix_second_comparisons_standard", "standard_id", "level"),)

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(40))
    rating_id: Mapped[str] = mapped_column(ForeignKey("ratings.id"))
    first_rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    first_level: Mapped[int]
    second_rater_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    second_level: Mapped[int]
    compared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResolutionRow(Base):
    """How a difference was settled. Append-only."""

    __tablename__ = "second_resolutions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["submission_id", "code"],
            ["second_comparisons.submission_id", "second_comparisons.code"],
            name="fk_second_resolutions_comparison",
        ),
    )

    submission_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    rating_id: Mapped[str] = mapped_column(ForeignKey("ratings.id"))
    resolved_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    resolved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class FirstReaderRow(Base):
    """Who joined the first rating of a chosen work before giving one: they saw what was given."""

    __tablename__ = "second_marking_readers"

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)


def begin(session: Session, submission_id: str, *, rater_id: int, now: datetime) -> None:
    """Let somebody mark a work a second time. Raises SecondMarkingRefusedError (``taken``) where
    somebody else began meanwhile."""
    session.add(SecondMarkingRow(submission_id=submission_id, rater_id=rater_id, begun_at=now))
    try:
        session.flush()
    except IntegrityError as conflict:
        raise SecondMarkingRefusedError("taken") from conflict


def put_back(session: Session, submission_id: str) -> None:
    """Forget a second marking that is not finished, with all that was given in it."""
    for row in (SecondRatingRow, SecondMarkingRow):
        session.execute(delete(row).where(row.submission_id == submission_id))


def add_rating(session: Session, rating: Rating) -> None:
    """Store what the second rater gives a code now. Raises StaleRatingError where they gave it
    something else at the same moment."""
    own, code = SecondRatingRow, rating.requirement.code
    last = session.scalar(
        select(func.max(own.place)).filter_by(submission_id=rating.submission_id, code=code)
    )
    session.add(
        own(
            id=rating.id,
            submission_id=rating.submission_id,
            code=code,
            place=(last or 0) + 1,
            performance_level=rating.performance_level,
            comment=rating.comment,
            rated_at=rating.rated_at,
        )
    )
    try:
        session.flush()
    except IntegrityError as conflict:
        raise StaleRatingError(code) from conflict


def take_rating(session: Session, rating_id: str) -> None:
    """Take back what the second rater gave: what they gave before stands again."""
    session.execute(delete(SecondRatingRow).where(SecondRatingRow.id == rating_id))


def second_ratings(
    session: Session, submission: Submission, assessment: Assessment
) -> Mapping[str, Rating]:
    """What the second rater gives a work, by code, as ratings that are never released."""
    query = (
        select(SecondRatingRow, SecondMarkingRow.rater_id)
        .join(SecondMarkingRow, SecondMarkingRow.submission_id == SecondRatingRow.submission_id)
        .where(SecondRatingRow.submission_id == submission.id)
        .order_by(SecondRatingRow.place)
    )
    return {
        row.code: _second_rating(row, rater_id, submission, assessment)
        for row, rater_id in session.execute(query)
    }


def finish(session: Session, compared: Iterable[Comparison], *, now: datetime) -> None:
    """Store how both ratings of a work compare: the second marking is finished. Raises
    SecondMarkingRefusedError (``finished``) the second time."""
    rows = [_comparison_row(each) for each in compared]
    session.add_all(rows)
    session.execute(
        update(SecondMarkingRow)
        .where(SecondMarkingRow.submission_id.in_({each.submission_id for each in rows}))
        .values(finished_at=now)
    )
    _flush(session, "finished")


def add_resolution(session: Session, submission_id: str, code: str, resolution: Resolution) -> None:
    """Store how a difference was settled. Raises SecondMarkingRefusedError (``settled``) where
    somebody did meanwhile."""
    session.add(
        ResolutionRow(
            submission_id=submission_id,
            code=code,
            rating_id=resolution.rating_id,
            resolved_by=resolution.resolved_by,
            resolved_at=resolution.resolved_at,
            reason=resolution.reason,
        )
    )
    _flush(session, "settled")


def marking_of(session: Session, submission_id: str) -> SecondMarking | None:
    """The second marking of a work; None while nobody began one."""
    query = select(SecondMarkingRow).where(SecondMarkingRow.submission_id == submission_id)
    found = _markings(
        session, query, _compared().where(ComparisonRow.submission_id == submission_id)
    )
    return found.get(submission_id)


def markings_in(session: Session, assessment_id: str) -> Mapping[str, SecondMarking]:
    """The second markings of an assessment's works, by submission, in two queries."""
    inside = SubmissionRow.assessment_id == assessment_id
    query = (
        select(SecondMarkingRow)
        .join(SubmissionRow, SubmissionRow.id == SecondMarkingRow.submission_id)
        .where(inside)
    )
    compared = _compared().join(SubmissionRow, SubmissionRow.id == ComparisonRow.submission_id)
    return _markings(session, query, compared.where(inside))


def comparisons_of_course(session: Session, course_id: int) -> Sequence[Comparison]:
    """All that was compared in a course, the oldest first."""
    return _comparisons(session, _placed().where(AssessmentRow.course_id == course_id))


def comparisons_of_school(
    session: Session, school_id: int, standard_id: str
) -> Sequence[Comparison]:
    """All that was compared in the courses of a school under a standard, the oldest first."""
    query = _placed().join(CourseRow, CourseRow.id == AssessmentRow.course_id)
    return _comparisons(
        session,
        query.where(CourseRow.school_id == school_id, ComparisonRow.standard_id == standard_id),
    )


def works_in_course(session: Session, course_id: int) -> int:
    """How many works are handed in or released in a course."""
    return session.scalars(_works().where(AssessmentRow.course_id == course_id)).one()


def works_in_school(session: Session, school_id: int, standard_id: str) -> int:
    """How many works are handed in or released in the courses of a school under a standard."""
    query = _works().join(CourseRow, CourseRow.id == AssessmentRow.course_id)
    inside = CourseRow.school_id == school_id, AssessmentRow.standard_id == standard_id
    return session.scalars(query.where(*inside)).one()


def add_reader(session: Session, submission_id: str, person_id: int) -> None:
    """Note that somebody joins the first rating of a work; twice is once."""
    session.merge(FirstReaderRow(submission_id=submission_id, person_id=person_id))
    session.flush()


def readers_of(session: Session, submission_ids: Collection[str]) -> Mapping[str, frozenset[int]]:
    """Who joined the first rating, by submission; without anybody: missing."""
    query = select(FirstReaderRow).where(FirstReaderRow.submission_id.in_(submission_ids))
    found: dict[str, set[int]] = defaultdict(set)
    for row in session.scalars(query):
        found[row.submission_id].add(row.person_id)
    return {key: frozenset(people) for key, people in found.items()}


Compared = Select[ComparisonRow, ResolutionRow]
"""Without a resolution the second is None: it is joined from outside."""


def _works() -> Select[int]:
    return (
        select(func.count(SubmissionRow.id))
        .join(AssessmentRow, AssessmentRow.id == SubmissionRow.assessment_id)
        .where(SubmissionRow.state.in_([each.value for each in IN_HAND]))
    )


def _compared() -> Compared:
    return select(ComparisonRow, ResolutionRow).outerjoin(
        ResolutionRow,
        (ResolutionRow.submission_id == ComparisonRow.submission_id)
        & (ResolutionRow.code == ComparisonRow.code),
    )


def _placed() -> Compared:
    return (
        _compared()
        .join(SubmissionRow, SubmissionRow.id == ComparisonRow.submission_id)
        .join(AssessmentRow, AssessmentRow.id == SubmissionRow.assessment_id)
    )


def _comparisons(session: Session, query: Compared) -> Sequence[Comparison]:
    ordered = query.order_by(
        ComparisonRow.compared_at, ComparisonRow.submission_id, ComparisonRow.code
    )
    return [_comparison(row, settled) for row, settled in session.execute(ordered)]


def _markings(
    session: Session, query: Select[SecondMarkingRow], compared: Compared
) -> Mapping[str, SecondMarking]:
    pairs: dict[str, list[Comparison]] = defaultdict(list)
    for each in _comparisons(session, compared):
        pairs[each.submission_id].append(each)
    return {
        row.submission_id: SecondMarking(
            row.submission_id,
            row.rater_id,
            row.begun_at,
            row.finished_at,
            tuple(pairs.get(row.submission_id, ())),
        )
        for row in session.scalars(query)
    }


def _flush(session: Session, taken: str) -> None:
    try:
        session.flush()
    except IntegrityError as conflict:
        raise SecondMarkingRefusedError(taken) from conflict


def _comparison_row(each: Comparison) -> ComparisonRow:
    return ComparisonRow(
        submission_id=each.submission_id,
        code=each.code,
        standard_id=each.standard_id,
        level=each.requirement.level,
        rating_id=each.rating_id,
        first_rater_id=each.first_rater_id,
        first_level=each.first_level,
        second_rater_id=each.second_rater_id,
        second_level=each.second_level,
        compared_at=each.compared_at,
    )


def _comparison(row: ComparisonRow, settled: ResolutionRow | None) -> Comparison:
    return Comparison(
        submission_id=row.submission_id,
        standard_id=row.standard_id,
        requirement=RequirementKey(row.level, row.code),
        rating_id=row.rating_id,
        first_rater_id=row.first_rater_id,
        first_level=row.first_level,
        second_rater_id=row.second_rater_id,
        second_level=row.second_level,
        compared_at=row.compared_at,
        resolution=_resolution(settled) if settled else None,
    )


def _resolution(row: ResolutionRow) -> Resolution:
    return Resolution(row.rating_id, row.resolved_by, row.resolved_at, row.reason)


def _second_rating(
    row: SecondRatingRow, rater_id: int, submission: Submission, assessment: Assessment
) -> Rating:
    return Rating(
        id=row.id,
        learner_id=submission.learner_id,
        standard_id=assessment.standard_id,
        requirement=assessment.key(row.code),
        performance_level=row.performance_level,
        rater_id=rater_id,
        performed_at=submission.submitted_at or submission.created_at,
        rated_at=row.rated_at,
        assessment_id=assessment.id,
        submission_id=submission.id,
        comment=row.comment,
    )
