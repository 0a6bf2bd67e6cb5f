"""Columns kept in step with a sandbox LMS over HTTP: label and maximum, results read on demand."""

from decimal import Decimal

from lti_tool.delivery.columns import ColumnKeeper
from lti_tool.delivery.errand import gradebook
from lti_tool.lti.answers import Refused
from lti_tool.persistence import column_errands, line_items
from lti_tool.persistence.column_errands import ColumnErrand
from lti_tool.persistence.line_items import LineItem
from tests.delivery.school import School


def keeper(school: School) -> ColumnKeeper:
    return ColumnKeeper(school.new_means())


def ask(school: School, item: LineItem, *, change: bool = False, results: bool = False) -> None:
    with school.database.transaction() as session:
        column_errands.ask(session, item.id, now=school.clock(), change=change, results=results)


def errand(school: School, item: LineItem) -> ColumnErrand:
    with school.database.reading() as session:
        found = column_errands.column_errand(session, item.id)
    assert found is not None
    return found


def rename(school: School, item: LineItem, label: str, maximum: int) -> None:
    with school.database.transaction() as session:
        line_items.ensure_line_item(
            session,
            course_id=item.course_id,
            resource_id=item.resource_id,
            tag=item.tag,
            label=label,
            maximum=Decimal(maximum),
        )


def test_a_column_follows_the_title_and_points_of_its_assessment(school: School) -> None:
    item = school.own_column()
    (before,) = school.lms.line_items
    rename(school, item, "新的名称", 40)
    ask(school, item, change=True)
    assert keeper(school).deliver_due() == 1
    (after,) = school.lms.line_items
    assert (after.label, after.maximum) == ("新的名称", 40.0)
    assert (after.resource_link_id, after.activity_id) == (
        before.resource_link_id,
        before.activity_id,
    )
    assert errand(school, item).due_at is None
    assert keeper(school).deliver_due() == 0


def test_what_the_lms_holds_is_read_on_our_scale(moodle: School) -> None:
    item = moodle.own_column()
    moodle.queue(item, 15)
    moodle.queue(item, 10, who=1)
    while moodle.deliver():
        pass
    (column,) = moodle.lms.line_items
    moodle.lms.override(column.id, moodle.lms.students[1].user_id, column.maximum)
    ask(moodle, item, results=True)
    keeper(moodle).deliver_due()
    assert moodle.delivery(item).result == Decimal(15)
    assert moodle.delivery(item, 1).result == Decimal(20)
    assert errand(moodle, item).read_at == moodle.clock()


def test_reading_does_not_touch_the_column(moodle: School) -> None:
    item = moodle.own_column("教师改过的名称")
    ask(moodle, item, results=True)
    keeper(moodle).deliver_due()
    assert moodle.lms.line_items[0].label == "教师改过的名称"
    assert {each.method for each in moodle.lms.requests} <= {"GET", "POST"}


def test_a_column_that_is_not_made_yet_waits_for_its_first_score(moodle: School) -> None:
    item = moodle.column()
    ask(moodle, item, change=True)
    assert keeper(moodle).deliver_due() == 1
    assert errand(moodle, item).due_at is None
    assert moodle.lms.line_items == ()


def test_a_column_that_is_gone_says_so_and_is_left_alone(moodle: School) -> None:
    item = moodle.own_column()
    moodle.lms.delete_line_item(moodle.lms.line_items[0].id)
    ask(moodle, item, results=True)
    keeper(moodle).deliver_due()
    found = errand(moodle, item)
    assert (found.problem, found.due_at) == ("not_found", None)


def test_an_errand_asked_for_meanwhile_is_still_due(moodle: School) -> None:
    item = moodle.own_column()
    ask(moodle, item, results=True)
    with moodle.database.transaction() as session:
        taken = column_errands.lease_due(
            session, now=moodle.clock(), lease=moodle.clock() - moodle.clock()
        )
    assert taken is not None
    ask(moodle, item, change=True)
    with moodle.database.transaction() as session:
        column_errands.mark_done(session, taken, now=moodle.clock())
    assert errand(moodle, item).due_at is not None
    assert errand(moodle, item).change


def test_a_column_is_deleted_on_request(moodle: School) -> None:
    item = moodle.own_column()
    assert item.url is not None
    with moodle.database.reading() as session:
        book = gradebook(session, item, moodle.new_means())
    assert book is not None
    assert book.delete(item.url, now=moodle.clock()) is None
    assert moodle.lms.line_items == ()
    assert isinstance(book.delete(item.url, now=moodle.clock()), Refused)
