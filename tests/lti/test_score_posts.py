"""Scores sent to a gradebook, and what its answers mean."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from werkzeug import Request, Response

from lti_tool.lti.answers import Delivered, NotNewer, Refused, RetryLater
from lti_tool.lti.grade_messages import number
from tests.lti.gradebook import CAPTURED, ITEM, SCORE, Lms
from tests.lti.platform_side import NOW


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
