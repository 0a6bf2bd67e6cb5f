"""The door that every request to a platform's services passes: media type, token, fault, log.

Not here: what the services answer (``gradebook``, ``memberships``), nor how tokens are given
(``tokens``).
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, request

from lti_tool.sandbox.manners import RefusedRequest
from lti_tool.sandbox.state import Platform
from lti_tool.sandbox.traffic import Fault, Received

BROKEN_OFF_LENGTH = "4096"
LOGGED_HEADERS = ("Accept", "Content-Type")


class ServiceRefused(Exception):
    """A service says no. ``in_scores``: said by the score handler, which answers in its own way."""

    def __init__(self, status: int, reason: str, *, in_scores: bool = False) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.in_scores = in_scores


@dataclass(frozen=True)
class Demand:
    """What a service asks of a request: one of ``scopes``; ``Accept`` and ``Content-Type`` out of
    the given values (None: any)."""

    scopes: frozenset[str]
    accept: frozenset[str] | None = None
    body: frozenset[str] | None = None


@dataclass(frozen=True)
class Reply:
    """A service's answer, before it goes on the wire."""

    status: int
    text: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(data: object, content_type: str, *, status: int = 200, link: str = "") -> Reply:
    """``data`` as JSON, with a ``Link`` header if there is one."""
    headers = {"Link": link} if link else {}
    return Reply(status, json.dumps(data), f"{content_type}; charset=utf-8", headers)


def served(platform: Platform, demand: Demand, handler: Callable[[], Reply]) -> Response:
    """The answer to a request for a service that is neither logged nor disturbed."""
    return _response(_answered(platform, demand, handler))


def served_with_faults(
    platform: Platform, demand: Demand, handler: Callable[[], Reply]
) -> Response:
    """The answer of the grade service: the next fault strikes, and the request is logged."""
    fault = platform.faults.next()
    if fault and fault.kind == "delay":
        time.sleep(fault.seconds)
    if fault and fault.kind == "status":
        reply = Reply(fault.status, "", headers=dict(fault.headers))
    else:
        reply = _answered(platform, demand, handler)
    dropped = fault is not None and fault.kind == "drop_after_accept"
    platform.log(_received(platform, reply, dropped=dropped))
    return _broken_off(fault) if fault and dropped else _response(reply)


def in_course(platform: Platform, course_id: str) -> Platform:
    """The platform in the course of an address. Raises ServiceRefused if there is none."""
    found = platform.at(course_id)
    if found is None:
        raise ServiceRefused(404, f"Not Found: Course {course_id} doesn't exist")
    return found


def _answered(platform: Platform, demand: Demand, handler: Callable[[], Reply]) -> Reply:
    try:
        _check(platform, demand)
        return handler()
    except ServiceRefused as refused:
        text, content_type = platform.manner.services.refusal(_described(refused))
        return Reply(refused.status, text, content_type)


def _check(platform: Platform, demand: Demand) -> None:
    """Media types before the token: Moodle finds no handler before it looks at who asks."""
    accept, sent = request.headers.get("Accept", ""), request.mimetype
    if demand.accept is not None and accept not in demand.accept:
        raise ServiceRefused(400, f"No handler found for {_place(platform)} {accept} {sent}")
    if demand.body is not None and sent not in demand.body:
        raise ServiceRefused(400, f"No handler found for {_place(platform)}  {sent}")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    scopes = platform.tokens.read(token) if scheme.lower() == "bearer" else None
    if scopes is None or not scopes & demand.scopes:
        raise ServiceRefused(401, "Invalid access token, or a scope is missing")


def _place(platform: Platform) -> str:
    return request.path.removeprefix(f"/{platform.manner.name}")


def _described(refused: ServiceRefused) -> RefusedRequest:
    query = request.query_string.decode()
    return RefusedRequest(
        status=refused.status,
        reason=refused.reason,
        in_scores=refused.in_scores,
        method=request.method,
        url=f"{request.path}?{query}" if query else request.path,
        accept=request.headers.get("Accept", ""),
        content_type=request.headers.get("Content-Type", ""),
    )


def _received(platform: Platform, reply: Reply, *, dropped: bool) -> Received:
    return Received(
        method=request.method,
        path=request.path,
        query=request.query_string.decode(),
        headers={name: request.headers.get(name, "") for name in LOGGED_HEADERS},
        body=request.get_data(as_text=True),
        at=platform.now(),
        status=reply.status,
        dropped=dropped,
    )


def _response(reply: Reply) -> Response:
    response = Response(reply.text, status=reply.status, headers=reply.headers)
    if reply.status == 204:
        response.headers.pop("Content-Type", None)
    else:
        response.headers["Content-Type"] = reply.content_type
    return response


def _broken_off(fault: Fault) -> Response:
    """An answer that promises more bytes than it sends: the server then closes the connection and
    the client sees an incomplete read."""
    response = Response(b"{", status=200, headers=dict(fault.headers))
    response.automatically_set_content_length = False
    response.headers["Content-Length"] = BROKEN_OFF_LENGTH
    return response
