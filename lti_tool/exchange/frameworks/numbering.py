"""Puts the items of a tree of any depth into levels, areas, tasks and requirements, with codes.

A leaf is a requirement. What stands above it becomes level, area and task; deeper trees join the
titles between area and requirement, shallower ones repeat the title there is. Codes that fit are
kept, others are made. Not here: what the facts of an item say (``inward``).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lti_tool.exchange.customary import KEYS, UNGRADED

from .framework import DEPTH, Framework, Item, NotAFrameworkError

_LEVEL_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NUMBER = re.compile(r"[0-9]{1,4}")
JOINT = " · "


@dataclass(slots=True)
class Node:
    """A level, area, task or requirement: its title, the items it was made of, its code. ``made``:
    the item's own code did not fit."""

    title: str
    items: tuple[Item, ...]
    children: list["Node"] = field(default_factory=list)
    by_items: dict[tuple[str, ...], "Node"] = field(default_factory=dict)
    """The children by the ids of their items."""
    code: str = ""
    made: bool = False

    @property
    def item(self) -> Item | None:
        """The item it stands for; None for what no single item stands for."""
        return self.items[-1] if len(self.items) == 1 else None


def arranged(framework: Framework) -> list[Node]:
    """The levels with everything below them. Raises NotAFrameworkError ``no_items``."""
    paths = _paths(framework.items)
    if not paths:
        raise NotAFrameworkError("no_items")
    deep = max(map(len, paths)) >= DEPTH
    root = Node("", ())
    for path in paths:
        _place(root, path, framework.title, deep=deep)
    for number, level in enumerate(root.children, 1):
        _name_level(level, number, {each.code for each in root.children})
        _number(level.children, "")
    return root.children


def _paths(items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """From the top to each leaf, in order. An item of a circle, or below one, has no path."""
    by_id = {each.id: each for each in items}
    parents = {each.parent for each in items}
    found = []
    for leaf in items:
        if leaf.id in parents:
            continue
        path, seen = [leaf], {leaf.id}
        while path[0].parent in by_id and path[0].parent not in seen:
            path.insert(0, by_id[path[0].parent])
            seen.add(path[0].id)
        if path[0].parent not in seen:
            found.append(tuple(path))
    return found


def _place(root: Node, path: tuple[Item, ...], title: str, *, deep: bool) -> None:
    *above, leaf = path
    level = _child(root, above[:1], UNGRADED) if deep else _child(root, (), UNGRADED)
    inner = above[1:] if deep else above
    area = _child(level, inner[:1], level.title if deep and level.items else title)
    task = _child(area, inner[1:], area.title)
    task.children.append(Node(leaf.text, (leaf,)))


def _child(parent: Node, items: Iterable[Item], otherwise: str) -> Node:
    own = tuple(items)
    ids = tuple(each.id for each in own)
    if ids not in parent.by_items:
        parent.by_items[ids] = Node(JOINT.join(each.text for each in own) or otherwise, own)
        parent.children.append(parent.by_items[ids])
    return parent.by_items[ids]


# --- Codes ----------------------------------------------------------------------------------------


def _name_level(level: Node, number: int, taken: Iterable[str]) -> None:
    item = level.item
    own = [item.code, KEYS.get(level.title, ""), item.id] if item else []
    fitting = (each for each in own if _LEVEL_KEY.fullmatch(each) and each not in set(taken))
    level.code = next(fitting, f"level_{number}")


def _number(nodes: Sequence[Node], parent: str) -> None:
    """Keep the codes of these siblings where all of them fit, else number them."""
    start = f"{parent}." if parent else ""
    own = [each.item.code if each.item else "" for each in nodes]
    fits = len(set(own)) == len(own) and all(
        each.startswith(start) and _NUMBER.fullmatch(each[len(start) :]) for each in own
    )
    for number, (node, code) in enumerate(zip(nodes, own, strict=True), 1):
        node.code = code if fits else f"{start}{number}"
        node.made = not fits
        _number(node.children, node.code)


def by_item(levels: Iterable[Node]) -> Mapping[str, str]:
    """The key (``elementary/2.1.1``) of each requirement by the id of its item."""
    return {
        each.items[0].id: f"{level.code}/{each.code}"
        for level in levels
        for area in level.children
        for task in area.children
        for each in task.children
    }
