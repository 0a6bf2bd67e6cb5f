"""The difference of two versions of a standard, requirement by requirement.

A hint for a person: what becomes of evidence is decided in a plan (``carrying``), and nothing is
carried by text alone. Levels are the same level where their keys are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from .likeness import contained, likeness, may_be_like, normalised
from .standard import Requirement, RequirementKey, Standard, WorkTask

NEAR = 60
"""Texts at least so alike (percent) are one requirement reworded."""
PART = 80
"""A text is part of another if so much of it (percent) stands there."""
WHOLE = 70
"""Parts make up a text if so much of it (percent) stands in one of them."""


class ChangeKind(StrEnum):
    """What became of a requirement."""

    SAME = "same"
    """The same text under the same level and code; also one lost in source in both."""
    REWORDED = "reworded"
    """Nearly the same text, under the same code or another."""
    MOVED = "moved"
    """The same text under another level or code."""
    SPLIT = "split"
    """Its text was divided among several requirements."""
    NEW = "new"
    """Nothing in the old version is like it."""
    WITHDRAWN = "withdrawn"
    """Nothing in the new version is like it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a requirement of the old version.

    ``old`` is None for a new one; ``new`` holds one requirement, several of a split one in the
    order of the source, or none of a withdrawn one.
    """

    kind: ChangeKind
    old: Requirement | None
    new: tuple[Requirement, ...]
    likeness: int
    """Percent (0 to 100) of the texts; 0 where one is missing."""
    same_task: bool = True
    """Whether the work tasks have the same title; otherwise the context may differ."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Two versions compared: every old requirement stands in one change, every new one in one
    change. In the order of the old version, then what is new in that of the new one."""

    old: Standard
    new: Standard
    changes: tuple[Change, ...]

    def count(self, kind: ChangeKind) -> int:
        """How many changes are of this kind."""
        return sum(each.kind is kind for each in self.changes)


def revision(old: Standard, new: Standard) -> Revision:
    """Compare two versions: what is equal first, then what was split, then what is near."""
    match = _Match(old, new)
    match.equal()
    match.split()
    match.near()
    return Revision(old, new, tuple(match.changes()))


@dataclass
class _Match:
    """The matching under way: what is left of both versions, and what was found."""

    old: Standard
    new: Standard
    left: dict[RequirementKey, Requirement] = field(init=False)
    free: dict[RequirementKey, Requirement] = field(init=False)
    found: dict[RequirementKey, tuple[Requirement, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {each.key: each for each in self.old.requirements()}
        self.free = {each.key: each for each in self.new.requirements()}

    def equal(self) -> None:
        """The same text where it stood, then the same text anywhere, nearest first."""
        for each in list(self.left.values()):
            there = self.free.get(each.key)
            if there is not None and _equal(each, there):
                self._settle(each, there)
        by_text: dict[str, list[Requirement]] = {}
        for each in self.free.values():
            if each.text:
                by_text.setdefault(normalised(each.text), []).append(each)
        old_tasks, new_tasks = _tasks(self.old), _tasks(self.new)
        for each in list(self.left.values()):
            copies = by_text.get(normalised(each.text or ""), ()) if each.text else ()
            still = [one for one in copies if one.key in self.free]
            if still:
                title = old_tasks[each.key].title
                self._settle(
                    each,
                    min(
                        still,
                        key=lambda one: (
                            one.key.level != each.key.level,
                            new_tasks[one.key].title != title,
                        ),
                    ),
                )

    def split(self) -> None:
        """Texts that several new ones make up between them, unless one alone is near."""
        for each in list(self.left.values()):
            parts = self._parts(each)
            if len(parts) > 1 and _make_up(each, parts):
                self._settle(each, *parts)

    def near(self) -> None:
        """Near texts, the likest first; of equally like ones that with the same code."""
        pairs = sorted(self._near_pairs(), key=lambda pair: pair[0])
        for _, old, new in pairs:
            if old.key in self.left and new.key in self.free:
                self._settle(old, new)

    def changes(self) -> Iterator[Change]:
        old_tasks, new_tasks = _tasks(self.old), _tasks(self.new)
        for each in self.old.requirements():
            there = self.found.get(each.key, ())
            title = old_tasks[each.key].title
            same_task = all(new_tasks[one.key].title == title for one in there)
            yield Change(_kind(each, there), each, there, _percent(each, there), same_task)
        for one in self.free.values():
            yield Change(ChangeKind.NEW, None, (one,), 0)

    def _settle(self, old: Requirement, *new: Requirement) -> None:
        del self.left[old.key]
        for each in new:
            del self.free[each.key]
        self.found[old.key] = new

    def _parts(self, old: Requirement) -> Sequence[Requirement]:
        """The new ones whose texts stand in this one; none where one alone is near to it."""
        whole = old.text or ""
        same_level = (one for one in self.free.values() if one.key.level == old.key.level)
        parts = [one for one in same_level if one.text and contained(one.text, whole) >= PART]
        if len(parts) < 2:
            return ()
        near = (one for one in self.free.values() if _are_near(whole, one.text or "", PART))
        return () if any(near) else parts

    def _near_pairs(self) -> Iterator[tuple[tuple[int, bool, bool], Requirement, Requirement]]:
        for old, new in product(self.left.values(), self.free.values()):
            if old.text and new.text and _are_near(old.text, new.text, NEAR):
                percent = likeness(old.text, new.text)
                yield (-percent, old.key != new.key, old.key.level != new.key.level), old, new


def _are_near(one: str, other: str, least: int) -> bool:
    return may_be_like(one, other, least) and likeness(one, other) >= least


def _make_up(old: Requirement, parts: Iterable[Requirement]) -> bool:
    together = "，".join(each.text or "" for each in parts)
    return contained(old.text or "", together) >= WHOLE


def _equal(one: Requirement, other: Requirement) -> bool:
    if one.text is None or other.text is None:
        return one.text == other.text
    return normalised(one.text) == normalised(other.text)


def _kind(old: Requirement, new: Sequence[Requirement]) -> ChangeKind:
    if not new:
        return ChangeKind.WITHDRAWN
    if len(new) > 1:
        return ChangeKind.SPLIT
    if not _equal(old, new[0]):
        return ChangeKind.REWORDED
    return ChangeKind.SAME if old.key == new[0].key else ChangeKind.MOVED


def _percent(old: Requirement, new: Sequence[Requirement]) -> int:
    texts = [each.text for each in new if each.text]
    return likeness(old.text, "，".join(texts)) if old.text and texts else 0


def _tasks(standard: Standard) -> Mapping[RequirementKey, WorkTask]:
    tasks = (task for level in standard.levels for task in level.tasks)
    return {each.key: task for task in tasks for each in task.requirements}
