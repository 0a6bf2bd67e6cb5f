"""Reads one YAML file into plain values and remembers the line of each.

Stricter than YAML: no aliases, tags or merge keys, no key twice, bounded size and depth, so that a
file from elsewhere can neither grow in memory nor hide a value. Not here: what the values mean
(``schemas``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from lti_tool.domain.standard import Text

from .problems import Problem

MAX_BYTES = 4_000_000
"""More than ten times the largest standard we know; what is larger is no rubric."""
MAX_DEPTH = 20

Place = tuple[str | int, ...]
"""Keys and indexes from the root of a file: ``("areas", 0, "code")``."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file's values. ``lines`` gives the line of every place, counted from 1."""

    file: Path
    data: object
    lines: Mapping[Place, int]

    def problem(self, place: Place, reason: Text) -> Problem:
        """A fault at a place; where the place is missing, the line of what should hold it."""
        known: Place = ()
        for part in place:
            # A key written as a number (1:) is known by its written form.
            steps = [(*known, part), (*known, str(part))]
            found = [step for step in steps if step in self.lines]
            if not found:
                break
            known = found[0]
        whole = known + place[len(known) :]
        return Problem(self.file, self.lines[known], path_of(whole), reason)


class UnreadableError(Exception):
    """One file cannot be used. ``problems`` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(each) for each in self.problems))


def path_of(place: Place) -> str:
    """``("areas", 0, "code")`` as ``areas[0].code``."""
    parts = [f"[{each}]" if isinstance(each, int) else f".{each}" for each in place]
    return "".join(parts).removeprefix(".")


def read_document(file: Path) -> Document:
    """Read a file. Raises UnreadableError listing what keeps it from being read."""
    text = _text(file)
    try:
        _refuse_bombs(file, text)
        root = _compose(text)
        if root is None:
            raise _unreadable(file, 1, Text("文件是空的", "the file is empty"))
        lines, problems = _walk(file, root)
        if problems:
            raise UnreadableError(problems)
        return Document(file, yaml.CSafeLoader("").construct_document(root), lines)
    except yaml.MarkedYAMLError as error:
        raise _broken(file, error) from error
    except yaml.YAMLError as error:
        reason = Text(f"不是有效的 YAML：{error}", f"not valid YAML: {error}")
        raise _unreadable(file, 1, reason) from error
    except (ValueError, OverflowError) as error:
        reason = Text(f"日期或数字写法有误：{error}", f"bad date or number: {error}")
        raise _unreadable(file, 1, reason) from error


def _unreadable(file: Path, line: int, reason: Text) -> UnreadableError:
    return UnreadableError((Problem(file, line, "", reason),))


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unreadable(file, 1, Text("缺少这个文件", "the file is missing")) from error
    except OSError as error:
        reason = Text(f"文件无法读取：{error.strerror}", f"cannot be read: {error.strerror}")
        raise _unreadable(file, 1, reason) from error
    if len(content) > MAX_BYTES:
        limit = f"{MAX_BYTES:,}"
        reason = Text(f"文件超过 {limit} 字节", f"the file is larger than {limit} bytes")
        raise _unreadable(file, 1, reason)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = Text("文件不是 UTF-8 编码", "the file is not UTF-8 text")
        raise _unreadable(file, line, reason) from error


def _broken(file: Path, error: yaml.MarkedYAMLError) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    words = error.problem or error.context or "?"
    return _unreadable(file, line, Text(f"不是有效的 YAML：{words}", f"not valid YAML: {words}"))


def _refuse_bombs(file: Path, text: str) -> None:
    """Look at the events only, before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            reason = Text("不允许使用别名（*名称）", "aliases (*name) are not allowed")
            raise _unreadable(file, line, reason)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            reason = Text("不允许使用标签（!名称）", "tags (!name) are not allowed")
            raise _unreadable(file, line, reason)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            reason = Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH}")
            raise _unreadable(file, line, reason)


def _compose(text: str) -> yaml.Node | None:
    loader = yaml.CSafeLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _walk(file: Path, root: yaml.Node) -> tuple[dict[Place, int], list[Problem]]:
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    waiting: list[tuple[Place, yaml.Node, int]] = [((), root, root.start_mark.line + 1)]
    while waiting:
        place, node, line = waiting.pop()
        if place in lines:
            reason = Text("这个键出现了两次", "this key stands here twice")
            problems.append(Problem(file, line, path_of(place), reason))
            continue
        lines[place] = line
        children = list(_children(node))
        problems += _bad_keys(file, place, node)
        waiting += [((*place, part), child, at) for part, child, at in reversed(children)]
    return lines, problems


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node, int]]:
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield index, child, child.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, child, key.start_mark.line + 1


def _bad_keys(file: Path, place: Place, node: yaml.Node) -> Iterator[Problem]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
            reason = Text("键只能是普通文字", "a key must be plain text")
            yield Problem(file, key.start_mark.line + 1, path_of(place), reason)
