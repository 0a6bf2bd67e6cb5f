"""The standards served as CASE 1.0 and 1.1 (1EdTech), for other systems.

A standard's publisher may forbid that its text is printed or sold without consent (the rights
notice stands in every document), so nothing is given out unless whoever runs the tool says so: to
holders of the token in LTI_TOOL_CASE_TOKEN, or to everybody with LTI_TOOL_CASE_OPEN=1. Teachers,
registrars and administrators take the same files from the rubric's pages.

Paths are those of the specification: ``/ims/case/v1p1/CFPackages/{identifier}`` and so on.
"""

import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti_tool.exchange.frameworks import CaseVersion, Kind, Object, case_failure

from .access import open_to_all
from .wiring import wired

VERSIONS = "any(v1p0, v1p1)"
DEFAULT_LIMIT, MOST = 100, 500
SORTED = ("title", "identifier", "lastChangeDateTime", "version", "creator", "publisher")

blueprint = Blueprint("case", __name__, url_prefix=f"/ims/case/<{VERSIONS}:version>")


class RefusedError(Exception):
    """The request is answered with an error. ``minor`` is CASE's word for it."""

    def __init__(self, status: int, minor: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.minor = minor
        self.words = words


@blueprint.errorhandler(RefusedError)
def refused(error: RefusedError) -> ResponseReturnValue:
    """Say why, in CASE's own form."""
    answer = _json(case_failure(error.minor, error.words), error.status)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@blueprint.get("/CFDocuments")
@open_to_all
def documents(version: str) -> ResponseReturnValue:
    """The documents of all standards, a page at a time."""
    _admit()
    wiring = wired()
    every = wiring.case.libraries[CaseVersion(version)].documents(wiring.catalogue.standards)
    shown = _chosen(_sorted(every))
    answer = _json({"CFDocuments": shown[0]})
    answer.headers["X-Total-Count"] = str(len(every))
    if shown[1]:
        answer.headers["Link"] = shown[1]
    return answer


@blueprint.get("/<kind>/<identifier>")
@open_to_all
def one(version: str, kind: str, identifier: str) -> ResponseReturnValue:
    """One object."""
    _admit()
    wiring = wired()
    try:
        wanted, own = Kind(kind), str(uuid.UUID(identifier))
    except ValueError as error:
        raise RefusedError(404, "invalid_uuid", f"{kind}/{identifier} cannot be") from error
    library = wiring.case.libraries[CaseVersion(version)]
    found = library.find(wiring.catalogue.standards, wanted, own)
    if found is None:
        raise RefusedError(404, "unknownobject", f"there is no {kind}/{identifier}")
    return _json(found)


def _admit() -> None:
    """Let in whoever may read. Raises RefusedError."""
    case = wired().case
    if case.is_open:
        return
    if case.token is None:
        raise RefusedError(403, "forbidden", "this installation does not give out standards")
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not hmac.compare_digest(given.encode(), case.token.encode()):
        raise RefusedError(401, "unauthorised_request", "the access token is missing or wrong")


# --- Lists ----------------------------------------------------------------------------------------


def _sorted(objects: Sequence[Object]) -> Sequence[Object]:
    if "filter" in request.args:
        raise RefusedError(400, "invalid_selection_field", "filter is not supported")
    key = request.args.get("sort", "")
    if not key:
        return objects
    order = request.args.get("orderBy", "asc")
    if key not in SORTED or order not in {"asc", "desc"}:
        raise RefusedError(400, "invalid_sort_field", f"sort by one of {', '.join(SORTED)}")
    return sorted(objects, key=lambda each: str(each.get(key, "")), reverse=order == "desc")


def _chosen(objects: Sequence[Object]) -> tuple[Sequence[Object], str]:
    """The page asked for, and the links to the pages around it."""
    limit = _number("limit", DEFAULT_LIMIT, least=1)
    offset = _number("offset", 0, least=0)
    page = [_with_fields(each) for each in objects[offset : offset + limit]]
    links = {"next": offset + limit, "prev": offset - limit}
    known = [
        f'<{_page_url(limit, at)}>; rel="{name}"'
        for name, at in links.items()
        if 0 <= at < len(objects)
    ]
    return page, ", ".join(known)


def _number(name: str, otherwise: int, *, least: int) -> int:
    given = request.args.get(name, str(otherwise))
    known = given.isascii() and given.isdecimal() and len(given) < 7 and int(given) >= least
    if not known:
        raise RefusedError(400, "invalid_selection_field", f"{name} must be a number from {least}")
    return int(given) if name == "offset" else min(int(given), MOST)


def _page_url(limit: int, offset: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "offset"}
    base = wired().address.base_url.rstrip("/")
    return f"{base}{request.path}?{urlencode({**kept, 'limit': limit, 'offset': offset})}"


def _with_fields(document: Object) -> Object:
    """The document with the fields asked for only."""
    given = request.args.get("fields", "")
    wanted = [each.strip() for each in given.split(",") if each.strip()]
    unknown = [each for each in wanted if each not in document]
    if unknown:
        raise RefusedError(400, "invalid_selection_field", f"no field {', '.join(unknown)[:100]}")
    return {name: document[name] for name in wanted} if wanted else document


def _json(body: Mapping[str, object] | object, status: int = 200) -> Response:
    words = json.dumps(body, ensure_ascii=False)
    return Response(words, status=status, content_type="application/json; charset=utf-8")
