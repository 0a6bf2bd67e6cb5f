"""The claims of a launch that platforms agree on, and the facts they are made from.

Not here: each platform's own claims (``moodle``, ``canvas``), signing (``keys``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lti_tool.sandbox.addresses import DEPLOYMENT_ID, Addresses
from lti_tool.sandbox.course import Activity, Course
from lti_tool.sandbox.people import Person

LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS_ENDPOINT: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NAMES_AND_ROLES: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

NOTICES: Final = LTI + "platformnotificationservice"
GROUPS: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"

AGS_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE: Final = AGS_SCOPE + "lineitem"
LINE_ITEM_READ_SCOPE: Final = AGS_SCOPE + "lineitem.readonly"
RESULT_SCOPE: Final = AGS_SCOPE + "result.readonly"
SCORE_SCOPE: Final = AGS_SCOPE + "score"
MEMBERSHIP_SCOPE: Final = (
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)
NOTICE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
GROUP_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
AGS_SCOPES: Final = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE)
SCOPES: Final = (*AGS_SCOPES, MEMBERSHIP_SCOPE)
"""Those of both platforms."""
COPY_NOTICE: Final = "LtiContextCopyNotice"
NOTICE_TYPES: Final = ("LtiHelloWorldNotice", COPY_NOTICE)

MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM: Final = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"


class Message(StrEnum):
    """The messages the sandbox sends."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


class Place(StrEnum):
    """Where a launch starts."""

    COURSE = "course"
    NAVIGATION = "navigation"
    """The menu of a course, where the platform has one for tools: no link of the course."""
    INSTITUTION = "institution"
    """The institution's administration, outside any course: the registrar's way in."""


@dataclass(frozen=True)
class LaunchFacts:
    """All that one launch says, before it takes the platform's shape.

    ``activity`` is None for deep linking and at the institution. ``line_item`` is the URL of the
    link's column: None leaves the claim out, an empty text sends it empty. ``issued`` and
    ``expires`` are seconds since 1970. ``ticket`` is the single-use key of the URLs handed out.
    """

    addresses: Addresses
    course: Course
    message: Message
    place: Place
    person: Person
    roles: tuple[str, ...]
    activity: Activity | None
    line_item: str | None
    issued: int
    expires: int
    nonce: str
    locale: str
    document_target: str
    ticket: str


def common_claims(facts: LaunchFacts) -> dict[str, object]:
    """Claims that Moodle and Canvas send alike."""
    person, addresses = facts.person, facts.addresses
    return {
        "nonce": facts.nonce,
        "iat": facts.issued,
        "exp": facts.expires,
        "iss": addresses.issuer,
        "aud": addresses.client_id,
        "sub": person.user_id,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "name": person.name,
        "email": person.email,
        LTI + "deployment_id": DEPLOYMENT_ID,
        LTI + "message_type": facts.message.value,
        LTI + "version": "1.3.0",
        LTI + "target_link_uri": facts.activity.url if facts.activity else addresses.tool_launch,
        LTI + "roles": list(facts.roles),
    }


def common_variables(facts: LaunchFacts) -> dict[str, str]:
    """Substitution variables that Moodle and Canvas know alike, with their values."""
    person, course = facts.person, facts.course
    return {
        "$User.id": person.user_id,
        "$User.username": person.username,
        "$Person.sourcedId": person.student_number,
        "$Person.name.full": person.name,
        "$Person.name.given": person.given_name,
        "$Person.name.family": person.family_name,
        "$Person.email.primary": person.email,
        "$Context.id": course.context_id,
        "$Context.title": course.title,
        "$Context.id.history": ",".join(course.history),
    }


def named_course(course: Course) -> dict[str, object]:
    """How both say which course they mean; a launch adds the ``type``."""
    return {"id": course.context_id, "label": course.label, "title": course.title}


def grade_service(facts: LaunchFacts) -> dict[str, object]:
    """The ``endpoint`` claim of Assignment and Grade Services 2.0 (section 3.1)."""
    endpoint: dict[str, object] = {
        "scope": list(AGS_SCOPES),
        "lineitems": facts.addresses.line_items,
    }
    if facts.line_item is not None:
        endpoint["lineitem"] = facts.line_item
    return endpoint


def more_services(facts: LaunchFacts) -> dict[str, object]:
    """The claims of notices (Platform Notification Service 1.0) and course groups (Course Groups
    Service 1.0), where the platform has paths for them."""
    addresses, offered = facts.addresses, dict[str, object]()
    if addresses.paths.notice_handlers:
        offered[NOTICES] = {
            "service_versions": ["1.0"],
            "platform_notification_service_url": addresses.notice_handlers,
            "scope": [NOTICE_SCOPE],
            "notice_types_supported": list(NOTICE_TYPES),
        }
    if addresses.paths.groups:
        offered[GROUPS] = {
            "service_versions": ["1.0"],
            "context_groups_url": addresses.groups,
            "scope": [GROUP_SCOPE],
        }
    return offered


def resolved(custom: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """``custom`` with every ``$Variable`` the platform knows replaced; others stay literal."""
    return {key: values.get(value, value) for key, value in custom.items()}


def urns(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    """Role names under a vocabulary's prefix."""
    return tuple(prefix + name for name in names)
