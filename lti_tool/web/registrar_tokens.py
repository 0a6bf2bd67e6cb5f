"""Access tokens of the JSON API: a registrar issues them, for what a registrar may see; a registrar
or an administrator of the school revokes them. The secret shows once, on the answer to the form.

Not here: the API itself (``lti_tool.api``).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.domain.access_token import LONGEST_NAME, MOST_DAYS, Scope, TokenState
from lti_tool.domain.errors import BadAccessTokenError
from lti_tool.domain.launch import Role
from lti_tool.services.issue_token import (
    PREFIX,
    By,
    Wish,
    issue_token,
    revoke_token,
    show_tokens,
)

from .access import audience, member, reading, requires, working
from .admin_tabs import admin_page
from .forms import FormError, FormReader, text, whole_number
from .localisation import gettext
from .page import Page, Tab
from .wiring import wired

DAYS = 180
OPEN_TO = (Role.REGISTRAR, Role.ADMINISTRATOR)
SCOPES = {
    Scope.OUTCOMES: _("Outcomes: who attained which level"),
    Scope.DECISIONS: _("Decisions with the ratings they rest on"),
    Scope.LEARNERS: _("Learners: names, student numbers, courses"),
    Scope.ASSESSMENTS: _("Assessments by requirement"),
    Scope.STANDARDS: _("Standards and requirements"),
}
STATES = {
    TokenState.ACTIVE: _("Works"),
    TokenState.EXPIRED: _("Expired"),
    TokenState.REVOKED: _("Revoked"),
}

blueprint = audience("tokens", __name__)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, with a sentence for each field that is wrong."""

    name: str
    scopes: frozenset[str]
    days: str
    errors: Mapping[str, str]


EMPTY = Typed("", frozenset({Scope.OUTCOMES.value}), str(DAYS), {})


@blueprint.get("/")
@requires(*OPEN_TO)
def listed() -> ResponseReturnValue:
    """The school's tokens and, for a registrar, the form for another."""
    return _page()


@blueprint.post("/")
@requires(Role.REGISTRAR)
def issue() -> ResponseReturnValue:
    """Make a token and show its secret, this once."""
    reader = FormReader()
    wish = Wish(
        name=reader.read(lambda: text("name", LONGEST_NAME, required=True), ""),
        scopes=_scopes(),
        days=reader.read(_days, 0),
    )
    if not wish.scopes:
        reader.errors["scopes"] = gettext("Tick what the token may read.")
    if reader.errors:
        return _page(_typed(reader.errors), status=422)
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with working() as work:
            by = By(work.actor_id, work.now)
            who = member()
            issue_token(
                work.session, wish, secret, by, school_id=who.school_id, owner_id=work.actor_id
            )
    except BadAccessTokenError as refused:
        words = gettext("This cannot be taken. Look at it again.")
        return _page(_typed({refused.field: words}), status=422)
    return _page(secret=secret)


@blueprint.post("/<int:token_id>/revoke")
@requires(*OPEN_TO)
def revoke(token_id: int) -> ResponseReturnValue:
    """Let a token work no more."""
    with working() as work:
        by = By(work.actor_id, work.now)
        token = revoke_token(work.session, token_id, by, school_id=member().school_id)
    flash(gettext("%(name)s is revoked: it reads nothing any more.", name=token.name), "ok")
    return redirect(url_for("tokens.listed"), 303)


def _page(typed: Typed = EMPTY, *, secret: str = "", status: int = 200) -> ResponseReturnValue:
    now = wired().clock()
    with reading() as session:
        shown = show_tokens(session, school_id=member().school_id, now=now)
    body = render_template(
        "registrar/tokens.html",
        page=_frame(shown.school.name),
        shown=shown,
        typed=typed,
        secret=secret,
        may_issue=Role.REGISTRAR in member().roles,
        scopes=SCOPES,
        states=STATES,
        most_days=MOST_DAYS,
        description=f"{wired().address.base_url.rstrip('/')}/api/v1/",
    )
    return body, status


def _frame(school: str) -> Page:
    here = url_for("tokens.listed")
    if Role.REGISTRAR not in member().roles:
        return admin_page("tokens.listed")
    home = Tab(gettext("Outcomes"), url_for("registrar.outcomes"))
    return Page(tabs=(home, Tab(gettext("Access tokens"), here, current=True)), context=(school,))


def _scopes() -> frozenset[Scope]:
    """Those ticked; what is no scope is passed over."""
    ticked = request.form.getlist("scopes")
    return frozenset(each for each in Scope if each.value in ticked)


def _days() -> int:
    given = whole_number("days", least=1, most=MOST_DAYS)
    if given is None:
        raise FormError("days", gettext("This must be filled in."))
    return given


def _typed(errors: Mapping[str, str]) -> Typed:
    form = request.form
    return Typed(
        form.get("name", ""), frozenset(form.getlist("scopes")), form.get("days", ""), errors
    )
