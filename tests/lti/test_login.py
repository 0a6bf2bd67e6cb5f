"""Login initiations: where the browser is sent, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.lti.errors import BadLoginError, UnknownPlatformError
from lti_tool.lti.login import begin_login
from lti_tool.persistence.login_states import digest, login_state
from lti_tool.persistence.platforms import add_platform
from tests.lti.conftest import Door
from tests.lti.platform_side import ADDRESS, NOW, details


def test_the_browser_is_sent_to_the_platform_with_an_oidc_request(door: Door) -> None:
    request = door.login(lti_message_hint='{"cmid":2}')
    assert request == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": "https://tool.example.edu/lti/launch",
        "state": request["state"],
        "nonce": request["nonce"],
        "login_hint": "5",
        "lti_message_hint": '{"cmid":2}',
    }


def test_no_message_hint_is_sent_where_none_came(door: Door) -> None:
    assert "lti_message_hint" not in door.login()


def test_state_and_nonce_differ_and_are_stored_as_hashes(door: Door) -> None:
    request = door.login()
    with door.database.transaction() as session:
        kept = login_state(session, digest(request["state"]))
    assert kept is not None
    assert request["state"].removeprefix("state-") != request["nonce"]
    assert kept.nonce_hash == digest(request["nonce"])
    assert kept.browser_hash == digest("browser")
    assert kept.platform_id == door.platform.id
    assert kept.target_link_uri == ADDRESS.launch_url
    assert kept.expires_at - kept.created_at == timedelta(minutes=10)


def test_an_authorisation_url_keeps_its_own_query(door: Door) -> None:
    url = "https://lms.example.edu/auth?tenant=1&x="
    with door.database.transaction() as session:
        add_platform(
            session, details("https://x.example", client_id="c2", auth_login_url=url), now=NOW
        )
    redirect = begin_login(
        door.database.at_once,
        {
            "iss": door.platform.issuer,
            "client_id": "c2",
            "login_hint": "a b&c",
            "target_link_uri": ADDRESS.launch_url,
        },
        address=ADDRESS,
        now=NOW,
        token=door.token,
    )
    assert redirect.url.startswith(url + "&scope=openid&")
    query = parse_qs(urlsplit(redirect.url).query, keep_blank_values=True)
    assert query["tenant"] == ["1"]
    assert query["login_hint"] == ["a b&c"]
    assert query["state"] == [redirect.state]


def test_one_registration_at_an_issuer_needs_no_client_id(door: Door) -> None:
    assert door.login(client_id="")["client_id"] == "client-1"


def test_several_registrations_at_an_issuer_need_a_client_id(door: Door) -> None:
    with door.database.transaction() as session:
        add_platform(session, details("https://x.example", client_id="client-2"), now=NOW)
    with pytest.raises(UnknownPlatformError) as caught:
        door.login(client_id="")
    assert caught.value.reason == "platform_ambiguous"
    assert door.login(client_id="client-2")["client_id"] == "client-2"


@pytest.mark.parametrize("changes", [{"iss": "https://other.example"}, {"client_id": "client-9"}])
def test_an_unknown_platform_is_refused(door: Door, changes: dict[str, str]) -> None:
    with pytest.raises(UnknownPlatformError) as caught:
        door.login(**changes)
    assert caught.value.reason == "platform_unknown"


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", ["", "a\x00b", "x" * 5000])
def test_a_missing_or_unusable_parameter_is_named(door: Door, name: str, value: str) -> None:
    with pytest.raises(BadLoginError) as caught:
        door.login(**{name: value})
    assert (caught.value.reason, caught.value.detail) == ("login_parameter_missing", name)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/lti/launch",
        "http://tool.example.edu/lti/launch",
        "https://tool.example.edu:8443/lti/launch",
        "https://tool.example.edu@evil.example/lti/launch",
        "https://tool.example.edu.evil.example/lti/launch",
        "https://tool.example.edu/lti/launch/../../admin",
        "https://tool.example.edu/elsewhere",
        "https://tool.example.edu/lti/launch#fragment",
        "https://tool.example.edu:bad/lti/launch",
        "/lti/launch",
        "javascript:alert(1)",
        "https://tool.example.edu/lti/launch?" + "x" * 2000,
    ],
)
def test_a_target_that_is_not_ours_is_refused(door: Door, target: str) -> None:
    with pytest.raises(BadLoginError) as caught:
        door.login(target_link_uri=target)
    assert caught.value.reason == "target_not_ours"


@pytest.mark.parametrize(
    "target",
    [
        "https://tool.example.edu/lti/launch?assessment=a-7",
        "https://TOOL.example.edu:443/lti/launch",
    ],
)
def test_our_launch_url_is_a_target_with_any_query(door: Door, target: str) -> None:
    assert door.login(target_link_uri=target)["state"]


def test_a_base_url_may_have_a_path() -> None:
    address = replace(ADDRESS, base_url="https://tool.example.edu/dabiao/")
    assert address.launch_url == "https://tool.example.edu/dabiao/lti/launch"
    assert address.owns("https://tool.example.edu/dabiao/lti/launch?x=1")
    assert not address.owns("https://tool.example.edu/lti/launch")


def test_logins_of_yesterday_are_swept_now_and_then(door: Door) -> None:
    old = door.login()["state"]
    parameters = {
        "iss": door.platform.issuer,
        "login_hint": "5",
        "target_link_uri": ADDRESS.launch_url,
    }
    sweeping = next(each for each in map(str, count()) if digest(each).startswith("00"))
    begin_login(
        door.database.at_once,
        parameters,
        address=ADDRESS,
        now=NOW + timedelta(days=2),
        token=lambda: sweeping,
    )
    with door.database.reading() as session:
        assert login_state(session, digest(old)) is None
