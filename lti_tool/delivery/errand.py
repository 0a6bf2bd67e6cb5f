"""One score with all that is needed to send it, and whether the LMS holds it already.

Not here: sending (``sender``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lti_tool.domain.reconciliation import HALF_CENT
from lti_tool.lti.grade_messages import Result, ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.profiles import profile_of
from lti_tool.persistence import courses, line_items, people, platforms
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.scores import Delivery

from .means import Means

STORED_TO = Decimal("0.00001")
"""Moodle stores five decimals of its own scale (observed on 4.5)."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed score, its column, and the gradebook it goes to.

    ``appends_comments``: the platform adds a comment at every post instead of replacing it.
    """

    delivery: Delivery
    item: LineItem
    platform_id: int
    user_id: str
    book: GradeBook
    appends_comments: bool

    def score(self) -> ScoreToSend:
        """What is posted. Moodle erases a comment that is left out; Canvas adds one each time."""
        delivery = self.delivery
        said_already = self.appends_comments and delivery.comment_sent
        return ScoreToSend(
            user_id=self.user_id,
            given=delivery.given,
            maximum=delivery.maximum,
            comment=None if said_already else delivery.comment,
            at=delivery.timestamp or delivery.queued_at,
        )

    def is_held(self, held: Result) -> bool:
        """Whether the LMS holds this score, as a share of its own maximum, and this comment
        where it keeps one comment and tells it."""
        if held.score is None:
            return False
        scale = self.delivery.maximum / (held.maximum or Decimal(1))
        if abs(held.score * scale - self.delivery.given) > HALF_CENT + STORED_TO * scale:
            return False
        if self.appends_comments or not held.comment:
            return True
        return held.comment.split() == self.delivery.comment.split()


def prepare(
    session: Session, claimed: Sequence[Delivery], means: Means
) -> Iterator[Errand | Delivery]:
    """The errand of each claimed score; the score itself where its course has no gradebook (any
    more)."""
    subs = people.subs(session, {each.person_id for each in claimed})
    columns = {
        line_item_id: _column(session, line_item_id, means)
        for line_item_id in {each.line_item_id for each in claimed}
    }
    for each in claimed:
        column = columns[each.line_item_id]
        if column is None:
            yield each
            continue
        item, book = column
        appends = profile_of(book.platform.product).appends_comments
        yield Errand(each, item, book.platform.id, subs[each.person_id], book, appends)


def _column(session: Session, line_item_id: int, means: Means) -> tuple[LineItem, GradeBook] | None:
    item = line_items.line_item(session, line_item_id)
    book = gradebook(session, item, means) if item is not None else None
    return None if item is None or book is None else (item, book)


def gradebook(session: Session, item: LineItem, means: Means) -> GradeBook | None:
    """The gradebook that a column belongs to; None when its course has none (any more)."""
    course = courses.course(session, item.course_id)
    platform = platforms.platform(session, course.platform_id)
    deployment = platforms.deployment_by_id(session, course.deployment_id)
    if platform is None or deployment is None or course.line_items_url is None:
        return None
    return GradeBook(
        means.http,
        means.tokens,
        platform=platform,
        deployment=deployment.deployment_id,
        line_items_url=course.line_items_url,
        granted=course.grade_scopes,
    )
