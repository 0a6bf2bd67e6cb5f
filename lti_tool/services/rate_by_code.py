"""A teacher rates a whole group, cell by cell: students down, codes across.

Made for the workshop floor, where work is seen and nothing need be handed in: a student without an
attempt gets one when the first code is rated. Each cell is decided by itself, and a word that
somebody else gave meanwhile is shown, never overwritten. Where names are hidden from raters there
is no grid: who sees the work being done sees whose it is. Not here: one student's work
(``show_work``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadRatingError, SecondMarkingRefusedError
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.second_marking import FROZEN
from lti_tool.domain.submission import Submission, SubmissionState, next_attempt
from lti_tool.persistence import (
    assessments,
    courses,
    groups,
    people,
    ratings,
    reviews,
    submissions,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .rate_submission import OBSERVABLE, Judgement, rate_codes, take_back_draft
from .unseen import hidden_from, stages_in
from .work import Work, rated_with


class Lock(StrEnum):
    """Why a student's ratings cannot be given here at all."""

    RETURNED = "returned"
    """The work was given back for revision."""
    SECOND = "second"
    """It is marked a second time: what the others gave is not shown, or not to be changed now."""


@dataclass(frozen=True, slots=True)
class FloorRow:
    """A student of the course. ``attempt`` is the newest, None before the first; ``given`` has all
    its ratings that the viewer may see, ``words`` the newest by code, ``frozen`` the codes under
    review; ``lock`` None: it may be rated."""

    learner: Account
    attempt: Submission | None
    given: tuple[Rating, ...]
    words: Mapping[str, Rating]
    frozen: frozenset[str]
    lock: Lock | None


@dataclass(frozen=True, slots=True)
class Floor:
    """An assessment as a grid. ``bundle`` has the rubric it is rated with; ``raters`` are all
    whose words stand in it, by id."""

    assessment: Assessment
    bundle: StandardBundle
    rows: tuple[FloorRow, ...]
    raters: Mapping[int, Account]

    @property
    def rubric(self) -> Rubric:
        return self.bundle.rubric

    def rated(self, code: str) -> int:
        """How many students have a rating of this code."""
        return sum(code in each.words for each in self.rows)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a rater gives in one cell.

    ``level`` None: not observed, which takes the rater's own drafts back; ``comment`` None: as it
    is. ``seen`` is the id of the rating that the rater saw there. ``sent`` are levels sent before
    for this cell whose answer never arrived: such a word of the rater's own is no conflict.
    ``confirmed``: a breach of a red line is meant as such.
    """

    learner_id: int
    code: str
    level: int | None
    comment: str | None = None
    seen: str | None = None
    sent: frozenset[int] = frozenset()
    confirmed: bool = False


class CellState(StrEnum):
    """What became of a cell."""

    SAVED = "saved"
    """It stands as it was given."""
    CONFLICT = "conflict"
    """Somebody gave another word meanwhile; nothing was stored."""
    REFUSED = "refused"
    """A rule forbids it; nothing was stored."""


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What became of a cell. ``word`` is the newest rating in it now, None without one; ``reason``
    says why it was refused, as BadRatingError does."""

    cell: Cell
    state: CellState
    word: Rating | None
    reason: str = ""


def show_floor(
    session: Session,
    catalogue: Catalogue,
    assessment_id: str,
    *,
    course_id: int,
    viewer_id: int,
    group_id: int | None = None,
) -> Floor:
    """The grid of an assessment of the course, or of one group in it, as a teacher may see it, in
    a constant number of queries. Raises NotFoundError."""
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    students = courses.students_of(session, course_id)
    if group_id is not None:
        inside = groups.members_of(session, course_id, group_id)
        students = [each for each in students if each.id in inside]
    rows = tuple(_rows(session, assessment, students, viewer_id))
    given = {word.rater_id for row in rows for word in row.words.values()}
    return Floor(
        assessment=assessment,
        bundle=rated_with(session, catalogue.find(assessment.standard_id), assessment.id),
        rows=rows,
        raters=people.accounts(session, given),
    )


def give_cells(
    work: Work, assessment: Assessment, cells: Sequence[Cell], *, course_id: int
) -> Sequence[CellOutcome]:
    """Store what may be stored, and say of each cell what became of it, in the order given.

    Cells of others than the course's students are left out. Raises StaleRatingError or
    StaleFormError when somebody else stores at this very moment: nothing is stored then.
    """
    asked = {each.learner_id for each in cells}
    students = [each for each in courses.students_of(work.session, course_id) if each.id in asked]
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    outcomes: list[CellOutcome] = []
    # Learners in one order, so that two teachers who do this at once cannot deadlock.
    rows = _rows(work.session, assessment, students, work.actor_id)
    for row in sorted(rows, key=lambda one: one.learner.id):
        own = [each for each in cells if each.learner_id == row.learner.id]
        outcomes += _give_row(work, assessment, rubric, row, own)
    place = {id(each): number for number, each in enumerate(cells)}
    return sorted(outcomes, key=lambda one: place[id(one.cell)])


def _rows(
    session: Session, assessment: Assessment, students: Iterable[Account], viewer_id: int
) -> Iterator[FloorRow]:
    if assessment.anonymous:
        return
    newest = _newest_attempts(session, assessment)
    given = ratings.ratings_of_assessment(session, assessment.id)
    stored: dict[str, list[Rating]] = {}
    for rating in given:
        stored.setdefault(rating.submission_id, []).append(rating)
    frozen: dict[str, set[str]] = {}
    for review in reviews.reviews_in(session, assessment.id):
        if review.is_open:
            frozen.setdefault(review.submission_id, set()).add(review.code)
    stages = stages_in(session, assessment, newest.values(), given)
    hidden = hidden_from(session, viewer_id, stages, given)
    for student in students:
        attempt = newest.get(student.id)
        key = attempt.id if attempt else ""
        seen = tuple(stored.get(key, ())) if key not in hidden else ()
        second = key in hidden or stages.get(key) in FROZEN
        lock = Lock.SECOND if second else _lock(attempt)
        yield FloorRow(student, attempt, seen, latest(seen), frozenset(frozen.get(key, ())), lock)


def _newest_attempts(session: Session, assessment: Assessment) -> Mapping[int, Submission]:
    newest: dict[int, Submission] = {}
    for each in submissions.submissions_to(session, assessment.id, tuple(SubmissionState)):
        held = newest.get(each.learner_id)
        newest[each.learner_id] = each if held is None or each.attempt > held.attempt else held
    return newest


def _lock(attempt: Submission | None) -> Lock | None:
    can_be_rated = attempt is None or attempt.state in OBSERVABLE
    return None if can_be_rated else Lock.RETURNED


def _give_row(
    work: Work, assessment: Assessment, rubric: Rubric, row: FloorRow, cells: Iterable[Cell]
) -> list[CellOutcome]:
    """One student's cells: what is refused or in conflict, what is taken back, and the rest at
    once."""
    outcomes: list[CellOutcome] = []
    kept: list[Cell] = []
    for each in cells:
        decided = _decided(work, assessment, rubric, row, each)
        if decided is not None:
            outcomes.append(decided)
        elif each.level is None:
            outcomes.append(_take_back(work, row, each))
        else:
            kept.append(each)
    return outcomes + (_store(work, assessment, row, kept) if kept else [])


def _decided(
    work: Work, assessment: Assessment, rubric: Rubric, row: FloorRow, cell: Cell
) -> CellOutcome | None:
    """What becomes of a cell that nothing is stored for; None where something is."""
    current = row.words.get(cell.code)
    if row.lock is not None:
        return CellOutcome(cell, CellState.REFUSED, current, row.lock.value)
    if _stands(current, cell):
        return CellOutcome(cell, CellState.SAVED, current)
    if current is not None and current.id != cell.seen and not _is_own_try(work, current, cell):
        return CellOutcome(cell, CellState.CONFLICT, current)
    reason = _refusal(work, assessment, rubric, row, cell)
    return CellOutcome(cell, CellState.REFUSED, current, reason) if reason else None


def _stands(current: Rating | None, cell: Cell) -> bool:
    """Whether the cell says already what was given."""
    if current is None or cell.level is None:
        return current is None and cell.level is None
    same = cell.comment is None or cell.comment.strip() == current.comment
    return current.performance_level == cell.level and same


def _is_own_try(work: Work, current: Rating, cell: Cell) -> bool:
    return current.rater_id == work.actor_id and current.performance_level in cell.sent


def _refusal(work: Work, assessment: Assessment, rubric: Rubric, row: FloorRow, cell: Cell) -> str:
    """Why nothing may be stored; empty where something may."""
    if cell.code in row.frozen:
        return "under_review"
    current = row.words.get(cell.code)
    if cell.level is None:
        own = current is not None and current.rater_id == work.actor_id
        held = current is not None and current.released_at is None
        return "" if own and held else "released_first" if own else "not_yours"
    key = assessment.key(cell.code)
    try:
        rubric.check(key, cell.level, _comment(row, cell))
    except BadRatingError as error:
        return error.reason
    return "not_confirmed" if rubric.is_breach(key, cell.level) and not cell.confirmed else ""


def _comment(row: FloorRow, cell: Cell) -> str:
    """The comment of the new word: what was typed, or what stands there already."""
    if cell.comment is not None:
        return cell.comment
    current = row.words.get(cell.code)
    return current.comment if current else ""


def _take_back(work: Work, row: FloorRow, cell: Cell) -> CellOutcome:
    """Forget the rater's own drafts; an older word of somebody else, or a released one, stands
    again."""
    attempt = row.attempt
    current = row.words.get(cell.code)
    while attempt and current and current.rater_id == work.actor_id and not current.released_at:
        try:
            take_back_draft(work, attempt, current.id)
        except SecondMarkingRefusedError:
            return CellOutcome(cell, CellState.REFUSED, current, Lock.SECOND.value)
        left = latest(ratings.ratings_of_submission(work.session, attempt.id))
        current = left.get(cell.code)
    return CellOutcome(cell, CellState.SAVED, current)


def _store(
    work: Work, assessment: Assessment, row: FloorRow, cells: Sequence[Cell]
) -> list[CellOutcome]:
    attempt = row.attempt or _begin(work, assessment, row.learner)
    judgements = []
    for each in cells:
        current = row.words.get(each.code)
        seen = current.id if current else None
        judgements.append(Judgement(each.code, each.level or 0, _comment(row, each), seen))
    given = rate_codes(work, attempt, assessment, judgements, observed=True)
    return [
        CellOutcome(each, CellState.SAVED, rating)
        for each, rating in zip(cells, given, strict=True)
    ]


def _begin(work: Work, assessment: Assessment, learner: Account) -> Submission:
    """An attempt of a student who has none: they may still hand something in."""
    attempt = Submission(
        id=work.new_id(),
        assessment_id=assessment.id,
        learner_id=learner.id,
        attempt=next_attempt(assessment, ()),
        state=SubmissionState.DRAFT,
        version=1,
        created_at=work.now,
    )
    submissions.add_submission(work.session, attempt)
    return attempt
