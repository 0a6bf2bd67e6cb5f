"""Tokens, line items, scores, results, the class list and a deep linking answer against
lti1p3platform, an LMS's side of LTI that nobody here wrote, over HTTP (``lti1p3_lms``). Whole
launches with it are in ``journeys``."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest

from lti_tool.domain.launch import DeepLinking
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Delivered, NotNewer, Refused
from lti_tool.lti.deep_linking import Link, Reply, deep_linking_answer
from lti_tool.lti.grade_messages import LineItem, NewLineItem, Result, ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey, key_set, new_signing_key
from lti_tool.lti.names_roles import ClassList
from tests.delivery.serving import served
from tests.lti.lti1p3_lms import MEMBERS, Config, Grades, lms
from tests.lti.platform_side import AGS_SCOPES, platform_at

TOOL_KEY: SigningKey = new_signing_key()
REGISTRATION: dict[str, Any] = {"issuer": "https://lms.example.edu", "key_set": key_set([TOOL_KEY])}


def present() -> datetime:
    """The library looks at the machine's clock, so these tests do, too."""
    return datetime.now(UTC)


@pytest.fixture
def base() -> Iterator[str]:
    Grades.items, Grades.held = {}, {}
    with served(partial(lms, **REGISTRATION)) as app:
        yield app.config["URL"]


@pytest.fixture
def tokens(http: PlatformHttp) -> AccessTokens:
    numbers = count()
    return AccessTokens(http, signing_key=lambda: TOOL_KEY, unique=lambda: str(next(numbers)))


@pytest.fixture
def book(base: str, http: PlatformHttp, tokens: AccessTokens) -> GradeBook:
    return GradeBook(
        http,
        tokens,
        platform=platform_at(base),
        deployment="d1",
        line_items_url=f"{base}/items",
        granted=frozenset(AGS_SCOPES) - {AGS_SCOPES[1]},
    )


def test_a_column_is_made_found_changed_filled_read_and_deleted(book: GradeBook) -> None:
    made = book.create(NewLineItem("作业一", Decimal(20), "a-7", "grade"), now=present())
    assert isinstance(made, LineItem)
    assert book.find("a-7", "grade", now=present()) == made
    changed = book.change(made.url, label="作业二", maximum=Decimal(40), now=present())
    assert isinstance(changed, LineItem)
    assert (changed.label, changed.maximum, changed.resource_id) == ("作业二", Decimal(40), "a-7")
    score = ScoreToSend("5", Decimal(30), Decimal(40), "好", present())
    assert book.post_score(made.url, score, now=present()) == Delivered()
    (held,) = read(book, made.url)
    assert (held.user_id, held.score, held.maximum) == ("5", Decimal(30), Decimal(40))
    assert book.delete(made.url, now=present()) is None
    assert isinstance(book.read(made.url, now=present()), Refused)
    assert book.find("a-7", "grade", now=present()) is None


def read(book: GradeBook, url: str) -> tuple[Result, ...]:
    found = book.results(url, now=present())
    assert isinstance(found, tuple)
    return found


def test_an_older_score_is_not_taken(book: GradeBook) -> None:
    made = book.create(NewLineItem("作业一", Decimal(20), "a-7", "grade"), now=present())
    assert isinstance(made, LineItem)
    score = ScoreToSend("5", Decimal(10), Decimal(20), None, present())
    older = replace(score, at=score.at - timedelta(seconds=1))
    assert book.post_score(made.url, score, now=present()) == Delivered()
    assert isinstance(book.post_score(made.url, older, now=present()), NotNewer)


@pytest.mark.parametrize("query", ["", "?limit=2"])
def test_the_class_list_is_read_page_by_page(
    base: str, http: PlatformHttp, tokens: AccessTokens, query: str
) -> None:
    people = ClassList(http, tokens, platform=platform_at(base), deployment="d1")
    found = people.members(f"{base}/people{query}", now=present())
    assert isinstance(found, tuple)
    assert [each.person.sub for each in found][: len(MEMBERS)] == [
        each["user_id"] for each in MEMBERS
    ]


def test_a_deep_linking_answer_is_taken() -> None:
    wanted = DeepLinking(
        "https://lms.example.edu/deep", accept_multiple=True, accept_line_item=True
    )
    links = [Link(each, "https://tool.example.edu/lti/launch") for each in ("一", "二")]
    made = deep_linking_answer(
        wanted,
        Reply(links),
        platform=platform_at("https://lms.example.edu"),
        deployment="d1",
        key=TOOL_KEY,
        now=present(),
        token=lambda: "nonce",
    )
    items = Config(**REGISTRATION).validate_deeplinking_resp({"JWT": made.fields["JWT"]})
    assert [each["title"] for each in items] == ["一", "二"]
