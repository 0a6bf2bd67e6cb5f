"""The columns of a gradebook and what stands in them: what is asked, and what answers mean."""

import json
from decimal import Decimal

import pytest

from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.lti.grade_messages import LineItem, NewLineItem, Result
from tests.lti.gradebook import CAPTURED, ITEM, ITEMS, LINE_ITEM_TYPE, Lms
from tests.lti.platform_side import AGS_SCOPES, NOW

# --- Line items -----------------------------------------------------------------------------------


def test_a_column_is_found_by_resource_id_and_tag(lms: Lms) -> None:
    others = [lms.entry(1, tag="other"), lms.entry(2, resourceId="a-8")]
    lms.server.expect_request(ITEMS).respond_with_json([*others, lms.entry(13), lms.entry(14)])
    found = lms.book().find("a-7", "grade", now=NOW)
    assert isinstance(found, LineItem)
    assert found.url == lms.url(ITEM)
    (request,) = lms.requests("GET", ITEMS)
    assert dict(request.args) == {"type_id": "1", "resource_id": "a-7", "tag": "grade"}
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"
    assert request.headers["Authorization"] == "Bearer bearer-1"
    assert lms.scopes() == ["lineitem.readonly"]


def test_no_column_is_none(lms: Lms) -> None:
    lms.server.expect_request(ITEMS).respond_with_json([])
    assert lms.book().find("a-7", "grade", now=NOW) is None


def test_a_conflict_while_columns_are_read_is_tried_later(lms: Lms) -> None:
    lms.server.expect_request(ITEMS).respond_with_data("busy", status=409)
    found = lms.book().find("a-7", "grade", now=NOW)
    assert isinstance(found, RetryLater)
    assert found.reason == "platform_error"


def test_reading_takes_the_full_scope_where_no_lesser_is_offered(lms: Lms) -> None:
    lms.server.expect_request(ITEMS).respond_with_json([])
    lms.book(granted=frozenset({AGS_SCOPES[0]})).find("a-7", "grade", now=NOW)
    assert lms.scopes() == ["lineitem"]


def test_columns_captured_from_moodle_are_read(lms: Lms) -> None:
    captured = CAPTURED["ags-lineitems"]["response"]["body"]
    lms.server.expect_request(ITEMS).respond_with_json(captured)
    found = lms.book().line_items({}, now=NOW)
    assert isinstance(found, tuple)
    assert [(each.resource_id, each.tag, each.maximum) for each in found] == [
        ("", "", Decimal(100)),
        ("res-2", "tag2", Decimal(50)),
    ]


def test_pages_are_followed_exactly_as_given(lms: Lms) -> None:
    second = lms.url(ITEMS) + "&page=Bm9&x="
    lms.server.expect_request(ITEMS, query_string="type_id=1").respond_with_json(
        [lms.entry(1)], headers={"Link": f'<{second}>; rel="next"'}
    )
    lms.server.expect_request(ITEMS, query_string="type_id=1&page=Bm9&x=").respond_with_json(
        [lms.entry(2)]
    )
    found = lms.book().line_items({}, now=NOW)
    assert isinstance(found, tuple)
    assert len(found) == 2


def test_a_next_page_elsewhere_gets_no_token(lms: Lms) -> None:
    lms.server.expect_request(ITEMS).respond_with_json(
        [], headers={"Link": '<https://evil.example/x>; rel="next"'}
    )
    answer = lms.book().line_items({}, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "address_forbidden"


def test_pages_without_end_are_given_up(lms: Lms) -> None:
    lms.server.expect_request(ITEMS).respond_with_json(
        [], headers={"Link": f'<{lms.url(ITEMS)}>; rel="next"'}
    )
    answer = lms.book().line_items({}, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "malformed"


@pytest.mark.parametrize("body", ["<html>", "{}", "null"])
def test_what_is_no_list_of_columns_is_malformed(lms: Lms, body: str) -> None:
    lms.server.expect_request(ITEMS).respond_with_data(body)
    answer = lms.book().find("a-7", "grade", now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "malformed"


def test_unreadable_columns_beside_good_ones_are_passed_over(lms: Lms) -> None:
    bad = [None, "x", {}, lms.entry(1, scoreMaximum="10"), lms.entry(2, id=5)]
    lms.server.expect_request(ITEMS).respond_with_json([*bad, lms.entry(13)])
    found = lms.book().find("a-7", "grade", now=NOW)
    assert isinstance(found, LineItem)


def test_a_column_is_made(lms: Lms) -> None:
    lms.server.expect_request(ITEMS, method="POST").respond_with_json(lms.entry(), status=201)
    item = NewLineItem("初级", Decimal(1), "530050-2021-2.0/elementary", "attainment")
    made = lms.book().create(item, now=NOW)
    assert isinstance(made, LineItem)
    (request,) = lms.requests("POST", ITEMS)
    assert request.headers["Content-Type"] == LINE_ITEM_TYPE
    assert request.args["type_id"] == "1"
    assert request.get_json(force=True) == {
        "label": "初级",
        "scoreMaximum": 1,
        "resourceId": "530050-2021-2.0/elementary",
        "tag": "attainment",
    }
    assert lms.scopes() == ["lineitem"]


def test_a_column_may_belong_to_a_link(lms: Lms) -> None:
    lms.server.expect_request(ITEMS, method="POST").respond_with_json(lms.entry(), status=201)
    lms.book().create(NewLineItem("x", Decimal("2.5"), "a", "t", "rl-1"), now=NOW)
    body = lms.requests("POST", ITEMS)[0].get_json(force=True)
    assert (body["resourceLinkId"], body["scoreMaximum"]) == ("rl-1", 2.5)


@pytest.mark.parametrize(
    "item",
    [
        NewLineItem("l" * 256, Decimal(1), "a", "t"),
        NewLineItem("l", Decimal(1), "a" * 513, "t"),
        NewLineItem("l", Decimal(1), "a", "t" * 256),
    ],
)
def test_texts_too_long_are_not_even_sent(lms: Lms, item: NewLineItem) -> None:
    assert lms.book().create(item, now=NOW) == Refused("too_long")
    assert lms.server.log == []


def test_a_change_keeps_what_it_does_not_change(lms: Lms) -> None:
    present = {**lms.entry(), "https://x.example/ext": {"a": 1}}
    lms.server.expect_request(ITEM, method="GET").respond_with_json(present)
    lms.server.expect_request(ITEM, method="PUT").respond_with_json({**present, "label": "新"})
    changed = lms.book().change(lms.url(ITEM), label="新", maximum=Decimal(80), now=NOW)
    assert isinstance(changed, LineItem)
    (request,) = lms.requests("PUT", ITEM)
    assert request.headers["Content-Type"] == LINE_ITEM_TYPE
    assert request.get_json(force=True) == {**present, "label": "新", "scoreMaximum": 80}


def test_a_change_of_nothing_sends_nothing(lms: Lms) -> None:
    lms.server.expect_request(ITEM, method="GET").respond_with_json(lms.entry())
    lms.book().change(lms.url(ITEM), label="作业一", maximum=Decimal(100), now=NOW)
    assert lms.requests("PUT", ITEM) == []


def test_a_gradebook_without_container_has_no_columns(lms: Lms) -> None:
    book = lms.book(line_items_url=None)
    assert book.find("a", "t", now=NOW) == Refused("scope_missing")
    item = NewLineItem("l", Decimal(1), "a", "t")
    assert book.create(item, now=NOW) == Refused("scope_missing")


# --- Results --------------------------------------------------------------------------------------


def test_a_result_is_read_without_paging(lms: Lms) -> None:
    captured = CAPTURED["ags-results-one"]["response"]["body"]
    lms.server.expect_request(ITEM + "/results").respond_with_json(captured)
    result = lms.book().result(lms.url(ITEM), "5", now=NOW)
    assert isinstance(result, Result)
    assert (result.score, result.maximum) == (Decimal(80), Decimal(100))
    assert "中文" in result.comment
    (request,) = lms.requests("GET", ITEM + "/results")
    assert dict(request.args) == {"type_id": "1", "user_id": "5"}
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"
    assert lms.scopes() == ["result.readonly"]


def test_another_learners_result_is_not_taken(lms: Lms) -> None:
    entries = [{"userId": "6", "resultScore": 1}, {"resultScore": 2}, "x"]
    lms.server.expect_request(ITEM + "/results").respond_with_json(entries)
    assert lms.book().result(lms.url(ITEM), "5", now=NOW) is None


def test_a_result_without_a_grade_says_so(lms: Lms) -> None:
    lms.server.expect_request(ITEM + "/results").respond_with_json([{"userId": 5}])
    assert lms.book().result(lms.url(ITEM), "5", now=NOW) == Result("5", None, None, "")


def test_no_result_at_all_is_none(lms: Lms) -> None:
    lms.server.expect_request(ITEM + "/results").respond_with_data("")
    assert lms.book().result(lms.url(ITEM), "5", now=NOW) is None


# --- Deleting a column ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"), [("ags-lineitem-delete", None), ("ags-lineitem-delete-again", "not_found")]
)
def test_a_column_is_deleted_as_moodle_answers(lms: Lms, name: str, reason: str | None) -> None:
    captured = CAPTURED[name]["response"]
    body = captured["body"] if isinstance(captured["body"], str) else json.dumps(captured["body"])
    lms.server.expect_request(ITEM, method="DELETE").respond_with_data(
        body, status=captured["status"], headers=captured["headers"]
    )
    found = lms.book().delete(lms.url(ITEM), now=NOW)
    assert (found.reason if found is not None else None) == reason
    assert lms.scopes() == ["lineitem"]
    (asked,) = lms.requests("DELETE", ITEM)
    assert asked.headers["Accept"] == CAPTURED[name]["request"]["headers"]["Accept"]
