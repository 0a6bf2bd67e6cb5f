"""Deep linking as the platform sees it: the tool's response becomes activities.

Source: LTI Deep Linking 2.0 section 5. Not here: the pages around it (``pages``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.addresses import DEPLOYMENT_ID
from lti_tool.sandbox.course import Activity, LineItem
from lti_tool.sandbox.keys import KeyProblem, verified
from lti_tool.sandbox.state import Platform

OLDEST_SECONDS = 300
LEEWAY_SECONDS = 30


class ContentRefused(Exception):
    """The tool's response is not taken; the text says why, for the teacher and the tool's maker."""


def content_items(platform: Platform, token: str) -> tuple[Mapping[str, object], ...]:
    """The links in a deep linking response; empty if the teacher cancelled.

    Only ``ltiResourceLink`` items count, and only the first where the platform takes one. Raises
    ``ContentRefused``.
    """
    try:
        claims = verified(token, platform.addresses.tool_key_set)
    except KeyProblem as problem:
        raise ContentRefused(f"key: {problem.problem}") from problem
    _check(platform, claims)
    items = claims.get(c.DEEP_LINKING + "content_items", [])
    if not isinstance(items, list):
        raise ContentRefused("content_items is not a list")
    links = tuple(i for i in items if isinstance(i, dict) and i.get("type") == "ltiResourceLink")
    return links if platform.manner.content.accept_multiple else links[:1]


def _check(platform: Platform, claims: Mapping[str, Any]) -> None:
    now, issued = platform.now().timestamp(), claims.get("iat")
    expires, audience = claims.get("exp"), claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    numbers = all(isinstance(value, int | float) for value in (issued, expires))
    issuer_missing = platform.addresses.issuer not in audiences
    wrong = {
        "iss": claims.get("iss") != platform.addresses.client_id,
        "aud": platform.manner.content.checks_audience and issuer_missing,
        "exp": not numbers or float(expires or 0) <= now,
        "iat": not numbers
        or not now - OLDEST_SECONDS <= float(issued or 0) <= now + LEEWAY_SECONDS,
        "nonce": not claims.get("nonce"),
        "message_type": claims.get(c.LTI + "message_type") != "LtiDeepLinkingResponse",
        "version": claims.get(c.LTI + "version") != "1.3.0",
        "deployment_id": claims.get(c.LTI + "deployment_id") != DEPLOYMENT_ID,
    }
    bad = [name for name, is_wrong in wrong.items() if is_wrong]
    if bad:
        raise ContentRefused(f"missing or wrong: {', '.join(bad)}")


def add_content(platform: Platform, items: Sequence[Mapping[str, object]]) -> list[Activity]:
    """Put each item on the course page; what the platform ignores is lost here."""
    return [_added(platform, item) for item in items]


def _added(platform: Platform, item: Mapping[str, object]) -> Activity:
    title = str(item.get("title") or platform.course.title)
    rules, custom = platform.manner.content, item.get("custom")
    return platform.add_activity(
        title,
        text=str(item.get("text") or ""),
        url=str(item.get("url") or ""),
        custom={k: str(v) for k, v in custom.items()} if isinstance(custom, dict) else {},
        published=rules.published,
        graded=rules.always_graded or isinstance(item.get("lineItem"), dict),
        column=_column(platform, title, item.get("lineItem")),
    )


def _column(platform: Platform, title: str, line_item: object) -> LineItem:
    """The activity's column, as ``lineItem`` asks. 100 points where it asks for nothing."""
    asked = line_item if isinstance(line_item, dict) else {}
    maximum = asked.get("scoreMaximum")
    label = str(asked.get("label") or title) if platform.manner.content.uses_label else title
    return LineItem(
        id=0,
        label=label,
        maximum=float(maximum) if isinstance(maximum, int | float) else 100.0,
        resource_id=str(asked.get("resourceId") or ""),
        tag=str(asked.get("tag") or ""),
    )
