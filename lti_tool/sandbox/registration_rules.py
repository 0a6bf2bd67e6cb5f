"""How each platform registers a tool, as data: its configuration and its answer.

Moodle's manner repeats what Moodle 4.5.5 was observed to say, Canvas's its documentation. Not here:
tokens, pages and what becomes of a registered tool (``registration``).
"""

from collections.abc import Mapping
from typing import Any, Final

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.addresses import DEPLOYMENT_ID, Addresses
from lti_tool.sandbox.manners import RegistrationRules

TOOL: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS_LTI: Final = "https://canvas.instructure.com/lti/"
_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"

MOODLE_VARIABLES: Final = [
    "basic-lti-launch-request",
    "ContentItemSelectionRequest",
    "ToolProxyRegistrationRequest",
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "Context.sourcedId",
    "Context.longDescription",
    "Context.timeFrame.begin",
    "CourseSection.title",
    "CourseSection.label",
    "CourseSection.sourcedId",
    "CourseSection.longDescription",
    "CourseSection.timeFrame.begin",
    "CourseSection.timeFrame.end",
    "ResourceLink.id",
    "ResourceLink.title",
    "ResourceLink.description",
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.sourcedId",
    "Person.name.middle",
    "Person.address.street1",
    "Person.address.locality",
    "Person.address.country",
    "Person.address.timezone",
    "Person.phone.primary",
    "Person.phone.mobile",
    "Person.webaddress",
    "Membership.role",
    "Result.sourcedId",
    "Result.autocreate",
    "BasicOutcome.sourcedId",
    "BasicOutcome.url",
    "Moodle.Person.userGroupIds",
]
MOODLE_SCOPES: Final = (
    "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome",
    c.LINE_ITEM_READ_SCOPE,
    c.RESULT_SCOPE,
    c.SCORE_SCOPE,
    c.LINE_ITEM_SCOPE,
    c.MEMBERSHIP_SCOPE,
    "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting",
    "openid",
)
MOODLE_GRANTED: Final = (
    c.SCORE_SCOPE,
    c.RESULT_SCOPE,
    c.LINE_ITEM_READ_SCOPE,
    c.LINE_ITEM_SCOPE,
    c.MEMBERSHIP_SCOPE,
)
"""In the order of Moodle's answer; reading line items is given with ``lineitem``."""
MOODLE_CLAIMS: Final = ("sub", "iss", "name", "family_name", "given_name", "email")


def _endpoints(addresses: Addresses, registration_path: str) -> dict[str, object]:
    return {
        "issuer": addresses.issuer,
        "token_endpoint": addresses.token,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": addresses.key_set,
        "authorization_endpoint": addresses.authorise,
        "registration_endpoint": addresses.issuer + registration_path,
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


# --- Moodle ---

_MOODLE_REGISTRATION: Final = "/mod/lti/openid-registration.php"


def _moodle_configuration(addresses: Addresses, _school: str) -> dict[str, object]:
    return {
        **_endpoints(addresses, _MOODLE_REGISTRATION),
        "scopes_supported": list(MOODLE_SCOPES),
        "subject_types_supported": ["public", "pairwise"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: {
            "product_family_code": "moodle",
            "version": "4.5.5+ (Build: 20250613)",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": list(MOODLE_VARIABLES),
        },
    }


def _moodle_answer(asked: Mapping[str, Any], client_id: str) -> dict[str, object]:
    tool = asked[TOOL]
    scopes = set(str(asked.get("scope", "")).split())
    if c.LINE_ITEM_SCOPE in scopes:
        scopes.add(c.LINE_ITEM_READ_SCOPE)
    return {
        "client_id": client_id,
        "response_types": ["id_token"],
        "jwks_uri": asked["jwks_uri"],
        "initiate_login_uri": asked["initiate_login_uri"],
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": asked["redirect_uris"],
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": asked["client_name"],
        "logo_uri": asked.get("logo_uri", ""),
        "scope": " ".join(each for each in MOODLE_GRANTED if each in scopes),
        TOOL: {
            "version": "1.3.0",
            "deployment_id": DEPLOYMENT_ID,
            "target_link_uri": tool["target_link_uri"],
            "domain": tool["domain"],
            "description": tool.get("description", ""),
            "messages": [
                {"type": each["type"], "target_link_uri": each["target_link_uri"]}
                for each in tool["messages"]
                if each["type"] == "LtiDeepLinkingRequest"
            ],
            # Sic: a value ends at its first equals sign.
            "custom_parameters": {
                name: value.split("=")[0] for name, value in tool["custom_parameters"].items()
            },
            "claims": [each for each in MOODLE_CLAIMS if each in tool["claims"]],
        },
    }


MOODLE_REGISTRATION: Final = RegistrationRules(
    configuration_path="/mod/lti/openid-configuration.php",
    registration_path=_MOODLE_REGISTRATION,
    guarded=False,
    configuration=_moodle_configuration,
    answer=_moodle_answer,
    refusals={
        "used": (401, "token_already_used", _HTML),
        "unknown": (401, "token_unknown", _HTML),
        "bad": (400, "bad_request", _HTML),
    },
)

# --- Canvas ---

_CANVAS_REGISTRATION: Final = "/api/lti/registrations"
_COURSE_PLACEMENTS: Final = ["account_navigation", "course_navigation", "link_selection"]
_CONTENT_PLACEMENTS: Final = [
    "assignment_selection",
    "course_assignments_menu",
    "editor_button",
    "link_selection",
    "module_index_menu_modal",
]


def _canvas_configuration(addresses: Addresses, school: str) -> dict[str, object]:
    return {
        **_endpoints(addresses, _CANVAS_REGISTRATION),
        "scopes_supported": [*c.SCOPES, c.NOTICE_SCOPE, c.GROUP_SCOPE],
        "claims_supported": ["sub", "name", "given_name", "family_name", "email", "locale"],
        "subject_types_supported": ["public"],
        "authorization_server": addresses.issuer.partition("://")[2],
        PLATFORM: {
            "product_family_code": "canvas",
            "version": "vCloud",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": _COURSE_PLACEMENTS},
                {"type": "LtiDeepLinkingRequest", "placements": _CONTENT_PLACEMENTS},
            ],
            "variables": [
                "Context.id",
                "Context.id.history",
                "Person.sourcedId",
                "ResourceLink.submission.endDateTime",
                "Canvas.assignment.published",
                "Canvas.course.sectionIds",
                "Canvas.course.sisSourceId",
                "Canvas.user.sisIntegrationId",
            ],
            CANVAS_LTI + "account_name": school,
            CANVAS_LTI + "account_lti_guid": "pNu5F9EoIATW6XqZ33C5tiqomb7bFJ4IGWFoCFy6:canvas-lms",
        },
    }


def _canvas_error(status: int, text: str) -> tuple[int, str, str]:
    return status, '{"errors":{"type":"unauthorized","message":"' + text + '"}}', _JSON


CANVAS_REGISTRATION: Final = RegistrationRules(
    configuration_path="/api/lti/security/openid-configuration",
    registration_path=_CANVAS_REGISTRATION,
    guarded=True,
    configuration=_canvas_configuration,
    answer=lambda asked, client_id: {**asked, "client_id": client_id},
    refusals={
        "used": _canvas_error(401, "JWT has already been used"),
        "unknown": _canvas_error(401, "Invalid registration token"),
        "bad": (422, '{"errors":[{"message":"invalid registration"}]}', _JSON),
    },
)
