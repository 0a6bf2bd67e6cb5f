"""The names of a standard's levels: announced in a sentence, or known from usual ones.

Not here: the tables under them (``recognise``).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.exchange.customary import KEYS

from .markers import Style, marked
from .plain import folded, tidy

_ANNOUNCED = (
    re.compile(r"[分划][为為]\S{1,3}[个個]?(?:等[级級]|[级級]别?)[：:，,](.+?)(?:[。；;]|$)"),
    re.compile(r"[分划][为為](\S{2,60}?)[一二三四五六七八九十\d]个?[个個]?(?:等[级級]|[级級]别)"),
)
LEADERS = re.compile(r"\.{3,}|…|·{3,}|．{3,}")
_CAPTION_WORDS = re.compile(r"^续?表\d|^续表|要求|等级标准|技能等级|等级描述")
LONGEST_CAPTION = 60


@dataclass(frozen=True, slots=True)
class LevelNames:
    """The levels of a document from the lowest to the highest, as printed. ``announced``: by a
    sentence of the document, not by what we know of others."""

    names: tuple[str, ...]
    announced: bool

    def key(self, name: str) -> str:
        """The ASCII key of a level."""
        plain = folded(name)
        known = KEYS.get(plain) or KEYS.get(plain.partition("/")[0])
        return known or f"level_{self.names.index(name) + 1}"

    def in_caption(self, text: str, *, strict: bool = False) -> str | None:
        """The level that a caption or heading names; None for any other text.

        ``strict``: the name must end or begin it, as in a row that may as well be a requirement.
        """
        plain = folded(text)
        if marked(text).style in {Style.THREE, Style.CIRCLE, Style.BRACKET}:
            return None
        if plain.count("(") != plain.count(")"):
            return None
        if len(plain) > LONGEST_CAPTION or "。" in text or LEADERS.search(text):
            return None
        found = self.mentioned(plain)
        if len(found) != 1 or re.search(r"[:：].{10,}", plain):
            return None
        bare = folded(marked(text).text)
        own = folded(found[0])
        ends = plain.rstrip(")").endswith(own) and plain.endswith((f"({own})", own))
        if ends or bare.startswith(own):
            return found[0]
        return found[0] if not strict and _CAPTION_WORDS.search(plain) else None

    def mentioned(self, plain: str) -> list[str]:
        """The levels whose names stand in a folded text; a name inside a longer one does not."""
        found = []
        for name in sorted(self.names, key=len, reverse=True):
            variants = [folded(name), *folded(name).split("/")]
            hit = next((each for each in variants if each and each in plain), None)
            if hit:
                found.append(name)
                plain = plain.replace(hit, "\0")
        return found

    def exact(self, cell: str) -> str | None:
        """The level whose name a cell is."""
        plain = folded(cell).strip("()")
        return next(
            (each for each in self.names if plain in {folded(each), *folded(each).split("/")}), None
        )


def find_level_names(texts: Iterable[str]) -> LevelNames:
    """The levels a document announces (职业技能等级分为三个等级：初级、中级、高级), else the usual
    ones."""
    for text in texts:
        for pattern in _ANNOUNCED:
            match = pattern.search(tidy(text))
            names = _names(match[1]) if match else ()
            if len(names) > 1:
                return LevelNames(names, announced=True)
    return LevelNames(tuple(KEYS), announced=False)


def _names(listed: str) -> tuple[str, ...]:
    parts = (tidy(each).strip('“”"（）()') for each in re.split(r"[、，,和及与]", listed))
    short = [each for each in parts if 1 < len(each) <= 12]
    return tuple(dict.fromkeys(short))


def in_order(names: LevelNames, seen: Sequence[str]) -> tuple[str, ...]:
    """The levels that were seen, from the lowest to the highest."""
    return tuple(each for each in names.names if each in seen)
