"""Dynamic registration: the administrator pastes the tool's address, the tool registers itself.

Source: Dynamic Registration 1.0. The tool is pending until the administrator activates it; from
then on it is the tool that launches open, under its new client id. Not here: what each platform
says (``registration_rules``).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.sandbox.pages import View, base, known, page
from lti_tool.sandbox.people import Role
from lti_tool.sandbox.registration_rules import TOOL
from lti_tool.sandbox.state import Platform
from lti_tool.sandbox.tickets import Tickets
from lti_tool.sandbox.words import here, language, word

TOKEN_SECONDS: Final = 3600
_JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True)
class RegisteredTool:
    """A tool that registered itself."""

    client_id: str
    name: str
    active: bool = False


class RegistrationRefused(Exception):
    """The platform says no. ``problem`` names the entry of the manner's refusals."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Desk:
    """Where one platform registers tools: its tokens, and the newest tool. Thread-safe."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.tool: RegisteredTool | None = None
        self._lock = Lock()
        self._tokens = Tickets[bool](
            seconds=TOKEN_SECONDS, clock=lambda: platform.now().timestamp()
        )
        self._used: set[str] = set()

    def token(self) -> str:
        """A token for one registration."""
        return self._tokens.issue(True)

    def check(self, token: str) -> None:
        """Raises RegistrationRefused unless the token is ours and in its time."""
        if self._tokens.read(token) is None:
            raise RegistrationRefused("unknown")

    def register(self, token: str, asked: Mapping[str, Any]) -> RegisteredTool:
        """Keep a tool, pending. Raises RegistrationRefused; only success uses the token up."""
        with self._lock:
            if token in self._used:
                raise RegistrationRefused("used")
            self.check(token)
            self._check(asked)
            self._used.add(token)
            self.tool = RegisteredTool(secrets.token_hex(8), str(asked["client_name"]))
            return self.tool

    def _check(self, asked: Mapping[str, Any]) -> None:
        """The sandbox's links lead to one tool, so another may not register."""
        ours = self.platform.addresses
        right = (
            asked.get("jwks_uri") == ours.tool_key_set,
            asked.get("initiate_login_uri") == ours.tool_login,
            ours.tool_launch in asked.get("redirect_uris", ()),
            asked.get("token_endpoint_auth_method") == "private_key_jwt",
            isinstance(asked.get(TOOL), dict),
            bool(asked.get("client_name")),
        )
        if not all(right):
            raise RegistrationRefused("bad")

    def activate(self) -> None:
        """From now on launches open this tool. Nothing happens if none waits."""
        with self._lock:
            if self.tool is not None:
                self.tool = replace(self.tool, active=True)
                for each in self.platform.courses:
                    each.addresses = replace(each.addresses, registered_id=self.tool.client_id)


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve registration for ``platform``, and the administrator's pages for it."""
    desk, rules = Desk(platform), platform.manner.registration
    routes: tuple[tuple[str, str, View, str], ...] = (
        ("GET", "configuration", configuration, rules.configuration_path),
        ("POST", "register", register, rules.registration_path),
        ("GET", "tools", tools_page, "/as/<user_id>/tools"),
        ("POST", "add_tool", registering_page, "/as/<user_id>/tools"),
        ("POST", "activate", activate, "/as/<user_id>/tools/activate"),
    )
    for method, endpoint, view, rule in routes:
        blueprint.add_url_rule(rule, endpoint, partial(view, desk), methods=[method])


def configuration(desk: Desk) -> Response:
    """The platform's OpenID configuration."""
    rules = desk.platform.manner.registration
    try:
        if rules.guarded:
            desk.check(_bearer())
    except RegistrationRefused as refused:
        return _refused(desk, refused)
    told = rules.configuration(desk.platform.addresses, word("school"))
    return Response(json.dumps(told), content_type=_JSON)


def register(desk: Desk) -> Response:
    """Register the tool that asks."""
    asked = request.get_json(silent=True)
    try:
        if not isinstance(asked, dict):
            raise RegistrationRefused("bad")
        made = desk.register(_bearer(), asked)
    except RegistrationRefused as refused:
        return _refused(desk, refused)
    answer = desk.platform.manner.registration.answer(asked, made.client_id)
    return Response(json.dumps(answer), content_type=_JSON)


def tools_page(desk: Desk, user_id: str) -> str:
    """The tool that registered itself, and a form for the address of another."""
    person = known(desk.platform, user_id, Role.REGISTRAR)
    return page("tools.html", desk.platform, person, tool=desk.tool)


def registering_page(desk: Desk, user_id: str) -> str:
    """The tool's registration page in a frame, which closes when the tool says so."""
    person = known(desk.platform, user_id, Role.REGISTRAR)
    url = request.form.get("url", "").strip()
    if not url.startswith(desk.platform.addresses.settings.tool_base_url + "/"):
        abort(400)
    rules = desk.platform.manner.registration
    query = {
        "openid_configuration": desk.platform.addresses.issuer + rules.configuration_path,
        "registration_token": desk.token(),
    }
    source = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
    return page("registering.html", desk.platform, person, source=source, language=language())


def activate(desk: Desk, user_id: str) -> BaseResponse:
    """Switch the tool on that waits."""
    person = known(desk.platform, user_id, Role.REGISTRAR)
    desk.activate()
    return redirect(here(f"{base(desk.platform, person)}/tools"), code=303)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _refused(desk: Desk, refused: RegistrationRefused) -> Response:
    status, body, content_type = desk.platform.manner.registration.refusals[refused.problem]
    return Response(body, status=status, content_type=content_type)
