"""A launch and the browser that began it, without a web framework in between."""

import pytest

from lti_tool.lti.errors import LoginStateError
from lti_tool.lti.launch import Arrival, admit_launch, note_launch, open_launch, verify_launch
from tests.lti.conftest import Door
from tests.lti.platform_side import NOW, signed, student_claims


def form_of(door: Door) -> dict[str, str]:
    """A good launch of a login that left a secret with its browser."""
    request = door.login(browser="mine")
    return {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}


def opened(door: Door, form: dict[str, str], *, confirmed: bool = False) -> Arrival:
    """The launch of a browser that brings nothing."""
    at_once = door.database.at_once
    return open_launch(at_once, form, browser=None, confirmed=confirmed, now=NOW)


def test_an_unproven_launch_is_never_admitted(door: Door) -> None:
    verified = verify_launch(opened(door, form_of(door)), key_sets=door.key_sets, now=NOW)
    with door.database.transaction() as session:
        deployment = note_launch(session, verified, now=NOW)
    with pytest.raises(LoginStateError) as caught:
        admit_launch(verified, deployment)
    assert caught.value.reason == "browser_unproven"


def test_an_unproven_launch_leaves_the_login_to_its_own_browser(door: Door) -> None:
    form = form_of(door)
    assert not opened(door, form).browser_proven
    assert door.launch(form, browser="mine").person.sub == "5"


def test_a_confirmed_launch_uses_the_login_up(door: Door) -> None:
    form = form_of(door)
    assert opened(door, form, confirmed=True).browser_proven
    with pytest.raises(LoginStateError) as caught:
        opened(door, form, confirmed=True)
    assert caught.value.reason == "state_used"


def test_confirming_does_not_make_up_for_another_browsers_secret(door: Door) -> None:
    form = form_of(door)
    at_once = door.database.at_once
    with pytest.raises(LoginStateError) as caught:
        open_launch(at_once, form, browser="yours", confirmed=True, now=NOW)
    assert caught.value.reason == "browser_changed"


def test_a_login_that_bound_no_browser_asks_for_no_proof(door: Door) -> None:
    request = door.login(browser=None)
    form = {"state": request["state"], "id_token": signed(student_claims(request["nonce"]))}
    assert door.launch(form, browser=None).person.sub == "5"
