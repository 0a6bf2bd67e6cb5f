"""The platform's side of OpenID third-party-initiated login: authorise, answer, publish the key.

Source: 1EdTech Security Framework 1.0 section 5.1. Not here: what a launch says (``launching``).
"""

import json
import re
from collections.abc import Mapping
from functools import partial

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.sandbox.launching import id_token, storage_target
from lti_tool.sandbox.manners import LoginProblem
from lti_tool.sandbox.state import PendingLaunch, Platform


class LoginRefused(Exception):
    """The authorisation request is refused for ``problem``."""

    def __init__(self, problem: LoginProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the authorisation endpoint and the key set of ``platform``."""
    paths = platform.manner.paths
    authorised = partial(authorise, platform)
    blueprint.add_url_rule(paths.authorise, "authorise", authorised, methods=["GET", "POST"])
    blueprint.add_url_rule(paths.key_set, "key_set", partial(key_set, platform))


def key_set(platform: Platform) -> Response:
    """The platform's JSON Web Key Set."""
    return Response(json.dumps(platform.key.public_set()), content_type="application/json")


def authorise(platform: Platform) -> Response:
    """Answer an authorisation request with a form that posts id_token and state to the tool."""
    given = request.values
    try:
        token = _token(platform, given)
    except LoginRefused as refused:
        return _refused(platform, refused.problem, given)
    fields = {"id_token": token, **_state(platform, given), **storage_target(platform)}
    return _posted(given["redirect_uri"], fields)


def _token(platform: Platform, given: Mapping[str, str]) -> str:
    _check_request(platform, given)
    pending = platform.launches.take(given.get("lti_message_hint", ""))
    if pending is None:
        raise LoginRefused(LoginProblem.HINT)
    _check_person(pending, given)
    person = platform.person(pending.user_id)
    if person is None:
        raise LoginRefused(LoginProblem.PERSON)
    return id_token(platform.at(pending.course_id) or platform, pending, person, given["nonce"])


def _check_request(platform: Platform, given: Mapping[str, str]) -> None:
    required = platform.manner.login.required
    wrong = {
        LoginProblem.REDIRECT_URI: given.get("redirect_uri") != platform.addresses.tool_launch,
        LoginProblem.CLIENT: given.get("client_id") != platform.addresses.client_id,
        LoginProblem.MISSING: not all(given.get(name) for name in required),
        LoginProblem.SCOPE: given.get("scope") != "openid",
        LoginProblem.RESPONSE_TYPE: given.get("response_type") != "id_token",
        LoginProblem.RESPONSE_MODE: given.get("response_mode") != "form_post",
        LoginProblem.PROMPT: given.get("prompt", "none") != "none",
    }
    for problem, is_wrong in wrong.items():
        if is_wrong:
            raise LoginRefused(problem)


def _check_person(pending: PendingLaunch, given: Mapping[str, str]) -> None:
    """The hint names who started the launch; nobody else is logged in here."""
    if given.get("login_hint") != pending.user_id:
        raise LoginRefused(LoginProblem.PERSON)


def _refused(platform: Platform, problem: LoginProblem, given: Mapping[str, str]) -> Response:
    refusal = platform.manner.login.refusals[problem]
    if refusal.error is None:
        page = render_template("refused.html", product=platform.manner.product, problem=problem)
        return make_response(page, refusal.status)
    fields = {"error": refusal.error}
    if refusal.description:
        fields["error_description"] = refusal.description
    return _posted(given["redirect_uri"], {**fields, **_state(platform, given)})


def _state(platform: Platform, given: Mapping[str, str]) -> dict[str, str]:
    state = given.get("state", "")
    return {"state": re.sub(r"<[^>]*>", "", state) if platform.manner.login.strips_state else state}


def _posted(url: str, fields: Mapping[str, str]) -> Response:
    page = render_template("post.html", url=url, method="post", fields=fields)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
