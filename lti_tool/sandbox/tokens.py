"""The token endpoint: access tokens for a tool that signs an assertion with its own key.

Source: 1EdTech Security Framework 1.0 section 4.1 (OAuth 2 client credentials with
``private_key_jwt``). Not here: the use of tokens (``gate``).
"""

import json
import math
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request

from lti_tool.sandbox.keys import KeyProblem, verified
from lti_tool.sandbox.state import TOKEN_SECONDS, Platform

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenRefused(Exception):
    """No token. ``problem`` names the entry of the manner's refusals."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the token endpoint of ``platform``."""
    view = partial(give_token, platform)
    blueprint.add_url_rule(platform.manner.paths.oauth, "token", view, methods=["POST"])


def give_token(platform: Platform) -> Response:
    """An access token for the scopes asked for, or the platform's way to say no."""
    rules = platform.manner.tokens
    try:
        granted = _granted(platform)
    except TokenRefused as refused:
        status, body = rules.refusals[refused.problem]
        return Response(body, status=status, content_type=rules.content_type)
    answer = {
        "access_token": platform.tokens.issue(frozenset(granted)),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(granted),
    }
    return Response(json.dumps(answer), content_type=rules.content_type)


def _granted(platform: Platform) -> list[str]:
    form = request.form
    assertion, scope = form.get("client_assertion", ""), form.get("scope", "")
    if (
        form.get("grant_type") != "client_credentials"
        or form.get("client_assertion_type") != ASSERTION_TYPE
        or not assertion
        or not scope
    ):
        raise TokenRefused("request")
    _check_assertion(platform, _claims(platform, assertion))
    asked = scope.split()
    granted = [name for name in asked if name in platform.manner.tokens.scopes]
    if not granted or (
        len(granted) < len(asked) and not platform.manner.tokens.drops_unknown_scopes
    ):
        raise TokenRefused("scope")
    return granted


def _claims(platform: Platform, assertion: str) -> Mapping[str, Any]:
    try:
        return verified(assertion, platform.addresses.tool_key_set)
    except KeyProblem as problem:
        raise TokenRefused(problem.problem) from problem


def _check_assertion(platform: Platform, claims: Mapping[str, Any]) -> None:
    client_id = platform.addresses.client_id
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise TokenRefused("client")
    audience = claims.get("aud")
    if platform.addresses.token not in (audience if isinstance(audience, list) else [audience]):
        raise TokenRefused("claims")
    _check_times(platform, claims)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise TokenRefused("claims")
    if platform.manner.tokens.single_use_jti and not platform.assertions.put_new(jti, True):
        raise TokenRefused("claims")


def _check_times(platform: Platform, claims: Mapping[str, Any]) -> None:
    rules = platform.manner.tokens
    now = platform.now().timestamp()
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if expires <= now:
        raise TokenRefused("expired")
    if math.floor(issued) > now + rules.leeway:
        raise TokenRefused("early")
    if rules.oldest is not None and issued < now - rules.oldest:
        raise TokenRefused("old")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("claims")
    return float(value)
