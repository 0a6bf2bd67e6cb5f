"""Assignment and grades (LTI Advantage Conformance Guide, section 6.4): for each of list, create,
score and results, the right request, bearer token and least scope. That scores arrive is tried
over HTTP in ``journeys``."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Delivered
from lti_tool.lti.grade_messages import LineItem, NewLineItem, ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from tests.lti.platform_side import AGS_SCOPES, KEY, NOW, platform_at

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS, ITEM = "/lineitems", "/lineitems/1/lineitem"


@pytest.fixture
def book(httpserver: HTTPServer, http: PlatformHttp) -> GradeBook:
    """The tool's side of a platform that grants every scope."""
    httpserver.expect_request("/token", method="POST").respond_with_json(
        {"access_token": "bearer-1", "token_type": "Bearer", "expires_in": 3600}
    )
    tokens = AccessTokens(http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u")
    return GradeBook(
        http,
        tokens,
        platform=platform_at(httpserver.url_for("").rstrip("/")),
        deployment="d1",
        granted=frozenset(AGS_SCOPES),
        line_items_url=httpserver.url_for(ITEMS),
    )


def entry(server: HTTPServer) -> dict[str, Any]:
    return {"id": server.url_for(ITEM), "label": "作业", "scoreMaximum": 20, "resourceId": "a-7"}


def asked(server: HTTPServer, path: str) -> tuple[str, str, str]:
    """Of the one request to a path: its token, and its Accept or Content-Type; and the scope that
    the token was asked for with."""
    (service,) = [request for request, _ in server.log if request.path == path]
    (token,) = [request for request, _ in server.log if request.path == "/token"]
    (scope,) = parse_qs(token.get_data(as_text=True))["scope"]
    kind = service.content_type or service.headers["Accept"]
    return service.headers["Authorization"], kind, scope.rpartition("/")[2]


def test_6_4_1_line_items_are_listed(httpserver: HTTPServer, book: GradeBook) -> None:
    """AGS 2.0, sections 3.2.4 and 3.2.9."""
    httpserver.expect_request(ITEMS, method="GET").respond_with_json([entry(httpserver)])
    listed = book.line_items({}, now=NOW)
    assert isinstance(listed, tuple)
    assert [item.url for item in listed] == [httpserver.url_for(ITEM)]
    container = "application/vnd.ims.lis.v2.lineitemcontainer+json"
    assert asked(httpserver, ITEMS) == ("Bearer bearer-1", container, "lineitem.readonly")


def test_6_4_2_a_line_item_is_created(httpserver: HTTPServer, book: GradeBook) -> None:
    """AGS 2.0, section 3.2.5."""
    httpserver.expect_request(ITEMS, method="POST").respond_with_json(entry(httpserver), status=201)
    made = book.create(NewLineItem("作业", Decimal(20), "a-7", "grade"), now=NOW)
    assert isinstance(made, LineItem)
    assert asked(httpserver, ITEMS) == ("Bearer bearer-1", LINE_ITEM, "lineitem")


def test_6_4_3_a_score_is_posted(httpserver: HTTPServer, book: GradeBook) -> None:
    """AGS 2.0, section 3.4."""
    httpserver.expect_request(f"{ITEM}/scores", method="POST").respond_with_data("", status=204)
    score = ScoreToSend("5", Decimal(15), Decimal(20), "好", NOW)
    sent = book.post_score(httpserver.url_for(ITEM), score, now=NOW)
    assert isinstance(sent, Delivered)
    kind = "application/vnd.ims.lis.v1.score+json"
    assert asked(httpserver, f"{ITEM}/scores") == ("Bearer bearer-1", kind, "score")


def test_6_4_4_results_are_read(httpserver: HTTPServer, book: GradeBook) -> None:
    """AGS 2.0, section 3.3."""
    told = {"id": "r", "userId": "5", "resultScore": 15, "resultMaximum": 20}
    httpserver.expect_request(f"{ITEM}/results", method="GET").respond_with_json([told])
    results = book.results(httpserver.url_for(ITEM), now=NOW)
    assert isinstance(results, tuple)
    assert [result.user_id for result in results] == ["5"]
    kind = "application/vnd.ims.lis.v2.resultcontainer+json"
    assert asked(httpserver, f"{ITEM}/results") == ("Bearer bearer-1", kind, "result.readonly")
