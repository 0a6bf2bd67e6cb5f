"""Whether every grade arrived in the LMS: per column and student, ours and what became of it.

Not here: sending (``lti_tool.delivery``) and sending again (``resend_score``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import courses, line_items, people, scores
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.people import Account
from lti_tool.persistence.scores import Delivery, DeliveryState


class DeliveryGroup(StrEnum):
    """What a grade needs, in the order a teacher looks at them."""

    NEEDS_PERSON = "needs_person"
    """The LMS refuses; somebody has to change something."""
    UNDER_WAY = "under_way"
    """Waiting or being sent; completes by itself."""
    NO_SCORE = "no_score"
    """Nothing is rated and released yet, so there is nothing to send."""
    ARRIVED = "arrived"
    """The LMS has it."""


GROUPS = {
    DeliveryState.NEEDS_PERSON: DeliveryGroup.NEEDS_PERSON,
    DeliveryState.WAITING: DeliveryGroup.UNDER_WAY,
    DeliveryState.LEASED: DeliveryGroup.UNDER_WAY,
    DeliveryState.RETRY: DeliveryGroup.UNDER_WAY,
    DeliveryState.DELIVERED: DeliveryGroup.ARRIVED,
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One student in one column; ``delivery`` is None where there is nothing to send."""

    learner: Account
    delivery: Delivery | None

    @property
    def group(self) -> DeliveryGroup:
        """Where the page lists it; a learner without a score to send stands apart."""
        return GROUPS[self.delivery.state] if self.delivery else DeliveryGroup.NO_SCORE


@dataclass(frozen=True, slots=True)
class ColumnState:
    """A column of the gradebook and how its grades stand."""

    item: LineItem
    rows: tuple[DeliveryRow, ...]

    @property
    def is_attainment(self) -> bool:
        """Whether it holds a level's attainment, not an assessment's grade."""
        return self.item.tag == line_items.ATTAINMENT_TAG

    @property
    def counts(self) -> Mapping[DeliveryGroup, int]:
        """How many students are in each group; every group is there."""
        found = Counter(each.group for each in self.rows)
        return {group: found[group] for group in DeliveryGroup}

    @property
    def needing(self) -> int:
        """How many grades need a person; none where a teacher had the column deleted."""
        return 0 if self.item.removed else self.counts[DeliveryGroup.NEEDS_PERSON]

    def group(self, group: DeliveryGroup) -> Sequence[DeliveryRow]:
        """The rows of one group, by student number."""
        return [each for each in self.rows if each.group is group]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The course's columns. ``has_gradebook`` is False where the LMS offers no grade service;
    ``shown`` is the column asked for, None where there is no column at all."""

    has_gradebook: bool
    columns: tuple[ColumnState, ...]
    shown: ColumnState | None

    @property
    def needing(self) -> int:
        """How many grades over all columns need a person."""
        return sum(each.needing for each in self.columns)


def show_deliveries(session: Session, *, course_id: int, line_item_id: int | None) -> Deliveries:
    """Every column of the course; the one asked for, or the first where grades need somebody.

    Raises NotFoundError for a column of another course.
    """
    students = courses.students_of(session, course_id)
    items = line_items.line_items_of(session, course_id)
    columns = tuple(_column(session, each, students) for each in items)
    has_gradebook = courses.course(session, course_id).line_items_url is not None
    return Deliveries(has_gradebook, columns, _shown(columns, line_item_id))


def _shown(columns: Sequence[ColumnState], line_item_id: int | None) -> ColumnState | None:
    if line_item_id is not None:
        for each in columns:
            if each.item.id == line_item_id:
                return each
        raise NotFoundError
    needing = (each for each in columns if each.needing)
    return next(needing, columns[0] if columns else None)


def _column(session: Session, item: LineItem, students: Sequence[Account]) -> ColumnState:
    sent = {each.person_id: each for each in scores.deliveries_of(session, item.id)}
    rows = [DeliveryRow(each, sent.get(each.id)) for each in _learners(session, students, sent)]
    return ColumnState(item, tuple(rows))


def _learners(
    session: Session, students: Sequence[Account], sent: Iterable[int]
) -> Sequence[Account]:
    """The course's students, and those who left it after something was sent for them."""
    left = set(sent) - {each.id for each in students}
    return [*students, *people.accounts(session, left).values()] if left else students
