"""What differs from LMS to LMS, as data in one place, each difference with its evidence.

The code asks a field of the profile and never for a product by name. "Observed" is a real Moodle
4.5.5 over HTTP, whose messages the contract tests replay; "documented" is Canvas's public API
documentation and source. Not here: what all platforms share, which follows the specifications; and
what is done alike everywhere because one platform needs it and none minds. That is: results are
never asked for with a limit (Moodle answers 404), nobody's role is taken from names and roles
(Moodle lists its non-editing teachers as learners), a column is read before it is changed (Moodle
unlinks it otherwise), scores are one line of ASCII and go one at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, urlsplit

from lti_tool.domain.launch import Launch
from lti_tool.services.enter_from_launch import HISTORY_FIELD

from .urls import is_web_url

CANVAS_LTI: Final = "https://canvas.instructure.com/lti/"
"""Canvas's extensions begin with this."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a platform answers: each a whole URL, or a path below the site's own address."""

    issuer: str
    auth_login_url: str
    auth_token_url: str
    key_set_url: str

    @property
    def are_shared(self) -> bool:
        """Whether every school has these same URLs; its own site then only frames the tool."""
        return bool(self.issuer)

    def at(self, site: str) -> Mapping[str, str]:
        """The URLs of the platform at ``site``, by the names of ``PlatformDetails``."""
        values = {
            "issuer": self.issuer,
            "auth_login_url": self.auth_login_url,
            "auth_token_url": self.auth_token_url,
            "key_set_url": self.key_set_url,
        }
        base = site.rstrip("/")
        return {k: v if v.startswith("https:") else base + v for k, v in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A place in the LMS from which the tool is opened. ``extras`` are the platform's own fields of
    the registration message, ``settings`` those of a Canvas JSON developer key."""

    name: str
    extras: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One product. The defaults follow the specifications."""

    product: str
    """The ``product_family_code`` of launches and of the platform's configuration."""
    title: str
    """The name people know."""

    # --- connecting it ---

    endpoints: Endpoints | None = None
    """Known beforehand, to fill in the form by hand; None: the administrator enters them."""
    issuer_homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Issuers whose configuration may come from another host than their own: one that ends with
    one of these names. Everybody else's must come from the issuer's host (Dynamic Registration
    1.0, "Issuer and OpenID Configuration URL Match")."""
    audience_is_token_url: bool = False
    """Token requests name the token URL even where the configuration has an
    ``authorization_server``, which by Dynamic Registration 1.0 is the audience."""
    school_name: str = ""
    """The field of the platform's configuration that names the school."""
    school_domain: str = ""
    """The field that names the host whose pages frame the tool, where it is not the issuer's."""
    placements: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    """Where each message type is placed. A type not named here has no placement."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Custom parameters asked for beside ``COMMON_VARIABLES``: name to ``$Variable``."""
    tool_extras: Mapping[str, object] = field(default_factory=dict)
    """The platform's own fields of the tool configuration."""
    activation: str = ""
    """What the administrator still does in the LMS after registration: ``activate`` the tool,
    ``review`` and switch it on; empty where that is not known."""

    # --- launches ---

    context_stands_in: bool = False
    """A launch from a menu, which is no link of the course, names the course as its link."""

    course_page: str = ""
    """Where a course is, below the issuer's address; ``{context}`` stands for the course's id.
    Empty where that is not known."""

    # --- grades ---

    appends_comments: bool = False
    """A score's comment is added to the earlier ones instead of replacing them, so it is sent
    once only; elsewhere leaving it out erases it, so it is sent each time."""
    score_extension: Mapping[str, object] = field(default_factory=dict)
    """Added to every score."""
    stale_statuses: frozenset[int] = frozenset({400, 409})
    """With which a score is refused whose timestamp is not newer than the last. AGS 2.0, section
    3.4.9, says 409; Canvas (documented) and Open edX (observed) say 400, and for that the words
    of the body must say so, too."""
    connections: int = 2
    """How many scores are posted at a time, never two for one column and learner."""
    calls_per_second: float = 10.0
    """How fast the grade service is called, all processes together and on average."""
    burst: int = 100
    """How many calls may follow each other at once after a quiet while."""


COMMON_VARIABLES: Final[Mapping[str, str]] = {
    HISTORY_FIELD: "$Context.id.history",
    "section_begin": "$CourseSection.timeFrame.begin",
    "section_end": "$CourseSection.timeFrame.end",
    "student_number": "$Person.sourcedId",
    "submission_end": "$ResourceLink.submission.endDateTime",
}
"""Custom parameters for every launch (LTI 1.3 core, appendix B): the courses this one was copied
from, the term, the student's number, the due time."""

DEFAULT: Final = Profile(
    product="",
    title="LMS",
    placements={"LtiDeepLinkingRequest": (Placement(name="ContentArea"),)},
)
"""What the specifications say, for every platform not named below."""

MOODLE: Final = Profile(
    product="moodle",
    title="Moodle",
    # Observed: the issuer is the site's own address.
    endpoints=Endpoints("", "/mod/lti/auth.php", "/mod/lti/token.php", "/mod/lti/certs.php"),
    # Observed in its configuration: deep linking has the placement ContentArea, launches have none.
    placements={"LtiDeepLinkingRequest": (Placement(name="ContentArea"),)},
    # Observed: resolved at launch to the ids of the person's groups, comma-separated.
    variables={"user_groups": "$Moodle.Person.userGroupIds"},
    # Observed: Pending until the administrator activates it.
    activation="activate",
    # Observed: a launch's context id is the number of the course in Moodle's own addresses.
    course_page="/course/view.php?id={context}",
    # Observed: the comment is replaced, and erased where a score has none.
    appends_comments=False,
    # Observed: the same second or older answers 409. A 400 is about something else.
    stale_statuses=frozenset({409}),
    # Observed: about 53 ms a post; of several at once for one column and learner all but one are
    # refused, others are not.
    connections=4,
    calls_per_second=25.0,
)

CANVAS: Final = Profile(
    product="canvas",
    title="Canvas",
    # Documented: shared by all schools that Instructure hosts.
    endpoints=Endpoints(
        "https://canvas.instructure.com",
        "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "https://sso.canvaslms.com/login/oauth2/token",
        "https://sso.canvaslms.com/api/lti/security/jwks",
    ),
    # Documented: the configuration is served at the school's or the sign-on host, the issuer is
    # the same for all schools of an environment.
    issuer_homes={
        "https://canvas.instructure.com": ("instructure.com", "canvaslms.com"),
        "https://canvas.beta.instructure.com": ("instructure.com", "canvaslms.com"),
        "https://canvas.test.instructure.com": ("instructure.com", "canvaslms.com"),
    },
    # Documented: an assertion's audience is the exact token URL, while the configuration's
    # authorization_server is a bare host name.
    audience_is_token_url=True,
    school_name=CANVAS_LTI + "account_name",
    school_domain=CANVAS_LTI + "account_domain",
    # Documented: assignment_selection takes one item, the others take several. The account's page
    # is where registrars open the tool.
    placements={
        "LtiResourceLinkRequest": (
            Placement(
                name="course_navigation",
                extras={CANVAS_LTI + "course_navigation/default_enabled": False},
                settings={"default": "disabled"},
            ),
            Placement(
                name="account_navigation",
                extras={CANVAS_LTI + "visibility": "admins"},
                settings={"visibility": "admins"},
            ),
        ),
        "LtiDeepLinkingRequest": (
            Placement(name="assignment_selection"),
            Placement(name="link_selection"),
            Placement(name="course_assignments_menu"),
            Placement(name="module_index_menu_modal"),
        ),
    },
    variables={
        "course_sis_id": "$Canvas.course.sisSourceId",
        "course_sections": "$Canvas.course.sectionIds",
        "user_sis_id": "$Canvas.user.sisIntegrationId",
        "published": "$Canvas.assignment.published",
    },
    # Documented: without it launches are anonymous, and teachers would rate numbers.
    tool_extras={
        CANVAS_LTI + "privacy_level": "public",
        CANVAS_LTI + "tool_id": "dabiao",
        CANVAS_LTI + "vendor": "Dabiao 达标",
    },
    # Documented: the administrator sees a summary, may change it, and switches the tool on.
    activation="review",
    # Documented: resource_link.id falls back to the context's id outside real links.
    context_stands_in=True,
    # Documented: a submission comment is added at every post.
    appends_comments=True,
    # Documented: a score counts as a new submission unless told otherwise, which moves the
    # student's hand-in time and may make the work late.
    score_extension={CANVAS_LTI + "submission": {"new_submission": False}},
    # Documented: one leaky bucket for each client id, and the advice to post one after another.
    connections=1,
)

KNOWN: Final = (MOODLE, CANVAS)


def profile_of(product: str) -> Profile:
    """The profile of a product family code, in any case; the default for one not known."""
    return next((each for each in KNOWN if each.product == product.strip().lower()), DEFAULT)


def course_url(product: str, issuer: str, context_id: str) -> str | None:
    """Where a course is in its LMS; None where that is not known."""
    page = profile_of(product).course_page
    if not page or not is_web_url(issuer):
        return None
    return issuer.rstrip("/") + page.format(context=quote(context_id, safe=""))


def without_stand_in(launch: Launch) -> Launch:
    """The launch without a resource link that is really the course. Elsewhere the two may have the
    same id by chance: Moodle numbers both from 1."""
    link, context = launch.resource_link, launch.context
    if link is None or context is None or link.id != context.id:
        return launch
    if not profile_of(launch.product).context_stands_in:
        return launch
    return replace(launch, resource_link=None)


def may_speak_for(issuer: str, configuration_url: str) -> bool:
    """Whether a configuration at this URL may name this issuer: its host is the issuer's, or one
    of those that a profile knows for exactly this issuer. Both are web URLs."""
    host = urlsplit(configuration_url).hostname or ""
    if host and host == urlsplit(issuer).hostname:
        return True
    homes = (home for each in KNOWN for home in each.issuer_homes.get(issuer.rstrip("/"), ()))
    return any(host == home or host.endswith("." + home) for home in homes)
