"""Columns kept in step with a sandbox LMS over HTTP: label and maximum, results read on demand,
deleted on request."""

from decimal import Decimal

from lti_tool.delivery.columns import ColumnKeeper
from lti_tool.persistence import column_errands, line_items, scores
from lti_tool.persistence.column_errands import ColumnErrand
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.scores import REMOVED
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


# --- Deleted on request ---


def remove(school: School, item: LineItem) -> None:
    """A teacher wants the column gone."""
    with school.database.transaction() as session:
        line_items.mark_removed(session, item.id, now=school.clock())
        column_errands.ask(session, item.id, now=school.clock(), remove=True)


def restore(school: School, item: LineItem) -> None:
    """A teacher wants it again."""
    with school.database.transaction() as session:
        line_items.mark_restored(session, item.id)
        column_errands.call_off_removal(session, item.id)
    school.send_again(school.delivery(item))


def test_a_column_is_deleted_on_request_and_made_again_only_on_request(moodle: School) -> None:
    item = moodle.own_column()
    moodle.queue(item, 15)
    moodle.deliver()
    remove(moodle, item)
    assert keeper(moodle).deliver_due() == 1
    assert list(moodle.lms.line_items) == []
    moodle.queue(item, 18)
    moodle.deliver_after(60)
    assert list(moodle.lms.line_items) == []
    assert moodle.delivery(item).reason == REMOVED
    with moodle.database.reading() as session:
        assert scores.count_needing_person(session) == 0
    restore(moodle, item)
    moodle.deliver_after(60)
    (made,) = moodle.lms.line_items
    assert (made.resource_id, made.tag) == (item.resource_id, item.tag)
    cell = moodle.cell()
    assert cell is not None
    assert cell.score == 18


def test_a_removed_column_gets_no_grade_while_it_still_stands(moodle: School) -> None:
    item = moodle.own_column()
    remove(moodle, item)
    moodle.queue(item, 15)
    moodle.deliver()
    assert moodle.posts() == []
    assert keeper(moodle).deliver_due() == 1
    assert {each.method for each in moodle.lms.requests} == {"DELETE"}


def test_a_column_that_is_gone_already_counts_as_deleted(moodle: School) -> None:
    item = moodle.own_column()
    moodle.lms.delete_line_item(moodle.lms.line_items[0].id)
    remove(moodle, item)
    assert keeper(moodle).deliver_due() == 1
    assert (errand(moodle, item).problem, errand(moodle, item).due_at) == ("", None)
    assert moodle.stored(item).url is None


def test_a_column_that_the_lms_keeps_says_so(canvas: School) -> None:
    """Documented: Canvas deletes no column that deep linking or a person made."""
    item = canvas.own_column()
    remove(canvas, item)
    assert keeper(canvas).deliver_due() == 1
    assert (errand(canvas, item).problem, errand(canvas, item).due_at) == ("unauthorized", None)
    assert canvas.stored(item).url == item.url
    assert len(canvas.lms.line_items) == 1


def test_a_deletion_that_was_taken_back_in_time_does_not_happen(moodle: School) -> None:
    item = moodle.own_column()
    moodle.queue(item, 15)
    moodle.deliver()
    remove(moodle, item)
    restore(moodle, item)
    assert keeper(moodle).deliver_due() == 0
    moodle.deliver_after(60)
    assert len(moodle.lms.line_items) == 1


def test_a_launch_that_names_a_removed_column_does_not_bring_it_back(moodle: School) -> None:
    item = moodle.own_column()
    remove(moodle, item)
    keeper(moodle).deliver_due()
    told = moodle.column(item.resource_id, url=moodle.lms.addresses.line_item(99))
    assert (told.removed, told.url) == (True, None)
