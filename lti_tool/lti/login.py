"""The first step of a launch: OIDC third-party initiated login (LTI security framework 1.0,
section 5.1.1).

PyLTI1p3 checks the initiation and writes the authentication request. Ours are: which
registration is meant, whether the target link is ours, the state kept on the server (PyLTI1p3's
is a cookie whose value equals its name), and an authorisation URL that has a query already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pylti1p3.cookie import CookieService
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request
from pylti1p3.session import SessionService

from lti_tool.persistence.database import AtOnce
from lti_tool.persistence.login_states import (
    NewLogin,
    digest,
    keep_login_state,
    sweep_login_states,
)
from lti_tool.persistence.platforms import Platform, platforms_of_issuer

from .errors import BadLoginError, UnknownPlatformError
from .registrations import OnePlatform
from .urls import ToolAddress, with_encoded

LOGIN_LIFETIME = timedelta(minutes=10)
"""How long a person may take to log in at the LMS on the way."""
KEEP_EXPIRED = timedelta(days=1)
"""So long a late or repeated launch is told what happened to it."""
SWEEPS = "00"
"""How the hash of a nonce begins whose login sweeps old ones away: one in 256."""
MOST_CHARACTERS = 4000
MOST_DEPLOYMENT = 255
"""As the deployment_id claim (LTI 1.3 core, section 5.3.3)."""


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser (302). ``state`` is for naming the browser's cookie."""

    url: str
    state: str


def begin_login(
    at_once: AtOnce,
    parameters: Mapping[str, str],
    *,
    address: ToolAddress,
    now: datetime,
    token: Callable[[], str],
    browser: str | None = None,
) -> LoginRedirect:
    """Check a login initiation (GET or POST), keep its state, say where to redirect.

    ``token`` makes URL-safe secrets of at least 256 bits (Moodle strips tags from ``state``);
    it is called twice. ``browser`` is the secret left with the browser, which the launch must
    bring back; None where none is. If the platform names a deployment here, the launch must be of
    that one (LTI 1.3 core, 4.1.2).

    Raises BadLoginError (``login_parameter_missing``, ``target_not_ours``) and
    UnknownPlatformError (``platform_unknown``, ``platform_ambiguous``).
    """
    issuer = _required(parameters, "iss")
    client_id = _optional(parameters, "client_id") or _only_client(at_once, issuer)
    _check_hints(parameters)
    deployment = _optional(parameters, "lti_deployment_id", most=MOST_DEPLOYMENT)
    target = _target(parameters, address)
    secret, nonce = token(), token()
    nonce_hash = digest(nonce)
    _sweep_at_times(at_once, nonce_hash, now)
    begun = NewLogin(
        issuer=issuer,
        client_id=client_id,
        state_hash=digest(_state(secret)),
        nonce_hash=nonce_hash,
        target_link_uri=target,
        browser_hash=None if browser is None else digest(browser),
        deployment_id=deployment,
        created_at=now,
        expires_at=now + LOGIN_LIFETIME,
    )
    login = _Login(_kept(at_once, begun), parameters, secret, nonce)
    return LoginRedirect(login.authentication_request(address.launch_url), _state(secret))


def _check_hints(parameters: Mapping[str, str]) -> None:
    _required(parameters, "login_hint")
    _optional(parameters, "lti_message_hint")


def _kept(at_once: AtOnce, begun: NewLogin) -> Platform:
    """The platform of a login, whose state is kept from now on."""
    platform = keep_login_state(at_once, begun)
    if platform is None:
        raise UnknownPlatformError("platform_unknown", begun.issuer[:200])
    return platform


def _sweep_at_times(at_once: AtOnce, chance: str, now: datetime) -> None:
    """Forget old logins at one login in 256; ``chance`` is any random hexadecimal."""
    if chance.startswith(SWEEPS):
        with at_once.session() as session:
            sweep_login_states(session, before=now - KEEP_EXPIRED)


def _only_client(at_once: AtOnce, issuer: str) -> str:
    """The client id of an issuer that has one only: a login need not name it."""
    with at_once.session() as session:
        candidates = platforms_of_issuer(session, issuer)
    if not candidates:
        raise UnknownPlatformError("platform_unknown", issuer[:200])
    if len(candidates) > 1:
        raise UnknownPlatformError("platform_ambiguous", issuer[:200])
    return candidates[0].client_id


def _state(secret: str) -> str:
    """The state as PyLTI1p3 writes it."""
    return f"state-{secret}"


def _target(parameters: Mapping[str, str], address: ToolAddress) -> str:
    target = _required(parameters, "target_link_uri")
    if len(target) > 2000 or not address.owns(target):
        raise BadLoginError("target_not_ours")
    return target


def _required(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name, "")
    if not value or len(value) > MOST_CHARACTERS or "\x00" in value:
        raise BadLoginError("login_parameter_missing", name)
    return value


def _optional(
    parameters: Mapping[str, str], name: str, *, most: int = MOST_CHARACTERS
) -> str | None:
    """None where absent or empty. No database takes a NUL, no address line takes a book."""
    value = parameters.get(name) or None
    if value is not None and (len(value) > most or "\x00" in value):
        raise BadLoginError("login_parameter_missing", name)
    return value


class _Parameters(Request):
    """The initiation's parameters for PyLTI1p3."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self._values.get(key, "")


class _NoCookies(CookieService):
    """PyLTI1p3 wants to keep the state in a cookie; it is kept in the database."""

    def get_cookie(self, name: str) -> str | None:
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        return None


class _NoSession(SessionService):
    """PyLTI1p3 wants to keep the nonce in a session; it is kept in the database."""

    def save_nonce(self, nonce: str) -> None:
        return None


class _Target(Redirect[str]):
    """The redirect as a plain URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def do_redirect(self) -> str:
        return self._url

    def do_js_redirect(self) -> str:
        return self._url

    def set_redirect_url(self, location: str) -> None:
        self._url = location

    def get_redirect_url(self) -> str:
        return self._url


class _Login(OIDCLogin[_Parameters, OnePlatform, _NoSession, _NoCookies, str]):
    """PyLTI1p3's login with our secrets, and without its ``?`` onto a URL that has a query."""

    def __init__(
        self, platform: Platform, parameters: Mapping[str, str], secret: str, nonce: str
    ) -> None:
        self._full_url = platform.auth_login_url
        self._bare_url = urlsplit(self._full_url)._replace(query="", fragment="").geturl()
        request = _Parameters({**parameters, "client_id": platform.client_id})
        bare = OnePlatform(replace(platform, auth_login_url=self._bare_url))
        super().__init__(request, bare, _NoSession(request), _NoCookies())
        self._secret, self._nonce = secret, nonce

    def authentication_request(self, launch_url: str) -> str:
        """The URL of the OIDC authentication request."""
        made = self.get_redirect_object(launch_url).get_redirect_url()
        return with_encoded(self._full_url, made.removeprefix(f"{self._bare_url}?"))

    def get_redirect(self, url: str) -> Redirect[str]:
        return _Target(url)

    def _get_uuid(self) -> str:
        return self._secret

    def _generate_nonce(self) -> str:
        return self._nonce
