"""Launches: what is let in, what is refused and why."""

import base64
import json
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.domain.launch import Launch, MessageType, Role
from lti_tool.lti.errors import (
    BadClaimError,
    BadTokenError,
    DeploymentWaitingError,
    KeySetError,
    LoginStateError,
    LtiError,
    PlatformRefusedError,
)
from lti_tool.lti.launch import open_launch
from lti_tool.persistence.platforms import (
    DeploymentState,
    add_platform,
    approve_deployment,
    deployment,
    platform,
)
from tests.lti.conftest import Door
from tests.lti.platform_side import (
    ADDRESS,
    KEY,
    LTI,
    MEMBERSHIP,
    NOW,
    OTHER_KEY,
    deep_linking_claims,
    details,
    signed,
    student_claims,
)

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-launches.json").read_text(encoding="utf-8")
)
NOW_SECONDS = int(NOW.timestamp())


def reason_of(door: Door, **changes: Any) -> str:
    with pytest.raises(LtiError) as caught:
        door.launch_with(student_claims, signed, **changes)
    return caught.value.reason


# --- What a launch says ---------------------------------------------------------------------------


def test_a_launch_says_who_comes_from_where_to_what(door: Door) -> None:
    launch = door.launch_with(student_claims, signed)
    assert launch.message_type is MessageType.RESOURCE_LINK
    assert launch.platform_id == door.platform.id
    assert launch.person.sub == "5"
    assert launch.person.name == "李 小龙"
    assert launch.person.student_number == "20240101"
    assert launch.roles == {Role.STUDENT}
    assert launch.context is not None
    assert launch.context.id == "c-1"
    assert launch.resource_link is not None
    assert launch.resource_link.title == "作业一"
    assert launch.custom == {"assessment": "a-7"}
    assert launch.locale == "zh_cn"
    assert launch.product == "moodle"
    assert launch.return_url == "https://lms.example.edu/back"
    assert launch.grades is not None
    assert launch.grades.line_items == "https://lms.example.edu/lineitems?type_id=1"
    assert len(launch.grades.scopes) == 4


def test_the_deployment_of_a_launch_is_our_row(door: Door) -> None:
    launch = door.launch_with(student_claims, signed)
    with door.database.transaction() as session:
        row = deployment(session, door.platform.id, "d1")
    assert row is not None
    assert launch.deployment_id == row.id


def test_the_product_a_launch_tells_is_kept_with_the_platform(door: Door) -> None:
    door.launch_with(student_claims, signed)
    with door.database.transaction() as session:
        kept = platform(session, door.platform.id)
    assert kept is not None
    assert kept.product == "moodle"


def test_a_deep_linking_request_is_read(door: Door) -> None:
    launch = door.launch_with(deep_linking_claims, signed)
    assert launch.message_type is MessageType.DEEP_LINKING
    assert launch.roles == {Role.TEACHER}
    assert launch.resource_link is None
    assert launch.deep_linking is not None
    assert launch.deep_linking.data == "opaque"
    assert launch.deep_linking.accept_line_item


def test_deep_linking_needs_no_sub(door: Door) -> None:
    assert door.launch_with(deep_linking_claims, signed, sub=None).person.sub == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": [MEMBERSHIP + "Learner", MEMBERSHIP + "Mentor"]},
        {"roles": ["Learner"]},
        {"roles": ["http://example.org/roles#Wizard"]},
        {"roles": []},
        {"name": None, "given_name": None, "family_name": None},
        {"email": None},
        {"name": None, "given_name": None, "family_name": None, "email": None, "lis": None},
        {"context": None},
        {"custom": None, "launch_presentation": None, "tool_platform": None, "endpoint": None},
        {"aud": ["client-1"]},
        {"aud": ["client-1", "other"], "azp": "client-1"},
        {"launch_presentation": {"return_url": "about:blank", "locale": None}},
    ],
)
def test_a_student_is_let_in_with(door: Door, changes: dict[str, Any]) -> None:
    assert door.launch_with(student_claims, signed, **changes).roles == {Role.STUDENT}


def test_variables_left_literal_and_empty_values_count_as_missing(door: Door) -> None:
    custom = {"a": "$ResourceLink.id.history", "b": "", "c": None, "d": "$5", "e": 7}
    launch = door.launch_with(
        student_claims, signed, custom=custom, lis={"person_sourcedid": "$Person.sourcedId"}
    )
    assert launch.custom == {"d": "$5"}
    assert launch.person.student_number == ""


def test_an_empty_line_item_counts_as_none(door: Door) -> None:
    launch = door.launch_with(student_claims, signed, endpoint={"scope": [], "lineitem": ""})
    assert launch.grades is not None
    assert launch.grades.line_item is None


@pytest.mark.parametrize("name", [name for name in CAPTURED if name != "submission-review"])
def test_a_launch_captured_from_moodle_is_accepted(door: Door, name: str) -> None:
    launch = captured_launch(door, CAPTURED[name])
    assert launch.person.sub == CAPTURED[name]["sub"]
    teaches = name in {"teacher", "netutor", "deeplink-one", "admin", "copied-course"}
    assert (Role.TEACHER in launch.roles) is (teaches or name == "duplicated-activity")


def test_a_teacher_switched_to_the_student_role_in_moodle_is_a_student(door: Door) -> None:
    launch = captured_launch(door, CAPTURED["teacher-switched-to-student"])
    assert launch.roles == {Role.STUDENT}


def test_a_submission_review_says_whose_work_it_is_about(door: Door) -> None:
    launch = captured_launch(door, CAPTURED["submission-review"])
    assert launch.message_type is MessageType.SUBMISSION_REVIEW
    assert launch.for_user == "5"


def captured_launch(door: Door, claims: dict[str, Any]) -> Launch:
    target = claims[LTI + "target_link_uri"].replace("http://127.0.0.1:9001/launch", "")
    target = ADDRESS.launch_url + target
    with door.database.transaction() as session:
        made = add_platform(
            session,
            details(
                door.platform.key_set_url.removesuffix("/jwks"),
                issuer=claims["iss"],
                client_id=claims["aud"],
            ),
            now=NOW,
        )
        approve_deployment(session, made, claims[LTI + "deployment_id"], now=NOW)
    request = door.login(iss=made.issuer, client_id=made.client_id, target_link_uri=target)
    fresh = {
        **claims,
        "nonce": request["nonce"],
        "iat": NOW_SECONDS,
        "exp": NOW_SECONDS + 60,
        LTI + "target_link_uri": target,
    }
    return door.launch({"state": request["state"], "id_token": signed(fresh)})


# --- Bad payloads ---------------------------------------------------------------------------------


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


# --- Tokens ---------------------------------------------------------------------------------------


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("reason", "id_token"),
    [
        ("token_missing", ""),
        ("token_malformed", "not a token"),
        ("token_malformed", "a.b.c"),
        ("token_malformed", encoded({"alg": "RS256", "kid": "k"}) + ".e30"),
        ("token_malformed", encoded(["RS256"]) + ".e30.AA"),
        ("token_algorithm", encoded({"alg": "none", "kid": "k"}) + ".e30."),
        ("token_algorithm", encoded({"kid": "k"}) + ".e30.AA"),
        ("token_no_kid", encoded({"alg": "RS256"}) + ".e30.AA"),
        ("token_no_kid", encoded({"alg": "RS256", "kid": ""}) + ".e30.AA"),
        ("token_too_large", "a" * 100_001),
        ("token_malformed", "日.本.語"),
    ],
)
def test_an_id_token_is_refused_with_its_reason(door: Door, reason: str, id_token: str) -> None:
    request = door.login()
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": request["state"], "id_token": id_token})
    assert caught.value.reason == reason


def test_json_that_is_no_object_is_refused(door: Door) -> None:
    request = door.login()
    header = encoded({"alg": "RS256", "kid": "platform-key-1"})
    body = encoded([1, 2])
    from_key = signed({}).split(".")
    with pytest.raises(BadTokenError):
        door.launch({"state": request["state"], "id_token": f"{header}.{body}.{from_key[2]}"})


def test_a_token_signed_with_another_key_of_the_same_kid_is_refused(door: Door) -> None:
    request = door.login()
    forged = signed(student_claims(request["nonce"]), key=OTHER_KEY)
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": request["state"], "id_token": forged})
    assert caught.value.reason == "token_signature"


def test_a_changed_token_is_refused(door: Door) -> None:
    request = door.login()
    header, _, signature = signed(student_claims(request["nonce"])).split(".")
    claims = student_claims(request["nonce"], roles=[MEMBERSHIP + "Instructor"])
    with pytest.raises(BadTokenError) as caught:
        door.launch(
            {"state": request["state"], "id_token": f"{header}.{encoded(claims)}.{signature}"}
        )
    assert caught.value.reason == "token_signature"


def _other_last_letter(token: str) -> str:
    """Another spelling of the same signature: its last letter has four bits to spare."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


@pytest.mark.parametrize(
    "respell",
    [
        pytest.param(_other_last_letter, id="bits to spare"),
        pytest.param(lambda token: token + "\n", id="line end"),
        pytest.param(lambda token: token.replace(".", ".!", 1), id="junk"),
        pytest.param(lambda token: token.replace(".", ".+/", 1), id="another alphabet"),
        pytest.param(lambda token: token + "=", id="half a padding"),
        pytest.param(lambda token: token + ".", id="four segments"),
    ],
)
def test_a_token_in_another_spelling_is_refused(door: Door, respell: Callable[[str], str]) -> None:
    request = door.login()
    id_token = respell(signed(student_claims(request["nonce"])))
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": request["state"], "id_token": id_token})
    assert caught.value.reason == "token_malformed"


def test_a_padded_token_is_taken(door: Door) -> None:
    request = door.login()
    id_token = signed(student_claims(request["nonce"])) + "=="
    assert door.launch({"state": request["state"], "id_token": id_token}).person.sub == "5"


def test_a_token_without_kid_is_refused(door: Door) -> None:
    request = door.login()
    id_token = signed(student_claims(request["nonce"]), kid=None)
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": request["state"], "id_token": id_token})
    assert caught.value.reason == "token_no_kid"


def test_a_token_with_an_unknown_kid_is_refused(door: Door) -> None:
    request = door.login()
    id_token = signed(student_claims(request["nonce"]), kid="other")
    with pytest.raises(KeySetError) as caught:
        door.launch({"state": request["state"], "id_token": id_token})
    assert caught.value.reason == "key_unknown"


@pytest.mark.parametrize("algorithm", ["RS512", "PS256"])
def test_only_rs256_is_taken(door: Door, algorithm: str) -> None:
    request = door.login()
    id_token = signed(student_claims(request["nonce"]), key=KEY, algorithm=algorithm)
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": request["state"], "id_token": id_token})
    assert caught.value.reason == "token_algorithm"


# --- State ----------------------------------------------------------------------------------------


def test_a_replayed_launch_is_refused(door: Door) -> None:
    request = door.login()
    form = {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
    door.launch(form)
    with pytest.raises(LoginStateError) as caught:
        door.launch(form)
    assert caught.value.reason == "state_used"


def test_a_token_in_another_login_is_refused(door: Door) -> None:
    first, second = door.login(), door.login()
    id_token = signed(student_claims(first["nonce"]))
    with pytest.raises(BadTokenError) as caught:
        door.launch({"state": second["state"], "id_token": id_token})
    assert caught.value.reason == "token_nonce"


def test_a_token_of_one_registration_in_the_login_of_another_is_refused(door: Door) -> None:
    with door.database.transaction() as session:
        base = door.platform.key_set_url.removesuffix("/jwks")
        add_platform(session, details(base, client_id="client-2"), now=NOW)
    request = door.login(client_id="client-2")
    with pytest.raises(BadTokenError) as caught:
        door.launch(
            {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
        )
    assert caught.value.reason == "token_audience"


def test_a_launch_in_another_browser_is_refused_and_the_login_stays_usable(door: Door) -> None:
    request = door.login(browser="mine")
    form = {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
    with pytest.raises(LoginStateError) as caught:
        door.launch(form, browser="yours")
    assert caught.value.reason == "browser_changed"
    assert door.launch(form, browser="mine").person.sub == "5"


def test_a_browser_that_sends_no_cookie_is_not_proven(door: Door) -> None:
    request = door.login(browser="mine")
    form = {"state": request["state"], "id_token": "token"}
    at_once = door.database.at_once
    assert not open_launch(at_once, form, browser=None, now=NOW).browser_proven


def test_a_browser_that_sends_its_cookie_is_proven(door: Door) -> None:
    request = door.login(browser="mine")
    form = {"state": request["state"], "id_token": "token"}
    at_once = door.database.at_once
    assert open_launch(at_once, form, browser="mine", now=NOW).browser_proven


@pytest.mark.parametrize(
    ("reason", "state"), [("state_missing", ""), ("state_unknown", "state-made-up")]
)
def test_a_launch_without_a_login_is_refused(door: Door, reason: str, state: str) -> None:
    with pytest.raises(LoginStateError) as caught:
        door.launch({"state": state, "id_token": signed(student_claims("n"))})
    assert caught.value.reason == reason


def test_a_login_older_than_ten_minutes_is_expired(door: Door) -> None:
    request = door.login()
    form = {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
    with pytest.raises(LoginStateError) as caught:
        door.launch(form, now=NOW + timedelta(minutes=10))
    assert caught.value.reason == "state_expired"


def test_an_error_from_the_platform_is_told(door: Door) -> None:
    with pytest.raises(PlatformRefusedError) as caught:
        door.launch({"state": "s", "error": "login_required"})
    assert caught.value.detail == "login_required"


def test_of_two_uses_of_one_state_exactly_one_succeeds(door_anywhere: Door) -> None:
    door = door_anywhere
    request = door.login()
    form = {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
    start = Barrier(4)

    def attempt(_number: int) -> str:
        start.wait()
        try:
            return door.launch(form).person.sub
        except LoginStateError as error:
            return error.reason

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["5", "state_used", "state_used", "state_used"]


# --- Deployments ----------------------------------------------------------------------------------


def test_an_unknown_deployment_waits_until_it_is_approved(door_anywhere: Door) -> None:
    door = door_anywhere
    with pytest.raises(DeploymentWaitingError) as caught:
        door.launch_with(student_claims, signed, deployment_id="d2")
    assert (caught.value.reason, caught.value.deployment_id) == ("deployment_waiting", "d2")
    with door.database.transaction() as session:
        row = deployment(session, door.platform.id, "d2")
        assert row is not None
        assert row.state is DeploymentState.WAITING
        approve_deployment(session, door.platform, "d2", now=NOW)
    assert door.launch_with(student_claims, signed, deployment_id="d2").deployment_id == row.id


def test_a_forged_launch_leaves_no_deployment_behind(door: Door) -> None:
    request = door.login()
    claims = student_claims(request["nonce"], deployment_id="d9")
    with pytest.raises(BadTokenError):
        door.launch({"state": request["state"], "id_token": signed(claims, key=OTHER_KEY)})
    with door.database.transaction() as session:
        assert deployment(session, door.platform.id, "d9") is None


# --- Roles mapped by the administrator ------------------------------------------------------------

STAFF = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"


def test_a_mapped_institution_role_makes_a_registrar(door: Door) -> None:
    with door.database.transaction() as session:
        base = door.platform.key_set_url.removesuffix("/jwks")
        made = add_platform(
            session, details(base, client_id="client-2", registrar_roles=(STAFF,)), now=NOW
        )
        approve_deployment(session, made, "d1", now=NOW)
    request = door.login(client_id="client-2")
    claims = student_claims(request["nonce"], aud="client-2", roles=[STAFF])
    launch = door.launch({"state": request["state"], "id_token": signed(claims)})
    assert launch.roles == {Role.REGISTRAR}


def test_an_unreachable_key_set_is_told_apart(door: Door, httpserver: HTTPServer) -> None:
    httpserver.clear()
    httpserver.expect_request("/jwks").respond_with_data("<html>", status=404)
    with pytest.raises(KeySetError) as caught:
        door.launch_with(student_claims, signed)
    assert caught.value.reason == "keys_unreachable"
