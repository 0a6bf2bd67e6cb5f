"""What this tool tells an LMS about itself: its registration, and Canvas's JSON developer key.

Only what the tool uses is asked for, and only what the LMS offers. Not here: the conversation in
which it is told (``dynamic_registration``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.domain.launch import MessageType

from .grades import LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from .groups import SCOPE as GROUP_SCOPE
from .launch import OTHER_NAMES
from .names_roles import SCOPE as MEMBERSHIP_SCOPE
from .notices import SCOPE as NOTICE_SCOPE
from .profiles import CANVAS, CANVAS_LTI, COMMON_VARIABLES, Placement, Profile
from .urls import ToolAddress

SCOPES: Final = (
    *(LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE, MEMBERSHIP_SCOPE),
    *(NOTICE_SCOPE, GROUP_SCOPE),
)
"""The least that columns, scores, results, the roster, notices and groups need; ``lineitem``
includes reading."""
NOT_OF_CANVAS: Final = frozenset({GROUP_SCOPE})
"""Documented: Canvas refuses a developer key that asks for a scope it does not know."""
CLAIMS: Final = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")
TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"

NAME: Final = "Dabiao 达标"
NAME_ZH: Final = "达标"
DESCRIPTION: Final = (
    "按职业技能等级标准逐条评分，跨考核累计掌握度，判断等级达成。 "
    "Rubric assessment of vocational skill standards, with mastery and level attainment."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a platform says it can do. None: it does not say, so everything may be asked for.

    ``messages`` has the placements of each message type, ``variables`` their names without ``$``.
    """

    scopes: frozenset[str] | None = None
    messages: Mapping[str, frozenset[str]] | None = None
    variables: frozenset[str] | None = None


def registration_request(address: ToolAddress, profile: Profile, offer: Offer) -> dict[str, Any]:
    """The tool's registration (Dynamic Registration 1.0, "Client Registration Request")."""
    base = address.base_url.rstrip("/")
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{base}/lti/login",
        "redirect_uris": [address.launch_url],
        "client_name": NAME,
        "client_name#zh-CN": NAME_ZH,
        "jwks_uri": f"{base}/lti/jwks",
        "logo_uri": f"{base}/static/icon.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(_offered(SCOPES, offer.scopes)),
        TOOL_CONFIGURATION: {
            "domain": urlsplit(base).netloc,
            "description": DESCRIPTION,
            "target_link_uri": address.launch_url,
            "custom_parameters": custom_parameters(profile, offer.variables),
            "claims": list(CLAIMS),
            "messages": _messages(address, profile, offer.messages),
            **profile.tool_extras,
        },
    }


def custom_parameters(profile: Profile, offered: frozenset[str] | None = None) -> dict[str, str]:
    """The custom parameters to ask for: those whose variable the platform knows."""
    wanted = {**COMMON_VARIABLES, **profile.variables}
    if offered is None:
        return wanted
    return {name: each for name, each in wanted.items() if each.removeprefix("$") in offered}


def canvas_developer_key(address: ToolAddress) -> dict[str, Any]:
    """The JSON from which Canvas makes a developer key (method "Enter URL" or "Paste JSON")."""
    base = address.base_url.rstrip("/")
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{base}/lti/login",
        "target_link_uri": address.launch_url,
        "public_jwk_url": f"{base}/lti/jwks",
        "scopes": [each for each in SCOPES if each not in NOT_OF_CANVAS],
        "custom_fields": custom_parameters(CANVAS),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(base).netloc,
                "tool_id": CANVAS.tool_extras[CANVAS_LTI + "tool_id"],
                "privacy_level": CANVAS.tool_extras[CANVAS_LTI + "privacy_level"],
                "settings": {
                    "text": NAME,
                    "icon_url": f"{base}/static/icon.svg",
                    "placements": _developer_key_placements(address),
                },
            }
        ],
    }


def _developer_key_placements(address: ToolAddress) -> list[dict[str, Any]]:
    return [
        {
            "placement": each.name,
            "message_type": message,
            "target_link_uri": address.launch_url,
            "text": NAME,
            "enabled": True,
            **each.settings,
        }
        for message, placements in CANVAS.placements.items()
        for each in placements
    ]


def _messages(
    address: ToolAddress, profile: Profile, offered: Mapping[str, frozenset[str]] | None
) -> list[dict[str, Any]]:
    """A message for each type this tool answers and the platform sends, under the platform's name
    for it. Launches are always declared: they are what a platform is for."""
    own = {each.value: each for each in MessageType}
    sent = own if offered is None else {**own, **OTHER_NAMES}
    declared: list[dict[str, Any]] = []
    for name, each in sent.items():
        if offered is None or name in offered or each is MessageType.RESOURCE_LINK:
            places = profile.placements.get(each, ())
            known = None if offered is None else offered.get(name) or None
            declared.extend(_placed(name, address, places, known))
    return declared


def _placed(
    message: str,
    address: ToolAddress,
    places: Sequence[Placement],
    offered: frozenset[str] | None,
) -> list[dict[str, Any]]:
    """The message once for all placements alike, and once for each that has fields of its own;
    without placements where the platform knows none of ours."""
    plain = {"type": message, "target_link_uri": address.launch_url, "label": NAME}
    there = [each for each in places if offered is None or each.name in offered]
    alike = [each.name for each in there if not each.extras]
    own = [{**plain, "placements": [e.name], **e.extras} for e in there if e.extras]
    if alike:
        return [{**plain, "placements": alike}, *own]
    return own or [plain]


def _offered(wanted: Sequence[str], offered: frozenset[str] | None) -> list[str]:
    return [each for each in wanted if offered is None or each in offered]
