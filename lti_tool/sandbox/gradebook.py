"""Assignment and Grade Services 2.0 of a platform: line items, scores, results.

Not here: what a score does to a cell (``scores``), who may ask (``gate``).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.course import Grade, LineItem, plain
from lti_tool.sandbox.gate import (
    Demand,
    Reply,
    ServiceRefused,
    in_course,
    json_reply,
    served_with_faults,
)
from lti_tool.sandbox.scores import ScoreRefused, read_score
from lti_tool.sandbox.state import Platform

CONTAINER_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
_FILTERS: Final = ("resource_id", "tag", "resource_link_id")


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the grade service of ``platform`` on its blueprint."""
    paths = platform.manner.paths
    container, item = paths.line_items, paths.line_item
    routes: Sequence[tuple[str, str, str, Callable[..., Response]]] = (
        ("GET", "line_items", container, list_line_items),
        ("POST", "new_line_item", container, create_line_item),
        ("GET", "line_item", item, show_line_item),
        ("PUT", "put_line_item", item, change_line_item),
        ("DELETE", "delete_line_item", item, delete_line_item),
        ("POST", "scores", f"{item}/scores", post_score),
        ("GET", "results", f"{item}/results", list_results),
    )
    for method, endpoint, rule, view in routes:
        blueprint.add_url_rule(rule, endpoint, partial(view, platform), methods=[method])
    unknown = partial(refuse_unknown, platform)
    blueprint.add_url_rule(f"{paths.services}/<path:rest>", "services", unknown, methods=_METHODS)


def refuse_unknown(platform: Platform, rest: str) -> Response:
    """No service answers at this URL, or not to this method: a sender built it wrongly."""
    refused = ServiceRefused(platform.manner.services.no_handler_status, f"No handler for /{rest}")
    return served_with_faults(platform, Demand(frozenset(c.SCOPES)), partial(_raised, refused))


def _raised(refused: ServiceRefused) -> Reply:
    raise refused


# --- line items ---


def list_line_items(platform: Platform, course: str) -> Response:
    """GET the container."""
    media = platform.manner.media.containers
    demand = Demand(frozenset({c.LINE_ITEM_SCOPE, c.LINE_ITEM_READ_SCOPE}), accept=media)
    return served_with_faults(platform, demand, partial(_listed, platform, course))


def create_line_item(platform: Platform, course: str) -> Response:
    """POST to the container."""
    demand = Demand(frozenset({c.LINE_ITEM_SCOPE}), body=platform.manner.media.bodies)
    return served_with_faults(platform, demand, partial(_created, platform, course))


def show_line_item(platform: Platform, course: str, item: int) -> Response:
    """GET one line item."""
    media = platform.manner.media.items
    demand = Demand(frozenset({c.LINE_ITEM_SCOPE, c.LINE_ITEM_READ_SCOPE}), accept=media)
    return served_with_faults(platform, demand, partial(_shown, platform, course, item))


def change_line_item(platform: Platform, course: str, item: int) -> Response:
    """PUT one line item."""
    demand = Demand(frozenset({c.LINE_ITEM_SCOPE}), body=platform.manner.media.bodies)
    return served_with_faults(platform, demand, partial(_changed, platform, course, item))


def delete_line_item(platform: Platform, course: str, item: int) -> Response:
    """DELETE one line item."""
    demand = Demand(frozenset({c.LINE_ITEM_SCOPE}))
    return served_with_faults(platform, demand, partial(_deleted, platform, course, item))


def _listed(platform: Platform, course: str) -> Reply:
    platform = in_course(platform, course)
    wanted = {name: request.args[name] for name in _FILTERS if name in request.args}
    items = [item for item in platform.line_items if _matches(item, wanted)]
    page, link = _paged(platform, items, platform.addresses.line_items)
    columns = platform.manner.columns
    shown = [columns.shown(item, platform.addresses) for item in page]
    return json_reply(shown, CONTAINER_TYPE, link=link)


def _matches(item: LineItem, wanted: Mapping[str, str]) -> bool:
    have = {
        "resource_id": item.resource_id,
        "tag": item.tag,
        "resource_link_id": item.resource_link_id or "",
    }
    return all(have[name] == value for name, value in wanted.items())


def _paged(
    platform: Platform, items: Sequence[LineItem], base: str
) -> tuple[Sequence[LineItem], str]:
    """One page and its ``Link`` header, empty where all fits on it. ``from`` is the first row."""
    limit = request.args.get("limit", type=int) or platform.manner.columns.page
    first = request.args.get("from", 0, type=int)
    if limit is None or (first == 0 and len(items) <= limit and "limit" not in request.args):
        return items, ""
    starts = {"first": 0, "prev": first - limit, "canonical": first, "next": first + limit}
    starts["last"] = max(0, (len(items) - 1) // limit * limit)
    rows = {rel: row for rel, row in starts.items() if 0 <= row < max(len(items), 1)}
    links = {rel: _page_url(base, limit, row) for rel, row in rows.items()}
    return items[first : first + limit], platform.manner.columns.link_header(links)


def _page_url(base: str, limit: int, row: int) -> str:
    filters = {name: request.args[name] for name in _FILTERS if name in request.args}
    joint = "&" if "?" in base else "?"
    return base + joint + urlencode({**filters, "limit": limit, "from": row})


def _created(platform: Platform, course: str) -> Reply:
    platform = in_course(platform, course)
    body = _body()
    if not body.get("label") or body.get("scoreMaximum") is None:
        raise ServiceRefused(400, "No label or Score Maximum")
    _check_fields(platform, body)
    item = platform.add_line_item(_filled(LineItem(0, "", 0.0), body))
    return json_reply(_echoed(platform, item, body), ITEM_TYPE, status=201)


def _shown(platform: Platform, course: str, item_id: int) -> Reply:
    platform = in_course(platform, course)
    item = _item(platform, item_id)
    shown = platform.manner.columns.shown(item, platform.addresses)
    return json_reply(shown, ITEM_TYPE)


def _changed(platform: Platform, course: str, item_id: int) -> Reply:
    platform = in_course(platform, course)
    item, body = _item(platform, item_id), _body()
    _check_fields(platform, body)
    rules = platform.manner.columns
    if rules.replaces:
        if not body.get("label") or body.get("scoreMaximum") is None:
            raise ServiceRefused(400, "No label or Score Maximum")
        item = replace(item, resource_id="", tag="", resource_link_id=None)
    changed = _filled(item, body)
    platform.put_line_item(changed)
    return json_reply(_echoed(platform, changed, body), ITEM_TYPE)


def _deleted(platform: Platform, course: str, item_id: int) -> Reply:
    platform = in_course(platform, course)
    item = _item(platform, item_id)
    if item.activity_id is not None and not platform.manner.columns.own_deletable:
        raise ServiceRefused(401, "This line item was not made by the tool")
    platform.delete_line_item(item_id)
    return Reply(204)


def _filled(item: LineItem, body: Mapping[str, object]) -> LineItem:
    """``item`` with the fields that ``body`` names; the platform keeps no others."""
    link = body.get("resourceLinkId", item.resource_link_id)
    return replace(
        item,
        label=str(body.get("label", item.label)),
        maximum=_maximum(body.get("scoreMaximum", item.maximum)),
        resource_id=str(body.get("resourceId", item.resource_id)),
        tag=str(body.get("tag", item.tag)),
        resource_link_id=str(link) if link else None,
    )


def _maximum(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ServiceRefused(400, "No label or Score Maximum")
    return float(value)


def _check_fields(platform: Platform, body: Mapping[str, object]) -> None:
    rules = platform.manner.columns
    for name, longest in rules.longest.items():
        if len(str(body.get(name, ""))) > longest:
            raise ServiceRefused(rules.too_long_status, f"{name} is too long")
    link = body.get("resourceLinkId")
    links = {activity.resource_link_id for activity in platform.activities}
    if link and str(link) not in links:
        raise ServiceRefused(rules.unknown_link_status, "The resource link does not exist")


def _echoed(platform: Platform, item: LineItem, body: Mapping[str, object]) -> dict[str, object]:
    """The answer to POST and PUT. A platform that replaces also repeats the body as it came, with
    fields that it forgets at once (observed on Moodle 4.5.5)."""
    if platform.manner.columns.replaces:
        return {**body, "id": platform.addresses.line_item(item.id)}
    return platform.manner.columns.shown(item, platform.addresses)


# --- scores and results ---


def post_score(platform: Platform, course: str, item: int) -> Response:
    """POST a score."""
    demand = Demand(frozenset({c.SCORE_SCOPE}), body=platform.manner.media.score_bodies)
    return served_with_faults(platform, demand, partial(_scored, platform, course, item))


def list_results(platform: Platform, course: str, item: int) -> Response:
    """GET the results of a line item."""
    demand = Demand(frozenset({c.RESULT_SCOPE}), accept=platform.manner.media.results)
    return served_with_faults(platform, demand, partial(_results, platform, course, item))


def _scored(platform: Platform, course: str, item_id: int) -> Reply:
    platform = in_course(platform, course)
    item = _item(platform, item_id)
    rules = platform.manner.scores
    try:
        score = read_score(request.get_data(as_text=True), rules)
        platform.post_score(item, score)
    except ScoreRefused as refused:
        raise ServiceRefused(refused.status, refused.reason, in_scores=True) from refused
    text, content_type = rules.success(platform.addresses, item, score.user_id)
    return Reply(200, text, content_type)


def _results(platform: Platform, course: str, item_id: int) -> Reply:
    platform = in_course(platform, course)
    item = _item(platform, item_id)
    if "limit" in request.args and not platform.manner.columns.pages_results:
        return Reply(404, "<!DOCTYPE html><title>Error</title><p>Error</p>")
    wanted = request.args.get("user_id")
    grades = [g for g in platform.grades(item.id) if wanted in (None, g.user_id)]
    return json_reply([_result(platform, item, grade) for grade in grades], RESULTS_TYPE)


def _result(platform: Platform, item: LineItem, grade: Grade) -> dict[str, object]:
    """One row; a wiped grade leaves a row without score."""
    url = platform.addresses.results(item.id)
    joint = "&" if "?" in url else "?"
    row: dict[str, object] = {
        "id": f"{url}{joint}user_id={grade.user_id}",
        "userId": grade.user_id,
    }
    if grade.score is None:
        return row
    own = item.activity_id is not None and platform.manner.scores.own_column_by_receipt
    time = grade.received if own else grade.timestamp
    row |= {"resultScore": plain(grade.score), "resultMaximum": plain(item.maximum)}
    if grade.comments:
        row["comment"] = "\n".join(grade.comments)
    row |= {
        "scoreOf": platform.addresses.line_item(item.id),
        "timestamp": time.replace(microsecond=0).isoformat(),
    }
    return row


# --- the request ---


def _item(platform: Platform, item_id: int) -> LineItem:
    item = platform.line_item(item_id)
    if item is None:
        raise ServiceRefused(404, f"Not Found: Grade item {item_id} doesn't exist")
    return item


def _body() -> dict[str, object]:
    try:
        body = json.loads(request.get_data(as_text=True))
    except ValueError as error:
        raise ServiceRefused(400, "Invalid JSON") from error
    if not isinstance(body, dict):
        raise ServiceRefused(400, "Not a line item")
    return body
