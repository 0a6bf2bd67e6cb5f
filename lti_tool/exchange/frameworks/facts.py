"""Facts in a text: how a format with one description field carries everything else about an item.

A fact is a name and its words, written ``【英文】Handles orders``; people can read it, and it comes
back word for word. A doubled ``【`` in words stands for one. Not here: which facts an item has
(``outward``) and which of them a format carries in fields of its own.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser

Fact = tuple[str, str]
"""A name out of ``NAMES``, or a performance level's number with or without ``:en``; and words."""
Facts = tuple[Fact, ...]

NAMES: Mapping[str, str] = {
    "code": "标准代码",
    "version": "版本",
    "title": "标准名称",
    "title:en": "标准名称英文",
    "publisher": "制定单位",
    "publisher:en": "制定单位英文",
    "published": "发布年月",
    "rights": "权利声明",
    "rights:en": "权利声明英文",
    "left_out": "未含",
    "language": "语言",
    "text": "全文",
    "en": "英文",
    "scope": "面向",
    "scope:en": "面向英文",
    "role": "岗位",
    "role:en": "岗位英文",
    "status": "原文情况",
    "printed": "原样",
    "inferred_from": "推定自",
    "red_line": "一票否决",
    "method": "考核方式",
    "weight": "权重",
    "evidence": "佐证",
    "evidence:en": "佐证英文",
    "cut": "合格线",
    "term": "术语",
    "definition": "定义",
    "term_code": "术语编号",
    "catalogue": "专业目录",
    "school_kind": "学校类型",
    "programme": "专业",
    "scale": "水平编号",
    "scale_percent": "水平百分比",
    "scale_name": "水平名称",
    "scale_name:en": "水平名称英文",
    "link": "关联",
    "link_tag": "关联种类",
    "link_note": "关联说明",
    "link_reviewer": "复核人",
    "link_reviewed": "复核日期",
    "level_key": "等级代号",
    "level": "技能等级",
    "area_code": "领域编号",
    "area": "工作领域",
    "area:en": "工作领域英文",
    "task:en": "工作任务英文",
    "level:en": "技能等级英文",
}
_KEYS = {name: key for key, name in NAMES.items()}
_LEVEL = re.compile(r"水平([0-9]{1,2})(英文)?")
_OPEN, _KEPT = "【", "\0"
_BREAKS = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]+\s*")
_TAG = re.compile(r"【([^【】]{1,12})】")


def written(facts: Iterable[Fact]) -> str:
    """The facts on one line."""
    return " ".join(f"{_OPEN}{_name(key)}】{_escaped(words)}" for key, words in facts)


def read(text: str) -> tuple[str, Facts]:
    """The words before the first fact, and the facts. A name nobody knows is part of the words."""
    before, *rest = _pieces(text)
    return before[1], tuple((key, words) for key, words in rest if key)


def paragraphs(text: str, facts: Iterable[Fact]) -> str:
    """HTML with the text, if any, and each fact in a paragraph of its own."""
    lines = [*([_escaped(text)] if text else []), *(written([each]) for each in facts)]
    return "".join(f"<p>{html.escape(each)}</p>" for each in lines)


def read_paragraphs(text: str) -> tuple[str, Facts]:
    """What ``paragraphs`` wrote; of other HTML the words alone."""
    reader = _Words()
    reader.feed(text)
    reader.close()
    return read("".join(reader.pieces).strip())


def one_line(text: str) -> str:
    """The text without line breaks and control characters, or space around it."""
    return _BREAKS.sub(" ", text).strip()


def first(facts: Iterable[Fact], key: str) -> str:
    """The words of the first fact of this name; empty where there is none."""
    return next((words for name, words in facts if name == key), "")


def every(facts: Iterable[Fact], key: str) -> tuple[str, ...]:
    """The words of all facts of this name."""
    return tuple(words for name, words in facts if name == key)


def without(facts: Iterable[Fact], keys: Iterable[str]) -> Facts:
    """The facts that have none of these names."""
    left = frozenset(keys)
    return tuple(each for each in facts if each[0] not in left)


def records(facts: Iterable[Fact], start: str) -> Iterator[Facts]:
    """Facts that belong together: from each fact named ``start`` to the one before the next, with
    no fact of another subject between (``link``, ``link_tag``, …)."""
    found: list[Fact] = []
    for fact in facts:
        own = fact[0] == start or fact[0].startswith(_SUBJECTS[start])
        if found and (fact[0] == start or not own):
            yield tuple(found)
            found = []
        if fact[0] == start or (found and own):
            found.append(fact)
    if found:
        yield tuple(found)


_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "link": ("link_",),
    "term": ("definition", "term_"),
    "catalogue": ("school_kind", "programme"),
    "scale": ("scale_",),
}


def _name(key: str) -> str:
    number, _, language = key.partition(":")
    if number.isdecimal():
        return f"水平{number}" + ("英文" if language else "")
    return NAMES[key]


def _escaped(words: str) -> str:
    return words.replace(_OPEN, _OPEN * 2)


def _pieces(text: str) -> Sequence[Fact]:
    kept = text.replace(_KEPT, "").replace(_OPEN * 2, _KEPT)
    found: list[tuple[str, str]] = [("", "")]
    at = 0
    for match in _TAG.finditer(kept):
        key = _key(match[1])
        if key:
            found[-1] = (found[-1][0], kept[at : match.start()])
            found.append((key, ""))
            at = match.end()
    found[-1] = (found[-1][0], kept[at:])
    return [(key, one_line(words.replace(_KEPT, _OPEN))) for key, words in found]


def _key(name: str) -> str:
    level = _LEVEL.fullmatch(name)
    if level:
        return f"{int(level[1])}:en" if level[2] else str(int(level[1]))
    return _KEYS.get(name, "")


class _Words(HTMLParser):
    """The words of HTML, a line for each block; scripts and styles say nothing."""

    BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5"})
    SILENT = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)
