"""What a monitor asks for: ``/healthz``, ``/readyz`` and ``/metrics``; and a log line a request.

A line names the page, never the address: that holds the token of a session.
"""

import hmac
import secrets
import time

import structlog
from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue

from lti_tool.persistence.database import DatabaseError
from lti_tool.services.show_health import show_health
from lti_tool.telemetry import measures
from lti_tool.telemetry.tracing import HEADER, begin_request

from .access import open_to_all
from .wiring import wired

UNLOGGED = frozenset({"static", "monitoring.healthz", "monitoring.readyz", "monitoring.metrics"})
LAUNCH = "launch.launch"

log = structlog.get_logger()
blueprint = Blueprint("monitoring", __name__)


def init_monitoring(app: Flask, *, behind_proxy: bool) -> None:
    """Trace, log and count every request. It keeps the id that came with it only from a proxy of
    ours: anybody else could spoil the log with it."""

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get(HEADER) if behind_proxy else None
        g.request_id = begin_request(given, secrets.token_hex(8))

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        _note(response.status_code, time.perf_counter() - g.began)
        return response


def _note(status: int, seconds: float) -> None:
    endpoint = request.endpoint or "none"
    measures.REQUESTS.labels(endpoint, f"{status // 100}xx").observe(seconds)
    if endpoint == LAUNCH and status == 303:
        measures.LAUNCHES.inc()
    if endpoint not in UNLOGGED:
        milliseconds = round(seconds * 1000, 1)
        log.info("request", page=endpoint, method=request.method, status=status, ms=milliseconds)


@blueprint.get("/healthz")
@open_to_all
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@open_to_all
def readyz() -> ResponseReturnValue:
    """Database and schema are there, too."""
    try:
        missing = wired().pending()
    except DatabaseError:
        return jsonify(status="the database does not answer"), 503
    if missing:
        return jsonify(status="the database needs an upgrade", missing=list(missing)), 503
    return jsonify(status="ok")


@blueprint.get("/metrics")
@open_to_all
def metrics() -> ResponseReturnValue:
    """What is counted, for whoever has the token of the settings; nothing is here for others."""
    token = wired().metrics_token
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    right = token is not None and hmac.compare_digest(given.encode(), token.encode())
    if kind != "Bearer" or not right:
        abort(404)
    with wired().database.reading() as session:
        found = show_health(session, now=wired().clock())
    stored = measures.Backlog(found.waiting, found.oldest, found.needing_person, found.last_backup)
    body = measures.exposition(stored, now=wired().clock())
    return Response(body, content_type=measures.CONTENT_TYPE)
