"""A teacher has a grade sent to the LMS once more, after mending what kept it from arriving."""

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import line_items, scores
from lti_tool.persistence.scores import DeliveryState

from .work import Work

STUCK = frozenset({DeliveryState.NEEDS_PERSON, DeliveryState.RETRY})


def resend_score(work: Work, delivery_id: int, *, course_id: int) -> int:
    """Send one grade again now; one that is being sent is left alone. Returns its column's id.

    Raises NotFoundError for a grade of another course.
    """
    delivery = scores.delivery(work.session, delivery_id)
    item = line_items.line_item(work.session, delivery.line_item_id) if delivery else None
    if item is None or item.course_id != course_id:
        raise NotFoundError
    scores.send_again(work.session, delivery_id, now=work.now)
    work.note("resend", f"score:{delivery_id}")
    return item.id


def resend_column(work: Work, line_item_id: int, *, course_id: int) -> int:
    """Send every grade of a column again that failed. Returns how many.

    Raises NotFoundError for a column of another course.
    """
    item = line_items.line_item(work.session, line_item_id)
    if item is None or item.course_id != course_id:
        raise NotFoundError
    stuck = [each for each in scores.deliveries_of(work.session, item.id) if each.state in STUCK]
    for each in stuck:
        scores.send_again(work.session, each.id, now=work.now, bulk=True)
    work.note("resend", f"line_item:{item.id}", str(len(stuck)))
    return len(stuck)
