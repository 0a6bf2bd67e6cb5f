"""Reads the parameters of a request into a model, with a sentence for each that is wrong.

Not here: which parameters there are; each kind of thing says that beside its endpoints.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as InvalidError
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict

from lti_tool.domain.standard import Text

from .problems import BAD_PARAMETER, ProblemError

LAST_ID = 2**31 - 1
MOST = 500
GENERIC = Text("无法读懂。", "This cannot be read.")
WORDS: Mapping[str, Text] = {
    "missing": Text("必须给出。", "This must be given."),
    "extra_forbidden": Text("没有这个参数。", "There is no such parameter."),
    "twice": Text("只能给一次。", "This may be given once only."),
    "whole_number": Text("应为整数。", "A whole number is wanted."),
    "greater_than_equal": Text("不能小于 {ge}。", "At least {ge}."),
    "less_than_equal": Text("不能大于 {le}。", "At most {le}."),
    "enum": Text("应为 {expected} 之一。", "One of {expected}."),
    "string_too_short": Text("不能为空。", "This must not be empty."),
    "string_too_long": Text("不能超过 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": Text("含有不允许的字符。", "It holds characters that cannot be."),
}


def _whole_number(given: object) -> object:
    """Pydantic would take ``1.0`` and ``+1``, too."""
    if isinstance(given, str) and not (given.isascii() and given.isdecimal()):
        raise PydanticCustomError("whole_number", "a whole number is wanted")
    return given


Whole = BeforeValidator(_whole_number)
Id = Annotated[int, Field(ge=1, le=LAST_ID), Whole]
Word = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""Something to compare with; control characters, which no database takes, are in nothing."""


class Query(BaseModel):
    """Parameters of a request; there are no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """Parameters of a list."""

    cursor: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Where to go on: `next_cursor` or `changes_cursor` of an earlier answer.",
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MOST), Whole, Field(description="How many at most in one answer.")
    ] = 100


Q = TypeVar("Q", bound=Query)


def read_query(model: type[Q], given: MultiDict[str, str]) -> Q:
    """The parameters. Raises ProblemError naming each that is wrong."""
    errors = {name: WORDS["twice"] for name, all_ in given.lists() if len(all_) > 1}
    try:
        read = model.model_validate(given.to_dict())
    except InvalidError as invalid:
        for each in invalid.errors(include_url=False, include_input=False):
            errors.setdefault(str(each["loc"][0])[:100], _words(each))
    if errors:
        raise ProblemError(BAD_PARAMETER, errors=errors)
    return read


def _words(error: ErrorDetails) -> Text:
    found = WORDS.get(error["type"], GENERIC)
    context: Mapping[str, Any] = error.get("ctx", {})
    return Text(found.zh.format(**context), (found.en or "").format(**context))
