"""Launches of browsers that send no cookies: what opens a session then, and what never does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug.test import TestResponse

from lti_tool.catalogue import Catalogue
from lti_tool.settings import read_settings
from tests.lti.http_lms import HttpLms, http_lms, title_of
from tests.lti.platform_side import ADDRESS, public_jwk, signed, student_claims

FRAMED = {"Sec-Fetch-Dest": "iframe"}
OURS = {"Origin": ADDRESS.base_url}
STORAGE = {"lti_storage_target": "storage_frame"}
OPENED = 303
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
DATA = re.compile(r'data-([a-z]+)="([^"]*)"')


@pytest.fixture
def lms(
    sqlite_url: str,
    catalogue: Catalogue,
    httpserver: HTTPServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HttpLms]:
    """A platform whose keys can be fetched."""
    httpserver.expect_request("/jwks").respond_with_json({"keys": [public_jwk()]})
    settings = read_settings(
        {
            "LTI_TOOL_DATABASE_URL": sqlite_url,
            "LTI_TOOL_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        },
        default_base_url=ADDRESS.base_url,
    )
    base = httpserver.url_for("").rstrip("/")
    made = http_lms(replace(settings, allow_loopback_platforms=True), catalogue, base)
    yield made
    made.close()


@pytest.fixture
def browser(lms: HttpLms) -> FlaskClient:
    """A browser that blocks all cookies."""
    return lms.app.test_client(use_cookies=False)


def begun(lms: HttpLms, browser: FlaskClient, **changes: str | None) -> dict[str, str]:
    """A login in a frame; what its page tells the script."""
    answer = browser.post(
        "/lti/login",
        data=lms.initiation(**changes),
        headers=FRAMED,
        base_url=ADDRESS.base_url,
    )
    assert answer.status_code == 200
    return {name: unescape(value) for name, value in DATA.findall(answer.text)}


def form_for(onward: str, **changes: object) -> dict[str, str]:
    """What the platform posts after this authentication request."""
    query = parse_qs(urlsplit(onward).query)
    id_token = signed(student_claims(query["nonce"][0], **changes))
    return {"state": query["state"][0], "id_token": id_token}


def hidden(answer: TestResponse) -> dict[str, str]:
    """The fields that a page's form would send."""
    return {unescape(name): unescape(value) for name, value in HIDDEN.findall(answer.text)}


def asked(lms: HttpLms, browser: FlaskClient, form: Mapping[str, str]) -> TestResponse:
    """The launch's page after the platform's storage has not answered."""
    fields = hidden(lms.post(browser, form))
    return lms.post(browser, fields, headers=OURS)


def test_a_login_outside_a_frame_is_a_redirect(lms: HttpLms, browser: FlaskClient) -> None:
    assert lms.login(browser).status_code == 302


def test_a_framed_login_of_a_browser_known_to_keep_cookies_is_a_redirect(lms: HttpLms) -> None:
    browser = lms.browser()
    begun(lms, browser)
    answer = browser.post(
        "/lti/login", data=lms.initiation(), headers=FRAMED, base_url=ADDRESS.base_url
    )
    assert answer.status_code == 302


def test_the_cookies_are_partitioned_and_only_their_test_is_readable(
    lms: HttpLms, browser: FlaskClient
) -> None:
    answer = browser.post(
        "/lti/login", data=lms.initiation(), headers=FRAMED, base_url=ADDRESS.base_url
    )
    known, secret = answer.headers.getlist("Set-Cookie")
    for cookie in (known, secret):
        assert {"Secure", "SameSite=None", "Partitioned"} <= set(cookie.split("; "))
    assert known.startswith("lti-cookies=1;")
    assert "HttpOnly" not in known
    assert secret.startswith("__Host-lti-")
    assert "HttpOnly" in secret


def test_the_page_before_the_login_offers_a_window_that_begins_it_again(
    lms: HttpLms, browser: FlaskClient
) -> None:
    answer = browser.post(
        "/lti/login",
        data=lms.initiation(lti_message_hint="h&1", **STORAGE),
        headers=FRAMED,
        base_url=ADDRESS.base_url,
    )
    link = re.search(r'href="([^"]*)" target="_blank"', answer.text)
    assert link is not None
    parts = urlsplit(unescape(link[1]))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ADDRESS.base_url}/lti/login"
    again = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert again == lms.initiation(lti_message_hint="h&1")


def test_the_page_before_the_login_goes_on_by_itself_without_scripts(
    lms: HttpLms, browser: FlaskClient
) -> None:
    answer = browser.post(
        "/lti/login", data=lms.initiation(), headers=FRAMED, base_url=ADDRESS.base_url
    )
    assert '<noscript><meta http-equiv="refresh" content="0;url=https://lms.example.edu/auth?' in (
        answer.text
    )


def test_what_the_platform_calls_its_frame_cannot_break_the_page(
    lms: HttpLms, browser: FlaskClient
) -> None:
    told = begun(lms, browser, lti_storage_target='"><script>alert(1)</script>')
    assert told["target"] == '"><script>alert(1)</script>'


def test_messages_go_to_the_origin_of_the_authorisation_url_only(
    lms: HttpLms, browser: FlaskClient
) -> None:
    told = begun(lms, browser, **STORAGE)
    page = lms.post(browser, form_for(told["onward"]))
    assert told["origin"] == "https://lms.example.edu"
    assert 'data-origin="https://lms.example.edu"' in page.text
    assert f'data-key="{told["key"]}"' in page.text


def test_the_secret_from_the_platforms_storage_opens_the_session(
    lms: HttpLms, browser: FlaskClient
) -> None:
    told = begun(lms, browser, **STORAGE)
    fields = hidden(lms.post(browser, form_for(told["onward"]) | STORAGE))
    answer = lms.post(browser, fields | {"proof": told["value"]}, headers=OURS)
    assert answer.status_code == OPENED


def test_a_launch_proven_by_storage_works_once(lms: HttpLms, browser: FlaskClient) -> None:
    told = begun(lms, browser, **STORAGE)
    fields = form_for(told["onward"]) | {"proof": told["value"]}
    assert lms.post(browser, fields, headers=OURS).status_code == OPENED
    assert "state_used" in lms.post(browser, fields, headers=OURS).text


def test_another_logins_secret_is_refused(lms: HttpLms, browser: FlaskClient) -> None:
    told, other = begun(lms, browser, **STORAGE), begun(lms, browser, **STORAGE)
    fields = form_for(told["onward"]) | {"proof": other["value"]}
    assert "browser_changed" in lms.post(browser, fields, headers=OURS).text


@pytest.mark.parametrize(
    "origin", [None, "null", "https://lms.example.edu", "https://evil.example"]
)
def test_a_secret_that_another_site_posts_is_refused(
    lms: HttpLms, browser: FlaskClient, origin: str | None
) -> None:
    told = begun(lms, browser, **STORAGE)
    fields = form_for(told["onward"]) | {"proof": told["value"]}
    answer = lms.post(browser, fields, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 400
    assert "browser_unproven" in answer.text


def test_a_browser_without_any_proof_is_asked_who_it_is_and_gets_no_session(
    lms: HttpLms, browser: FlaskClient
) -> None:
    told = begun(lms, browser)
    page = asked(lms, browser, form_for(told["onward"], name="王雨欣"))
    assert page.status_code == 200
    assert title_of(page) == "这是您本人吗？"
    assert "<dd>王雨欣</dd>" in page.text
    assert "<dd>某职业学院 Moodle</dd>" in page.text


def test_a_person_who_agrees_enters_once(lms: HttpLms, browser: FlaskClient) -> None:
    told = begun(lms, browser)
    fields = hidden(asked(lms, browser, form_for(told["onward"])))
    assert lms.post(browser, fields, headers=OURS).status_code == OPENED
    assert "state_used" in lms.post(browser, fields, headers=OURS).text


def test_nobody_can_agree_for_another_site_or_another_launch(
    lms: HttpLms, browser: FlaskClient
) -> None:
    mine = hidden(asked(lms, browser, form_for(begun(lms, browser)["onward"])))
    theirs = form_for(begun(lms, browser)["onward"])
    from_elsewhere = lms.post(browser, mine, headers={"Origin": "https://evil.example"})
    for_another = lms.post(browser, theirs | {"agreed": mine["agreed"]}, headers=OURS)
    made_up = lms.post(browser, theirs | {"agreed": "yes"}, headers=OURS)
    for answer in (from_elsewhere, for_another, made_up):
        assert answer.status_code == 400
        assert "browser_unproven" in answer.text


def test_a_bad_token_is_refused_before_anybody_is_asked(lms: HttpLms, browser: FlaskClient) -> None:
    told = begun(lms, browser)
    form = form_for(told["onward"]) | {"id_token": signed(student_claims("another nonce"))}
    assert "token_nonce" in lms.post(browser, form).text
