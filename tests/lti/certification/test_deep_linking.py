"""Deep linking (LTI Advantage Conformance Guide, section 6.2): the request is accepted, and what
comes back to the platform is well formed, well signed and complete."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import pytest

from tests.lti.http_lms import HttpLms
from tests.lti.platform_side import ADDRESS, DL, LTI, NOW, deep_linking_claims, signed

STANDARD, TASK = "530050", "elementary/2.1"
RETURN_URL = "https://lms.example.edu/deep"


@dataclass(frozen=True)
class Answer:
    """What the tool's page posts to the platform."""

    return_url: str
    token: str
    keys: list[dict[str, Any]]

    @property
    def header(self) -> Mapping[str, Any]:
        return jwt.get_unverified_header(self.token)

    @property
    def claims(self) -> Mapping[str, Any]:
        told: dict[str, Any] = jwt.decode(self.token, options={"verify_signature": False})
        return told

    @property
    def item(self) -> Mapping[str, Any]:
        (only,) = self.claims[DL + "content_items"]
        found: dict[str, Any] = only
        return found


@pytest.fixture
def answer(lms: HttpLms) -> Answer:
    """A teacher follows a deep linking request and chooses a task."""
    browser = lms.browser()
    request = lms.request(browser)
    context = {"id": uuid.uuid4().hex, "title": "Web 前端"}
    token = signed(deep_linking_claims(request["nonce"], context=context))
    entered = lms.post(browser, {"state": request["state"], "id_token": token})
    assert entered.status_code == 303, entered.text
    choose = entered.headers["Location"]
    page = browser.get(choose, base_url=ADDRESS.base_url)
    assert page.status_code == 200
    form = {
        "csrf_token": _field(page.text, "csrf_token"),
        "standard": STANDARD,
        "task": TASK,
        "points": "20",
    }
    chosen = browser.post(
        choose, data=form, base_url=ADDRESS.base_url, headers={"Referer": ADDRESS.base_url + choose}
    )
    assert chosen.status_code == 200, chosen.text
    keys = browser.get("/lti/jwks", base_url=ADDRESS.base_url).json
    assert keys is not None
    action = re.search(r'action="(https://lms[^"]+)"', chosen.text)
    assert action is not None
    return Answer(action[1], _field(chosen.text, "JWT"), keys["keys"])


def _field(html: str, name: str) -> str:
    found = re.search(f'name="{name}"[^>]* value="([^"]+)"', html)
    assert found is not None, name
    return found[1]


def test_6_2_a_deep_linking_request_is_accepted(lms: HttpLms) -> None:
    """Deep Linking 2.0, section 4.4."""
    accepted = lms.launch(deep_linking_claims)
    assert accepted.status_code == 303
    assert accepted.headers["Location"].endswith("/teacher/choose")


def test_6_2_the_response_is_posted_to_the_return_url(answer: Answer) -> None:
    """Deep Linking 2.0, section 4.5: form parameter JWT, to deep_link_return_url."""
    assert answer.return_url == RETURN_URL
    assert answer.token


def test_6_2_the_response_is_a_jwt_of_a_known_key(answer: Answer) -> None:
    """Security Framework 1.0, section 5.2.1: RS256, and a kid of the tool's key set."""
    assert answer.header["alg"] == "RS256"
    assert answer.header["kid"] in {key["kid"] for key in answer.keys}


def test_6_2_the_response_has_valid_times(answer: Answer) -> None:
    """Security Framework 1.0, section 5.2.2: iat and exp, short-lived, and a nonce."""
    now = NOW.timestamp()
    assert answer.claims["iat"] <= now < answer.claims["exp"] <= now + 3600
    assert answer.claims["nonce"]


def test_6_2_the_response_is_signed_by_the_tool(answer: Answer) -> None:
    """Security Framework 1.0, section 5.2.1."""
    (jwk,) = [key for key in answer.keys if key["kid"] == answer.header["kid"]]
    told = jwt.decode(
        answer.token,
        jwt.PyJWK(jwk).key,
        algorithms=["RS256"],
        audience="https://lms.example.edu",
        issuer="client-1",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert told == answer.claims


def test_6_2_the_response_has_the_required_claims(answer: Answer) -> None:
    """Deep Linking 2.0, section 4.5.1 to 4.5.4; the data comes back as it was sent."""
    claims = answer.claims
    assert claims["iss"] == "client-1"
    assert claims["aud"] in ("https://lms.example.edu", ["https://lms.example.edu"])
    assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[LTI + "version"] == "1.3.0"
    assert claims[LTI + "deployment_id"] == "d1"
    assert claims[DL + "data"] == "opaque"


def test_6_2_the_response_holds_a_link_with_its_values(answer: Answer) -> None:
    """Deep Linking 2.0, sections 2.1 and 3.2: a link of ours with title, flat texts, a column."""
    item = answer.item
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == ADDRESS.launch_url
    assert item["title"]
    assert all(isinstance(value, str) for value in item["custom"].values())
    assert item["lineItem"]["scoreMaximum"] > 0
    assert item["lineItem"]["resourceId"] == item["custom"]["assessment"]
