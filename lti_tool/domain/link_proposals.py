"""Pairs of requirements that a person should compare: same text, near text, moved code.

Only a hint: the same words occur in different contexts (异常 against 高危 business) and are then
different competences, so nothing is linked by text alone. Not here: deciding (``equivalence``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, product

from .equivalence import Pair
from .likeness import Piece, PieceKind, likeness, may_be_like, pieces
from .mapping import EquivalenceClasses, EquivalenceLink, LinkTag
from .standard import Level, Requirement, RequirementKey, SourceStatus, Standard, Text, WorkTask

NEAR = 75
"""Texts at least so alike (percent) are near. Of 530050 every pair that its reviewers tagged as
different wording alone lies above."""
LONGEST_DIFFERENCE = 30


class ProposalKind(StrEnum):
    """Why a pair is proposed."""

    SAME = "same"
    """The same text under the same code."""
    MOVED = "moved"
    """The same text under another code."""
    INFERRED = "inferred"
    """The text of one is inferred from the other (推定)."""
    NEAR = "near"
    """Nearly the same text."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair to compare, ``lower`` of the lower level. ``reasons`` say in words what agrees and
    what differs; ``pieces`` are the higher text against the lower one."""

    lower: Requirement
    higher: Requirement
    kind: ProposalKind
    likeness: int
    """Percent (0 to 100)."""
    reasons: tuple[Text, ...]
    pieces: tuple[Piece, ...]
    same_task: bool
    """Whether their work tasks have the same title; otherwise the context may differ."""

    @property
    def pair(self) -> Pair:
        return self.lower.key, self.higher.key

    @property
    def tag(self) -> LinkTag:
        """The tag that agrees with the texts, for a person to confirm or to change."""
        if self.kind is ProposalKind.INFERRED:
            return LinkTag.INFERRED
        return LinkTag.DIFF if self.kind is ProposalKind.NEAR else LinkTag.SAME


def propose(
    standard: Standard, links: Iterable[EquivalenceLink], apart: Collection[Pair] = ()
) -> tuple[Proposal, ...]:
    """The pairs of different levels that look alike and are not settled: neither of one class,
    nor their classes related by a link or kept ``apart``. The most telling kind first, pairs of
    one work task before others, then the likest, then in the order of the source."""
    known = tuple(links)
    classes = EquivalenceClasses(standard, known)
    pairs = chain(((each.lower, each.higher) for each in known), apart)
    related = {_classes_of(classes, *pair) for pair in pairs}
    tasks = _tasks(standard)
    found = (
        _compared(one, other, tasks)
        for one, other in _alike_in(standard)
        if len(both := _classes_of(classes, one.key, other.key)) == 2 and both not in related
    )
    return tuple(sorted(found, key=_order))


def compared(standard: Standard, lower: RequirementKey, higher: RequirementKey) -> Proposal:
    """Any two requirements compared in the same way. Raises UnknownRequirementError."""
    tasks = _tasks(standard)
    return _compared(standard.requirement(lower), standard.requirement(higher), tasks)


_Tasks = dict[RequirementKey, WorkTask]
_KINDS = tuple(ProposalKind)


def _classes_of(
    classes: EquivalenceClasses, one: RequirementKey, other: RequirementKey
) -> frozenset[RequirementKey]:
    return frozenset([classes.class_of(one).key, classes.class_of(other).key])


def _alike_in(standard: Standard) -> Iterator[tuple[Requirement, Requirement]]:
    for lower, higher in combinations(standard.levels, 2):
        yield from _alike(lower, higher)


def _alike(lower: Level, higher: Level) -> Iterator[tuple[Requirement, Requirement]]:
    """Near texts are passed over where one of the two stands word for word in the other level."""
    texts = {each.text for each in lower.requirements}
    others = {each.text for each in higher.requirements}
    for one, other in product(lower.requirements, higher.requirements):
        if one.text and other.text:
            elsewhere = one.text in others or other.text in texts
            equal = one.text == other.text
            if equal or (not elsewhere and _are_near(one.text, other.text)):
                yield one, other


def _are_near(one: str, other: str) -> bool:
    return may_be_like(one, other, NEAR) and likeness(one, other) >= NEAR


def _tasks(standard: Standard) -> _Tasks:
    tasks = (task for level in standard.levels for task in level.tasks)
    return {each.key: task for task in tasks for each in task.requirements}


def _compared(one: Requirement, other: Requirement, tasks: _Tasks) -> Proposal:
    first, second = one.text or "", other.text or ""
    task, others = tasks[one.key], tasks[other.key]
    percent = likeness(first, second) if first and second else 0
    differences = pieces(first, second)
    kind = _kind(one, other)
    reasons = [*_texts(one, other, kind, percent, differences), _codes(one, other)]
    same_task = task.title == others.title
    reasons.append(_titles(task, others))
    return Proposal(one, other, kind, percent, tuple(reasons), differences, same_task)


def _kind(one: Requirement, other: Requirement) -> ProposalKind:
    if other.inferred_from == one.key or one.inferred_from == other.key:
        return ProposalKind.INFERRED
    if one.text is None or one.text != other.text:
        return ProposalKind.NEAR
    return ProposalKind.SAME if one.code == other.code else ProposalKind.MOVED


def _texts(
    one: Requirement,
    other: Requirement,
    kind: ProposalKind,
    percent: int,
    differences: Sequence[Piece],
) -> Iterator[Text]:
    if SourceStatus.LOST in {one.status, other.status}:
        yield Text("有一条原文缺失，无从比较", "one is lost in source and cannot be compared")
    elif kind is ProposalKind.INFERRED:
        yield Text("其中一条系由另一条推定", "one is inferred from the other")
    elif kind is ProposalKind.NEAR:
        yield Text(f"文字相近，相似度 {percent}%", f"texts {percent}% alike")
        yield _difference(differences)
    else:
        yield Text("文字逐字相同", "the same text, word for word")


def _difference(differences: Sequence[Piece]) -> Text:
    gone = _quoted(differences, PieceKind.REMOVED)
    new = _quoted(differences, PieceKind.ADDED)
    zh = [f"只在低等级：{gone}" if gone else "", f"只在高等级：{new}" if new else ""]
    en = [
        f"in the lower level only: {gone}" if gone else "",
        f"in the higher level only: {new}" if new else "",
    ]
    return Text("；".join(filter(None, zh)), "; ".join(filter(None, en)))


def _quoted(differences: Sequence[Piece], kind: PieceKind) -> str:
    words = [each.text for each in differences if each.kind is kind]
    joined = "".join(f"“{each}”" for each in words)
    return joined if len(joined) <= LONGEST_DIFFERENCE else f"{joined[:LONGEST_DIFFERENCE]}…"


def _codes(one: Requirement, other: Requirement) -> Text:
    if one.code == other.code:
        return Text(f"编码相同（{one.code}）", f"the same code ({one.code})")
    codes = f"{one.code} → {other.code}"
    return Text(f"编码不同（{codes}）", f"another code ({codes})")


def _titles(task: WorkTask, others: WorkTask) -> Text:
    if task.title == others.title:
        zh, en = task.title.zh, task.title.in_language("en")
        return Text(f"工作任务相同（{zh}）", f"the same work task ({en})")
    zh = f"{task.title.zh} → {others.title.zh}"
    en = f"{task.title.in_language('en')} → {others.title.in_language('en')}"
    return Text(
        f"工作任务不同（{zh}），情境可能不同",
        f"another work task ({en}), so the context may differ",
    )


def _order(proposal: Proposal) -> tuple[int, bool, int]:
    return _KINDS.index(proposal.kind), not proposal.same_task, -proposal.likeness
