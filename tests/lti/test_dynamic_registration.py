"""Whatever an LMS answers, registration ends in a value or in a RegistrationError."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.dynamic_registration import (
    RegistrationError,
    read_configuration,
    register,
)
from lti_tool.lti.http import HttpAnswer, PlatformHttp
from lti_tool.persistence.platforms import PlatformDetails
from tests.lti.platform_side import ADDRESS
from tests.lti.test_profiles import CONNECTING

BASE = "http://moodle.localhost:8081"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CONFIGURATION: dict[str, Any] = CONNECTING["openid-configuration"]
NAMES = st.sampled_from(
    [*CONFIGURATION, "authorization_server", "client_id", TOOL, "product_family_code", "type"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["https://[", "//"]),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=12,
)


class CannedHttp(PlatformHttp):
    """Answers every request with one body, so that thousands of answers need no server."""

    def __init__(self, body: bytes) -> None:
        super().__init__(allow_loopback=True)
        self._body = body

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        return HttpAnswer(url, 200, {}, self._body)

    def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        return HttpAnswer(url, 200, {}, self._body)


def configured(body: bytes) -> PlatformDetails:
    found = read_configuration(CannedHttp(body), f"{BASE}/openid", token="")
    return found.details(name="x", client_id="y", frame_origins=())


@given(changes=st.dictionaries(NAMES, JSON), platform=JSON)
def test_any_configuration_is_read_or_refused(changes: dict[str, Any], platform: Any) -> None:
    body = CONFIGURATION | {PLATFORM: platform} | changes
    try:
        made = configured(json.dumps(body).encode())
    except RegistrationError:
        return
    assert made.issuer == BASE


@given(body=JSON)
def test_any_answer_to_a_registration_is_read_or_refused(body: Any) -> None:
    good = read_configuration(
        CannedHttp(json.dumps(CONFIGURATION).encode()), f"{BASE}/openid", token=""
    )
    try:
        given = register(CannedHttp(json.dumps(body).encode()), good, ADDRESS, token="t")
    except RegistrationError:
        return
    assert 0 < len(given.client_id) <= 255


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"issuer":' * 50_000, b"\xff\xfe", b"\x00", b"{", b"NaN"]
)
def test_a_body_that_breaks_parsers_is_refused(body: bytes) -> None:
    with pytest.raises(RegistrationError) as refused:
        configured(body)
    assert refused.value.reason == "configuration_invalid"


@pytest.mark.parametrize("issuer", ["https://[", "urn:lms", "https://user@lms.example", "lms"])
def test_an_issuer_that_is_no_web_address_is_refused(issuer: str) -> None:
    with pytest.raises(RegistrationError) as refused:
        configured(json.dumps(CONFIGURATION | {"issuer": issuer}).encode())
    assert (refused.value.reason, refused.value.detail) == ("configuration_invalid", "issuer")
