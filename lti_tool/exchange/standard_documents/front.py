"""What a standard says of itself on its cover and in its preface: title, code, version, publisher.

Not here: scope, posts, terms and programmes (``lists``).
"""

import re
from collections.abc import Iterable, Sequence

from lti_tool.domain.standard_draft import DraftHead

from .blocks import Paragraph
from .markers import DIGITS
from .plain import folded, narrow, tidy

_TITLE = re.compile(r"职业技能等级标准|职业技能标准|技能等级标准|职业标准")
_ONLY_TITLE = re.compile(rf"(?:{_TITLE.pattern})")
_CODE = re.compile(
    r"(?:标准|標準)(?:代码|编号|代碼|編號|代號|代号)\s*[：:]?\s*([0-9A-Za-z][0-9A-Za-z.\-]*)"
)
_VERSION = re.compile(r"([0-9]{4})\s*年\s*[Vv]?\s*([0-9]+(?:\.[0-9]+)*)\s*版")
_NUMBER = re.compile(r"(?:版本(?:号|號)?\s*[：:]?\s*|(?<![0-9A-Za-z])[Vv])([0-9]+(?:\.[0-9]+)+)")
_YEAR = re.compile(r"([0-9]{4})\s*年版")
_MONTH = re.compile(r"([0-9]{4})\s*[年./-]\s*([0-9]{1,2})\s*月?")
_HAN_MONTH = re.compile(r"([〇零○一二三四五六七八九]{4})\s*年\s*([一二三四五六七八九十]{1,2})\s*月")
_BY = re.compile(r"^(.{2,80}?)\s*(?:制定|制订|編制|编制|制訂|发布|發佈|發布|起草)$")
_NAMED_BY = re.compile(
    r"(?:制定|制订|编制|发布|制訂|編制|發佈)(?:单位|机构|單位|機構)\s*[：:]\s*(.+?)[。；]?$"
)
_RIGHTS = re.compile(r"^(?:声明|聲明)\s*[：:]\s*(.+)$")
_PUBLISHED = ("发布", "发佈", "发行", "实施", "實施")


def read_head(cover: Sequence[Paragraph], everything: Iterable[Paragraph]) -> DraftHead:
    """The facts of the cover; the declaration of rights may stand anywhere."""
    lines = [narrow_digits(tidy(each.text)) for each in cover if each.text.strip()]
    return DraftHead(
        title=_title(lines),
        code=_first(_CODE, lines),
        version=_version(lines),
        publisher=_publisher(lines),
        published=_published(lines),
        declaration=_declaration(everything),
    )


def narrow_digits(text: str) -> str:
    """Full-width digits and letters as plain ones; punctuation stays as printed."""
    return "".join(narrow(each) if each.isalnum() else each for each in text)


def _title(lines: Sequence[str]) -> str:
    for at, line in enumerate(lines):
        plain = folded(line)
        match = _TITLE.search(plain)
        if not match or len(plain) > 60:
            continue
        if _ONLY_TITLE.fullmatch(plain) and at:
            return lines[at - 1] + line
        return line
    return ""


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str:
    found = (pattern.search(each) for each in lines)
    return next((each[1] for each in found if each), "").rstrip(".-")


def _version(lines: Sequence[str]) -> str:
    for line in lines:
        match = _VERSION.search(line)
        if match:
            return f"{match[1]}-{match[2]}"
    number, year = _first(_NUMBER, lines), _first(_YEAR, lines)
    month = _published(lines)
    year = year or month[:4]
    return f"{year}-{number}" if year and number else ""


def _published(lines: Sequence[str]) -> str:
    dated = [each for each in lines if _month(each)]
    said = [each for each in dated if any(word in each for word in _PUBLISHED)]
    return next((_month(each) for each in (*said, *dated)), "")


def _month(line: str) -> str:
    match = _MONTH.search(line)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[1]}-{int(match[2]):02}"
    han = _HAN_MONTH.search(line)
    if han is None:
        return ""
    year = "".join(str(DIGITS.get(each, 0)) for each in han[1])
    months = {each: at for at, each in enumerate(_HAN_MONTHS, start=1)}
    return f"{year}-{months[han[2]]:02}" if han[2] in months else ""


_HAN_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def _publisher(lines: Sequence[str]) -> str:
    for line in lines:
        match = _BY.match(line) or _NAMED_BY.search(line)
        if match and not _month(match[1]) and not re.search(r"[0-9]{4}", match[1]):
            return tidy(match[1])
    return ""


def _declaration(paragraphs: Iterable[Paragraph]) -> str:
    found = (_RIGHTS.match(tidy(each.text)) for each in paragraphs)
    return next((tidy(each[1]) for each in found if each), "")
