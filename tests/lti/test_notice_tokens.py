"""Whatever is sent to the door for notices is read or refused, never more."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.errors import BadTokenError
from lti_tool.lti.notices import claimed_sender, tokens_in
from tests.lti.platform_side import signed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
REQUESTS = st.fixed_dictionaries(
    {"notices": JSON | st.lists(st.fixed_dictionaries({"jwt": JSON | st.text()}), max_size=3)}
)


@given(st.binary() | (JSON | REQUESTS).map(lambda value: json.dumps(value).encode()))
def test_any_request_is_a_list_of_tokens_or_refused(body: bytes) -> None:
    with suppress(BadTokenError):
        assert all(isinstance(each, str) for each in tokens_in(body))


@given(st.text() | st.tuples(st.text(), st.text(), st.text()).map(".".join))
def test_any_text_names_a_sender_or_is_refused(token: str) -> None:
    with pytest.raises(BadTokenError):
        claimed_sender(token)


@given(st.dictionaries(st.sampled_from(["iss", "aud", "azp"]), JSON) | JSON)
def test_any_claims_name_a_sender_or_are_refused(claims: Any) -> None:
    with suppress(BadTokenError):
        issuer, client_ids = claimed_sender(signed(claims))
        assert issuer == claims["iss"]
        assert client_ids
