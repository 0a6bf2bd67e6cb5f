"""Every case of the table, over the real routes: what is expected happens, and nothing else."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.lti.cases import CASES, Case
from tests.lti.http_lms import HttpLms, is_plain_page
from tests.lti.platform_side import ADDRESS


def test_the_table_has_every_case_once() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 107


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_a_case_is_answered_as_expected(lms: HttpLms, case: Case) -> None:
    answer = outcome(lms, case)
    assert answer.status_code == case.status, answer.text
    if case.status == 303:
        assert answer.headers["Location"].startswith("/s/")
        return
    assert "Location" not in answer.headers
    assert is_plain_page(answer)
    assert case.reason in answer.text


def outcome(lms: HttpLms, case: Case) -> TestResponse:
    """The answer to the login if that is refused, otherwise to the last launch."""
    browser = lms.browser()
    login = lms.login(browser, **case.login)
    if login.status_code != 302:
        return login
    sent = lms.sent(login)
    token = case.token(case.claims(sent["nonce"], **case.changes))
    form = {"state": sent["state"], "id_token": token, **case.form}
    answer = login
    for _ in range(case.times):
        answer = lms.post(
            other_browser(lms, browser) if case.other_browser else browser,
            {name: value for name, value in form.items() if value is not None},
        )
    return answer


def other_browser(lms: HttpLms, browser: FlaskClient) -> FlaskClient:
    """One that had a login of its own, and gives its cookie for this one's."""
    made = lms.browser()
    lms.request(made)
    mine = browser._cookies or {}
    theirs = next(iter((made._cookies or {}).values()))
    for cookie in mine.values():
        made.set_cookie(cookie.key, theirs.value, domain="tool.example.edu", secure=True, path="/")
    assert ADDRESS.base_url.endswith("tool.example.edu")
    return made
