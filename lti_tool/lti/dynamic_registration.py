"""Dynamic Registration 1.0: read a platform's configuration, register there, read the answer.

The LMS opens our registration address with the URL of its configuration and a token for one
registration. Every function here uses the network: call it outside transactions. Not here: what
is registered (``registration``), who may register (``lti_tool.persistence.invitations``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lti_tool.persistence.platforms import PlatformDetails

from .errors import LtiError
from .http import ForbiddenAddressError, HttpAnswer, PlatformHttp, PlatformUnreachableError
from .profiles import Profile, may_speak_for, profile_of
from .registration import TOOL_CONFIGURATION, Offer, registration_request
from .urls import ToolAddress, is_web_url, origin

PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LONGEST_ISSUER: Final = 512
LONGEST_URL: Final = 2048
LONGEST_ID: Final = 255


class RegistrationError(LtiError):
    """The platform was not connected, and nothing was stored.

    ``configuration_address`` (the URL is none, is not https or leads to a private address),
    ``configuration_unreachable``, ``configuration_invalid`` (the detail is the field),
    ``issuer_mismatch``, ``registration_unreachable``, ``registration_refused`` (the detail is what
    the platform said), ``registration_invalid``; and of the invitation: ``invitation_unknown``,
    ``invitation_expired``, ``invitation_used``, ``invitation_busy``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfiguration:
    """What a platform says of itself. ``school`` is the name of the school there, ``framing`` the
    origin whose pages frame the tool; both empty where it does not say."""

    issuer: str
    auth_login_url: str
    auth_token_url: str
    key_set_url: str
    registration_url: str
    token_audience: str | None
    product: str
    version: str
    school: str
    framing: str
    offer: Offer

    @property
    def profile(self) -> Profile:
        """What is known of the product."""
        return profile_of(self.product)

    def details(
        self, *, name: str, client_id: str, frame_origins: tuple[str, ...]
    ) -> PlatformDetails:
        """The platform as it is stored once it is registered."""
        return PlatformDetails(
            name=name,
            issuer=self.issuer,
            client_id=client_id,
            auth_login_url=self.auth_login_url,
            auth_token_url=self.auth_token_url,
            key_set_url=self.key_set_url,
            token_audience=self.token_audience,
            frame_origins=frame_origins,
            product=self.product,
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """What the platform gave us. ``deployment_id`` None: deployments come with launches."""

    client_id: str
    deployment_id: str | None


def read_configuration(http: PlatformHttp, url: str, *, token: str) -> PlatformConfiguration:
    """The configuration at ``url``, checked. ``token`` empty: the LMS gave none.

    Canvas wants the token with this request, too (documented); Moodle 4.5 does not look at it.
    Raises RegistrationError.
    """
    if not is_web_url(url) or len(url) > LONGEST_URL:
        raise RegistrationError("configuration_address")
    try:
        answer = http.get(url, headers=_headers(token))
    except ForbiddenAddressError as error:
        raise RegistrationError("configuration_address", str(error)) from error
    except PlatformUnreachableError as error:
        raise RegistrationError("configuration_unreachable", str(error)) from error
    if answer.status != 200:
        raise RegistrationError("configuration_unreachable", f"HTTP {answer.status}")
    body = _object(answer, "configuration_invalid")
    found = _configuration(body, plain_http=http.allow_loopback)
    if not may_speak_for(found.issuer, url):
        raise RegistrationError("issuer_mismatch", found.issuer)
    return found


def register(
    http: PlatformHttp, configuration: PlatformConfiguration, address: ToolAddress, *, token: str
) -> Registered:
    """Register this tool. Platforms take a token once: try again only with a new one.

    Raises RegistrationError.
    """
    body = registration_request(address, configuration.profile, configuration.offer)
    headers = {**_headers(token), "Content-Type": "application/json"}
    try:
        answer = http.send(
            "POST",
            configuration.registration_url,
            headers=headers,
            body=json.dumps(body).encode(),
        )
    except ForbiddenAddressError as error:
        raise RegistrationError("configuration_address", str(error)) from error
    except PlatformUnreachableError as error:
        raise RegistrationError("registration_unreachable", str(error)) from error
    if answer.status not in {200, 201}:
        said = answer.excerpt[:80] if "<" not in answer.excerpt else ""
        raise RegistrationError("registration_refused", f"HTTP {answer.status} {said}".strip())
    return _registered(_object(answer, "registration_invalid"))


def _headers(token: str) -> dict[str, str]:
    accept = {"Accept": "application/json"}
    return {**accept, "Authorization": f"Bearer {token}"} if token else accept


def _object(answer: HttpAnswer, reason: str) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except (ValueError, RecursionError) as error:
        raise RegistrationError(reason, "json") from error
    if not isinstance(body, dict):
        raise RegistrationError(reason, "json")
    return body


def _configuration(body: Mapping[str, Any], *, plain_http: bool) -> PlatformConfiguration:
    platform = body.get(PLATFORM_CONFIGURATION)
    platform = platform if isinstance(platform, dict) else {}
    product = _label(platform.get("product_family_code")).lower()[:64]
    profile = profile_of(product)
    audience = body.get("authorization_server")
    named = isinstance(audience, str) and audience and not profile.audience_is_token_url
    return PlatformConfiguration(
        issuer=_issuer(body),
        auth_login_url=_url(body, "authorization_endpoint", plain_http=plain_http),
        auth_token_url=_url(body, "token_endpoint", plain_http=plain_http),
        key_set_url=_url(body, "jwks_uri", plain_http=plain_http),
        registration_url=_url(body, "registration_endpoint", plain_http=plain_http),
        token_audience=str(audience)[:LONGEST_URL] if named else None,
        product=product,
        version=_label(platform.get("version")),
        school=_label(platform.get(profile.school_name)),
        framing=_framing(_label(platform.get(profile.school_domain))),
        offer=_offer(body, platform),
    )


def _offer(body: Mapping[str, Any], platform: Mapping[str, Any]) -> Offer:
    messages = platform.get("messages_supported")
    return Offer(
        scopes=_texts(body.get("scopes_supported")),
        messages=_messages(messages) if isinstance(messages, list) else None,
        variables=_texts(platform.get("variables")),
    )


def _messages(entries: list[Any]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in entries:
        if isinstance(each, dict) and isinstance(each.get("type"), str):
            placements = _texts(each.get("placements")) or frozenset()
            found[each["type"]] = found.get(each["type"], frozenset()) | placements
    return found


def _registered(body: Mapping[str, Any]) -> Registered:
    client_id = body.get("client_id")
    if not _is_id(client_id):
        raise RegistrationError("registration_invalid", "client_id")
    tool = body.get(TOOL_CONFIGURATION)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    if deployment is not None and not _is_id(deployment):
        raise RegistrationError("registration_invalid", "deployment_id")
    return Registered(str(client_id), None if deployment is None else str(deployment))


def _is_id(value: object) -> bool:
    """An id is a text, which some write as a number."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    text = str(value)
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _text(body: Mapping[str, Any], name: str, most: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise RegistrationError("configuration_invalid", name)
    return value


def _issuer(body: Mapping[str, Any]) -> str:
    """An issuer is a web URL (OpenID Connect Discovery 1.0, section 3); it is kept as it is
    written, since tokens must name it exactly so."""
    value = _text(body, "issuer", LONGEST_ISSUER)
    if not is_web_url(value):
        raise RegistrationError("configuration_invalid", "issuer")
    return value


def _url(body: Mapping[str, Any], name: str, *, plain_http: bool) -> str:
    value = _text(body, name, LONGEST_URL)
    if not is_web_url(value) or not (plain_http or value.lower().startswith("https:")):
        raise RegistrationError("configuration_invalid", name)
    return value


def _label(value: object) -> str:
    return value.strip()[:LONGEST_ID] if isinstance(value, str) and value.isprintable() else ""


def _framing(domain: str) -> str:
    """The origin of a bare host name; empty when it is none."""
    url = f"https://{domain}"
    return origin(url) if domain and is_web_url(url) else ""


def _texts(value: object) -> frozenset[str] | None:
    """A list of texts; None when it is no list."""
    if not isinstance(value, list):
        return None
    return frozenset(each for each in value if isinstance(each, str))
