"""The login and launch addresses of the real application, for anything to be thrown at.

Shared by the short property tests and the long coverage-guided run. Keys are handed out without a
network. Not here: what is thrown.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.catalogue import Catalogue
from lti_tool.lti.http import HttpAnswer, PlatformHttp
from lti_tool.persistence.database import upgrade
from lti_tool.settings import read_settings
from tests.lti.http_lms import HttpLms, http_lms
from tests.lti.platform_side import ADDRESS, public_jwk, signed

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
KEY_SET = json.dumps({"keys": [public_jwk()]}).encode()
ClaimsOf = Callable[[str], Mapping[str, Any]]


class _KeysAtHand(PlatformHttp):
    """Answers every GET with the platform's key set."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        return HttpAnswer(url, 200, {}, KEY_SET)


class Doors:
    """Throws things at the two addresses; whatever is answered must be no failure of ours."""

    def __init__(self, lms: HttpLms) -> None:
        self.lms = lms
        self.browser: FlaskClient = lms.app.test_client(use_cookies=False)

    def login(self, parameters: Mapping[str, str]) -> TestResponse:
        """A login initiation with these parameters in place of, or beside, the good ones."""
        fields = {**self.lms.initiation(), **parameters}
        return _held(self._post("/lti/login", fields))

    def body(self, path: str, body: bytes, content_type: str) -> TestResponse:
        """Any body at all, said to be of any type."""
        answer = self.browser.post(
            path, data=body, content_type=content_type, base_url=ADDRESS.base_url
        )
        return _held(answer)

    def id_token(self, id_token: str) -> TestResponse:
        """A launch of a good login with this as its token."""
        return self._launched(lambda _nonce: id_token)

    def claims(self, claims_of: ClaimsOf) -> TestResponse:
        """A launch with well-signed claims, made from the login's nonce."""
        return self._launched(lambda nonce: signed(claims_of(nonce)))

    def form(self, fields: Mapping[str, str]) -> TestResponse:
        """A launch form without a login before it."""
        return _held(self._post("/lti/launch", fields))

    def _launched(self, id_token_for: Callable[[str], str]) -> TestResponse:
        """In a browser that keeps the login's cookie, so that a good launch goes all the way."""
        browser = self.lms.browser()
        request = self.lms.request(browser)
        form = {"state": request["state"], "id_token": id_token_for(request["nonce"])}
        return _held(self.lms.post(browser, form))

    def _post(self, path: str, fields: Mapping[str, str]) -> TestResponse:
        return self.browser.post(path, data=MultiDict(fields), base_url=ADDRESS.base_url)


def _held(answer: TestResponse) -> TestResponse:
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    return answer


@contextmanager
def open_doors(catalogue: Catalogue, template: Path | None = None) -> Iterator[Doors]:
    """The application over a database of its own; ``template`` saves migrating it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database.sqlite3"
        if template is None:
            upgrade(f"sqlite:///{path}", MIGRATIONS)
        else:
            shutil.copyfile(template, path)
        environment = {"LTI_TOOL_DATABASE_URL": f"sqlite:///{path}", "LTI_TOOL_DATA_DIR": folder}
        settings = read_settings(environment, default_base_url=ADDRESS.base_url)
        http = _KeysAtHand(allow_loopback=True)
        lms = http_lms(
            replace(settings, allow_loopback_platforms=True),
            catalogue,
            "https://keys.example",
            http,
        )
        yield Doors(lms)
        lms.close()
