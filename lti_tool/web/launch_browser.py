"""Whether the browser that ends a launch is the one that began it.

Otherwise somebody could slip their own login into another person's browser, who would then hand
in work under a stranger's name (login CSRF). A login leaves a secret with the browser, and the
launch must bring it back:

1. in a cookie, partitioned where browsers part them by site: first choice, no page between;
2. else in the platform's storage, by messages (1EdTech LTI Client Side postMessages), where the
   platform offers it with ``lti_storage_target``;
3. else, before the login's single-use hint is spent, the person is offered a window of its own,
   where the tool's cookies are first-party ones;
4. else (no scripts, or cookies blocked everywhere) the person is shown who they are about to
   enter as, and agrees.

A secret or an agreement in a form counts only if the form came from a page of ours (``Origin``):
whoever began a login knows its secret, and could have another browser post it. An agreement is
sealed besides, with the time at which the token was looked at: Moodle's tokens last a minute,
people may take longer to read. No session opens without one of the four.

Not here: the session (``launch``), what makes a token genuine (``lti_tool.lti``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request
from itsdangerous import BadSignature

from lti_tool.lti.errors import LoginStateError
from lti_tool.lti.launch import Arrival, VerifiedLaunch
from lti_tool.lti.login import LOGIN_LIFETIME, LoginRedirect
from lti_tool.lti.urls import origin, with_query
from lti_tool.persistence.login_states import digest

from .page import Page
from .sealing import seal
from .wiring import wired

COOKIES_WORK = "lti-cookies"
"""Tells the page's script, and the next login, that this browser keeps our cookies here."""
COOKIES_WORK_SECONDS = 90 * 86_400
FRAMES = frozenset({"iframe", "frame"})
LONGEST_TARGET = 255
RESTARTED = (
    "iss",
    "client_id",
    "login_hint",
    "lti_message_hint",
    "lti_deployment_id",
    "target_link_uri",
)
"""What a login consists of when it is begun again in a window of its own."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a launch brought: the login's secret, or the person's agreement; both may lack.

    ``seen`` is when the token was looked at, None unless the person has agreed since.
    ``asked``: the platform's storage has been asked already.
    """

    secret: str | None
    seen: datetime | None
    asked: bool


def send_on(onward: LoginRedirect, secret: str, parameters: Mapping[str, str]) -> Response:
    """Leave the secret with the browser and send it on to the LMS: by a redirect where its cookie
    will do, else over a page that finds out."""
    target = parameters.get("lti_storage_target", "")[:LONGEST_TARGET]
    framed = request.headers.get("Sec-Fetch-Dest") in FRAMES
    if COOKIES_WORK in request.cookies or not (framed or target):
        response = make_response(redirect(onward.url, 302))
    else:
        response = make_response(_begin_page(onward, secret, target, parameters))
        _set_cookie(response, COOKIES_WORK, "1", COOKIES_WORK_SECONDS, readable=True)
    lifetime = int(LOGIN_LIFETIME.total_seconds())
    _set_cookie(response, _cookie(onward.state), secret, lifetime)
    return response


def proof_of(form: Mapping[str, str]) -> Proof:
    """What this request proves of its browser.

    Raises LoginStateError (``browser_unproven``) for a form that says it comes from a page of
    ours and does not.
    """
    secret = request.cookies.get(_cookie(form.get("state", "")))
    given, agreed = form.get("proof"), form.get("agreed")
    if secret is not None or (given is None and agreed is None):
        return Proof(secret, None, asked=False)
    if request.headers.get("Origin") != origin(wired().address.base_url):
        raise LoginStateError("browser_unproven")
    return Proof(given or None, _seen(agreed, form) if agreed else None, asked=True)


def fetch_page(arrival: Arrival, form: Mapping[str, str]) -> str:
    """The page that asks the platform's storage for the secret.

    A platform that names no frame at the launch may still answer in the one around us.
    """
    return render_template(
        "launch/fetch.html",
        page=Page(switch_language=False),
        fields=_kept(form),
        target=form.get("lti_storage_target", "")[:LONGEST_TARGET],
        origin=origin(arrival.platform.auth_login_url),
        key=_key(form["state"]),
    )


def confirm_page(verified: VerifiedLaunch, form: Mapping[str, str], now: datetime) -> str:
    """The page that asks the person; its form comes back with their agreement."""
    launch = verified.launch
    agreed = seal("launch").dumps([_fingerprint(form), now.isoformat()])
    return render_template(
        "launch/confirm.html",
        page=Page(switch_language=False),
        fields=_kept(form) | {"agreed": agreed},
        person=launch.person.name,
        course=launch.context.title if launch.context else "",
        platform=verified.platform.name,
    )


def _begin_page(
    onward: LoginRedirect, secret: str, target: str, parameters: Mapping[str, str]
) -> str:
    again = {name: parameters[name] for name in RESTARTED if parameters.get(name)}
    return render_template(
        "launch/begin.html",
        page=Page(switch_language=False),
        target=target,
        origin=origin(onward.url),
        key=_key(onward.state),
        value=secret,
        onward=onward.url,
        window=with_query(wired().address.base_url + "/lti/login", again),
    )


def _seen(agreed: str, form: Mapping[str, str]) -> datetime:
    """When the token was looked at. Raises LoginStateError for a seal that is not this form's."""
    try:
        fingerprint, seen = seal("launch").loads(agreed)
    except BadSignature as error:
        raise LoginStateError("browser_unproven") from error
    if fingerprint != _fingerprint(form):
        raise LoginStateError("browser_unproven")
    return datetime.fromisoformat(seen)


def _fingerprint(form: Mapping[str, str]) -> str:
    return digest(f"{form.get('state', '')} {form.get('id_token', '')}")


def _kept(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form[name] for name in ("state", "id_token") if name in form}


def _key(state: str) -> str:
    """The name of one login's secret: one each, so that two activities on a page may start at
    once. It does not give the state away."""
    return f"lti-{digest(state)[:16]}"


def _cookie(state: str) -> str:
    """The cookie's name. Browsers refuse the ``__Host-`` prefix over plain http."""
    host = "__Host-" if wired().address.base_url.startswith("https:") else ""
    return host + _key(state)


def _set_cookie(
    response: Response, name: str, value: str, seconds: int, *, readable: bool = False
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=True,
        httponly=not readable,
        samesite="None",
        partitioned=True,
    )
