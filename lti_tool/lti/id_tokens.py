"""Whether an id_token is genuine, meant for us and of now (LTI security framework 1.0, section
5.1.3; OpenID Connect core, section 3.1.3.7).

PyLTI1p3 leaves ``exp`` and ``iat`` optional, looks at the first audience only and gives no
leeway; PyJWT checks the signature, the rest is checked here against the caller's clock. Here the
token is taken apart, too: PyJWT 2.15 looks at every character by itself, which takes longer than
the signature.
Not here: what the claims say about the person and the course (``launch``).
"""

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from lti_tool.persistence.login_states import digest
from lti_tool.persistence.platforms import Platform

from .errors import BadTokenError

MOST_CHARACTERS = 100_000
"""Moodle's are about 6000 characters long."""
LEEWAY = timedelta(seconds=10)
OLDEST = timedelta(minutes=10)
"""A token issued longer ago cannot belong to a login still under way."""

RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
SEGMENT = re.compile(rb"([A-Za-z0-9_-]*)(={0,2})")
"""Base64url as some issuers write it, with padding (RFC 7515, section 2, wants none)."""

KeyOf = Callable[[str], RSAPublicKey]


def verified_claims(
    id_token: str, platform: Platform, *, key: KeyOf, nonce_hash: str, now: datetime
) -> dict[str, Any]:
    """The claims of a genuine token. ``key`` finds the platform's public key of a kid.

    Raises BadTokenError, and what ``key`` raises.
    """
    claims = genuine_claims(id_token, platform, key=key, oldest=OLDEST, now=now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(_digest(nonce), nonce_hash):
        raise BadTokenError("token_nonce")
    return claims


def genuine_claims(
    token: str, platform: Platform, *, key: KeyOf, oldest: timedelta, now: datetime
) -> dict[str, Any]:
    """The claims of a token that belongs to no login: all of the above but the nonce.

    ``oldest``: how long ago it may have been issued. Raises as ``verified_claims`` does.
    """
    if len(token) > MOST_CHARACTERS:
        raise BadTokenError("token_too_large")
    claims = _signed_claims(token, key)
    if claims.get("iss") != platform.issuer:
        raise BadTokenError("token_issuer")
    _check_audience(claims, platform.client_id)
    _check_times(claims, now, oldest)
    return claims


def _signed_claims(id_token: str, key: KeyOf) -> dict[str, Any]:
    signed, first, second, third = _parts(id_token)
    header = _object(_decoded(first))
    if header.get("alg") != "RS256":
        raise BadTokenError("token_algorithm")
    if "crit" in header:
        raise BadTokenError("token_critical")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadTokenError("token_no_kid")
    if header.get("b64", True) is not True:
        raise BadTokenError("token_malformed", "b64")
    payload, signature = _decoded(second), _decoded(third)
    if not RS256.verify(signed, key(kid), signature):
        raise BadTokenError("token_signature")
    return _object(payload)


def _parts(id_token: str) -> tuple[bytes, bytes, bytes, bytes]:
    """What is signed, and the three segments: header, payload, signature."""
    try:
        first, second, third = id_token.encode("ascii").split(b".")
    except ValueError as error:
        raise BadTokenError("token_malformed") from error
    return first + b"." + second, first, second, third


def _decoded(segment: bytes) -> bytes:
    """The bytes of a segment in base64url. One value has one spelling, else a signature that was
    seen could be sent again as another."""
    found = SEGMENT.fullmatch(segment)
    if found is None or (found[2] and len(segment) % 4):
        raise BadTokenError("token_malformed")
    try:
        decoded = base64.urlsafe_b64decode(found[1] + b"=" * (-len(found[1]) % 4))
    except ValueError as error:
        raise BadTokenError("token_malformed") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != found[1]:
        raise BadTokenError("token_malformed")
    return decoded


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTokenError("token_malformed") from error
    if not isinstance(found, dict):
        raise BadTokenError("token_malformed")
    return found


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    """Our client id is an audience; among several it must also be the authorised party."""
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or client_id not in audiences:
        raise BadTokenError("token_audience")
    if not all(isinstance(each, str) for each in audiences):
        raise BadTokenError("token_audience")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        raise BadTokenError("token_audience", "azp")


def _check_times(claims: dict[str, Any], now: datetime, oldest: timedelta) -> None:
    moment = now.timestamp()
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    leeway = LEEWAY.total_seconds()
    if moment >= expires + leeway:
        raise BadTokenError("token_expired")
    if issued > moment + leeway:
        raise BadTokenError("token_from_future")
    if claims.get("nbf") is not None and _seconds(claims, "nbf") > moment + leeway:
        raise BadTokenError("token_from_future", "nbf")
    if expires <= issued:
        raise BadTokenError("token_expired", "exp before iat")
    if issued < moment - oldest.total_seconds():
        raise BadTokenError("token_too_old")


def _seconds(claims: dict[str, Any], name: str) -> float:
    """A NumericDate. Comparisons with NaN are all false, so it is refused here."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadTokenError("token_malformed", name)
    if not abs(value) < 1e11:
        raise BadTokenError("token_malformed", name)
    return float(value)


def _digest(nonce: str) -> str:
    try:
        return digest(nonce)
    except UnicodeEncodeError as error:
        raise BadTokenError("token_nonce") from error
