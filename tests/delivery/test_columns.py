"""Columns that delivery finds or makes in the gradebook."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from lti_tool.delivery.column_search import SEARCH_LEASE
from lti_tool.persistence import line_items
from lti_tool.persistence.database import Database
from lti_tool.persistence.scores import DeliveryState
from lti_tool.sandbox import Fault, LineItem, Platform, Sandbox
from tests.delivery.school import School

LEVEL = "530050-2021-2.0/elementary"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_a_column_is_made_once_for_the_whole_class(school: School) -> None:
    column = school.column()
    for who in range(5):
        school.queue(column, 16, who=who)
    assert school.deliver() == 5
    (made,) = school.lms.line_items
    assert (made.label, made.maximum) == ("有效沟通", 20)
    assert (made.resource_id, made.tag) == ("assessment-1", "grade")
    assert made.resource_link_id is None
    assert [each.score for each in school.lms.grades(made.id)] == [16] * 5


def test_a_column_of_this_resource_and_tag_is_found_and_used(school: School) -> None:
    present = school.lms.add_line_item(LineItem(0, "复制来的", 40.0, "assessment-1", "grade"))
    column = school.column()
    school.queue(column, 16)
    school.deliver()
    assert school.lms.line_items == (present,)
    cell = school.cell()
    assert cell is not None
    assert cell.score == 32


@pytest.mark.parametrize(
    "present",
    [
        LineItem(0, "另一个", 20.0, "assessment-1", "attainment"),
        LineItem(0, "另一个", 20.0, "assessment-2", "grade"),
    ],
)
def test_a_column_of_another_resource_or_tag_is_left_alone(
    school: School, present: LineItem
) -> None:
    other = school.lms.add_line_item(present)
    school.queue(school.column(), 16)
    school.deliver()
    assert len(school.lms.line_items) == 2
    assert school.lms.grades(other.id) == ()


def test_a_column_behind_many_others_is_found(canvas: School) -> None:
    for number in range(25):
        canvas.lms.add_line_item(LineItem(0, "别的工具", 1.0, f"other-{number}", "grade"))
    present = canvas.lms.add_line_item(LineItem(0, "本工具", 20.0, "assessment-1", "grade"))
    canvas.queue(canvas.column(), 16)
    canvas.deliver()
    assert len(canvas.lms.line_items) == 26
    assert len(canvas.lms.grades(present.id)) == 1


def test_a_level_has_a_column_of_its_own_with_one_point(school: School) -> None:
    level = school.column(LEVEL, line_items.ATTAINMENT_TAG, maximum=1)
    school.queue(level, 0, "46/49 已掌握；未达成：2.2.4 红线")
    school.deliver()
    (made,) = school.lms.line_items
    assert (made.resource_id, made.tag, made.maximum) == (LEVEL, "attainment", 1)
    assert made.resource_link_id is None
    cell = school.cell()
    assert cell is not None
    assert (cell.score, cell.comments) == (0, ("46/49 已掌握；未达成：2.2.4 红线",))


def test_columns_are_asked_for_in_exactly_the_media_types_of_the_service(moodle: School) -> None:
    moodle.queue(moodle.column(), 16)
    moodle.deliver()
    search, creation, post = moodle.lms.requests
    assert search.headers["Accept"] == CONTAINER
    assert (creation.method, creation.headers["Content-Type"]) == ("POST", ITEM)
    assert post.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert (post.path.endswith("/scores"), post.query) == (True, "type_id=1")
    assert "limit" not in search.query


def test_the_column_the_launch_told_is_used_without_a_search(school: School) -> None:
    column = school.own_column()
    school.queue(column, 16)
    school.deliver()
    assert len(school.lms.requests) == 1
    cell = school.cell()
    assert cell is not None
    assert cell.score == 80


@pytest.mark.parametrize("platform_name", ["moodle", "canvas"])
def test_two_deliverers_at_once_make_one_column(
    database: Database,
    sandbox: Sandbox,
    open_school: Callable[[Database, Platform], School],
    platform_name: str,
) -> None:
    school = open_school(database, sandbox.platforms[platform_name])
    column = school.column()
    for who in range(5):
        school.queue(column, 16, who=who)
    school.lms.faults.add(Fault("delay", seconds=0.3))
    start = Barrier(2)

    def deliver(_number: int) -> None:
        deliverer = school.new_deliverer()
        start.wait()
        while deliverer.deliver_due():
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, range(2)))
    school.deliver_after(60)
    (made,) = school.lms.line_items
    assert len(school.lms.grades(made.id)) == 5
    assert len(school.posts()) == 5


def test_after_a_creation_of_unknown_outcome_the_column_is_found(school: School) -> None:
    column = school.column()
    school.queue(column, 16)
    the_search = Fault("delay")
    school.lms.faults.add(the_search, Fault("drop_after_accept"))
    school.deliver()
    assert school.delivery(column).state is DeliveryState.RETRY
    school.deliver_after(60)
    assert len(school.lms.line_items) == 1
    assert school.delivery(column).state is DeliveryState.DELIVERED


def test_a_search_that_fails_leaves_the_column_to_be_looked_for(school: School) -> None:
    column = school.column()
    school.queue(column, 16)
    school.lms.faults.add(Fault("status", status=500))
    school.deliver()
    assert school.lms.line_items == ()
    school.deliver_after(60)
    assert school.delivery(column).state is DeliveryState.DELIVERED


def test_a_search_whose_process_died_is_taken_up_after_its_lease(school: School) -> None:
    column = school.column()
    school.queue(column, 16)
    with school.database.transaction() as session:
        line_items.claim_search(session, column.id, now=school.clock(), lease=SEARCH_LEASE)
    school.deliver()
    assert school.delivery(column).reason == "column_in_the_making"
    assert school.lms.requests == ()
    school.deliver_after(SEARCH_LEASE.total_seconds() + 1)
    assert school.delivery(column).state is DeliveryState.DELIVERED


def test_a_deleted_column_asks_for_a_person_and_is_made_again_when_sent_again(
    school: School,
) -> None:
    column = school.column()
    school.queue(column, 12)
    school.deliver()
    school.lms.delete_line_item(school.lms.line_items[0].id)
    school.queue(column, 16)
    school.deliver()
    refused = school.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "line_item_gone")
    assert school.stored(column).url is None
    school.send_again(refused)
    school.deliver()
    cell = school.cell()
    assert cell is not None
    assert cell.score == 16


def test_a_deleted_activity_column_is_not_used_for_later_scores_either(moodle: School) -> None:
    column = moodle.own_column()
    dead = column.url
    moodle.queue(column, 12)
    moodle.lms.delete_line_item(moodle.lms.line_items[0].id)
    moodle.deliver()
    assert moodle.delivery(column).reason == "line_item_gone"
    moodle.queue(column, 16)
    moodle.deliver()
    assert moodle.delivery(column).state is DeliveryState.DELIVERED
    assert moodle.stored(column).url != dead


def test_a_column_told_to_be_elsewhere_gets_no_token_of_ours(school: School) -> None:
    column = school.column(url="http://127.0.0.1:9/lineitems/1")
    school.queue(column, 16)
    school.deliver()
    refused = school.delivery(column)
    assert (refused.state, refused.reason) == (DeliveryState.NEEDS_PERSON, "address_forbidden")
    assert school.lms.requests == ()


def test_a_label_beyond_what_platforms_store_is_cut_before(school: School) -> None:
    column = school.column()
    with school.database.transaction() as session:
        long = line_items.ensure_line_item(
            session,
            course_id=school.course.id,
            resource_id=column.resource_id,
            tag=column.tag,
            label="有效沟通" * 100,
            maximum=column.maximum,
        )
    school.queue(replace(column, label=long.label), 16)
    school.deliver()
    assert len(school.lms.line_items[0].label) == 255
