"""Whatever arrives at the login and launch addresses is answered with a page, never a failure."""

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.catalogue import load_catalogue
from tests.fuzz.doors import Doors, open_doors
from tests.lti.platform_side import deep_linking_claims, student_claims

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = 60
PARAMETERS = ("iss", "client_id", "login_hint", "lti_message_hint", "lti_deployment_id")

ANY_TEXT = st.text(max_size=40)
FORM_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
CLAIMS = {"student": student_claims(""), "deep": deep_linking_claims("")}


@pytest.fixture(scope="module")
def doors(_sqlite_template: Path) -> Iterator[Doors]:
    catalogue = load_catalogue(ROOT / "rubrics", ROOT / "mappings")
    with open_doors(catalogue, _sqlite_template) as opened:
        yield opened


few = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])


def names_within(claims: dict[str, Any]) -> Sequence[tuple[str, ...]]:
    """Every place in the claims: the claim itself, and what is inside its object."""
    inner = [
        (name, key) for name, value in claims.items() if isinstance(value, dict) for key in value
    ]
    return [*((name,) for name in claims), *inner]


@few
@given(st.dictionaries(st.sampled_from((*PARAMETERS, "target_link_uri")), FORM_TEXT, min_size=1))
def test_a_login_with_any_parameters_is_answered(doors: Doors, parameters: dict[str, str]) -> None:
    doors.login(parameters)


@few
@given(
    st.sampled_from(("/lti/login", "/lti/launch")),
    st.binary(max_size=200),
    st.sampled_from(
        (
            "application/json",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data",
            "multipart/form-data; boundary=b",
            "text/html",
            "",
        )
    ),
)
def test_any_body_of_any_type_is_answered(
    doors: Doors, path: str, body: bytes, content_type: str
) -> None:
    assert doors.body(path, body, content_type).status_code in {400, 413}


@few
@given(FORM_TEXT | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_id_token_is_refused(doors: Doors, id_token: str) -> None:
    assert doors.id_token(id_token).status_code == 400


@few
@given(ANY_JSON, ANY_JSON)
def test_a_token_with_any_header_and_body_is_refused(
    doors: Doors, header: object, body: object
) -> None:
    known = {"alg": "RS256", "kid": "platform-key-1"}
    told = {**known, **header} if isinstance(header, dict) else header
    parts = (json.dumps(part).encode() for part in (told, body))
    token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    assert doors.id_token(token + ".AA").status_code == 400


@few
@given(st.data())
def test_any_value_at_any_place_of_the_claims_is_answered(
    doors: Doors, data: st.DataObject
) -> None:
    base = CLAIMS[data.draw(st.sampled_from(sorted(CLAIMS)))]
    places = data.draw(st.lists(st.sampled_from(names_within(base)), min_size=1, max_size=3))
    values = [data.draw(ANY_JSON) for _ in places]

    def claims_of(nonce: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(json.dumps({**base, "nonce": nonce}))
        for (name, *inner), value in zip(places, values, strict=True):
            if not inner:
                made[name] = value
            elif isinstance(made[name], dict):
                made[name][inner[0]] = value
        return made

    doors.claims(claims_of)
