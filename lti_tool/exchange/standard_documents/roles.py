"""Which marker means area, task or requirement in one level of a document.

Learned from the whole level before a single cell is read, since the same （1） numbers areas in one
document and requirements in another. Not here: reading the cells (``cells``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .markers import Style


class Role(IntEnum):
    """What a cell holds; a row holds them in this order from left to right."""

    AREA = 0
    TASK = 1
    REQUIREMENT = 2


ALWAYS = {Style.THREE: Role.REQUIREMENT, Style.TWO: Role.TASK}
"""A code of so many parts says by itself what it numbers."""


@dataclass(frozen=True, slots=True)
class Roles:
    """``styles`` says how each role is numbered most often; absent: that role never appeared."""

    styles: Mapping[Role, Style]

    def of(self, style: Style) -> Role | None:
        """The role of a style; None where several have it, or none has."""
        if style in ALWAYS and self.styles.get(ALWAYS[style]) is style:
            return ALWAYS[style]
        found = [role for role, each in self.styles.items() if _same(each, style)]
        return found[0] if len(found) == 1 else None

    @property
    def requirement(self) -> Style:
        """How requirements are numbered."""
        return self.styles.get(Role.REQUIREMENT, Style.NONE)

    def numbered(self, role: Role) -> bool:
        """Whether this role has numbers at all."""
        return self.styles.get(role, Style.NONE) is not Style.NONE


def _same(one: Style, other: Style) -> bool:
    bare = {Style.ONE, Style.BARE}
    return one is other or (one in bare and other in bare)


def learn(rows: Sequence[Sequence[Style]]) -> Roles:
    """The roles in rows that are given by the styles of their filled cells, left to right."""
    counts: dict[Role, Counter[Style]] = {role: Counter() for role in Role}
    for row in rows:
        for distance, style in enumerate(reversed(row)):
            role = ALWAYS.get(style, Role(max(0, Role.REQUIREMENT - distance)))
            counts[role][style] += 1
    every = Counter(style for row in rows for style in row)
    styles = {role: _usual(role, count, every) for role, count in counts.items() if count}
    return Roles(styles)


def learn_lines(styles: Iterable[Style]) -> Roles:
    """The roles in a document of numbered lines without tables: the first style numbers areas,
    the second tasks, the third requirements."""
    found: list[Style] = []
    for each in styles:
        if each is not Style.NONE and not any(_same(each, known) for known in found):
            found.append(each)
    return Roles(dict(zip(Role, found, strict=False)))


def _usual(role: Role, count: Counter[Style], every: Counter[Style]) -> Style:
    for style, always in ALWAYS.items():
        if always is role and every[style]:
            return style
    return max(count, key=lambda style: (count[style], style is not Style.NONE))
