"""The platform's side of launches for these tests: a key, claims, signed tokens.

Deliberately not the sandbox: it also makes what no platform should send.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from lti_tool.lti.urls import ToolAddress
from lti_tool.persistence.platforms import Platform, PlatformDetails

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ADDRESS = ToolAddress("https://tool.example.edu")
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
AGS_SCOPES = [
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
]

KEY = generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = generate_private_key(public_exponent=65537, key_size=2048)
KID = "platform-key-1"


def details(base: str, **changes: Any) -> PlatformDetails:
    """A platform whose every URL is below ``base``."""
    values: dict[str, Any] = {
        "name": "某职业学院 Moodle",
        "issuer": "https://lms.example.edu",
        "client_id": "client-1",
        "auth_login_url": "https://lms.example.edu/auth",
        "auth_token_url": f"{base}/token",
        "key_set_url": f"{base}/jwks",
    }
    return PlatformDetails(**{**values, **changes})


def public_jwk(key: RSAPrivateKey = KEY, kid: str = KID) -> dict[str, Any]:
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}


def signed(
    claims: object,
    *,
    key: Any = KEY,
    kid: str | None = KID,
    algorithm: str = "RS256",
    header: Mapping[str, Any] | None = None,
) -> str:
    """A token of any JSON value: PyJWT's own ``encode`` would refuse bad claims."""
    headers = {**({} if kid is None else {"kid": kid}), **(header or {})}
    body = json.dumps(claims).encode()
    return jwt.PyJWS().encode(body, key, algorithm=algorithm, headers=headers)


def student_claims(nonce: str, /, **changes: Any) -> dict[str, Any]:
    """A complete launch of a student; ``changes`` by short name, None takes a claim out."""
    claims: dict[str, Any] = {
        "iss": "https://lms.example.edu",
        "aud": "client-1",
        "sub": "5",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        "nonce": nonce,
        "name": "李 小龙",
        "given_name": "小龙",
        "family_name": "李",
        "email": "lixl@example.edu",
        LTI + "version": "1.3.0",
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "deployment_id": "d1",
        LTI + "target_link_uri": ADDRESS.launch_url,
        LTI + "roles": [MEMBERSHIP + "Learner"],
        LTI + "resource_link": {"id": "rl-1", "title": "作业一"},
        LTI + "context": {"id": "c-1", "title": "Web 前端", "label": "WEB1"},
        LTI + "lis": {"person_sourcedid": "20240101"},
        LTI + "custom": {"assessment": "a-7"},
        LTI + "launch_presentation": {
            "locale": "zh_cn",
            "return_url": "https://lms.example.edu/back",
        },
        LTI + "tool_platform": {"guid": "g", "product_family_code": "moodle"},
        AGS: {
            "scope": AGS_SCOPES,
            "lineitems": "https://lms.example.edu/lineitems?type_id=1",
            "lineitem": "https://lms.example.edu/lineitems/2/lineitem?type_id=1",
        },
    }
    return changed(claims, changes)


def deep_linking_claims(nonce: str, /, **changes: Any) -> dict[str, Any]:
    """A complete deep linking request of a teacher."""
    claims = student_claims(nonce)
    del claims[LTI + "resource_link"]
    claims[LTI + "message_type"] = "LtiDeepLinkingRequest"
    claims[LTI + "roles"] = [MEMBERSHIP + "Instructor"]
    claims[DL + "deep_linking_settings"] = {
        "deep_link_return_url": "https://lms.example.edu/deep",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "data": "opaque",
    }
    return changed(claims, changes)


def changed(claims: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Claims with some replaced; None takes one out, a name without URL finds its URL."""
    made = dict(claims)
    for short, value in changes.items():
        name = next((each for each in made if each.rpartition("/")[2] == short), None)
        name = name or (short if short in PLAIN or "://" in short else LTI + short)
        if value is None:
            made.pop(name, None)
        else:
            made[name] = value
    return made


PLAIN = {"azp", "nbf", "locale", "exp", "iat", "sub"}


def platform_at(base: str, **changes: Any) -> Platform:
    """The same as a stored platform, without a database."""
    return Platform(**{**asdict(details(base)), "id": 1, "created_at": NOW, **changes})
