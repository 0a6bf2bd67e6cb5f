"""Bad payloads (LTI Advantage Conformance Guide, section 6.1.1): every one is rejected, with a
page that says so and no way in."""

from typing import Any

from werkzeug.test import TestResponse

from tests.lti.http_lms import HttpLms, is_plain_page
from tests.lti.platform_side import LTI, NOW, OTHER_KEY, public_jwk, signed, student_claims


def is_rejected(answer: TestResponse, reason: str) -> bool:
    """A page with this reason, and no session."""
    return (
        answer.status_code == 400
        and "Location" not in answer.headers
        and is_plain_page(answer)
        and reason in answer.text
    )


def sent(lms: HttpLms, *, kid: str | None = "platform-key-1", **changes: Any) -> TestResponse:
    browser = lms.browser()
    request = lms.request(browser)
    id_token = signed(student_claims(request["nonce"], **changes), kid=kid)
    return lms.post(browser, {"state": request["state"], "id_token": id_token})


def test_6_1_1_a_token_without_kid_is_rejected(lms: HttpLms) -> None:
    """Security Framework 1.0, section 5.1.3: the key is found by its kid."""
    assert is_rejected(sent(lms, kid=None), "token_no_kid")


def test_6_1_1_a_token_with_an_incorrect_kid_is_rejected(lms: HttpLms) -> None:
    """Security Framework 1.0, section 6.3."""
    assert public_jwk(OTHER_KEY, "other")["kid"] == "other"
    assert is_rejected(sent(lms, kid="other"), "key_unknown")


def test_6_1_1_a_wrong_lti_version_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.2: the version is 1.3.0."""
    assert is_rejected(sent(lms, version="11.3"), "claim_value version")


def test_6_1_1_a_missing_lti_version_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.2."""
    assert is_rejected(sent(lms, version=None), "claim_missing version")


def test_6_1_1_json_that_is_no_lti_message_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3: a JWT, well signed, with somebody else's claims."""
    browser = lms.browser()
    request = lms.request(browser)
    id_token = signed({"name": "badltilaunch"})
    answer = lms.post(browser, {"state": request["state"], "id_token": id_token})
    assert is_rejected(answer, "token_issuer")


def test_6_1_1_missing_required_claims_are_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3: the OIDC claims alone are no launch."""
    browser = lms.browser()
    request = lms.request(browser)
    claims = student_claims(request["nonce"])
    bare = {name: value for name, value in claims.items() if not name.startswith(LTI)}
    answer = lms.post(browser, {"state": request["state"], "id_token": signed(bare)})
    assert is_rejected(answer, "claim_missing")


def test_6_1_1_times_of_issue_and_expiry_in_the_past_are_rejected(lms: HttpLms) -> None:
    """Security Framework 1.0, section 5.1.3, steps 7 and 8."""
    past = int(NOW.timestamp()) - 3600
    assert is_rejected(sent(lms, iat=past, exp=past + 60), "token_expired")


def test_6_1_1_a_missing_message_type_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.1."""
    assert is_rejected(sent(lms, message_type=None), "claim_missing message_type")


def test_6_1_1_missing_roles_are_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.7: required, though it may be empty."""
    assert is_rejected(sent(lms, roles=None), "claim_missing roles")


def test_6_1_1_a_missing_deployment_id_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.3."""
    assert is_rejected(sent(lms, deployment_id=None), "claim_missing deployment_id")


def test_6_1_1_a_missing_resource_link_id_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.5."""
    answer = sent(lms, resource_link={"title": "no id"})
    assert is_rejected(answer, "claim_missing id")


def test_6_1_1_a_missing_sub_is_rejected(lms: HttpLms) -> None:
    """Core 1.3, section 5.3.6 lets it be absent; certification rejects it."""
    assert is_rejected(sent(lms, sub=None), "claim_missing sub")
