"""Platform Notification Service 1.0 of a platform: who wants which notices, and sending them.

As documented for Canvas: one handler for each type, below the tool's own address; an empty one
takes it away; a notice that finds nobody is not sent again. Not here: what happens in the course
(``state``).
"""

import uuid
from functools import partial
from typing import Final

import requests
from flask import Blueprint, Response, request

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.addresses import DEPLOYMENT_ID
from lti_tool.sandbox.gate import Demand, Reply, ServiceRefused, json_reply, served
from lti_tool.sandbox.state import Platform

SECONDS: Final = 10
LIFETIME: Final = 3600
_JSON: Final = "application/json"


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the notice handlers of ``platform``, if it has any."""
    rule = platform.manner.paths.notice_handlers
    if rule:
        blueprint.add_url_rule(rule, "notice_handlers", partial(list_handlers, platform))
        put = partial(put_handler, platform)
        blueprint.add_url_rule(rule, "put_notice_handler", put, methods=["PUT"])


def list_handlers(platform: Platform) -> Response:
    """GET every type with its handler."""
    return served(platform, Demand(frozenset({c.NOTICE_SCOPE})), partial(_listed, platform))


def put_handler(platform: Platform) -> Response:
    """PUT one type's handler."""
    return served(platform, Demand(frozenset({c.NOTICE_SCOPE})), partial(_put, platform))


def _listed(platform: Platform) -> Reply:
    handlers = [
        {"notice_type": kind, "handler": platform.notice_handlers.get(kind, "")}
        for kind in c.NOTICE_TYPES
    ]
    body = {
        "client_id": platform.addresses.client_id,
        "deployment_id": DEPLOYMENT_ID,
        "notice_handlers": handlers,
    }
    return json_reply(body, _JSON)


def _put(platform: Platform) -> Reply:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or body.get("notice_type") not in c.NOTICE_TYPES:
        raise ServiceRefused(400, "unknown notice_type")
    handler = str(body.get("handler", ""))
    if handler and not handler.startswith(platform.addresses.settings.tool_base_url + "/"):
        raise ServiceRefused(400, "handler must be in the tool's domain")
    platform.notice_handlers[body["notice_type"]] = handler
    return json_reply({"notice_type": body["notice_type"], "handler": handler}, _JSON)


def tell_of_copy(copied: Platform) -> int | None:
    """Send the notice that a course was copied; the status of the tool's answer, None where nobody
    wants the notice or nobody answers."""
    handler = copied.notice_handlers.get(c.COPY_NOTICE)
    if not handler:
        return None
    body = {"notices": [{"jwt": copied.key.signed(copy_claims(copied))}]}
    try:
        return requests.post(handler, json=body, timeout=SECONDS).status_code
    except requests.RequestException:
        return None


def copy_claims(copied: Platform) -> dict[str, object]:
    """A context copy notice; it omits ``sub``."""
    course, client = copied.course, copied.addresses.client_id
    issued = int(copied.now().timestamp())
    return {
        "iss": copied.addresses.issuer,
        "aud": client,
        "azp": client,
        "iat": issued,
        "exp": issued + LIFETIME,
        "nonce": str(uuid.uuid4()),
        c.LTI + "version": "1.3.0",
        c.LTI + "deployment_id": DEPLOYMENT_ID,
        c.LTI + "notice": {
            "id": str(uuid.uuid4()),
            "timestamp": copied.now().isoformat(timespec="seconds"),
            "type": c.COPY_NOTICE,
        },
        c.LTI + "context": {
            "id": course.context_id,
            "label": course.label,
            "title": course.title,
            "type": [course.context_type],
        },
        c.LTI + "origin_contexts": [course.history[0]],
    }
