"""The door for an LMS that registers this tool by itself, and Canvas's JSON developer key.

An invitation is an address with a secret token. The administrator pastes it into the LMS, which
opens it in a frame with the address of its configuration; one page says what will be connected,
one button does it. The page's form carries what it showed under our seal, so that nothing else
can be confirmed with it; there is no session, hence no cookie that another site could ride on.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from itsdangerous import BadSignature
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.lti.dynamic_registration import (
    PlatformConfiguration,
    RegistrationError,
    read_configuration,
    register,
)
from lti_tool.lti.registration import canvas_developer_key
from lti_tool.lti.urls import is_web_url, origin
from lti_tool.persistence import invitations, schools
from lti_tool.persistence.invitations import Invitation
from lti_tool.persistence.platforms import Platform, PlatformExistsError
from lti_tool.services.register_platform import register_platform

from .access import open_to_all
from .forms import FormError, text
from .page import Page
from .sealing import seal
from .security import allow_framing
from .wiring import wired

LARGEST_FORM = 64 * 1024
LONGEST_NAME = 255
LONGEST_TOKEN = 8192
LONGEST_URL = 2048
HELD = timedelta(minutes=3)
"""Longer than both requests to the LMS may take together."""
HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:[]/")
"""What an origin may hold before it is written into a header."""

log = structlog.get_logger()
blueprint = Blueprint("registration", __name__)

ASK_AGAIN = _("Ask the administrator of this tool for a new address.")
START_AGAIN = _(
    "Start again in the LMS: delete the tool's entry there, if there is one, and add it once more."
)
NOTHING_STORED = _("Nothing was stored here. Try again; if it stays so, connect the LMS by hand.")

# 424, failed dependency, where the LMS is to blame: a proxy would put its own page in place of a
# 502. No refusal is a 5xx.
REFUSALS: Mapping[str, tuple[int, LazyString, LazyString]] = {
    "invitation_unknown": (404, _("This registration address does not exist."), ASK_AGAIN),
    "invitation_expired": (410, _("This registration address has expired."), ASK_AGAIN),
    "invitation_used": (410, _("This registration address was used already."), ASK_AGAIN),
    "invitation_busy": (
        409,
        _("A registration with this address is under way."),
        _("Wait for it to end. If it fails, the address works again after three minutes."),
    ),
    "form_changed": (400, _("The confirmation could not be read."), START_AGAIN),
    "configuration_address": (
        400,
        _("The LMS gave an address that the tool must not call."),
        _("It must begin with https:// and be reachable from outside the school's network."),
    ),
    "configuration_unreachable": (424, _("The LMS's configuration was not read."), NOTHING_STORED),
    "configuration_invalid": (424, _("The LMS's configuration is incomplete."), NOTHING_STORED),
    "issuer_mismatch": (
        400,
        _("The LMS's configuration names another LMS as its own."),
        _("Nothing was stored here. The issuer must live where the configuration comes from."),
    ),
    "registration_unreachable": (424, _("The LMS did not answer the registration."), START_AGAIN),
    "registration_refused": (424, _("The LMS refused the registration."), START_AGAIN),
    "registration_invalid": (424, _("The LMS's answer cannot be used."), START_AGAIN),
    "platform_exists": (
        409,
        _("This LMS is connected already with the same client ID."),
        _("See the administrator's page."),
    ),
}
"""Status, what happened, what to do, by the reason of a RegistrationError."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What the LMS sent with the administrator. ``framing`` is the origin of the page around ours,
    empty where the browser does not tell."""

    configuration: str
    token: str
    framing: str


@blueprint.before_request
def _limit_size() -> None:
    """What belongs here is a few kilobytes; refuse more before reading it."""
    request.max_content_length = LARGEST_FORM
    if (request.content_length or 0) > LARGEST_FORM:
        raise RequestEntityTooLarge


@blueprint.get("/lti/register/<invitation>")
@open_to_all
def start(invitation: str) -> ResponseReturnValue:
    """Say what will be connected; opened by hand, say where this address belongs."""
    invited = _usable(invitation)
    visit = _visit()
    allow_framing(filter(None, (visit.framing,)))
    if not visit.configuration:
        return _by_hand()
    found = read_configuration(wired().http, visit.configuration, token=visit.token)
    return _confirmation(invited, visit, found)


@blueprint.post("/lti/register/<invitation>")
@open_to_all
def confirm(invitation: str) -> ResponseReturnValue:
    """Register at the LMS, keep it, and let the LMS close its frame."""
    visit = _unsealed(request.form.get("sealed", ""))
    allow_framing(filter(None, (visit.framing,)))
    invited = _usable(invitation)
    found = read_configuration(wired().http, visit.configuration, token=visit.token)
    try:
        name = text("name", LONGEST_NAME, required=True)
    except FormError as error:
        return _confirmation(invited, visit, found, error=error.message)
    with _held(invitation):
        made, waits = _registered(invitation, visit, found, name)
    return render_template(
        "registration/done.html",
        page=Page(switch_language=False),
        platform=made,
        waits=waits,
        activation=found.profile.activation,
    )


@blueprint.get("/lti/canvas.json")
@open_to_all
def canvas() -> ResponseReturnValue:
    """The JSON from which Canvas makes a developer key."""
    response = jsonify(canvas_developer_key(wired().address))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.errorhandler(RegistrationError)
def _refused(error: RegistrationError) -> ResponseReturnValue:
    status, title, todo = REFUSALS[error.reason]
    log.warning("registration refused", reason=error.reason, detail=error.detail)
    body = render_template(
        "error.html",
        page=Page(switch_language=False),
        title=title,
        todo=todo,
        detail=f"{error.reason} {error.detail}".strip(),
    )
    return body, status


def _usable(token: str) -> Invitation:
    """The invitation, if it can still be used. Raises RegistrationError."""
    with wired().database.reading() as session:
        found = invitations.invitation(session, token)
    if found is None:
        raise RegistrationError("invitation_unknown")
    if found.used_at is not None:
        raise RegistrationError("invitation_used")
    if found.expires_at <= wired().clock():
        raise RegistrationError("invitation_expired")
    return found


@contextmanager
def _held(token: str) -> Iterator[None]:
    """Keep the invitation from others meanwhile, and give it back if the registration fails."""
    wiring = wired()
    now = wiring.clock()
    with wiring.database.transaction() as session:
        if not invitations.hold_invitation(session, token, now=now, until=now + HELD):
            raise RegistrationError("invitation_busy")
    try:
        yield
    except RegistrationError:
        with wiring.database.transaction() as session:
            invitations.release_invitation(session, token)
        raise


def _registered(
    invitation: str, visit: Visit, found: PlatformConfiguration, name: str
) -> tuple[Platform, bool]:
    """The platform as stored, and whether its first launch waits for approval."""
    wiring = wired()
    given = register(wiring.http, found, wiring.address, token=visit.token)
    details = found.details(
        name=name, client_id=given.client_id, frame_origins=_framing_origins(visit, found)
    )
    try:
        with wiring.database.transaction() as session:
            made = register_platform(
                session,
                details,
                invitation=invitation,
                deployment_id=given.deployment_id,
                now=wiring.clock(),
            )
    except PlatformExistsError as error:
        raise RegistrationError("platform_exists") from error
    return made, given.deployment_id is None


def _by_hand() -> ResponseReturnValue:
    return render_template(
        "registration/by_hand.html",
        page=Page(switch_language=False),
        address=wired().address.base_url.rstrip("/") + request.path,
    )


def _confirmation(
    invited: Invitation, visit: Visit, found: PlatformConfiguration, *, error: str = ""
) -> ResponseReturnValue:
    school = None
    if invited.school_id is not None:
        with wired().database.reading() as session:
            school = schools.school(session, invited.school_id)
    body = render_template(
        "registration/confirm.html",
        page=Page(switch_language=False),
        found=found,
        product=found.profile.title if found.profile.product else found.product,
        school=school,
        framing=_framing_origins(visit, found),
        name=request.form.get("name") or found.school or found.profile.title,
        sealed=seal("registration").dumps([visit.configuration, visit.token, visit.framing]),
        error=error,
    )
    return body, 422 if error else 200


def _visit() -> Visit:
    given = request.args
    referrer = request.referrer or ""
    framing = origin(referrer) if is_web_url(referrer) else ""
    return Visit(
        given.get("openid_configuration", "")[: LONGEST_URL + 1],
        given.get("registration_token", "")[:LONGEST_TOKEN],
        framing if _is_plain(framing) else "",
    )


def _framing_origins(visit: Visit, found: PlatformConfiguration) -> tuple[str, ...]:
    """The origins that frame the tool besides those of the platform's own addresses."""
    own = {origin(url) for url in (found.issuer, found.auth_login_url) if is_web_url(url)}
    told = dict.fromkeys((visit.framing, found.framing))
    return tuple(each for each in told if each not in own and _is_plain(each))


def _is_plain(framing: str) -> bool:
    return bool(framing) and set(framing) <= HOST_CHARACTERS


def _unsealed(sealed: str) -> Visit:
    """What a confirmation page of ours showed. Raises RegistrationError."""
    try:
        configuration, token, framing = seal("registration").loads(sealed)
    except BadSignature as error:
        raise RegistrationError("form_changed") from error
    return Visit(configuration, token, framing)
