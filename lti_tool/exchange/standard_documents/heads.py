"""The head of a table of requirements, known by its words in whatever order they stand.

Not here: captions, which name the level (``level_names``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .plain import folded
from .roles import Role

WORDS = {
    Role.AREA: frozenset({"工作领域", "领域", "职业领域", "工作模块", "职业功能", "工作项目"}),
    Role.TASK: frozenset({"工作任务", "任务", "典型工作任务", "工作内容"}),
    Role.REQUIREMENT: frozenset(
        {"职业技能要求", "技能要求", "职业技能", "职业能力要求", "职业技能等级要求", "技能点"}
    ),
}
LEVEL_WORDS = frozenset({"等级", "级别", "技能等级", "职业等级", "职业技能等级"})
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Head:
    """A table's head. ``columns`` says where each role stands, ``extra`` names what else there is,
    by column; ``level`` is the column of the level's name, None where there is none."""

    columns: dict[Role, int]
    extra: dict[int, str]
    level: int | None
    width: int


def head_of(cells: Sequence[str]) -> Head | None:
    """The head that a row is; None for a row of another kind."""
    words = [_NOT_WORDS.sub("", folded(each)) for each in cells]
    columns = {role: words.index(each) for role in Role for each in words if each in WORDS[role]}
    if len(columns) < 2:
        return None
    level = next((at for at, each in enumerate(words) if each in LEVEL_WORDS), None)
    taken = {*columns.values(), level}
    extra = {at: cells[at] for at, each in enumerate(words) if each and at not in taken}
    return Head(columns, extra, level, len(cells))
