"""Every refusal as ``application/problem+json`` (RFC 9457), in the caller's language.

``type`` is a stable name that a program can act on; ``title`` and ``detail`` are for people, in
Chinese unless the request's Accept-Language asks for English.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from lti_tool.domain import errors as domain
from lti_tool.domain.standard import Text
from lti_tool.telemetry.tracing import request_id

PREFIX = "urn:lti-tool:problem:"
MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refusal: its stable name, status, and words."""

    name: str
    status: int
    title: Text
    detail: Text = Text("", "")


TOKEN_MISSING = Kind(
    "token-missing",
    401,
    Text("缺少访问令牌", "An access token is needed"),
    Text("请发送 Authorization: Bearer 令牌。", "Send it as Authorization: Bearer TOKEN."),
)
TOKEN_UNKNOWN = Kind("token-unknown", 401, Text("访问令牌无效", "This token is not known"))
ASK_FOR_ANOTHER = Text(
    "请向教务管理员申请新的令牌。", "Ask the registrar of the school for another."
)
TOKEN_EXPIRED = Kind(
    "token-expired", 401, Text("访问令牌已过期", "This token has expired"), ASK_FOR_ANOTHER
)
TOKEN_REVOKED = Kind(
    "token-revoked", 401, Text("访问令牌已撤销", "This token was revoked"), ASK_FOR_ANOTHER
)
SCOPE_MISSING = Kind(
    "scope-missing",
    403,
    Text("令牌无权读取此内容", "This token may not read that"),
    ASK_FOR_ANOTHER,
)
TOO_MANY = Kind("too-many-requests", 429, Text("请求过于频繁", "Too many requests"))
NOT_FOUND = Kind(
    "not-found", 404, Text("本校没有这项内容", "The school of this token has no such thing")
)
NO_SUCH_PATH = Kind("no-such-path", 404, Text("没有这个地址", "There is nothing at this address"))
BAD_METHOD = Kind("method-not-allowed", 405, Text("只能读取（GET）", "This can only be read (GET)"))
BAD_PARAMETER = Kind("bad-parameter", 400, Text("参数有误", "A parameter is wrong"))
BAD_REQUEST = Kind("bad-request", 400, Text("无法读懂该请求", "The request could not be read"))
BROKEN = Kind(
    "broken",
    500,
    Text("服务器出错", "Something went wrong on our side"),
    Text(
        "请稍后再试；如仍如此，请把 request 的值告诉管理员。",
        "Try again in a minute; if it stays so, tell the administrator the value of request.",
    ),
)
KINDS = (
    *(TOKEN_MISSING, TOKEN_UNKNOWN, TOKEN_EXPIRED, TOKEN_REVOKED, SCOPE_MISSING, TOO_MANY),
    *(NOT_FOUND, NO_SUCH_PATH, BAD_METHOD, BAD_PARAMETER, BAD_REQUEST, BROKEN),
)
UNKNOWN_STANDARD = Text("没有安装这个标准。", "No such standard is installed.")
UNKNOWN_REQUIREMENT = Text(
    "标准中没有这个等级或要求。", "The standard has no such level or requirement."
)


class ProblemError(Exception):
    """A request is refused. ``detail`` says more than the kind does; ``errors`` are sentences by
    parameter; ``headers`` go along."""

    def __init__(
        self,
        kind: Kind,
        detail: Text | None = None,
        *,
        errors: Mapping[str, Text] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.detail = detail or kind.detail
        self.errors = errors or {}
        self.headers = headers or {}


def bad_parameter(name: str, words: Text) -> ProblemError:
    """The refusal of one parameter."""
    return ProblemError(BAD_PARAMETER, errors={name: words})


def init_problems(app: Flask) -> None:
    """Turn everything that a view lets pass into a problem."""
    app.register_error_handler(ProblemError, _answer)
    app.register_error_handler(domain.DomainError, lambda error: _answer(_of_domain(error)))
    app.register_error_handler(HTTPException, lambda error: _answer(_of_http(error)))
    app.register_error_handler(Exception, _broken)


def language() -> str:
    """``en`` where the request asks for English before Chinese, else ``zh``."""
    for tag in request.accept_languages.values():
        primary = tag.replace("_", "-").partition("-")[0].lower()
        if primary in {"zh", "en"}:
            return primary
    return "zh"


def _of_domain(error: domain.DomainError) -> ProblemError:
    if isinstance(error, domain.NotFoundError):
        return ProblemError(NOT_FOUND)
    if isinstance(error, domain.UnknownStandardError):
        return ProblemError(NOT_FOUND, UNKNOWN_STANDARD)
    if isinstance(error, domain.UnknownRequirementError):
        return ProblemError(BAD_PARAMETER, UNKNOWN_REQUIREMENT)
    return ProblemError(BAD_REQUEST)


def _of_http(error: HTTPException) -> ProblemError:
    kind = {404: NO_SUCH_PATH, 405: BAD_METHOD}.get(error.code or 500)
    allowed = error.get_response().headers.get("Allow")
    if kind is None:
        kind = BAD_REQUEST if (error.code or 500) < 500 else BROKEN
    return ProblemError(kind, headers={"Allow": allowed} if allowed else None)


def _broken(error: Exception) -> Response:
    log.error("request failed", page=request.endpoint, exc_info=error)
    return _answer(ProblemError(BROKEN))


def _answer(error: ProblemError) -> Response:
    spoken = language()
    told: dict[str, object] = {
        "type": PREFIX + error.kind.name,
        "title": error.kind.title.in_language(spoken),
        "status": error.kind.status,
    }
    detail = error.detail.in_language(spoken)
    if detail:
        told["detail"] = detail
    if error.errors:
        told["errors"] = [
            {"parameter": name, "detail": words.in_language(spoken)}
            for name, words in error.errors.items()
        ]
    told["request"] = request_id() or ""
    answer = Response(json.dumps(told, ensure_ascii=False), error.kind.status)
    answer.headers["Content-Type"] = MEDIA_TYPE
    answer.headers["Content-Language"] = "en" if spoken == "en" else "zh-CN"
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(error.headers)
    return answer
