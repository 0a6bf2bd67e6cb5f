"""Whether an id_token is genuine, meant for us and of now (LTI security framework 1.0, section
5.1.3; OpenID Connect core, section 3.1.3.7).

PyLTI1p3 leaves ``exp`` and ``iat`` optional, looks at the first audience only and gives no
leeway; PyJWT checks the signature, the rest is checked here against the caller's clock.
Not here: what the claims say about the person and the course (``launch``).
"""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

from lti_tool.persistence.login_states import digest
from lti_tool.persistence.platforms import Platform

from .errors import BadTokenError

MOST_CHARACTERS = 100_000
"""Moodle's are about 6000 characters long."""
LEEWAY = timedelta(seconds=10)
OLDEST = timedelta(minutes=10)
"""A token issued longer ago cannot belong to a login still under way."""

SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""PyJWT is to check the signature alone: its clock is not ours, its audience rule too lax."""

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
    header = _header(id_token)
    if header.get("alg") != "RS256":
        raise BadTokenError("token_algorithm")
    if "crit" in header:
        raise BadTokenError("token_critical")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadTokenError("token_no_kid")
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token, key(kid), algorithms=["RS256"], options=SIGNATURE_ONLY
        )
    except jwt.InvalidSignatureError as error:
        raise BadTokenError("token_signature") from error
    except (jwt.InvalidTokenError, UnicodeError, RecursionError) as error:
        raise BadTokenError("token_malformed") from error
    return claims


def _header(id_token: str) -> dict[str, Any]:
    """The first part alone: PyJWT would read the whole token for it, and then again."""
    if id_token.count(".") != 2:
        raise BadTokenError("token_malformed")
    first = id_token.partition(".")[0].encode(errors="replace")
    try:
        header = json.loads(base64.urlsafe_b64decode(first + b"=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadTokenError("token_malformed") from error
    if not isinstance(header, dict):
        raise BadTokenError("token_malformed")
    return header


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
