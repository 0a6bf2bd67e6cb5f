"""Who waits for the teacher: the course's assessments, and where each student stands in one.

Not here: the work itself (``show_work``).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.second_marking import HELD
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import assessments, courses, groups, people, ratings, submissions
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .unseen import shown_as, stages_in


class QueueState(StrEnum):
    """Where a student stands in an assessment, as the teacher sees it."""

    WAITING = "waiting"
    """Handed in, not every code rated."""
    READY = "ready"
    """Every code rated, something not released: a first rating or a correction."""
    SECOND = "second"
    """Every code rated, and held: for a second rater, or by a difference that is not settled."""
    RETURNED = "returned"
    """Given back; the student is revising."""
    RELEASED = "released"
    """Rated and released."""
    WORKING = "working"
    """A draft that nobody else sees."""
    NOTHING = "nothing"
    """Not begun."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One student. ``submission`` is the newest attempt handed in, None without one; ``rated``
    counts the codes that have a rating, drafts included, also of one that was only observed."""

    learner: Account
    state: QueueState
    submission: Submission | None
    rated: int

    @property
    def since(self) -> datetime | None:
        """When the work was handed in."""
        return self.submission.submitted_at if self.submission else None


@dataclass(frozen=True, slots=True)
class Queue:
    """An assessment's queue: those handed in, longest waiting first, then all others by number.

    ``left`` are those with work who are no longer in the course; no count has them.
    """

    assessment: Assessment
    rows: tuple[QueueRow, ...]
    left: tuple[QueueRow, ...] = ()

    @property
    def counts(self) -> Mapping[QueueState, int]:
        """How many students are in each state; every state is there."""
        found = Counter(each.state for each in self.rows)
        return {state: found[state] for state in QueueState}

    @property
    def waiting(self) -> int:
        """How many students wait to be rated."""
        return self.counts[QueueState.WAITING]

    @property
    def first(self) -> QueueRow | None:
        """Whom to rate first, None when nobody waits."""
        return next((each for each in self.rows if each.state is QueueState.WAITING), None)

    def only(self, state: QueueState | None) -> Sequence[QueueRow]:
        """The rows in one state, all for None."""
        return [each for each in self.rows if state is None or each.state is state]


ORDER = tuple(QueueState)


def show_queue(
    session: Session, assessment_id: str, *, course_id: int, group_id: int | None = None
) -> Queue:
    """The queue of an assessment of the course, or of one group in it, in a constant number of
    queries. A group has nobody who left.

    Raises NotFoundError.
    """
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    students = courses.students_of(session, course_id)
    queue = _queue(session, assessment, students)
    if group_id is None:
        return queue
    inside = groups.members_of(session, course_id, group_id)
    return Queue(assessment, tuple(each for each in queue.rows if each.learner.id in inside))


def show_assessments(session: Session, *, course_id: int) -> Sequence[Queue]:
    """Every assessment of the course with its queue, newest first."""
    students = courses.students_of(session, course_id)
    found = assessments.assessments_of(session, course_id)
    return [_queue(session, each, students) for each in reversed(found)]


def _queue(session: Session, assessment: Assessment, students: Sequence[Account]) -> Queue:
    attempts = _by_learner(
        submissions.submissions_to(session, assessment.id, tuple(SubmissionState))
    )
    given = ratings.ratings_of_assessment(session, assessment.id)
    newest = _newest_ratings(given)
    works = [each for line in attempts.values() for each in line]
    stages = stages_in(session, assessment, works, given)
    held = frozenset(each for each, stage in stages.items() if stage in HELD)
    gone = attempts.keys() - {each.id for each in students}
    left = people.accounts(session, gone).values() if gone else ()

    def rows(learners: Iterable[Account]) -> tuple[QueueRow, ...]:
        lines = ((each, attempts.get(each.id, ())) for each in learners)
        made = (_row(assessment, each, line, newest, held) for each, line in lines)
        return tuple(sorted(made, key=_unnamed_order if assessment.anonymous else _waiting_order))

    return Queue(assessment, rows(students), rows(left))


def _by_learner(found: Iterable[Submission]) -> Mapping[int, Sequence[Submission]]:
    attempts: dict[int, list[Submission]] = {}
    for each in sorted(found, key=lambda one: one.attempt):
        attempts.setdefault(each.learner_id, []).append(each)
    return attempts


def _newest_ratings(found: Iterable[Rating]) -> Mapping[str, Mapping[str, Rating]]:
    by_submission: dict[str, list[Rating]] = {}
    for each in found:
        by_submission.setdefault(each.submission_id, []).append(each)
    return {submission_id: latest(group) for submission_id, group in by_submission.items()}


def _row(
    assessment: Assessment,
    learner: Account,
    attempts: Sequence[Submission],
    newest: Mapping[str, Mapping[str, Rating]],
    held: Collection[str],
) -> QueueRow:
    shown = shown_as(learner, assessment, attempts)
    handed_in = [each for each in attempts if each.state is not SubmissionState.DRAFT]
    observed = attempts and newest.get(attempts[-1].id) and attempts[-1] not in handed_in
    if not handed_in or observed:
        return _not_handed_in(assessment, shown, attempts, newest)
    submission = handed_in[-1]
    given = newest.get(submission.id, {})
    state = _state(assessment, submission, given)
    state = QueueState.SECOND if submission.id in held else state
    return QueueRow(shown, state, submission, len(given))


def _not_handed_in(
    assessment: Assessment,
    learner: Account,
    attempts: Sequence[Submission],
    newest: Mapping[str, Mapping[str, Rating]],
) -> QueueRow:
    """Who has a draft or nothing; their codes may have been rated by somebody who saw the work."""
    if not attempts:
        return QueueRow(learner, QueueState.NOTHING, None, 0)
    given = newest.get(attempts[-1].id, {})
    complete = given.keys() >= set(assessment.codes)
    return QueueRow(learner, QueueState.READY if complete else QueueState.WORKING, None, len(given))


def _state(
    assessment: Assessment, submission: Submission, given: Mapping[str, Rating]
) -> QueueState:
    if submission.state is SubmissionState.RETURNED:
        return QueueState.RETURNED
    if any(code not in given for code in assessment.codes):
        return QueueState.WAITING
    released = all(each.released_at is not None for each in given.values())
    if submission.state is SubmissionState.RELEASED and released:
        return QueueState.RELEASED
    return QueueState.READY


def _waiting_order(row: QueueRow) -> tuple[int, float]:
    """By state, and within a state the longest waiting first; those without work stay as given."""
    since = row.since.timestamp() if row.since else 0.0
    return ORDER.index(row.state), since


def _unnamed_order(row: QueueRow) -> tuple[int, float, str]:
    """The same, without the order of student numbers, which would tell names."""
    return *_waiting_order(row), row.learner.label
