"""Launches whose claims are wrong: refused, each with its reason; what may be odd is let in."""

from typing import Any

import pytest

from lti_tool.lti.errors import (
    BadClaimError,
)
from tests.lti.conftest import Door, reason_of
from tests.lti.platform_side import (
    ADDRESS,
    MEMBERSHIP,
    NOW,
    deep_linking_claims,
    signed,
    student_claims,
)

NOW_SECONDS = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("claim_value", {"version": "1.1.0"}),
        ("claim_missing", {"version": None}),
        ("claim_type", {"version": 1.3}),
        ("token_malformed", {"iat": None}),
        ("token_malformed", {"exp": None}),
        ("token_malformed", {"iat": "now"}),
        ("token_malformed", {"exp": True}),
        ("token_expired", {"exp": NOW_SECONDS - 11}),
        ("token_expired", {"iat": NOW_SECONDS - 20, "exp": NOW_SECONDS - 365 * 86400}),
        ("token_expired", {"exp": NOW_SECONDS}),
        ("token_from_future", {"iat": NOW_SECONDS + 11, "exp": NOW_SECONDS + 70}),
        ("token_from_future", {"nbf": NOW_SECONDS + 30}),
        ("token_too_old", {"iat": NOW_SECONDS - 365 * 86400}),
        ("claim_missing", {"message_type": None}),
        ("message_unsupported", {"message_type": "LtiStartProctoring"}),
        ("claim_missing", {"roles": None}),
        ("claim_type", {"roles": MEMBERSHIP + "Instructor"}),
        ("claim_type", {"roles": [MEMBERSHIP + "Learner", 5]}),
        ("claim_missing", {"deployment_id": None}),
        ("claim_missing", {"deployment_id": ""}),
        ("claim_type", {"deployment_id": 1}),
        ("claim_value", {"deployment_id": "d" * 256}),
        ("claim_missing", {"resource_link": None}),
        ("claim_missing", {"resource_link": {}}),
        ("claim_missing", {"resource_link": {"id": ""}}),
        ("claim_type", {"resource_link": "rl-1"}),
        ("claim_type", {"resource_link": ["rl-1"]}),
        ("claim_missing", {"sub": None}),
        ("claim_missing", {"sub": ""}),
        ("claim_type", {"sub": 5}),
        ("claim_missing", {"target_link_uri": None}),
        ("target_changed", {"target_link_uri": ADDRESS.launch_url + "?other=1"}),
        ("token_issuer", {"iss": "https://lms.example.edu/"}),
        ("token_issuer", {"iss": None}),
        ("token_audience", {"aud": "client-2"}),
        ("token_audience", {"aud": None}),
        ("token_audience", {"aud": []}),
        ("token_audience", {"aud": {"client-1": 1}}),
        ("token_audience", {"aud": ["client-1", "other"]}),
        ("token_audience", {"aud": ["client-1", "other"], "azp": "other"}),
        ("token_audience", {"aud": ["client-1", 3], "azp": "client-1"}),
        ("token_audience", {"azp": "other"}),
        ("token_nonce", {"nonce": None}),
        ("token_nonce", {"nonce": "another"}),
        ("token_nonce", {"nonce": ["x"]}),
        ("claim_missing", {"context": {"title": "no id"}}),
        ("claim_type", {"context": "c-1"}),
        ("claim_type", {"custom": ["a"]}),
        ("claim_type", {"name": ["Li"]}),
        ("claim_value", {"name": "a\x00b"}),
        ("claim_value", {"name": "\ud800"}),
        ("claim_type", {"lis": "20240101"}),
        ("claim_type", {"endpoint": {"scope": "all"}}),
        ("claim_value", {"endpoint": {"scope": [], "lineitems": "file:///etc/passwd"}}),
        ("claim_type", {"launch_presentation": {"locale": 5}}),
    ],
)
def test_a_payload_is_refused_with_its_reason(
    door: Door, reason: str, changes: dict[str, Any]
) -> None:
    assert reason_of(door, **changes) == reason


@pytest.mark.parametrize(
    ("reason", "settings"),
    [
        ("claim_missing", {"accept_types": ["ltiResourceLink"]}),
        ("claim_type", {"deep_link_return_url": 5}),
        ("claim_value", {"deep_link_return_url": "javascript:alert(1)"}),
        ("claim_type", {"deep_link_return_url": "https://lms.example.edu", "accept_types": "x"}),
        ("claim_value", {"deep_link_return_url": "https://lms.example.edu", "accept_types": ["x"]}),
        ("claim_type", {"deep_link_return_url": "https://lms.example.edu", "data": {"a": 1}}),
        ("claim_type", {"deep_link_return_url": "https://lms.example.edu", "accept_multiple": 2}),
    ],
)
def test_bad_deep_linking_settings_are_refused(
    door: Door, reason: str, settings: dict[str, Any]
) -> None:
    with pytest.raises(BadClaimError) as caught:
        door.launch_with(deep_linking_claims, signed, deep_linking_settings=settings)
    assert caught.value.reason == reason


def test_deep_linking_without_settings_is_refused(door: Door) -> None:
    with pytest.raises(BadClaimError) as caught:
        door.launch_with(deep_linking_claims, signed, deep_linking_settings=None)
    assert (caught.value.reason, caught.value.detail) == ("claim_missing", "deep_linking_settings")


@pytest.mark.parametrize("seconds", [-9, 9])
def test_clocks_may_differ_by_a_few_seconds(door: Door, seconds: int) -> None:
    launch = door.launch_with(
        student_claims, signed, iat=NOW_SECONDS + seconds - 1, exp=NOW_SECONDS + seconds
    )
    assert launch.person.sub == "5"
