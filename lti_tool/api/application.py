"""The application itself: its addresses, and how each request is let in, answered and kept."""

import hashlib
from collections.abc import Callable, Mapping

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from lti_tool.domain.access_token import AccessToken, Scope
from lti_tool.persistence import api_tokens
from lti_tool.services.note_look import Look, is_noted_today, note_look

from . import assessments, decisions, learners, outcomes, standards
from .description import NOTES, described
from .door import admitted
from .endpoints import NOT_A_CERTIFICATE, Answer, Call, Endpoint
from .problems import init_problems, language
from .queries import LAST_ID, read_query
from .wiring import Api, install, wired

ENDPOINTS: tuple[Endpoint, ...] = (
    *(*outcomes.ENDPOINTS, *decisions.ENDPOINTS, *learners.ENDPOINTS),
    *(*assessments.ENDPOINTS, *standards.ENDPOINTS),
)
PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
LANGUAGES = frozenset({"zh", "en"})
HTTPS_YEAR = "max-age=31536000"


class IdConverter(BaseConverter):
    """The id of a row."""

    regex = r"[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """The number; one that no row can have stands for none."""
        return min(int(value), LAST_ID)


class KeyConverter(BaseConverter):
    """A key that is a text; nothing else can be one."""

    regex = r"[A-Za-z0-9._-]{1,100}"


def create_api(api: Api) -> Flask:
    """The API as an application of its own, to be mounted at ``/api/v1``."""
    app = Flask("lti_tool.api", static_folder="static")
    app.url_map.converters.update(id=IdConverter, key=KeyConverter)
    install(app, api)
    init_problems(app)
    description = described(ENDPOINTS, api.address)
    _add(app, "/openapi.json", "description", lambda: jsonify(description))
    _add(app, "/", "page", lambda: _page(description))
    for each in ENDPOINTS:
        _add(app, each.rule, each.name, _serve(each))
    app.after_request(_headers)
    return app


def _add(app: Flask, rule: str, name: str, view: Callable[..., ResponseReturnValue]) -> None:
    app.add_url_rule(rule, name, view, methods=["GET"], provide_automatic_options=False)


def _page(description: Mapping[str, object]) -> ResponseReturnValue:
    """The description for people; ``?language=`` chooses its language."""
    chosen = request.args.get("language", "")
    spoken = chosen if chosen in LANGUAGES else language()
    notes = [each.in_language(spoken) for each in NOTES]
    body = render_template(
        "page.html",
        description=description,
        notes=notes,
        language=spoken,
        notice=NOT_A_CERTIFICATE.in_language(spoken),
    )
    policy = {"Content-Security-Policy": PAGE_POLICY, "Vary": "Accept-Language"}
    return Response(body, headers=policy)


def _serve(endpoint: Endpoint) -> Callable[..., ResponseReturnValue]:
    """The view of an endpoint."""

    def serve(**parts: object) -> ResponseReturnValue:
        token = _token(endpoint.scope)
        query = read_query(endpoint.query, request.args)
        api = wired()
        with api.database.reading() as session:
            call = Call(session, api.catalogue(), token.school_id, api.clock(), query)
            answer = endpoint.view(call, **parts)
        if answer.look is not None:
            _keep(Look(token.owner_id, answer.look, f"token:{token.id}"))
        return _sent(answer)

    return serve


def _token(scope: Scope) -> AccessToken:
    """The token of the request, its use noted. Raises ProblemError."""
    api = wired()
    now = api.clock()
    with api.database.reading() as session:
        token = admitted(session, request.headers.get("Authorization"), scope)
    if api_tokens.use_is_due(token, now):
        with api.database.transaction() as session:
            api_tokens.note_use(session, token.id, now=now)
    return token


def _keep(look: Look) -> None:
    """Put into the audit log whose data was read; once a day."""
    api = wired()
    now = api.clock()
    with api.database.reading() as session:
        if is_noted_today(session, look, now=now, zone=api.zone):
            return
    with api.database.transaction() as session:
        note_look(session, look, now=now)


def _sent(answer: Answer) -> Response:
    """The answer with its ETag, or 304 where the caller has it already."""
    same = answer.body.model_dump_json(exclude={"next_cursor"}) + (answer.place or "")
    etag = hashlib.sha256(same.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(answer.body.model_dump_json(), mimetype="application/json")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if wired().base_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = HTTPS_YEAR
    return response
