"""Pages for the administrator: connect platforms, approve deployments, see that scores get through.

No learner shows here: an administrator connects and watches, and reads no outcomes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.lti.profiles import profile_of
from lti_tool.lti.urls import is_web_url, origin
from lti_tool.persistence.platforms import (
    PlatformDetails,
    PlatformExistsError,
    PlatformInUseError,
)
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.connect_platform import (
    connect_platform,
    disconnect_platform,
    map_registrar_roles,
)
from lti_tool.services.invite_platform import INVITED_FOR, invite_platform
from lti_tool.services.show_connections import show_connections
from lti_tool.services.show_health import show_health

from .access import audience, reading, requires, working
from .admin_tabs import admin_page
from .forms import FormError, FormReader, text, whole_number
from .localisation import gettext
from .wiring import wired

PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
REGISTRAR_ROLES = {
    f"{PERSON}Administrator": _("Administrator of the institution"),
    f"{PERSON}Staff": _("Staff of the institution"),
}
"""Institution roles (LTI 1.3 core, appendix A.2.2) that may make a registrar, with their words."""
LAST_ID = 2**31 - 1
NO_SIGN = timedelta(minutes=2)
"""A process that delivers leaves a sign of life every few seconds."""
OLD_BACKUP = timedelta(days=2)
LEAST_FREE = 1024**3
"""Bytes: room for a few large files until somebody looks."""
LONGEST_NAME = 255
LONGEST_ISSUER = 512
LONGEST_URL = 2048
LONGEST_LIST = 10_000
NO_LINES: tuple[str, ...] = ()

blueprint = audience("admin", __name__)


@dataclass(frozen=True, slots=True)
class ToolValues:
    """What an LMS must be told about this tool."""

    login: str
    launch: str
    keys: str
    developer_key: str


@blueprint.get("/")
@requires(Role.ADMINISTRATOR)
def platforms() -> ResponseReturnValue:
    """The connected platforms, what waits for approval, and the values an LMS asks for."""
    return _platforms_page()


@blueprint.post("/platforms/invite")
@requires(Role.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    """Make an address at which an LMS registers itself; it is shown on this page only."""
    token = secrets.token_urlsafe(32)
    try:
        school_id = whole_number("school", least=1, most=LAST_ID)
        with working() as work:
            invite_platform(work, token, school_id=school_id)
    except FormError as refused:
        return _platforms_page(refused.message, status=422)
    base = wired().address.base_url.rstrip("/")
    return _platforms_page(invitation=f"{base}/lti/register/{token}")


@blueprint.get("/platforms/new")
@requires(Role.ADMINISTRATOR)
def new_platform() -> ResponseReturnValue:
    """The form for another platform, filled in as far as its product and address tell."""
    typed = _preset(request.args.get("product", ""), request.args.get("site", "").strip())
    return _form_page(typed, {})


@blueprint.post("/platforms/new")
@requires(Role.ADMINISTRATOR)
def add_platform() -> ResponseReturnValue:
    """Connect a platform."""
    reader = FormReader()
    details = _details(reader)
    deployments = reader.read(lambda: _lines("deployment_ids"), NO_LINES)
    if reader.errors:
        return _form_page(request.form, reader.errors, status=422)
    try:
        with working() as work:
            made = connect_platform(work, details, deployment_ids=deployments)
    except PlatformExistsError:
        taken = gettext("A platform with this issuer and client ID is connected already.")
        return _form_page(request.form, {"client_id": taken}, status=409)
    flash(gettext("%(name)s is connected.", name=made.name), "ok")
    return _to_platforms(f"platform-{made.id}")


@blueprint.post("/platforms/<int:platform_id>/remove")
@requires(Role.ADMINISTRATOR)
def remove_platform(platform_id: int) -> ResponseReturnValue:
    """Forget a platform that was never used."""
    try:
        with working() as work:
            disconnect_platform(work, platform_id)
    except PlatformInUseError as used:
        words = gettext(
            "%(name)s has courses or records here, so it stays. Removing it would lose them.",
            name=used.name,
        )
        return _platforms_page(words, status=409)
    flash(gettext("The platform was removed."), "ok")
    return _to_platforms()


@blueprint.post("/platforms/<int:platform_id>/registrars")
@requires(Role.ADMINISTRATOR)
def map_roles(platform_id: int) -> ResponseReturnValue:
    """Say which roles of the platform make a registrar."""
    chosen = [each for each in request.form.getlist("role") if 0 < len(each) <= LONGEST_NAME]
    with working() as work:
        map_registrar_roles(work, platform_id, chosen)
    flash(gettext("Saved. It counts from the next launch on."), "ok")
    return _to_platforms(f"platform-{platform_id}")


@blueprint.post("/deployments/<int:deployment_id>/approve")
@requires(Role.ADMINISTRATOR)
def approve(deployment_id: int) -> ResponseReturnValue:
    """Answer a deployment's launches, as a school of its own or as part of another."""
    try:
        school_id = whole_number("school", least=1, most=LAST_ID)
        with working() as work:
            approve_deployment(work, deployment_id, school_id=school_id)
    except FormError as refused:
        return _platforms_page(refused.message, status=422)
    except StaleFormError:
        return _platforms_page(gettext("It was approved already."), status=409)
    flash(gettext("Approved: its launches are answered from now on."), "ok")
    return _to_platforms()


@blueprint.get("/health")
@requires(Role.ADMINISTRATOR)
def health() -> ResponseReturnValue:
    """Whether scores get through, what runs here, and what will be missed one day."""
    with reading() as session:
        shown = show_health(session, now=wired().clock())
    now = wired().clock()
    return render_template(
        "admin/health.html",
        page=admin_page("admin.health"),
        health=shown,
        sends_mail=wired().sends_mail,
        version=version("lti-tool"),
        database=wired().database.engine.dialect.name,
        now=now,
        pending=len(wired().pending()),
        delivers=shown.engine_seen is not None and now - shown.engine_seen < NO_SIGN,
        backup_is_fresh=shown.last_backup is not None and now - shown.last_backup < OLD_BACKUP,
        free_gibibytes=round(wired().files.free_bytes() / 2**30, 1),
        disk_is_full=wired().files.free_bytes() < LEAST_FREE,
    )


def _platforms_page(
    problem: str = "", *, invitation: str = "", status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        connections = show_connections(session)
    body = render_template(
        "admin/platforms.html",
        page=admin_page("admin.platforms", waiting=connections.waiting),
        connections=connections,
        tool=_tool_values(),
        registrar_roles=REGISTRAR_ROLES,
        problem=problem,
        invitation=invitation,
        invited_days=INVITED_FOR.days,
    )
    return body, status


def _form_page(
    typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> ResponseReturnValue:
    body = render_template(
        "admin/new_platform.html",
        page=admin_page("admin.platforms"),
        typed=typed,
        errors=errors,
        product=request.args.get("product", ""),
        site=request.args.get("site", ""),
    )
    return body, status


def _tool_values() -> ToolValues:
    base = wired().address.base_url.rstrip("/")
    return ToolValues(
        login=f"{base}/lti/login",
        launch=wired().address.launch_url,
        keys=f"{base}/lti/jwks",
        developer_key=f"{base}/lti/canvas.json",
    )


def _preset(product: str, site: str) -> Mapping[str, str]:
    """The form's fields as far as they are known; empty for an unknown product."""
    profile = profile_of(product)
    endpoints, known = profile.endpoints, is_web_url(site)
    if endpoints is None or not (known or endpoints.are_shared):
        return {}
    framing = origin(site) if known and endpoints.are_shared else ""
    return {**endpoints.at(site), "name": profile.title, "frame_origins": framing}


def _details(reader: FormReader) -> PlatformDetails:
    read = reader.read
    return PlatformDetails(
        name=read(lambda: text("name", LONGEST_NAME, required=True), ""),
        issuer=read(lambda: text("issuer", LONGEST_ISSUER, required=True), ""),
        client_id=read(lambda: text("client_id", LONGEST_NAME, required=True), ""),
        auth_login_url=read(lambda: _address("auth_login_url"), ""),
        auth_token_url=read(lambda: _address("auth_token_url"), ""),
        key_set_url=read(lambda: _address("key_set_url"), ""),
        token_audience=read(lambda: text("token_audience", LONGEST_URL), "") or None,
        frame_origins=read(_frame_origins, NO_LINES),
    )


def _address(name: str) -> str:
    """A web address that the tool may call. Raises FormError."""
    return _checked(name, text(name, LONGEST_URL, required=True))


def _frame_origins() -> tuple[str, ...]:
    lines = _lines("frame_origins")
    return tuple(origin(_checked("frame_origins", each)) for each in lines)


def _checked(name: str, url: str) -> str:
    """Plain http only where the settings allow it, for trials. Raises FormError."""
    secure = url.lower().startswith("https:") or wired().allow_loopback
    if not is_web_url(url) or not secure:
        raise FormError(name, gettext("An address that begins with https:// and names a site."))
    return url


def _lines(name: str) -> tuple[str, ...]:
    """The lines of a field that say something. Raises FormError where one is too long."""
    lines = [each.strip() for each in text(name, LONGEST_LIST).split("\n")]
    if any(len(each) > LONGEST_NAME for each in lines):
        raise FormError(
            name, gettext("A line has more than %(most)s characters.", most=LONGEST_NAME)
        )
    return tuple(each for each in lines if each)


def _to_platforms(anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("admin.platforms", _anchor=anchor), 303)
