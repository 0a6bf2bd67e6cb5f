"""Starting a launch and building its id_token.

Not here: the requests in between (``login``).
"""

import secrets
from dataclasses import dataclass

from lti_tool.sandbox.addresses import DEPLOYMENT_ID
from lti_tool.sandbox.claims import LTI, LaunchFacts, Message, Place, common_claims, resolved
from lti_tool.sandbox.course import Activity
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.state import PendingLaunch, Platform, Visit


@dataclass(frozen=True)
class Initiation:
    """A third-party login request: where the browser goes, how, and with what."""

    url: str
    method: str
    parameters: dict[str, str]


@dataclass(frozen=True)
class Start:
    """What a person wants to open. ``activity`` None: deep linking, or the institution's link."""

    person: Person
    message: Message
    place: Place
    activity: Activity | None
    language: str
    document_target: str = "iframe"


def initiation(platform: Platform, start: Start) -> Initiation:
    """Begin a launch: the login initiation request that opens the tool."""
    addresses, rules = platform.addresses, platform.manner.login
    pending = PendingLaunch(
        user_id=start.person.user_id,
        course_id=platform.course.id,
        message=start.message,
        place=start.place,
        activity_id=start.activity.id if start.activity else None,
        locale=start.language,
        document_target=start.document_target,
    )
    hint = rules.hint(start.activity.id if start.activity else 0, secrets.token_hex(12))
    platform.launches.put(hint, pending)
    parameters = {
        "iss": addresses.issuer,
        "target_link_uri": start.activity.url if start.activity else addresses.tool_launch,
        "login_hint": start.person.user_id,
        "lti_message_hint": hint,
        "client_id": addresses.client_id,
        "lti_deployment_id": DEPLOYMENT_ID,
        **rules.extras,
        **storage_target(platform),
    }
    return Initiation(addresses.tool_login, rules.method, parameters)


def storage_target(platform: Platform) -> dict[str, str]:
    """What the login initiation and the launch say of the platform's storage."""
    frame = platform.storage_frame
    return {"lti_storage_target": frame} if frame else {}


def id_token(platform: Platform, pending: PendingLaunch, person: Person, nonce: str) -> str:
    """The signed message for a launch that the tool asked for, which began in this course."""
    manner = platform.manner
    activity = platform.activity(pending.activity_id) if pending.activity_id else None
    issued = int(platform.now().timestamp())
    facts = LaunchFacts(
        addresses=platform.addresses,
        course=platform.course,
        message=pending.message,
        place=pending.place,
        person=person,
        roles=manner.launch.roles[person.role],
        activity=activity,
        line_item=_line_item(platform, activity),
        issued=issued,
        expires=issued + manner.launch.id_token_seconds,
        nonce=nonce,
        locale=manner.launch.locales[pending.locale],
        document_target=pending.document_target,
        ticket=platform.visits.issue(Visit(person.user_id, platform.course.id, pending.locale)),
    )
    custom: dict[str, object] = {LTI + "custom": _custom(platform, facts)}
    extra = manner.launch.extra_claims(facts)
    return platform.key.signed(common_claims(facts) | extra | custom)


def _line_item(platform: Platform, activity: Activity | None) -> str | None:
    """The ``lineitem`` claim: the URL of the link's only column.

    None without a column and with several. Empty once the activity's own column was deleted, as
    Moodle 4.5.5 was observed to send it.
    """
    if activity is None:
        return None
    columns = platform.linked_columns(activity.resource_link_id)
    own = platform.own_column(activity.id)
    if len(columns) > 1 or not activity.graded:
        return None
    return platform.addresses.line_item(own.id) if own and own in columns else ""


def _custom(platform: Platform, facts: LaunchFacts) -> dict[str, str]:
    """The link's parameters and the tool's, the variables the platform knows replaced."""
    rules = platform.manner.launch
    custom = {**(facts.activity.custom if facts.activity else {}), **rules.tool_custom}
    values = resolved(custom, rules.variables(facts))
    if not rules.repeats_mixed_case:
        return values
    return {name: value for key, value in values.items() for name in (key.lower(), key)}
