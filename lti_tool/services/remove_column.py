"""A teacher has a gradebook column deleted in the LMS, and takes that back.

Only ever on request: the LMS deletes the grades with it. Ours stay, and the column is not made
again by itself; once the teacher asks for it, every grade is sent anew. Not here: telling the LMS
(``lti_tool.delivery``).
"""

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import column_errands, line_items, scores
from lti_tool.persistence.line_items import LineItem

from .work import Work


def remove_column(work: Work, line_item_id: int, *, course_id: int) -> None:
    """Send no more grades to the column, and have it deleted in the background.

    Raises NotFoundError for a column of another course.
    """
    item = _own(work, line_item_id, course_id)
    if item.removed:
        return
    line_items.mark_removed(work.session, item.id, now=work.now)
    column_errands.ask(work.session, item.id, now=work.now, remove=True)
    work.note("remove", f"line_item:{item.id}")


def restore_column(work: Work, line_item_id: int, *, course_id: int) -> int:
    """Take the deletion back: the column is found or made again by the first grade. Returns how
    many grades are sent. Raises NotFoundError for a column of another course."""
    item = _own(work, line_item_id, course_id)
    if not item.removed:
        return 0
    line_items.mark_restored(work.session, item.id)
    column_errands.call_off_removal(work.session, item.id)
    kept = scores.deliveries_of(work.session, item.id)
    for each in kept:
        scores.send_again(work.session, each.id, now=work.now)
    work.note("restore", f"line_item:{item.id}", str(len(kept)))
    return len(kept)


def _own(work: Work, line_item_id: int, course_id: int) -> LineItem:
    item = line_items.line_item(work.session, line_item_id)
    if item is None or item.course_id != course_id:
        raise NotFoundError
    return item
