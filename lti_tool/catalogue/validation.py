"""Compares a document with a schema and says every difference in Chinese and English.

Not here: the schemas themselves, and checks between files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lti_tool.domain.standard import Text

from .document import Document, Place, UnreadableError, read_document
from .problems import Problem

Schema = TypeVar("Schema", bound=BaseModel)

_REASONS: Mapping[str, Text] = {
    "missing": Text("缺少这一项", "this is missing"),
    "extra_forbidden": Text("不认识这个键", "this key is not known"),
    "model_type": Text("这里应为若干“键: 值”", "keys with values must stand here"),
    "dict_type": Text("这里应为若干“键: 值”", "keys with values must stand here"),
    "invalid_key": Text("键只能是文字；请加引号", "a key must be text; put it in quotes"),
    "list_type": Text("这里应为列表", "a list must stand here"),
    "int_type": Text("这里应为整数", "a whole number must stand here"),
    "int_from_float": Text("这里应为整数", "a whole number must stand here"),
    "date_type": Text("这里应为日期，如 2026-11-23", "a date like 2026-11-23 must stand here"),
}


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Schema]):
    """A file that fits its schema: its values, and the document that knows their lines."""

    document: Document
    value: Schema

    def problem(self, reason: Text, *place: str | int) -> Problem:
        """A fault at a place of this file."""
        return self.document.problem(place, reason)


def parse(file: Path, schema: type[Schema]) -> Parsed[Schema]:
    """Read a file by its schema. Raises UnreadableError listing every fault of the file."""
    document = read_document(file)
    try:
        return Parsed(document, schema.model_validate(document.data))
    except ValidationError as error:
        raise UnreadableError(schema_problems(document, error)) from error


def schema_problems(document: Document, error: ValidationError) -> Iterator[Problem]:
    """Every difference between a document and its schema."""
    return (_problem(document, each) for each in error.errors(include_url=False))


def _problem(document: Document, error: ErrorDetails) -> Problem:
    # Pydantic marks a fault in a key itself by a last part "[key]"; the line is that of the key.
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    return document.problem(place, _reason(error))


def _reason(error: ErrorDetails) -> Text:
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "string_type":
        return _not_text(error["input"])
    if kind in {"enum", "literal_error"}:
        return _not_one_of(error)
    if kind in {"string_pattern_mismatch", "string_too_short"}:
        return Text(
            f"写法不对：{error['input']!r}", f"not written as it must be: {error['input']!r}"
        )
    return (
        _beyond(kind, context)
        or _REASONS.get(kind)
        or Text(f"不合要求：{error['msg']}", error["msg"])
    )


def _beyond(kind: str, context: Mapping[str, object]) -> Text | None:
    """The reason where a number or a length leaves its bounds; None for any other kind."""
    least, most = context.get("ge", context.get("min_length")), context.get("le")
    longest = context.get("max_length")
    reasons = {
        "greater_than_equal": Text(f"不得小于 {least}", f"must not be less than {least}"),
        "less_than_equal": Text(f"不得大于 {most}", f"must not be more than {most}"),
        "too_short": Text(f"至少要有 {least} 项", f"at least {least} must stand here"),
        "string_too_long": Text(
            f"不得超过 {longest} 个字符", f"must not be longer than {longest} characters"
        ),
    }
    return reasons.get(kind)


def _not_text(value: object) -> Text:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Text(
            f"YAML 把它读成了数字 {value}；请加引号",
            f"YAML read this as the number {value}; put it in quotes",
        )
    return Text("这里应为文字；请加引号", "text must stand here; put it in quotes")


def _not_one_of(error: ErrorDetails) -> Text:
    allowed = error.get("ctx", {}).get("expected", "")
    return Text(
        f"{error['input']!r} 不在可选值之内：{allowed}",
        f"{error['input']!r} is not one of: {allowed}",
    )
