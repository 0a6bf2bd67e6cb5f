"""Platforms' keys: fetched when needed, not more often, and never from an error page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from pytest_httpserver import HTTPServer

from lti_tool.lti.errors import KeySetError
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.key_sets import FRESH, TRUSTED, KeySets
from lti_tool.persistence.platforms import Platform
from tests.lti.platform_side import KEY, NOW, OTHER_KEY, platform_at, public_jwk

SHORT_KEY = generate_private_key(public_exponent=65537, key_size=1024)


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return platform_at(httpserver.url_for("").rstrip("/"))


@pytest.fixture
def key_sets(http: PlatformHttp) -> KeySets:
    return KeySets(http)


def serve(server: HTTPServer, *keys: Any, status: int = 200) -> None:
    server.clear_all_handlers()
    server.expect_request("/jwks").respond_with_json({"keys": list(keys)}, status=status)


def refusal(key_sets: KeySets, platform: Platform, kid: str, seconds: float = 0) -> str:
    with pytest.raises(KeySetError) as caught:
        key_sets.key(platform, kid, now=NOW + timedelta(seconds=seconds))
    return caught.value.reason


def test_a_key_set_is_fetched_once(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"), public_jwk(OTHER_KEY, "b"))
    assert key_sets.key(platform, "a", now=NOW) == KEY.public_key()
    assert key_sets.key(platform, "b", now=NOW) == OTHER_KEY.public_key()
    assert len(httpserver.log) == 1


def test_a_new_kid_is_fetched_at_once_when_the_last_fetch_is_long_ago(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    key_sets.key(platform, "a", now=NOW)
    serve(httpserver, public_jwk(OTHER_KEY, "b"))
    later = NOW + timedelta(seconds=30)
    assert key_sets.key(platform, "b", now=later) == OTHER_KEY.public_key()
    assert refusal(key_sets, platform, "a", seconds=31) == "key_unknown"


def test_made_up_kids_do_not_flood_the_platform(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    for number in range(20):
        assert refusal(key_sets, platform, f"made-up-{number}", seconds=number) == "key_unknown"
    assert len(httpserver.log) == 1


def test_one_platforms_limit_is_not_anothers(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    refusal(key_sets, platform, "made-up")
    assert key_sets.key(replace(platform, id=2), "a", now=NOW) == KEY.public_key()


def test_an_error_page_is_never_cached(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"), status=500)
    assert refusal(key_sets, platform, "a") == "keys_unreachable"
    serve(httpserver, public_jwk(KEY, "a"))
    later = NOW + timedelta(seconds=30)
    assert key_sets.key(platform, "a", now=later) == KEY.public_key()


def test_known_keys_bridge_a_key_set_that_does_not_answer_for_a_day(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    key_sets.key(platform, "a", now=NOW)
    serve(httpserver, status=500)
    assert key_sets.key(platform, "a", now=NOW + FRESH) == KEY.public_key()
    assert refusal(key_sets, platform, "a", TRUSTED.total_seconds()) == "keys_unreachable"


def test_a_withdrawn_key_is_not_trusted_once_the_set_is_fetched_again(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    key_sets.key(platform, "a", now=NOW)
    serve(httpserver, public_jwk(OTHER_KEY, "b"))
    assert refusal(key_sets, platform, "a", FRESH.total_seconds()) == "key_unknown"


def test_a_changed_key_set_url_forgets_the_old_keys(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, public_jwk(KEY, "a"))
    key_sets.key(platform, "a", now=NOW)
    httpserver.expect_request("/new").respond_with_json({"keys": [public_jwk(OTHER_KEY, "a")]})
    moved = replace(platform, key_set_url=httpserver.url_for("/new"))
    assert key_sets.key(moved, "a", now=NOW) == OTHER_KEY.public_key()


@pytest.mark.parametrize(
    "body", ["<html>Login</html>", "[]", "{}", '{"keys": {}}', '{"keys": []}', '"keys"', "null"]
)
def test_what_is_no_key_set_is_told_apart(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets, body: str
) -> None:
    httpserver.expect_request("/jwks").respond_with_data(body)
    assert refusal(key_sets, platform, "a") == "keys_invalid"


def unusable() -> Iterator[Any]:
    good = public_jwk(KEY, "a")
    yield from ("text", None, [], {})
    yield {**good, "kty": "EC"}
    yield {**good, "use": "enc"}
    yield {**good, "alg": "RS512"}
    yield {**good, "n": "!"}
    yield {**good, "n": None}
    yield {**good, "kid": ""}
    yield {**good, "kid": 1}
    yield public_jwk(SHORT_KEY, "a")


def test_unusable_keys_beside_a_good_one_are_passed_over(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, *unusable(), public_jwk(KEY, "a"))
    assert key_sets.key(platform, "a", now=NOW) == KEY.public_key()


def test_unusable_keys_alone_are_no_key_set(
    httpserver: HTTPServer, platform: Platform, key_sets: KeySets
) -> None:
    serve(httpserver, *unusable())
    assert refusal(key_sets, platform, "a") == "keys_invalid"


def test_a_key_set_on_a_forbidden_address_is_unreachable(platform: Platform) -> None:
    guarded = KeySets(PlatformHttp())
    assert refusal(guarded, platform, "a") == "keys_unreachable"
