"""The gradebook: what is asked of it and what its answers mean."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Delivered, NotNewer, Refused, RetryLater
from lti_tool.lti.grade_messages import LineItem, NewLineItem, Result, ScoreToSend, number
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from tests.lti.platform_side import AGS_SCOPES, KEY, NOW, platform_at

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-grades.json").read_text(encoding="utf-8")
)
ITEMS = "/2/lineitems"
ITEM = "/2/lineitems/13/lineitem"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = ScoreToSend("5", Decimal("66.67"), Decimal(100), "46/49 已掌握；\n未达成：2.2.4 红线", NOW)


@dataclass
class Lms:
    """A platform with a token service; the tests put the rest there."""

    server: HTTPServer
    http: PlatformHttp

    def url(self, path: str) -> str:
        return str(self.server.url_for(path)) + "?type_id=1"

    def book(
        self,
        *,
        product: str = "moodle",
        granted: frozenset[str] = frozenset(AGS_SCOPES),
        **changes: Any,
    ) -> GradeBook:
        base = self.server.url_for("").rstrip("/")
        tokens = AccessTokens(
            self.http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u"
        )
        options: dict[str, Any] = {"line_items_url": self.url(ITEMS), **changes}
        platform = replace(platform_at(base), product=product)
        return GradeBook(
            self.http, tokens, platform=platform, deployment="d1", granted=granted, **options
        )

    def entry(self, number: int = 13, **changes: Any) -> dict[str, Any]:
        return {
            "id": self.url(f"/2/lineitems/{number}/lineitem"),
            "label": "作业一",
            "scoreMaximum": 100,
            "resourceId": "a-7",
            "tag": "grade",
            "resourceLinkId": "1",
            "ltiLinkId": "1",
            **changes,
        }

    def requests(self, method: str, path: str) -> list[Request]:
        return [r for r, _ in self.server.log if (r.method, r.path) == (method, path)]

    def scopes(self) -> list[str]:
        forms = [parse_qs(r.get_data(as_text=True)) for r in self.requests("POST", "/token")]
        return [form["scope"][0].rpartition("/")[2] for form in forms]


@pytest.fixture
def lms(httpserver: HTTPServer, http: PlatformHttp) -> Iterator[Lms]:
    httpserver.expect_request("/token").respond_with_json(
        {"access_token": "bearer-1", "token_type": "Bearer", "expires_in": 3600}
    )
    yield Lms(httpserver, http)
    httpserver.check_handler_errors()


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


# --- Scores ---------------------------------------------------------------------------------------


def test_a_score_is_posted_as_moodle_wants_it(lms: Lms) -> None:
    lms.server.expect_request(ITEM + "/scores", method="POST").respond_with_data("")
    assert lms.book().post_score(lms.url(ITEM), SCORE, now=NOW) == Delivered()
    (request,) = lms.requests("POST", ITEM + "/scores")
    assert request.args["type_id"] == "1"
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert b"\n" not in request.get_data()
    assert request.get_json(force=True) == {
        "userId": "5",
        "scoreGiven": 66.67,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-09-01T08:00:00.000Z",
        "comment": SCORE.comment,
    }
    assert lms.scopes() == ["score"]


def test_on_canvas_a_score_is_no_new_submission(lms: Lms) -> None:
    lms.server.expect_request(ITEM + "/scores", method="POST").respond_with_json({"resultUrl": "u"})
    book = lms.book(product="canvas")
    assert book.post_score(lms.url(ITEM), replace(SCORE, comment=None), now=NOW) == Delivered()
    body = lms.requests("POST", ITEM + "/scores")[0].get_json(force=True)
    assert body["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}
    assert "comment" not in body


def test_a_timestamp_is_in_utc_with_milliseconds(lms: Lms) -> None:
    lms.server.expect_request(ITEM + "/scores", method="POST").respond_with_data("")
    at = datetime(2026, 9, 1, 16, 0, 1, 999_600, tzinfo=timezone(timedelta(hours=8)))
    lms.book().post_score(lms.url(ITEM), replace(SCORE, at=at), now=NOW)
    body = lms.requests("POST", ITEM + "/scores")[0].get_json(force=True)
    assert body["timestamp"] == "2026-09-01T08:00:01.999Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", "0"), ("80.00", "80"), ("66.67", "66.67"), ("1E+2", "100"), ("0.1", "0.1")],
)
def test_numbers_are_written_as_people_do(value: str, expected: str) -> None:
    assert json.dumps(number(Decimal(value))) == expected


def posted(
    lms: Lms, status: int, body: Any = "", *, product: str = "moodle", **headers: str
) -> object:
    text = body if isinstance(body, str) else json.dumps(body)
    lms.server.expect_request(ITEM + "/scores").respond_with_data(
        text, status=status, headers=headers
    )
    return lms.book(product=product).post_score(lms.url(ITEM), SCORE, now=NOW)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("ags-score-ok", Delivered, None),
        ("ags-score-older-timestamp", NotNewer, None),
        ("ags-score-400-pretty-json", Refused, "not_recorded"),
        ("ags-score-unknown-user", Refused, "bad_request"),
        ("ags-score-userid-nonnumeric", RetryLater, "platform_error"),
        ("ags-score-locked-grade", RetryLater, "platform_error"),
    ],
)
def test_moodles_captured_answers_to_scores(
    lms: Lms, name: str, kind: type, reason: str | None
) -> None:
    captured = CAPTURED[name]["response"]
    answer = posted(lms, captured["status"], captured["body"])
    assert isinstance(answer, kind)
    assert getattr(answer, "reason", None) == reason


@pytest.mark.parametrize(
    ("product", "status", "body"),
    [
        ("moodle", 409, ""),
        (
            "canvas",
            400,
            {"errors": {"message": "Provided timestamp before last updated timestamp"}},
        ),
        ("", 400, {"timestamp": ["Score timestamp can only be updated to a later point in time"]}),
        ("", 400, {"timestamp": ["Score already exists for the provided timestamp"]}),
    ],
)
def test_an_older_score_is_told_apart(lms: Lms, product: str, status: int, body: Any) -> None:
    assert isinstance(posted(lms, status, body, product=product), NotNewer)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"errors": {"message": "Missing timestamp"}}, "bad_request"),
        (403, "Forbidden", "forbidden"),
        (404, "", "not_found"),
        (410, "", "not_found"),
        (422, {"errors": {"message": "User not found in course"}}, "unprocessable"),
        (302, "", "redirected"),
        (418, "", "other"),
    ],
)
def test_a_refusal_has_a_reason(lms: Lms, status: int, body: Any, reason: str) -> None:
    answer = posted(lms, status, body)
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.status) == (reason, status)


@pytest.mark.parametrize(
    ("status", "body", "header", "meaning"),
    [
        (429, "", "120", ("rate_limited", 120)),
        (429, "", "Tue, 01 Sep 2026 08:01:30 GMT", ("rate_limited", 90)),
        (429, "", "Tue, 01 Sep 2026 07:00:00 GMT", ("rate_limited", 0)),
        (429, "", "soon", ("rate_limited", None)),
        (429, "", "999999999999", ("rate_limited", 86400)),
        (403, "403 Forbidden (Rate Limit Exceeded)", "", ("rate_limited", None)),
        (503, "", "5", ("unavailable", 5)),
        (504, "", "", ("unavailable", None)),
        (500, "<html>", "", ("platform_error", None)),
        (408, "", "", ("platform_error", None)),
    ],
)
def test_trouble_that_may_pass_says_when_to_come_back(
    lms: Lms, status: int, body: str, header: str, meaning: tuple[str, int | None]
) -> None:
    answer = posted(lms, status, body, **({"Retry-After": header} if header else {}))
    assert isinstance(answer, RetryLater)
    assert (answer.reason, answer.after) == meaning


def test_a_rejected_token_is_replaced_once(lms: Lms) -> None:
    lms.server.expect_oneshot_request(ITEM + "/scores").respond_with_data("", status=401)
    lms.server.expect_request(ITEM + "/scores").respond_with_data("")
    assert lms.book().post_score(lms.url(ITEM), SCORE, now=NOW) == Delivered()
    assert len(lms.requests("POST", "/token")) == 2


def test_a_token_rejected_twice_is_a_refusal(lms: Lms) -> None:
    answer = posted(lms, 401)
    assert isinstance(answer, Refused)
    assert answer.reason == "unauthorized"
    assert len(lms.requests("POST", ITEM + "/scores")) == 2


def test_a_platform_that_hangs_up_is_tried_later(lms: Lms) -> None:
    book = lms.book()
    lms.server.expect_request(ITEM + "/scores").respond_with_handler(hang_up)
    answer = book.post_score(lms.url(ITEM), SCORE, now=NOW)
    assert isinstance(answer, RetryLater)
    assert answer.reason == "unreachable"


def hang_up(request: Request) -> Response:
    request.environ["werkzeug.socket"].shutdown(2)
    return Response("")


def test_a_scope_that_was_not_offered_is_not_asked_for(lms: Lms) -> None:
    answer = lms.book(granted=frozenset()).post_score(lms.url(ITEM), SCORE, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "scope_missing"
    assert lms.server.log == []


@pytest.mark.parametrize(
    "url", ["https://evil.example/lineitem", "file:///etc/passwd", "http://127.0.0.1:1/lineitem"]
)
def test_a_column_elsewhere_gets_no_token(lms: Lms, url: str) -> None:
    answer = lms.book().post_score(url, SCORE, now=NOW)
    assert isinstance(answer, Refused)
    assert answer.reason == "address_forbidden"
    assert lms.server.log == []


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


# --- Deleting a column ---


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
