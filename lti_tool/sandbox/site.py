"""Builds the sandbox: one Flask application that holds both platforms.

Serve it with any WSGI server; requests may run in parallel. Not here: starting a server.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Flask, render_template
from werkzeug.exceptions import HTTPException

from lti_tool.sandbox import (
    content_pages,
    gradebook,
    groups,
    login,
    memberships,
    notices,
    pages,
    registration,
    tokens,
)
from lti_tool.sandbox.addresses import DEPLOYMENT_ID, Addresses, SandboxSettings
from lti_tool.sandbox.canvas import CANVAS
from lti_tool.sandbox.claims import INSTITUTION
from lti_tool.sandbox.manners import Manner
from lti_tool.sandbox.moodle import MOODLE
from lti_tool.sandbox.state import Platform, Sandbox
from lti_tool.sandbox.words import here, language, word

MANNERS: Final = (MOODLE, CANVAS)


@dataclass(frozen=True)
class Registration:
    """What the tool must be told of one platform of the sandbox.

    ``registrar_role`` is the full role URN that the registrar launches with; ``frame_origin`` the
    origin whose pages frame the tool.
    """

    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    key_set_url: str
    deployment_id: str
    registrar_role: str
    frame_origin: str


def registrations(settings: SandboxSettings) -> tuple[Registration, ...]:
    """The registrations of both platforms, Moodle's manner first."""
    return tuple(_registration(settings, manner) for manner in MANNERS)


def _registration(settings: SandboxSettings, manner: Manner) -> Registration:
    addresses = Addresses(settings, manner.name, manner.paths, manner.course.id)
    return Registration(
        name=f"沙盒（{manner.product} 方式）",
        issuer=addresses.issuer,
        client_id=addresses.client_id,
        auth_login_url=addresses.authorise,
        auth_token_url=addresses.token,
        key_set_url=addresses.key_set,
        deployment_id=DEPLOYMENT_ID,
        registrar_role=INSTITUTION + "Administrator",
        frame_origin=settings.base_url,
    )


def create_sandbox(
    settings: SandboxSettings,
    *,
    class_size: int = 30,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """The sandbox as a Flask application; its ``Sandbox`` is in ``extensions["sandbox"]``.

    ``clock`` gives seconds since 1970.
    """
    app = Flask(__name__, static_url_path="/sandbox-static")
    platforms = {
        manner.name: Platform(manner, settings, class_size=class_size, clock=clock)
        for manner in MANNERS
    }
    sandbox = Sandbox(settings, platforms)
    app.extensions["sandbox"] = sandbox
    for platform in platforms.values():
        app.register_blueprint(_blueprint(platform))
    app.add_url_rule("/", "front", lambda: render_template("front.html", sandbox=sandbox))
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", {"Content-Type": "text/plain"}))
    app.register_error_handler(HTTPException, _error_page)
    app.context_processor(lambda: {"w": word, "here": here, "language": language()})
    return app


def _blueprint(platform: Platform) -> Blueprint:
    name = platform.manner.name
    blueprint = Blueprint(name, __name__, url_prefix=f"/{name}")
    services = (tokens, gradebook, memberships, groups, notices)
    for room in (login, *services, pages, content_pages, registration):
        room.add_routes(blueprint, platform)
    return blueprint


def _error_page(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    title = {403: word("forbidden"), 404: word("not_found")}.get(status, error.name)
    return render_template("error.html", title=title), status
