"""The table of launches, good and bad, with what the tool must answer to each.

A case begins with a good login and a good launch and says what is different. Good launches end in
a redirect into the tool (303) or on a page (200), bad ones on a page with a 4xx status and the
reason in its details. Not here: the certification cases by clause (``certification``), how cases
are run (``certification/test_cases``).
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.lti.platform_side import (
    ADDRESS,
    DL,
    KEY,
    LTI,
    MEMBERSHIP,
    NOW,
    OTHER_KEY,
    deep_linking_claims,
    public_jwk,
    signed,
    student_claims,
)

SECONDS = int(NOW.timestamp())
YEAR = 365 * 86400
TEACHER = [MEMBERSHIP + "Instructor"]
NAMELESS: Mapping[str, Any] = dict.fromkeys(("name", "given_name", "family_name", "email", "lis"))

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """``login`` and ``changes`` replace parameters and claims; None takes one out. ``token`` makes
    the id_token of the claims, ``form`` replaces fields of the launch form."""

    name: str
    status: int = 303
    reason: str = ""
    changes: Changes = field(default_factory=dict)
    claims: Callable[..., dict[str, Any]] = student_claims
    login: Mapping[str, str | None] = field(default_factory=dict)
    token: Callable[[dict[str, Any]], str] = signed
    form: Mapping[str, str | None] = field(default_factory=dict)
    times: int = 1
    other_browser: bool = False


def encoded(value: object) -> str:
    """JSON as a part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _good(name: str, status: int = 303, /, **changes: Any) -> Case:
    return Case(name, status, changes=changes)


def _deep(name: str, /, **changes: Any) -> Case:
    return Case(name, changes=changes, claims=deep_linking_claims)


def _settings(name: str, /, **settings: Any) -> Case:
    return _deep(name, deep_linking_settings=_deep_settings(**settings))


def _deep_settings(**changes: Any) -> dict[str, Any]:
    made = {**deep_linking_claims("")[DL + "deep_linking_settings"], **changes}
    return {name: value for name, value in made.items() if value is not None}


def _bad(reason: str, name: str, /, **changes: Any) -> Case:
    return Case(name, 400, reason, changes)


def _bad_deep(reason: str, name: str, /, **settings: Any) -> Case:
    changes = {"deep_linking_settings": _deep_settings(**settings)}
    return Case(name, 400, reason, changes, deep_linking_claims)


def _bad_login(reason: str, name: str, /, **login: str | None) -> Case:
    return Case(name, 400, reason, login=login)


def _bad_token(
    reason: str, name: str, token: Callable[[dict[str, Any]], str], status: int = 400
) -> Case:
    return Case(name, status, reason, token=token)


GOOD = (
    _good("plain student"),
    _good("plain teacher", roles=TEACHER),
    _good("teacher and mentor", roles=[*TEACHER, MEMBERSHIP + "Mentor"]),
    _good("teacher and learner", roles=[*TEACHER, MEMBERSHIP + "Learner"]),
    _good("short role Instructor", roles=["Instructor"]),
    _good("short role Learner", roles=["Learner"]),
    _good("sub-role", roles=[MEMBERSHIP[:-1] + "/Instructor#TeachingAssistant"]),
    _good("role of LTI 1.1", roles=["urn:lti:role:ims/lis/Instructor"]),
    _good("unknown role", roles=["http://example.org/role#Wizard"]),
    _good("no role", roles=[]),
    _good("email only", name=None, given_name=None, family_name=None, lis=None),
    _good("names only", email=None),
    _good("nothing personal", **NAMELESS),
    _good("no context", 200, context=None),
    _good("teacher, no context", 200, context=None, roles=TEACHER),
    _good("no grade service", endpoint=None),
    _good("empty line item", endpoint={"scope": [], "lineitem": ""}),
    _good("no custom parameters", custom=None),
    _good("custom parameters of any type", custom={"a": None, "b": 1, "c": ["d"], "e": {}}),
    _good("variables left literal", custom={"assessment": "$ResourceLink.id.history"}),
    _good("no presentation", launch_presentation=None),
    _good("locale zh-Hans", launch_presentation={"locale": "zh-Hans"}),
    _good("locale nobody knows", launch_presentation={"locale": "tlh-x-1"}),
    _good("return URL that is none", launch_presentation={"return_url": "about:blank"}),
    _good("no tool platform", tool_platform=None),
    _good("claim nobody knows", **{"https://vendor.example/claim": {"deep": [1, {"x": None}]}}),
    _good("the nothing of others", **{"https://vendor.example/nothing": []}),
    _good("title of 9000 characters", resource_link={"id": "rl-1", "title": "长" * 9000}),
    _good("id of 255 characters", resource_link={"id": "r" * 255}),
    _good("audience in a list", aud=["client-1"]),
    _good("several audiences with azp", aud=["client-1", "other"], azp="client-1"),
    _good("azp with one audience", azp="client-1"),
    _good("clock 9 s ahead", iat=SECONDS + 9, exp=SECONDS + 60),
    _good("clock 9 s behind", iat=SECONDS - 70, exp=SECONDS - 9),
    _good("times with fractions", iat=SECONDS + 0.5, exp=SECONDS + 60.5),
    _good("nbf of now", nbf=SECONDS),
    Case("login names the deployment", login={"lti_deployment_id": "d1"}),
    Case("login without client id", login={"client_id": None}),
    Case("login with a message hint", login={"lti_message_hint": '{"cmid":2}'}),
    Case("login with a parameter nobody knows", login={"canvas_region": "us-east-1"}),
    Case("form with a field nobody knows", form={"session_state": "x"}),
    _deep("deep linking"),
    _deep("deep linking without sub", sub=None),
    _deep("deep linking without target", target_link_uri=None),
    _settings("deep linking without data", data=None),
    _settings("deep linking of one item", accept_multiple=False),
    _settings("deep linking of unknown number", accept_multiple=None),
    _settings("deep linking with line items", accept_lineitem=True),
    _settings("deep linking with booleans as text", accept_multiple="true"),
    _settings("deep linking of several types", accept_types=["link", "ltiResourceLink", "file"]),
)

LOGINS = (
    _bad_login("login_parameter_missing iss", "no issuer", iss=None),
    _bad_login("login_parameter_missing login_hint", "no login hint", login_hint=None),
    _bad_login("login_parameter_missing login_hint", "empty login hint", login_hint=""),
    _bad_login("login_parameter_missing target", "no target", target_link_uri=None),
    _bad_login("platform_unknown", "unknown issuer", iss="https://other.example"),
    _bad_login("platform_unknown", "issuer with a slash more", iss="https://lms.example.edu/"),
    _bad_login("platform_unknown", "unknown client", client_id="client-9"),
    _bad_login("login_parameter_missing", "client with NUL", client_id="client\x00"),
    _bad_login("login_parameter_missing", "hint of 5000 characters", login_hint="h" * 5000),
    _bad_login("login_parameter_missing", "message hint too long", lti_message_hint="h" * 5000),
    _bad_login("login_parameter_missing", "login deployment too long", lti_deployment_id="d" * 256),
    _bad_login("target_not_ours", "target of another", target_link_uri="https://evil.example/"),
    _bad_login(
        "target_not_ours", "target over http", target_link_uri="http://tool.example.edu/lti/launch"
    ),
    _bad_login(
        "target_not_ours", "another page of ours", target_link_uri=ADDRESS.base_url + "/admin"
    ),
    _bad_login(
        "target_not_ours",
        "target with our name as its user",
        target_link_uri="https://tool.example.edu@evil.example/lti/launch",
    ),
    _bad_login("target_not_ours", "script as target", target_link_uri="javascript:alert(1)"),
)

CLAIMS = (
    _bad("claim_missing version", "no version", version=None),
    _bad("claim_value version", "wrong version", version="1.1"),
    _bad("claim_type version", "version a number", version=1.3),
    _bad("claim_missing message_type", "no message type", message_type=None),
    _bad("message_unsupported", "unknown message", message_type="LtiFunRequest"),
    _bad("claim_type message_type", "message type a list", message_type=["x"]),
    _bad("claim_missing roles", "no roles", roles=None),
    _bad("claim_type roles", "roles a text", roles=TEACHER[0]),
    _bad("claim_type roles", "roles an object", roles={TEACHER[0]: True}),
    _bad("claim_type roles", "a role that is a number", roles=[*TEACHER, 5]),
    _bad("claim_missing deployment_id", "no deployment", deployment_id=None),
    _bad("claim_type deployment_id", "deployment a number", deployment_id=1),
    _bad("claim_value deployment_id", "deployment too long", deployment_id="d" * 256),
    _bad("claim_missing resource_link", "no resource link", resource_link=None),
    _bad("claim_missing id", "resource link without id", resource_link={"title": "x"}),
    _bad("claim_type resource_link", "resource link a list", resource_link=["rl-1"]),
    _bad("claim_type resource_link", "resource link a text", resource_link="rl-1"),
    _bad("claim_type id", "resource link id a number", resource_link={"id": 1}),
    _bad("claim_missing sub", "no sub", sub=None),
    _bad("claim_missing sub", "empty sub", sub=""),
    _bad("claim_type sub", "sub a number", sub=5),
    _bad("claim_value sub", "sub too long", sub="s" * 256),
    _bad("claim_missing target_link_uri", "no target claim", target_link_uri=None),
    _bad("target_changed", "another target", target_link_uri=ADDRESS.launch_url + "?a=1"),
    _bad("target_changed", "target claim of another", target_link_uri="https://evil.example/"),
    _bad("claim_missing id", "context without id", context={"title": "x"}),
    _bad("claim_type context", "context a text", context="c-1"),
    _bad("claim_type name", "name a list", name=["Li"]),
    _bad("claim_value name", "name with NUL", name="a\x00b"),
    _bad("claim_value name", "name with half a surrogate pair", name="\ud800"),
    _bad("claim_type custom", "custom a list", custom=["a"]),
    _bad("claim_type lis", "lis a text", lis="20240101"),
    _bad("claim_type scope", "scopes a text", endpoint={"scope": "all"}),
    _bad("claim_value lineitems", "line items of a file", endpoint={"lineitems": "file:///x"}),
    _bad("claim_type locale", "locale a number", launch_presentation={"locale": 5}),
    Case(
        "deployment other than the login's",
        400,
        "deployment_changed",
        login={"lti_deployment_id": "d2"},
    ),
    Case("deployment that waits", 403, "d-new", changes={"deployment_id": "d-new"}),
    Case("deep linking by a student", 403, "", {"roles": []}, deep_linking_claims),
    _bad_deep("claim_missing deep_link_return_url", "no return URL", deep_link_return_url=None),
    _bad_deep("claim_value", "script as return URL", deep_link_return_url="javascript:alert(1)"),
    _bad_deep("claim_type data", "data an object", data={"a": 1}),
    _bad_deep("claim_type accept_multiple", "number of items a list", accept_multiple=[]),
    _bad_deep("claim_type accept_types", "types a text", accept_types="ltiResourceLink"),
    _bad_deep("claim_value", "no type we make", accept_types=["file"]),
    Case(
        "deep linking without settings",
        400,
        "claim_missing deep_linking_settings",
        {"deep_linking_settings": None},
        deep_linking_claims,
    ),
)

TIMES_AND_AUDIENCES = (
    _bad("token_issuer", "another issuer", iss="https://other.example"),
    _bad("token_issuer", "no issuer claim", iss=None),
    _bad("token_audience", "another audience", aud="client-2"),
    _bad("token_audience", "no audience", aud=None),
    _bad("token_audience", "audience an object", aud={"client-1": 1}),
    _bad("token_audience", "several audiences, no azp", aud=["client-1", "x"]),
    _bad("token_audience", "several audiences, azp another", aud=["client-1", "x"], azp="x"),
    _bad("token_audience", "azp another", azp="other"),
    _bad("token_malformed iat", "no iat", iat=None),
    _bad("token_malformed exp", "no exp", exp=None),
    _bad("token_malformed exp", "exp a text", exp=str(SECONDS + 60)),
    _bad("token_malformed exp", "exp not a number", exp=float("nan")),
    _bad("token_malformed exp", "exp without end", exp=float("inf")),
    _bad("token_expired", "expired 11 s ago", iat=SECONDS - 70, exp=SECONDS - 11),
    _bad("token_expired", "expired a year ago", iat=SECONDS - YEAR, exp=SECONDS - YEAR + 60),
    _bad("token_expired", "expires before it is issued", exp=SECONDS),
    _bad("token_from_future", "issued in 11 s", iat=SECONDS + 11),
    _bad("token_from_future", "not before in 30 s", nbf=SECONDS + 30),
    _bad("token_too_old", "issued a year ago", iat=SECONDS - YEAR),
    _bad("token_nonce", "no nonce", nonce=None),
    _bad("token_nonce", "another nonce", nonce="another"),
    _bad("token_nonce", "nonce a list", nonce=["x"]),
)


def _with_public_key_as_secret(claims: dict[str, Any]) -> str:
    """HS256 with the platform's public key as its secret (RFC 8725, section 2.1)."""
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "platform-key-1", "typ": "JWT"}
    unsigned = f"{encoded(header)}.{encoded(claims)}"
    return f"{unsigned}.{encoded(_hmac(pem, unsigned.encode()))}"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _unsigned(algorithm: str, **more: Any) -> Callable[[dict[str, Any]], str]:
    header = {"alg": algorithm, "kid": "platform-key-1", **more}
    return lambda claims: f"{encoded(header)}.{encoded(claims)}."


def _own_key(**header: Any) -> Callable[[dict[str, Any]], str]:
    """Signed with a key of the attacker's, which the header offers."""
    return lambda claims: signed(claims, key=OTHER_KEY, header=header)


def _tampered(claims: dict[str, Any]) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{encoded({**claims, LTI + 'roles': TEACHER})}.{signature}"


TOKENS = (
    _bad_token("token_no_kid", "no kid", lambda claims: signed(claims, kid=None)),
    _bad_token("key_unknown", "unknown kid", lambda claims: signed(claims, kid="other")),
    _bad_token("key_unknown", "kid a path", lambda claims: signed(claims, kid="../../dev/null")),
    _bad_token("key_unknown", "kid with half a pair", lambda claims: signed(claims, kid="\ud800")),
    _bad_token("token_signature", "another's key", lambda claims: signed(claims, key=OTHER_KEY)),
    _bad_token("token_signature", "key in the header", _own_key(jwk=public_jwk(OTHER_KEY))),
    _bad_token("token_signature", "address of keys", _own_key(jku="https://evil.example/jwks")),
    _bad_token("token_signature", "certificate in the header", _own_key(x5c=["AAAA"])),
    _bad_token("token_signature", "address of one", _own_key(x5u="https://evil.example/x")),
    _bad_token("token_signature", "changed claims", _tampered),
    _bad_token("token_algorithm", "HS256 with the public key", _with_public_key_as_secret),
    _bad_token("token_algorithm", "alg none", _unsigned("none")),
    _bad_token("token_algorithm", "alg None", _unsigned("None")),
    _bad_token("token_algorithm", "RS512", lambda claims: signed(claims, algorithm="RS512")),
    _bad_token("token_algorithm", "PS256", lambda claims: signed(claims, algorithm="PS256")),
    _bad_token(
        "token_critical", "unknown crit", lambda claims: signed(claims, header={"crit": ["exp"]})
    ),
    _bad_token("token_critical", "known crit", _unsigned("RS256", crit=["b64"], b64=True)),
    _bad_token("token_critical", "raw payload", _unsigned("RS256", crit=["b64"], b64=False)),
    _bad_token("token_issuer", "another's JSON", lambda _claims: signed({"name": "x"})),
    _bad_token("token_malformed", "a list", lambda _claims: signed([1, 2])),
    _bad_token("token_malformed", "a text", lambda _claims: signed("claims")),
    _bad_token("token_malformed", "null", lambda _claims: signed(None)),
    _bad_token("token_malformed", "no JSON", lambda _claims: "not a token"),
    _bad_token("token_malformed", "two parts", lambda claims: signed(claims).rpartition(".")[0]),
    _bad_token("token_malformed", "five parts", lambda claims: signed(claims) + ".a.b"),
    _bad_token("token_malformed", "nested too deep", lambda _c: encoded(b"[" * 60_000) + ".e30.A"),
    _bad_token("token_too_large", "101 kB", lambda _claims: "a" * 101_000, 413),
)

FORMS = (
    Case("form of 200 kB", 413, "", form={"padding": "p" * 200_000}),
    Case("no token", 400, "token_missing", form={"id_token": None}),
    Case("no state", 400, "state_missing", form={"state": None}),
    Case("unknown state", 400, "state_unknown", form={"state": "state-made-up"}),
    Case("state with NUL", 400, "state_unknown", form={"state": "state-\x00"}),
    Case("the LMS says no", 400, "login_required", form={"error": "login_required"}),
    Case("sent twice", 400, "state_used", times=2),
    Case("another browser", 400, "browser_changed", other_browser=True),
)

CASES = (*GOOD, *LOGINS, *CLAIMS, *TIMES_AND_AUDIENCES, *TOKENS, *FORMS)
