"""The token of a launch and the state of its login: forged, changed, replayed, strayed."""

import base64
import json
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from lti_tool.lti.errors import (
    BadTokenError,
    KeySetError,
    LoginStateError,
    PlatformRefusedError,
)
from lti_tool.lti.launch import open_launch
from lti_tool.persistence.platforms import (
    add_platform,
)
from tests.lti.conftest import Door
from tests.lti.platform_side import (
    KEY,
    MEMBERSHIP,
    NOW,
    OTHER_KEY,
    details,
    signed,
    student_claims,
)

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
