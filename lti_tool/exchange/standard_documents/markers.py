"""What stands before a text and numbers it: 1.1.1, 1., 一、, （一）, （1）, ①, or nothing.

Not here: which marker means area, task or requirement in one document (``roles``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from .plain import narrow, tidy

DIGITS = {each: number for number, each in enumerate("一二三四五六七八九", start=1)}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"


class Style(StrEnum):
    """A way to number."""

    THREE = "1.1.1"
    TWO = "1.1"
    ONE = "1."
    BARE = "1"
    HAN = "一、"
    HAN_BRACKET = "（一）"
    BRACKET = "（1）"
    CIRCLE = "①"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, what numbers it, and how that is printed. ``numbers`` is empty for no marker.

    ``runs_on``: nothing parts the number from a digit that follows, so where it ends is a guess.
    """

    style: Style
    numbers: tuple[int, ...]
    printed: str
    text: str
    runs_on: bool = False

    @property
    def code(self) -> str:
        """The numbers as a dotted code."""
        return ".".join(str(each) for each in self.numbers)


_NUMBER = r"[0-9]{1,4}"
_DOTTED = re.compile(rf"({_NUMBER}(?:\s?\.\s?{_NUMBER}){{1,3}})(?![0-9])\.?(\s*)")
_ONE = re.compile(r"([0-9]{1,2})\s?[.、]\s*(?![0-9])")
_BARE = re.compile(r"([0-9]{1,2})(?:\s+(?=\D)|(?=[\u4e00-\u9fff]))")
_HAN = re.compile(r"([一二三四五六七八九十]{1,3})\s?[、.]\s*")
_HAN_BRACKET = re.compile(r"\(\s?([一二三四五六七八九十]{1,3})\s?\)\s*")
_BRACKET = re.compile(r"\(?\s?([0-9]{1,2})\s?\)[.、]?\s*")
_ONE_CHARACTER = re.compile(rf"([{CIRCLED}{BRACKETED}])\s*")
_NAMED = re.compile(r"(?:工作)?(?:领域|領域|任务|任務|模块|模塊)\s?(?=[0-9一二三四五六七八九十])")
_HAN_ALONE = re.compile(r"([一二三四五六七八九十]{1,3})")
_NAMED_END = re.compile(r"[:、.]?\s*")


def marked(line: str) -> Marked:
    """The marker at the beginning of a line of text, and the text after it."""
    line = tidy(line)
    plain = narrow(line)
    named = _NAMED.match(plain)
    start = named.end() if named else 0
    readers = (_dotted, _bracket, _one_character, _one, _han, *((_named,) if named else ()), _bare)
    for read in readers:
        found = read(plain[start:])
        if found is not None:
            style, numbers, length, runs_on = found
            end = start + length
            if named:
                rest = _NAMED_END.match(plain, end)
                end = rest.end() if rest else end
            return Marked(style, numbers, line[:end].strip(), tidy(line[end:]), runs_on)
    return Marked(Style.NONE, (), "", line)


Found = tuple[Style, tuple[int, ...], int, bool] | None


def _dotted(text: str) -> Found:
    match = _DOTTED.match(text)
    if match is None:
        return None
    numbers = tuple(int(each) for each in match[1].split("."))
    style = Style.TWO if len(numbers) == 2 else Style.THREE
    runs_on = not match[2] and numbers[-1] > 9
    return style, numbers, match.end(), runs_on


def _one(text: str) -> Found:
    match = _ONE.match(text)
    return (Style.ONE, (int(match[1]),), match.end(), False) if match else None


def _bare(text: str) -> Found:
    match = _BARE.match(text)
    return (Style.BARE, (int(match[1]),), match.end(), False) if match else None


def _han(text: str) -> Found:
    for style, pattern in ((Style.HAN, _HAN), (Style.HAN_BRACKET, _HAN_BRACKET)):
        match = pattern.match(text)
        number = han_number(match[1]) if match else None
        if match and number:
            return style, (number,), match.end(), False
    return None


def _named(text: str) -> Found:
    """After its name a number needs nothing behind it: 领域一."""
    match = _HAN_ALONE.match(text)
    number = han_number(match[1]) if match else None
    return (Style.HAN, (number,), match.end(), False) if match and number else None


def _bracket(text: str) -> Found:
    match = _BRACKET.match(text)
    return (Style.BRACKET, (int(match[1]),), match.end(), False) if match else None


def _one_character(text: str) -> Found:
    match = _ONE_CHARACTER.match(text)
    if match is None:
        return None
    if match[1] in CIRCLED:
        return Style.CIRCLE, (CIRCLED.index(match[1]) + 1,), match.end(), False
    return Style.BRACKET, (BRACKETED.index(match[1]) + 1,), match.end(), False


def han_number(written: str) -> int | None:
    """一 to 九十九 as a number; None for what is none."""
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return DIGITS.get(written)
    if (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        return None
    return 10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0)


# --- Several in one cell --------------------------------------------------------------------------

_STARTS = {
    Style.THREE: re.compile(rf"(?<![0-9.]){_NUMBER}(?:\s?\.\s?{_NUMBER}){{2,3}}(?![0-9.])"),
    Style.BRACKET: re.compile(rf"\(\s?[0-9]{{1,2}}\s?\)|[{BRACKETED}]"),
    Style.CIRCLE: re.compile(rf"[{CIRCLED}]"),
}


def pieces(cell: str, style: Style) -> Sequence[str]:
    """A cell taken apart where the next number of this style begins; lines are joined.

    A number inside a text (见 1.1.1) is not the next one and parts nothing.
    """
    starts = list(_starts(cell, style))
    if not starts:
        return [cell]
    bounds = [*starts, len(cell)]
    head = [cell[: starts[0]]] if cell[: starts[0]].strip() else []
    return [*head, *(cell[a:b] for a, b in pairwise(bounds))]


def _starts(cell: str, style: Style) -> Iterator[int]:
    pattern = _STARTS.get(style)
    if pattern is None:
        return
    last: tuple[int, ...] | None = None
    for match in pattern.finditer(narrow(cell)):
        numbers = marked(cell[match.start() :]).numbers
        if last is None:
            if match.start() and cell[match.start() - 1] not in " \n。；;，、\t":
                continue
        elif not follows(last, numbers, before=cell[: match.start()][-1:]):
            continue
        last = numbers
        yield match.start()


def follows(last: tuple[int, ...], numbers: tuple[int, ...], *, before: str) -> bool:
    """Whether a number comes next after another within one task, where a few may be lost.

    A number after a word such as 见 or 和 is spoken of.
    """
    if len(numbers) != len(last) or numbers[:-1] != last[:-1]:
        return False
    return before not in REFERRING and 1 <= numbers[-1] - last[-1] <= FAR


FAR = 4
"""How far apart two numbers of one cell may be."""
REFERRING = frozenset("见見按照据據第由与與和及如至到从從在、-~—～")
