"""The description of the API as OpenAPI 3.1, drawn from the tables of endpoints; and its words.

Drawn here and not by a library: those for Flask describe refusals as plain JSON and know neither
ETags nor problem+json, so a description made with them would not be true.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import models_json_schema

from lti_tool.domain.standard import Text

from .endpoints import Endpoint, Thing
from .problems import KINDS, MEDIA_TYPE, PREFIX

PART = re.compile(r"<(id|key):([a-z_]+)>")
PARTS: Mapping[str, Mapping[str, object]] = {
    "id": {"type": "integer", "minimum": 1, "maximum": 2147483647},
    "key": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
}
REF = "#/components/schemas/{model}"
REFUSALS = {
    400: "A parameter is wrong.",
    401: "The token is missing, unknown, expired or revoked.",
    403: "The token may not read this.",
    404: "The school of the token has no such thing.",
    429: "Too many requests; `Retry-After` says when to come again.",
}
ABOUT = Text(
    "凭访问令牌读取本校的数据，只读。令牌由教务管理员在“访问令牌”页签发，也可用命令行 "
    "lti-tool access token add 签发。",
    "Reads what a school has, and changes nothing. A registrar issues access tokens on the page of "
    "that name; on the command line: lti-tool access token add.",
)
CURSORS = Text(
    "next_cursor 指向下一页，末页为 null。changes_cursor 留待下次：从那里起只列出新的变化，"
    "不再有的以 gone 标明；最近一分钟的变化可能重复，但不会遗漏，请按编号更新。",
    "next_cursor leads to the next page and is null on the last. Keep changes_cursor for another "
    "day: from there on only what is new is listed, and what is no more, as gone. What changed "
    "within the last minute may come twice, never not at all: write entries over by their ids.",
)
ETAGS = Text(
    "每个答复带有 ETag；发送 If-None-Match，未变时答复为 304。",
    "Each answer has an ETag; send it as If-None-Match and get 304 while nothing has changed.",
)
LOOKS = Text(
    "读取个人数据会记入操作日志：每个令牌、每名学生（或列表）每天一条。",
    "Reading personal data is kept in the audit log: one entry a day for each token and learner, "
    "or list.",
)
NOTES = (ABOUT, CURSORS, ETAGS, LOOKS)


class WrongParameter(Thing):
    """What is wrong with one parameter."""

    parameter: str
    detail: str


class Problem(Thing):
    """Why a request was refused (RFC 9457). `type` is stable; `title` and `detail` are in Chinese
    or, where Accept-Language asks for it, in English."""

    type: Annotated[str, Field(json_schema_extra={"enum": [PREFIX + each.name for each in KINDS]})]
    title: str
    status: int
    detail: str = ""
    errors: tuple[WrongParameter, ...] = ()
    request: str


def described(endpoints: Sequence[Endpoint], address: str) -> Mapping[str, Any]:
    """The description, with ``address`` as the server's."""
    answers = [(each.answer, "serialization") for each in endpoints]
    asked = [(each.query, "validation") for each in endpoints]
    models: Any = list(dict.fromkeys([*answers, *asked, (Problem, "serialization")]))
    by_model, definitions = models_json_schema(models, ref_template=REF)
    schemas = dict(definitions["$defs"])
    paths = {_path(each.rule): {"get": _operation(each, schemas)} for each in endpoints}
    for each in endpoints:
        schemas.pop(by_model[each.query, "validation"]["$ref"].rpartition("/")[2], None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "达标 Dabiao",
            "version": version("lti-tool"),
            "description": "\n\n".join(f"{each.zh}\n{each.en}" for each in NOTES),
        },
        "servers": [{"url": address}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path(rule: str) -> str:
    return PART.sub(r"{\2}", rule)


def _operation(endpoint: Endpoint, schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    about = " ".join((endpoint.answer.__doc__ or "").split())
    return {
        "operationId": endpoint.name,
        "summary": f"{endpoint.summary.zh} / {endpoint.summary.en}",
        "description": f"{about}\n\nScope: `{endpoint.scope.value}`",
        "parameters": [
            *_parts(endpoint),
            *_asked(schemas[endpoint.query.__name__]),
            {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
        ],
        "responses": _responses(endpoint),
    }


def _parts(endpoint: Endpoint) -> Iterator[Mapping[str, Any]]:
    for kind, name in PART.findall(endpoint.rule):
        yield {"name": name, "in": "path", "required": True, "schema": PARTS[kind]}


def _asked(query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parameters of a query; that one may be left out is said by ``required``, not by null."""
    required = query.get("required", ())
    for name, said in query.get("properties", {}).items():
        schema = {key: value for key, value in said.items() if key not in {"title", "default"}}
        about = schema.pop("description", "")
        choices = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
        schema |= choices[0] if choices else {}
        yield {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": about,
            "schema": schema,
        }


def _responses(endpoint: Endpoint) -> Mapping[str, Any]:
    etag = {"ETag": {"schema": {"type": "string"}}}
    schema = {"$ref": REF.format(model=endpoint.answer.__name__)}
    content = {"application/json": {"schema": schema}}
    answered = {
        "200": {"description": "Found.", "headers": etag, "content": content},
        "304": {"description": "Nothing has changed.", "headers": etag},
    }
    problem = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model=Problem.__name__)}}}
    refused = {
        str(code): {"description": why, "content": problem} for code, why in REFUSALS.items()
    }
    return answered | refused
