"""In which ways platforms differ, as data: one frozen ``Manner`` per platform.

The two that exist are in ``moodle`` and ``canvas``. Everything else in this package reads these
fields and never asks for a platform by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lti_tool.sandbox.addresses import Addresses, Paths
from lti_tool.sandbox.claims import LaunchFacts
from lti_tool.sandbox.course import Course, LineItem
from lti_tool.sandbox.people import Person, Role


class LoginProblem(StrEnum):
    """What can be wrong with an authorisation request, in the order in which it is looked at."""

    REDIRECT_URI = "redirect_uri"
    CLIENT = "client"
    MISSING = "missing"
    SCOPE = "scope"
    RESPONSE_TYPE = "response_type"
    RESPONSE_MODE = "response_mode"
    PROMPT = "prompt"
    HINT = "hint"
    PERSON = "person"


@dataclass(frozen=True)
class LoginRefusal:
    """The answer to a bad authorisation request.

    ``error`` None: a plain page with ``status``. Otherwise an OpenID error response, posted to the
    redirect URI.
    """

    error: str | None = None
    description: str | None = None
    status: int = 404


@dataclass(frozen=True)
class LoginRules:
    """Third-party-initiated login.

    ``method`` is the login initiation's; ``extras`` are parameters sent beside the standard ones.
    ``required`` must be present in the authorisation request. ``hint`` makes the message hint from
    the activity's number (0 without one) and the launch's ticket. ``strips_state``: tags vanish
    from ``state``, as in Moodle. ``storage_frame`` is the name of the frame that keeps values for
    tools, empty where the platform offers no storage.
    """

    method: str
    extras: Mapping[str, str]
    required: tuple[str, ...]
    refusals: Mapping[LoginProblem, LoginRefusal]
    hint: Callable[[int, str], str]
    strips_state: bool
    storage_frame: str


@dataclass(frozen=True)
class LaunchRules:
    """The shape of launches. ``roles`` are the full URNs of each kind of person.

    ``variables`` gives the values of the ``$Variable`` names the platform resolves.
    ``tool_custom`` are the parameters the administrator entered for the whole tool.
    ``extra_claims`` are the platform's own. ``repeats_mixed_case``: a custom key with capitals
    comes twice, lower-cased too. ``course_navigation``: courses have a menu with tools in it.
    """

    id_token_seconds: int
    roles: Mapping[Role, tuple[str, ...]]
    locales: Mapping[str, str]
    tool_custom: Mapping[str, str]
    variables: Callable[[LaunchFacts], Mapping[str, str]]
    extra_claims: Callable[[LaunchFacts], dict[str, object]]
    repeats_mixed_case: bool
    course_navigation: bool


@dataclass(frozen=True)
class ContentRules:
    """Deep linking. ``reviewed``: the teacher must still press Save. ``published``: activities
    made this way are open to students at once. ``uses_label``: ``lineItem.label`` names the column
    (otherwise the title does). ``always_graded``: a column is made without ``lineItem`` too.
    ``checks_audience``: the response's ``aud`` must be the issuer."""

    accept_multiple: bool
    reviewed: bool
    published: bool
    uses_label: bool
    always_graded: bool
    checks_audience: bool


@dataclass(frozen=True)
class TokenRules:
    """The token endpoint. ``leeway`` is how far ahead ``iat`` may be, ``oldest`` how old, in
    seconds (None: any age). ``drops_unknown_scopes``: grants the rest of ``scopes`` instead of
    refusing."""

    content_type: str
    leeway: int
    oldest: int | None
    single_use_jti: bool
    drops_unknown_scopes: bool
    scopes: tuple[str, ...]
    refusals: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Media:
    """Which header values a resource takes, without parameters. None: any."""

    containers: frozenset[str] | None
    items: frozenset[str] | None
    results: frozenset[str] | None
    members: frozenset[str] | None
    bodies: frozenset[str] | None
    score_bodies: frozenset[str] | None


@dataclass(frozen=True)
class ColumnRules:
    """Line items. ``page`` is the page size unless ``limit`` says less (None: all at once).

    ``longest`` are the field lengths past which the server breaks. ``own_deletable``: DELETE takes
    an activity's own column too. ``column_per_link``: only the first column of a link is seen in
    the gradebook. ``makes_activity``: a column without a link is an assignment of its own.
    ``pages_results``: False where a ``limit`` on results answers a 404 page.
    """

    page: int | None
    link_header: Callable[[Mapping[str, str]], str]
    longest: Mapping[str, int]
    too_long_status: int
    unknown_link_status: int
    replaces: bool
    own_deletable: bool
    column_per_link: bool
    pages_results: bool
    shown: Callable[[LineItem, Addresses], dict[str, object]]


@dataclass(frozen=True)
class ScoreRules:
    """What a score post does. ``counting`` are the ``gradingProgress`` values that keep a score;
    any other wipes it. ``own_column_by_receipt``: an activity's own column compares a timestamp
    with the time of the cell's last change. ``forgives_pretty_print``: a malformed post in more
    than one line answers 200. ``user_pattern``: user ids that do not break the server."""

    required: tuple[str, ...]
    stale_status: int
    equal_is_stale: bool
    whole_seconds: bool
    own_column_by_receipt: bool
    counting: frozenset[str]
    caps: bool
    appends_comments: bool
    user_pattern: str
    broken_user_status: int
    unknown_user_status: int
    locked_status: int
    unpublished_status: int | None
    forgives_pretty_print: bool
    success: Callable[[Addresses, LineItem, str], tuple[str, str]]


@dataclass(frozen=True)
class RefusedRequest:
    """What a refusal repeats of the request, and why it was refused.

    ``in_scores``: the request had reached the score handler, whose refusals look different.
    """

    status: int
    reason: str
    in_scores: bool
    method: str
    url: str
    accept: str
    content_type: str


@dataclass(frozen=True)
class ServiceRules:
    """The services beside scores. ``refusal`` gives body and content type of a refused request;
    ``no_handler_status`` answers a URL or method nobody serves. ``member`` is a row of the names
    and roles service, ``member_page`` its largest page (None: all)."""

    refusal: Callable[[RefusedRequest], tuple[str, str]]
    no_handler_status: int
    member: Callable[[Person, tuple[str, ...]], dict[str, object]]
    member_page: int | None


@dataclass(frozen=True)
class RegistrationRules:
    """Dynamic registration. The paths stand below the issuer. ``configuration`` is what the
    platform says of itself, ``guarded``: only to the bearer of a registration token. ``answer``
    makes the reply from the tool's request and its new client id. ``refusals`` give status, body
    and content type for a token that is ``used`` or ``unknown``, and for a ``bad`` request."""

    configuration_path: str
    registration_path: str
    guarded: bool
    configuration: Callable[[Addresses, str], dict[str, object]]
    answer: Callable[[Mapping[str, Any], str], dict[str, object]]
    refusals: Mapping[str, tuple[int, str, str]]


@dataclass(frozen=True)
class Manner:
    """One platform's manner, whole. ``product`` is the name people know."""

    name: str
    product: str
    course: Course
    paths: Paths
    login: LoginRules
    launch: LaunchRules
    content: ContentRules
    tokens: TokenRules
    media: Media
    columns: ColumnRules
    scores: ScoreRules
    services: ServiceRules
    registration: RegistrationRules
    resource_link_id: Callable[[int], str]
