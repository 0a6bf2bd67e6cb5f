"""The second step of a launch: the platform's id_token becomes a domain ``Launch``.

Four small steps, because keys may have to be fetched and no network call may happen inside a
transaction, and because an unknown deployment is to be remembered although its launch is
refused:

1. ``open_launch`` by a statement of its own: the state is used up, if the browser is the login's.
2. ``verify_launch`` outside any: the token is genuine and its claims are in order.
3. ``note_launch`` in a transaction: the deployment is found, or stored as waiting.
4. ``admit_launch``, pure: the ``Launch``, or DeploymentWaitingError.

PyLTI1p3's message validators have the last word on a message; types, times, audiences, target
link and single use, which it leaves open, are checked here and in ``id_tokens``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pylti1p3.exception import LtiException
from pylti1p3.message_validators.abstract import MessageValidatorAbstract
from pylti1p3.message_validators.deep_link import DeepLinkMessageValidator
from pylti1p3.message_validators.resource_message import ResourceMessageValidator

from lti_tool.domain.launch import (
    Context,
    DeepLinking,
    GradeService,
    Launch,
    MessageType,
    Person,
    ResourceLink,
)
from lti_tool.persistence.database import AtOnce, Session
from lti_tool.persistence.login_states import digest, login_state, use_login_state
from lti_tool.persistence.platforms import (
    Deployment,
    DeploymentState,
    Platform,
    note_deployment,
    note_product,
)
from lti_tool.persistence.platforms import platform as stored_platform

from .claims import (
    AGS_ENDPOINT,
    DEEP_LINKING_SETTINGS,
    DEPLOYMENT_ID,
    LTI,
    MESSAGE_TYPE,
    MOST_URL,
    NAMES_AND_ROLES,
    VERSION,
    Claims,
    custom_texts,
)
from .errors import (
    BadClaimError,
    BadTokenError,
    DeploymentWaitingError,
    LoginStateError,
    PlatformRefusedError,
)
from .groups import groups_offered
from .id_tokens import verified_claims
from .key_sets import KeySets
from .notices import service_offered
from .roles import roles_here
from .urls import is_web_url

IN_A_LINK = frozenset({MessageType.RESOURCE_LINK, MessageType.SUBMISSION_REVIEW})
"""Messages that come from a link, which they must name."""
LINK_TYPE = "ltiResourceLink"
UNPLACED = 0
"""The deployment's row id before ``admit_launch`` knows it."""

VALIDATORS: Mapping[MessageType, MessageValidatorAbstract] = {
    MessageType.RESOURCE_LINK: ResourceMessageValidator(),
    MessageType.DEEP_LINKING: DeepLinkMessageValidator(),
    # PyLTI1p3's own wants a line item, which Moodle 4.5 leaves out where a link has two columns.
    MessageType.SUBMISSION_REVIEW: ResourceMessageValidator(),
}
"""A data privacy launch has none: PyLTI1p3's wants ``for_user``, which nothing here needs."""
OTHER_NAMES = {"LtiDataPrivacyLaunchRequest": MessageType.DATA_PRIVACY}
"""Both spellings occur."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A launch whose state was good; the token is not yet looked at.

    ``browser_proven``: the browser is the one that began the login, or a person has confirmed
    who they are, or the login bound no browser; the state is used up then. Otherwise somebody
    else's login could have been slipped in: the state is kept for the same form to come again
    with a proof, and ``admit_launch`` refuses. ``named_deployment``: what the login said, None
    where it said nothing.
    """

    platform: Platform
    id_token: str
    nonce_hash: str
    target_link_uri: str
    browser_proven: bool
    named_deployment: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedLaunch:
    """A genuine launch. ``launch.deployment_id`` is not filled in yet; ``deployment`` is the
    platform's word for it. ``browser_proven`` as in ``Arrival``."""

    platform: Platform
    deployment: str
    launch: Launch
    browser_proven: bool


def open_launch(
    at_once: AtOnce,
    form: Mapping[str, str],
    *,
    browser: str | None,
    confirmed: bool = False,
    now: datetime,
) -> Arrival:
    """Use up the state of a launch's form (``state``, ``id_token``). Step 1 of 4.

    ``browser`` is the secret that the login left with the browser, in a cookie or in the
    platform's storage; None when it came with neither. ``confirmed``: the person has seen who
    they are about to enter as, and agreed. With neither of both the state is only looked at.

    Raises PlatformRefusedError, LoginStateError, BadTokenError (``token_missing``).
    """
    if form.get("error"):
        raise PlatformRefusedError("platform_refused", form["error"][:100])
    if not form.get("id_token"):
        raise BadTokenError("token_missing")
    if not form.get("state"):
        raise LoginStateError("state_missing")
    state_hash = digest(form["state"])
    by = None if browser is None else digest(browser)
    used = use_login_state(at_once, state_hash, browser=by, consent=confirmed, now=now)
    if used is not None:
        return Arrival(
            used.platform,
            form["id_token"],
            used.nonce_hash,
            used.target_link_uri,
            browser_proven=True,
            named_deployment=used.deployment_id,
        )
    with at_once.session() as session:
        return _unproven(session, form["id_token"], state_hash, by, now)


def _unproven(
    session: Session, id_token: str, state_hash: str, browser: str | None, now: datetime
) -> Arrival:
    """A launch whose login could not be used up: why it is refused, or that a proof may follow."""
    state = login_state(session, state_hash)
    platform = None if state is None else stored_platform(session, state.platform_id)
    if state is None or platform is None:
        raise LoginStateError("state_unknown")
    if browser is not None and browser != state.browser_hash:
        raise LoginStateError("browser_changed")
    if state.used_at is not None:
        raise LoginStateError("state_used")
    if state.expires_at <= now:
        raise LoginStateError("state_expired")
    return Arrival(
        platform,
        id_token,
        state.nonce_hash,
        state.target_link_uri,
        browser_proven=False,
        named_deployment=state.deployment_id,
    )


def verify_launch(
    arrival: Arrival, *, key_sets: KeySets, now: datetime, nameless_allowed: bool = False
) -> VerifiedLaunch:
    """Check the token and read its claims. May fetch keys: call outside transactions. Step 2.

    ``nameless_allowed``: a link may be opened without ``sub`` (LTI 1.3 core, 5.3.6), which the
    certification wants refused; the person's ``sub`` is empty then. Deep linking always may.
    Raises BadTokenError, KeySetError, BadClaimError.
    """
    platform = arrival.platform
    values = verified_claims(
        arrival.id_token,
        platform,
        key=lambda kid: key_sets.key(platform, kid, now=now),
        nonce_hash=arrival.nonce_hash,
        now=now,
    )
    claims = Claims(values)
    message_type = _message_type(claims)
    target = claims.text(LTI + "target_link_uri")
    if message_type in IN_A_LINK and not target:
        raise BadClaimError("claim_missing", "target_link_uri")
    if target and target != arrival.target_link_uri:
        raise BadClaimError("target_changed")
    deployment = claims.identifier(DEPLOYMENT_ID)
    if arrival.named_deployment not in {None, deployment}:
        raise BadClaimError("deployment_changed")
    launch = _launch(claims, message_type, platform, nameless_allowed=nameless_allowed)
    _validate(claims, message_type)
    return VerifiedLaunch(platform, deployment, launch, arrival.browser_proven)


def note_launch(session: Session, verified: VerifiedLaunch, *, now: datetime) -> Deployment:
    """The launch's deployment; an unknown one is stored as waiting, so commit. Step 3."""
    if verified.launch.product != verified.platform.product:
        note_product(session, verified.platform.id, verified.launch.product)
    return note_deployment(session, verified.platform, verified.deployment, now=now)


def admit_launch(verified: VerifiedLaunch, deployment: Deployment) -> Launch:
    """The launch for the services. Step 4.

    Raises DeploymentWaitingError while the administrator has not approved the deployment, and
    LoginStateError (``browser_unproven``) for another browser's launch, as far as anybody knows.
    """
    if not verified.browser_proven:
        raise LoginStateError("browser_unproven")
    if deployment.state is not DeploymentState.APPROVED:
        raise DeploymentWaitingError(verified.platform.name, verified.deployment)
    return replace(verified.launch, deployment_id=deployment.id)


def _message_type(claims: Claims) -> MessageType:
    if claims.required(VERSION) != "1.3.0":
        raise BadClaimError("claim_value", "version")
    name = claims.required(MESSAGE_TYPE)
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    if name not in set(MessageType):
        raise BadClaimError("message_unsupported", name[:60])
    return MessageType(name)


def _validate(claims: Claims, message_type: MessageType) -> None:
    """PyLTI1p3's validators want ``sub`` always; where it had to be there it was read by now."""
    if message_type not in VALIDATORS:
        return
    values = {**claims.values, "sub": claims.text("sub") or "nameless"}
    try:
        VALIDATORS[message_type].validate(values)
    except LtiException as error:
        raise BadClaimError("claim_value", str(error)) from error


def _launch(
    claims: Claims, message_type: MessageType, platform: Platform, *, nameless_allowed: bool
) -> Launch:
    roles = claims.texts(LTI + "roles")
    if roles is None:
        raise BadClaimError("claim_missing", "roles")
    shown = claims.group(LTI + "launch_presentation") or Claims({})
    maker = claims.group(LTI + "tool_platform") or Claims({})
    deep = message_type is MessageType.DEEP_LINKING
    nameless = deep or (nameless_allowed and message_type is MessageType.RESOURCE_LINK)
    return Launch(
        platform_id=platform.id,
        deployment_id=UNPLACED,
        message_type=message_type,
        person=_person(claims, nameless_allowed=nameless),
        roles=roles_here(roles, platform.registrar_roles),
        context=_context(claims),
        resource_link=_resource_link(claims, required=message_type in IN_A_LINK),
        grades=_grades(claims),
        deep_linking=_deep_linking(claims) if deep else None,
        custom=custom_texts(claims),
        locale=shown.label("locale") or claims.label("locale") or None,
        product=maker.label("product_family_code").lower(),
        return_url=_return_url(shown),
        roster=_roster(claims),
        groups=groups_offered(claims),
        notices=service_offered(claims),
        for_user=_for_user(claims) if message_type is MessageType.SUBMISSION_REVIEW else None,
    )


def _for_user(claims: Claims) -> str:
    """Moodle 4.5 tells the user id alone."""
    group = claims.group(LTI + "for_user")
    if group is None:
        raise BadClaimError("claim_missing", "for_user")
    return group.identifier("user_id")


def _roster(claims: Claims) -> str | None:
    """Left out rather than refused where it is no web URL: nobody needs it to do their work."""
    group = claims.group(NAMES_AND_ROLES) or Claims({})
    url = group.text("context_memberships_url")
    return url if url and is_web_url(url) and len(url) <= MOST_URL else None


def _return_url(shown: Claims) -> str | None:
    """Only for a link back, so one that is no web URL is left out rather than refused."""
    url = shown.text("return_url")
    return url if url and is_web_url(url) else None


def _person(claims: Claims, *, nameless_allowed: bool) -> Person:
    nameless = nameless_allowed and not claims.text("sub")
    lis = claims.group(LTI + "lis") or Claims({})
    return Person(
        sub="" if nameless else claims.identifier("sub"),
        name=claims.label("name"),
        given_name=claims.label("given_name"),
        family_name=claims.label("family_name"),
        email=claims.label("email"),
        student_number=lis.label("person_sourcedid"),
    )


def _context(claims: Claims) -> Context | None:
    group = claims.group(LTI + "context")
    if group is None:
        return None
    return Context(group.identifier("id"), group.label("title"), group.label("label"))


def _resource_link(claims: Claims, *, required: bool) -> ResourceLink | None:
    group = claims.group(LTI + "resource_link")
    if group is None and required:
        raise BadClaimError("claim_missing", "resource_link")
    if group is None:
        return None
    return ResourceLink(group.identifier("id"), group.label("title"))


def _grades(claims: Claims) -> GradeService | None:
    group = claims.group(AGS_ENDPOINT)
    if group is None:
        return None
    return GradeService(
        line_items=group.web_url("lineitems"),
        line_item=group.web_url("lineitem"),
        scopes=frozenset(group.texts("scope") or ()),
    )


def _deep_linking(claims: Claims) -> DeepLinking:
    """``accept_lineitem`` absent means unknown (deep linking 2.0, section 4.4.1.2): Moodle 4.5
    leaves it out and honours line items, so absent counts as yes."""
    group = claims.group(DEEP_LINKING_SETTINGS)
    if group is None:
        raise BadClaimError("claim_missing", "deep_linking_settings")
    types = group.texts("accept_types")
    group.texts("accept_presentation_document_targets")
    return_url = group.web_url("deep_link_return_url")
    if return_url is None:
        raise BadClaimError("claim_missing", "deep_link_return_url")
    return DeepLinking(
        return_url=return_url,
        accept_multiple=group.flag("accept_multiple", absent=False),
        accept_line_item=group.flag("accept_lineitem", absent=True),
        data=group.text("data"),
        accept_links=not types or LINK_TYPE in types,
    )
