"""Answers to deep linking requests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jwt
import pytest

from lti_tool.domain.launch import DeepLinking
from lti_tool.lti.deep_linking import (
    DeepLinkingAnswer,
    Link,
    LinkColumn,
    Reply,
    deep_linking_answer,
)
from lti_tool.lti.errors import DeepLinkingError
from lti_tool.lti.keys import new_signing_key
from tests.lti.platform_side import ADDRESS, DL, LTI, NOW, platform_at

KEY = new_signing_key()
PLATFORM = platform_at("https://lms.example.edu")
REQUEST = DeepLinking(
    return_url="https://lms.example.edu/deep?id=1&key=2",
    accept_multiple=True,
    accept_line_item=True,
    data="opaque",
)
COLUMN = LinkColumn(Decimal(100), "作业一", "a-7", "grade")
LINK = Link("作业一", ADDRESS.launch_url, {"assessment": "a-7"}, COLUMN)


def answer(
    request: DeepLinking = REQUEST,
    links: Sequence[Link] = (LINK,),
    words: Mapping[str, str] | None = None,
    **options: Any,
) -> DeepLinkingAnswer:
    values: dict[str, Any] = {"platform": PLATFORM, "deployment": "d1", **options}
    reply = Reply(links, **(words or {}))
    return deep_linking_answer(request, reply, key=KEY, now=NOW, token=lambda: "nonce-1", **values)


def claims(made: DeepLinkingAnswer) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(
        made.fields["JWT"],
        KEY.private_key.public_key(),
        algorithms=["RS256"],
        audience=PLATFORM.issuer,
        options={"verify_exp": False, "verify_iat": False},
    )
    return read


def test_the_answer_is_signed_for_the_platform() -> None:
    made = answer()
    issued = int(NOW.timestamp()) - 5
    assert made.action == REQUEST.return_url
    assert jwt.get_unverified_header(made.fields["JWT"])["kid"] == KEY.kid
    assert claims(made) == {
        "iss": "client-1",
        "aud": ["https://lms.example.edu"],
        "iat": issued,
        "exp": issued + 300,
        "nonce": "nonce-1",
        LTI + "deployment_id": "d1",
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0",
        DL + "data": "opaque",
        DL + "content_items": [
            {
                "type": "ltiResourceLink",
                "title": "作业一",
                "url": "https://tool.example.edu/lti/launch",
                "custom": {"assessment": "a-7"},
                "lineItem": {
                    "scoreMaximum": 100,
                    "label": "作业一",
                    "resourceId": "a-7",
                    "tag": "grade",
                },
            }
        ],
    }


def test_a_due_time_is_the_end_of_submission() -> None:
    (item,) = claims(answer(links=[replace(LINK, due_at=NOW)]))[DL + "content_items"]
    assert item["submission"] == {"endDateTime": "2026-09-01T08:00:00.000Z"}


def test_words_for_the_person_and_the_log_are_told_only_where_there_are_any() -> None:
    told = claims(answer(words={"message": "好", "error_log": "why"}))
    assert (told[DL + "msg"], told[DL + "errorlog"]) == ("好", "why")
    assert DL + "errormsg" not in told
    assert DL + "log" not in told


def test_data_is_echoed_only_if_it_was_sent() -> None:
    assert DL + "data" not in claims(answer(replace(REQUEST, data=None)))
    assert claims(answer(replace(REQUEST, data="")))[DL + "data"] == ""


def test_no_column_goes_where_none_is_taken() -> None:
    (item,) = claims(answer(replace(REQUEST, accept_line_item=False)))[DL + "content_items"]
    assert "lineItem" not in item


def test_nothing_chosen_is_an_empty_answer() -> None:
    assert claims(answer(links=()))[DL + "content_items"] == []


def test_more_links_than_accepted_are_refused() -> None:
    with pytest.raises(DeepLinkingError) as caught:
        answer(replace(REQUEST, accept_multiple=False), [LINK, LINK])
    assert caught.value.reason == "item"


@pytest.mark.parametrize(
    "link",
    [
        replace(LINK, title=""),
        replace(LINK, column=replace(COLUMN, tag="t" * 256)),
        replace(LINK, column=replace(COLUMN, resource_id="r" * 513)),
        replace(LINK, column=replace(COLUMN, maximum=Decimal(0))),
    ],
)
def test_a_link_that_breaks_the_rules_is_refused(link: Link) -> None:
    with pytest.raises(DeepLinkingError) as caught:
        answer(links=[link])
    assert caught.value.reason == "item"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/deep",
        "https://lms.example.edu:8443/deep",
        "https://lms.example.edu@evil.example/deep",
        "http://lms.example.edu/deep",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_answer_goes_to_the_platform_only(url: str) -> None:
    with pytest.raises(DeepLinkingError) as caught:
        answer(replace(REQUEST, return_url=url))
    assert caught.value.reason == "return_url"


def test_the_answer_may_go_to_an_origin_the_administrator_named() -> None:
    platform = replace(PLATFORM, frame_origins=("https://school.example/",))
    request = replace(REQUEST, return_url="https://school.example/deep")
    assert answer(request, platform=platform).action == "https://school.example/deep"


def test_plain_http_is_for_trials_only() -> None:
    platform = platform_at("", issuer="http://127.0.0.1:8081")
    request = replace(REQUEST, return_url="http://127.0.0.1:8081/deep")
    with pytest.raises(DeepLinkingError):
        answer(request, platform=platform)
    assert answer(request, platform=platform, allow_loopback=True).action == request.return_url
