"""Columns as stored: noted once, looked for by one at a time, forgotten when gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from lti_tool.domain.launch import ResourceLink
from lti_tool.persistence import courses, line_items
from lti_tool.persistence.database import Database
from lti_tool.persistence.line_items import LineItem
from tests.persistence.course_rows import MINUTE, NOW, SECOND, make_column, make_course

LEASE = timedelta(minutes=2)
URL = "https://lms.example/lineitems/7"


@pytest.fixture
def column(database: Database) -> LineItem:
    with database.transaction() as session:
        return make_column(session, make_course(session))


def stored(database: Database, column: LineItem) -> LineItem:
    with database.reading() as session:
        found = line_items.line_item(session, column.id)
    assert found is not None
    return found


def test_a_column_is_noted_once_and_takes_the_newest_label(
    database: Database, column: LineItem
) -> None:
    with database.transaction() as session:
        again = line_items.ensure_line_item(
            session,
            course_id=column.course_id,
            resource_id=column.resource_id,
            tag=column.tag,
            label="有效沟通（补考）" * 99,
            maximum=Decimal(30),
        )
        assert line_items.line_items_of(session, column.course_id) == [again]
    assert again.id == column.id
    assert (len(again.label), again.maximum) == (255, Decimal(30))


def test_the_same_resource_has_a_column_for_each_tag_and_course(
    database: Database, column: LineItem
) -> None:
    with database.transaction() as session:
        other = make_column(session, make_course(session, deployment="2"))
        attainment = line_items.ensure_line_item(
            session,
            course_id=column.course_id,
            resource_id=column.resource_id,
            tag=line_items.ATTAINMENT_TAG,
            label="等级达成",
            maximum=Decimal(1),
        )
    assert len({column.id, other.id, attainment.id}) == 3


def test_a_url_that_another_column_has_is_not_taken(database: Database, column: LineItem) -> None:
    with database.transaction() as session:
        line_items.set_line_item_url(session, column.id, URL)
    with database.transaction() as session:
        level = line_items.ensure_line_item(
            session,
            course_id=column.course_id,
            resource_id=column.resource_id,
            tag=line_items.ATTAINMENT_TAG,
            label="等级达成",
            maximum=Decimal(1),
            url=URL,
        )
    assert level.url is None


def test_a_url_once_known_is_kept(database: Database, column: LineItem) -> None:
    with database.transaction() as session:
        line_items.set_line_item_url(session, column.id, URL)
    with database.transaction() as session:
        assert make_column(session, courses.course(session, column.course_id)).url == URL


def test_two_transactions_that_note_a_column_at_once_make_one(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
    start = Barrier(4)

    def note(_number: int) -> int:
        start.wait()
        with database.transaction() as session:
            return make_column(session, course).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(note, range(4)))) == 1


def test_one_alone_may_look_for_a_column(database: Database, column: LineItem) -> None:
    start = Barrier(4)

    def claim(_number: int) -> bool:
        start.wait()
        with database.transaction() as session:
            return line_items.claim_search(session, column.id, now=NOW, lease=LEASE)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]


def test_a_search_that_never_ended_may_be_taken_over(database: Database, column: LineItem) -> None:
    with database.transaction() as session:
        assert line_items.claim_search(session, column.id, now=NOW, lease=LEASE)
        later = NOW + LEASE
        assert not line_items.claim_search(session, column.id, now=later, lease=LEASE)
        later += SECOND
        assert line_items.claim_search(session, column.id, now=later, lease=LEASE)


def test_a_search_given_up_may_begin_again_at_once(database: Database, column: LineItem) -> None:
    with database.transaction() as session:
        line_items.claim_search(session, column.id, now=NOW, lease=LEASE)
        line_items.give_up_search(session, column.id)
        assert line_items.claim_search(session, column.id, now=NOW, lease=LEASE)


def test_nobody_looks_for_a_column_that_is_known(database: Database, column: LineItem) -> None:
    with database.transaction() as session:
        line_items.set_line_item_url(session, column.id, URL)
        assert not line_items.claim_search(session, column.id, now=NOW + MINUTE, lease=LEASE)


def test_a_column_that_is_gone_is_forgotten_by_the_item_and_by_the_link(
    database: Database, column: LineItem
) -> None:
    link = ResourceLink("link-1", "有效沟通")
    with database.transaction() as session:
        courses.remember_link(session, course_id=column.course_id, link=link, line_item_url=URL)
        line_items.set_line_item_url(session, column.id, URL)
    with database.transaction() as session:
        line_items.forget_line_item_url(session, column.id, URL)
    assert stored(database, column).url is None
    with database.transaction() as session:
        kept = courses.remember_link(
            session, course_id=column.course_id, link=link, line_item_url=None
        )
        assert kept.line_item_url is None
        assert line_items.claim_search(session, column.id, now=NOW, lease=LEASE)


def test_a_column_found_anew_meanwhile_is_not_forgotten(
    database: Database, column: LineItem
) -> None:
    with database.transaction() as session:
        line_items.set_line_item_url(session, column.id, URL)
        line_items.forget_line_item_url(session, column.id, "https://lms.example/lineitems/6")
    assert stored(database, column).url == URL


def test_a_column_nobody_noted_is_none(database: Database) -> None:
    with database.reading() as session:
        assert line_items.line_item(session, 1) is None
