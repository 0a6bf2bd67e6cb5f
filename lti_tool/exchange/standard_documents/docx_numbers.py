"""The numbers that Word makes itself and does not write into the text (1.1.1, 一、, （1）, ①).

A paragraph names a list and a depth, itself or by its style; the list says how each depth is
written (ECMA-376 part 1, 17.9). Not here: the text (``docx``).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from .markers import BRACKETED, CIRCLED

DEEPEST = 9
_VALUE = qn("w:val")
_HAN = "〇一二三四五六七八九"


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not 0 < number < 100 or tens == 0:
        return _HAN[ones] if 0 < number < 10 else str(number)
    return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")


def _circled(number: int) -> str:
    return CIRCLED[number - 1] if 0 < number <= len(CIRCLED) else str(number)


FORMS: Mapping[str, Callable[[int], str]] = {
    "chineseCounting": _han,
    "chineseCountingThousand": _han,
    "chineseLegalSimplified": _han,
    "ideographTraditional": _han,
    "taiwaneseCountingThousand": _han,
    "japaneseCounting": _han,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: BRACKETED[number - 1] if number <= 20 else f"({number})",
    "bullet": lambda _number: "",
    "none": lambda _number: "",
}
"""How a number is written, by ``w:numFmt``; any other form is decimal here."""


@dataclass(frozen=True, slots=True)
class _Depth:
    start: int
    form: str
    text: str


@dataclass(slots=True)
class Numbers:
    """Counts the lists of one document; every paragraph must pass once, in order."""

    document: Document
    _lists: dict[str, tuple[str, Mapping[int, _Depth]]] = field(default_factory=dict)
    _styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        part = next(
            (
                each.target_part
                for each in self.document.part.rels.values()
                if not each.is_external and each.reltype.endswith("/numbering")
            ),
            None,
        )
        if part is not None:
            self._learn(etree.fromstring(part.blob, _parser()))
        self._learn_styles(self.document.styles.element)

    def before(self, paragraph: etree._Element) -> str:
        """What Word prints before this paragraph; empty where it numbers nothing."""
        number, depth = self._named(paragraph)
        abstract, depths = self._lists.get(number, ("", {}))
        if depth not in depths or depth >= DEEPEST:
            return ""
        counts = self._counts[abstract]
        counts[depth] = counts.get(depth, depths[depth].start - 1) + 1
        for deeper in range(depth + 1, DEEPEST):
            counts.pop(deeper, None)
        written = depths[depth].text
        for at in range(depth + 1):
            known = depths.get(at, _Depth(1, "decimal", ""))
            value = counts.get(at, known.start)
            form = "decimal" if at < depth else known.form
            # Outer parts of 1.1.1 are written as numbers whatever their own form is.
            written = written.replace(f"%{at + 1}", FORMS.get(form, str)(value))
        return f"{written} " if written.strip() and depths[depth].form != "bullet" else ""

    def _named(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        own = properties.find(qn("w:numPr"))
        style = properties.find(qn("w:pStyle"))
        named = self._styles.get(style.get(_VALUE, ""), ("", 0)) if style is not None else ("", 0)
        return _number_of(own, named) if own is not None else named

    def _learn(self, numbering: etree._Element) -> None:
        abstracts = {
            each.get(qn("w:abstractNumId"), ""): {
                _whole(level.get(qn("w:ilvl"))): _depth(level)
                for level in each.iterchildren(qn("w:lvl"))
            }
            for each in numbering.iterchildren(qn("w:abstractNum"))
        }
        for each in numbering.iterchildren(qn("w:num")):
            abstract = each.find(qn("w:abstractNumId"))
            name = abstract.get(_VALUE, "") if abstract is not None else ""
            self._lists[each.get(qn("w:numId"), "")] = (name, abstracts.get(name, {}))

    def _learn_styles(self, styles: etree._Element) -> None:
        for each in styles.iterchildren(qn("w:style")):
            numbered = each.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbered is not None:
                self._styles[each.get(qn("w:styleId"), "")] = _number_of(numbered, ("", 0))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _number_of(numbered: etree._Element, otherwise: tuple[str, int]) -> tuple[str, int]:
    number, depth = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
    name = number.get(_VALUE, "") if number is not None else otherwise[0]
    return name, _whole(depth.get(_VALUE)) if depth is not None else otherwise[1]


def _depth(level: etree._Element) -> _Depth:
    def value(name: str, otherwise: str) -> str:
        found = level.find(qn(name))
        return found.get(_VALUE, otherwise) if found is not None else otherwise

    return _Depth(
        _whole(value("w:start", "1")), value("w:numFmt", "decimal"), value("w:lvlText", "")
    )


def _whole(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() else 0
