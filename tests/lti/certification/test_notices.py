"""Notices over the real routes (Platform Notification Service 1.0): taken once, and only from whom
they claim to come."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lti_tool.persistence import notices, platforms
from tests.lti.http_lms import HttpLms
from tests.lti.platform_side import ADDRESS, LTI, NOW, OTHER_KEY, changed, signed

SECONDS = int(NOW.timestamp())
Send = Callable[..., TestResponse]


def copy_claims(notice_id: str, copy: str, *origins: str) -> dict[str, Any]:
    """A context copy notice as Canvas documents it: without ``sub``."""
    return {
        "iss": "https://lms.example.edu",
        "aud": "client-1",
        "azp": "client-1",
        "iat": SECONDS,
        "exp": SECONDS + 3600,
        "nonce": "n",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": "d1",
        LTI + "notice": {
            "id": notice_id,
            "timestamp": "2026-09-01T08:00:00Z",
            "type": "LtiContextCopyNotice",
        },
        LTI + "context": {"id": copy, "title": "新学期", "label": "WEB2"},
        LTI + "origin_contexts": list(origins),
    }


@pytest.fixture
def send(lms: HttpLms) -> Send:
    """Sends tokens as one request."""

    def post(*tokens: object) -> TestResponse:
        body = {"notices": [{"jwt": each} for each in tokens]}
        return lms.browser().post("/lti/notices", json=body, base_url=ADDRESS.base_url)

    return post


def refused(answer: TestResponse) -> list[dict[str, Any]]:
    """What the answer says of each notice that was refused."""
    told: Any = answer.json
    found: list[dict[str, Any]] = told["refused"]
    return found


def origins(lms: HttpLms, context: str) -> frozenset[str]:
    with lms.parts.database.reading() as session:
        deployment = platforms.deployment(session, lms.platform.id, "d1")
        assert deployment is not None
        return notices.origins_of(session, deployment.id, context)


def test_a_copied_course_is_known_with_all_that_it_was_copied_from(
    lms: HttpLms, send: Send
) -> None:
    first = signed(copy_claims("n-1", "spring", "autumn"))
    second = signed(copy_claims("n-2", "summer", "spring", "summer"))
    answer = send(first, second)
    assert (answer.status_code, answer.json) == (200, {"refused": []})
    assert origins(lms, "summer") == {"spring", "autumn"}
    assert origins(lms, "autumn") == frozenset()


def test_a_notice_that_comes_again_is_taken_once(lms: HttpLms, send: Send) -> None:
    """The same id with other contents is the same notice: the first word counts."""
    assert send(signed(copy_claims("n-3", "again", "one"))).status_code == 200
    assert send(signed(copy_claims("n-3", "again", "two"))).status_code == 200
    assert origins(lms, "again") == {"one"}


def test_a_good_notice_beside_a_bad_one_is_taken(lms: HttpLms, send: Send) -> None:
    answer = send("nonsense", signed(copy_claims("n-4", "beside", "one")))
    assert answer.status_code == 400
    assert [(each["notice"], each["reason"]) for each in refused(answer)] == [
        (0, "token_malformed")
    ]
    assert origins(lms, "beside") == {"one"}


@pytest.mark.parametrize("kind", ["LtiHelloWorldNotice", "LtiSomethingOfTomorrow"])
def test_a_notice_that_means_nothing_here_is_answered_well(send: Send, kind: str) -> None:
    claims = copy_claims("n-5", "x", "y")
    told = {"id": "n-5", "timestamp": "2026-09-01T08:00:00Z", "type": kind}
    assert send(signed(changed(claims, {"notice": told, "context": None}))).status_code == 200


def test_a_copy_without_origins_is_taken(lms: HttpLms, send: Send) -> None:
    """Canvas leaves them out where content came from a file."""
    claims = changed(copy_claims("n-6", "imported"), {"origin_contexts": None})
    assert send(signed(claims)).status_code == 200
    assert origins(lms, "imported") == frozenset()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.example"}, "platform_unknown"),
        ({"aud": "client-2", "azp": "client-2"}, "platform_unknown"),
        ({"aud": ["client-1", "client-2"], "azp": None}, "token_audience"),
        ({"aud": 7, "azp": None}, "token_malformed"),
        ({"exp": SECONDS - 11}, "token_expired"),
        ({"exp": None}, "token_malformed"),
        ({"iat": None}, "token_malformed"),
        ({"iat": SECONDS + 60}, "token_from_future"),
        ({"iat": SECONDS - 25 * 3600}, "token_too_old"),
        ({"version": "1.1"}, "claim_value"),
        ({"version": None}, "claim_missing"),
        ({"deployment_id": None}, "claim_missing"),
        ({"deployment_id": "never seen"}, "deployment_waiting"),
        ({"notice": None}, "claim_missing"),
        ({"notice": []}, "claim_type"),
        ({"notice": {"type": "LtiContextCopyNotice"}}, "claim_missing"),
        ({"notice": {"id": "x" * 256, "type": "LtiContextCopyNotice"}}, "claim_value"),
        ({"context": None}, "claim_missing"),
        ({"context": {"title": "x"}}, "claim_missing"),
        ({"origin_contexts": "one"}, "claim_type"),
        ({"origin_contexts": [""]}, "claim_value"),
        ({"origin_contexts": ["x" * 256]}, "claim_value"),
        ({"origin_contexts": ["x"] * 101}, "claim_value"),
    ],
    ids=str,
)
def test_a_notice_that_cannot_be_trusted_changes_nothing(
    lms: HttpLms, send: Send, changes: dict[str, Any], reason: str
) -> None:
    answer = send(signed(changed(copy_claims("n-7", "forged", "one"), changes)))
    assert answer.status_code == 400
    assert [each["reason"] for each in refused(answer)] == [reason]
    assert origins(lms, "forged") == frozenset()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"key": OTHER_KEY}, "token_signature"),
        ({"kid": None}, "token_no_kid"),
        ({"kid": "unheard-of"}, "key_unknown"),
        ({"key": "secret-of-thirty-two-characters!", "algorithm": "HS256"}, "token_algorithm"),
        ({"header": {"crit": ["b64"], "b64": True}}, "token_critical"),
    ],
    ids=["another key", "no kid", "unknown kid", "another algorithm", "unknown crit"],
)
def test_a_notice_signed_otherwise_is_refused(
    lms: HttpLms, send: Send, how: dict[str, Any], reason: str
) -> None:
    answer = send(signed(copy_claims("n-8", "forged", "one"), **how))
    assert [each["reason"] for each in refused(answer)] == [reason]
    assert origins(lms, "forged") == frozenset()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b'"x"', b'{"notices": {}}', b'{"notices": []}', b"\xff"),
        *(b'{"notices": [1]}', b'{"notices": [{"jwt": 1}]}', b"[" * 20_000),
        b'{"notices": [' + b",".join([b'{"jwt": "a"}'] * 201) + b"]}",
    ],
    ids=range(11),
)
def test_what_is_no_request_of_notices_is_refused(lms: HttpLms, body: bytes) -> None:
    answer = lms.browser().post("/lti/notices", data=body, base_url=ADDRESS.base_url)
    assert answer.status_code == 400
    assert refused(answer)[0]["reason"] == "token_malformed"


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "a.W10.c", "a.eyJpc3MiOjF9.c", "好.好.好"])
def test_what_is_no_token_is_refused(send: Send, token: str) -> None:
    answer = send(token)
    assert answer.status_code == 400
    assert refused(answer)[0]["reason"] == "token_malformed"


def test_a_token_or_a_request_that_is_too_large_is_refused(lms: HttpLms, send: Send) -> None:
    assert refused(send("x" * 100_001))[0]["reason"] == "token_too_large"
    large = lms.browser().post(
        "/lti/notices", data=b"x" * (1024 * 1024 + 1), base_url=ADDRESS.base_url
    )
    assert large.status_code == 413


def test_the_door_is_for_posts_only(lms: HttpLms) -> None:
    assert lms.browser().get("/lti/notices", base_url=ADDRESS.base_url).status_code == 405
