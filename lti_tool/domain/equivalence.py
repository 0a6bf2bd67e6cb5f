"""What a school decides about equivalence: links accepted, links rejected, and contradictions.

A proposal (``link_proposals``) counts for nothing until a person accepts it with a reason. Not
here: what a link does once it counts (``mapping``).
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from .errors import DomainError
from .mapping import EquivalenceLink, LinkTag
from .standard import RequirementKey, Standard, Text

Pair = tuple[RequirementKey, RequirementKey]
"""The requirement of the lower level and that of the higher one."""
Way = tuple[EquivalenceLink, ...]
"""Links that lead from one requirement to another, in order."""


class Verdict(StrEnum):
    """What a person decided about a pair."""

    ACCEPT = "accept"
    """They are linked as the tag says."""
    REJECT = "reject"
    """They are not linked; a shipped link between them does not count at this school."""
    UNDO = "undo"
    """The decision before this one does not count any more; what was before it does."""


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """One decision about a pair, never changed afterwards.

    ``number`` counts a school's decisions under a standard from 1; ``tag`` is None unless the pair
    is accepted. ``by`` names who decided, for the link's ``reviewer``.
    """

    number: int
    lower: RequirementKey
    higher: RequirementKey
    verdict: Verdict
    tag: LinkTag | None
    reason: str
    decided_by: int
    decided_at: datetime
    by: str = ""

    @property
    def pair(self) -> Pair:
        return self.lower, self.higher


def decided(decisions: Iterable[LinkDecision]) -> Mapping[Pair, LinkDecision]:
    """The decision in force on each pair, from all of them in order; a pair whose only decision
    was undone is missing."""
    standing: dict[Pair, list[LinkDecision]] = {}
    for each in decisions:
        made = standing.setdefault(each.pair, [])
        if each.verdict is not Verdict.UNDO:
            made.append(each)
        elif made:
            made.pop()
    return {pair: made[-1] for pair, made in standing.items() if made}


def links_in_force(
    shipped: Iterable[EquivalenceLink], decisions: Iterable[LinkDecision]
) -> tuple[EquivalenceLink, ...]:
    """The shipped links as the school decided about them, then those it added. The day of a
    link's review is that of its decision, in the zone of ``decided_at``."""
    found = decided(decisions)
    accepted = {pair: _link(each) for pair, each in found.items() if each.verdict is Verdict.ACCEPT}
    kept = [
        accepted.pop((each.lower, each.higher), each)
        for each in shipped
        if (each.lower, each.higher) not in found or (each.lower, each.higher) in accepted
    ]
    return (*kept, *accepted.values())


def kept_apart(decisions: Iterable[LinkDecision]) -> frozenset[Pair]:
    """The pairs that the school rejected."""
    found = decided(decisions).items()
    return frozenset(pair for pair, each in found if each.verdict is Verdict.REJECT)


def _link(decision: LinkDecision) -> EquivalenceLink:
    return EquivalenceLink(
        lower=decision.lower,
        higher=decision.higher,
        tags=(decision.tag or LinkTag.DIFF,),
        note=" ".join(decision.reason.split()),
        reviewer=decision.by or f"#{decision.decided_by}",
        reviewed=decision.decided_at.date(),
    )


# --- One pair and its texts -----------------------------------------------------------------------


def pair_faults(
    standard: Standard, lower: RequirementKey, higher: RequirementKey, tag: LinkTag
) -> Iterator[Text]:
    """Where a link does not agree with the standard: order of levels, and the tag that decides
    against the two texts. Raises UnknownRequirementError."""
    one, other = standard.requirement(lower), standard.requirement(higher)
    if standard.rank(lower.level) >= standard.rank(higher.level):
        yield Text("lower 的等级应低于 higher", "lower must be of a lower level than higher")
    equal = one.text is not None and one.text == other.text
    if tag is LinkTag.SAME and not equal:
        yield Text("标为 same，但两条文字不同", "tagged same, but the two texts differ")
    if tag is LinkTag.DIFF and equal:
        yield Text("标为 diff，但两条文字相同", "tagged diff, but the two texts are equal")
    inferred = other.inferred_from == lower or one.inferred_from == higher
    if tag is LinkTag.INFERRED and not inferred:
        yield Text("标为 inferred，但并非推定关系", "tagged inferred, but neither is inferred so")


# --- Contradictions among links -------------------------------------------------------------------


class ConflictKind(StrEnum):
    """How links contradict each other."""

    ONE_LEVEL = "one_level"
    """They make one competence of two requirements of one level."""
    KEPT_APART = "kept_apart"
    """They unite a pair that another link, or the school, says never to share."""
    CIRCLE = "circle"
    """By links of progress a requirement continues itself."""


@dataclass(frozen=True, slots=True)
class LinkConflict:
    """A contradiction: the pair it is about, and the links that lead from one to the other.

    ``path`` runs in order; ``against`` is the link that keeps the pair apart, None for a pair
    the school rejected and for other kinds.
    """

    kind: ConflictKind
    pair: Pair
    path: Way
    against: EquivalenceLink | None = None

    @property
    def about(self) -> tuple[ConflictKind, Pair]:
        """What is contradictory, by whatever links."""
        return self.kind, self.pair

    def words(self, standard: Standard) -> Text:
        """The contradiction in words, with both requirements and every link named."""
        zh = _named(standard, self, "zh")
        en = _named(standard, self, "en")
        return _CONFLICTS[self.kind](zh, en)


class LinksRefusedError(DomainError):
    """A decision about a link would contradict others, or the texts. Nothing was changed."""

    def __init__(self, conflicts: Sequence[LinkConflict] = (), faults: Sequence[Text] = ()) -> None:
        super().__init__(f"{len(conflicts)} contradictions, {len(faults)} faults")
        self.conflicts = tuple(conflicts)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class _Named:
    one: str
    other: str
    path: str


_CONFLICTS: Mapping[ConflictKind, Callable[[_Named, _Named], Text]] = {
    ConflictKind.ONE_LEVEL: lambda zh, en: Text(
        f"同一等级的 {zh.one} 与 {zh.other} 会成为一条要求：{zh.path}",
        f"{en.one} and {en.other} of one level would become one requirement: {en.path}",
    ),
    ConflictKind.KEPT_APART: lambda zh, en: Text(
        f"{zh.one} 与 {zh.other} 已定为不互认，却会由其他关联连在一起：{zh.path}",
        f"{en.one} and {en.other} are marked never to share, yet would be united: {en.path}",
    ),
    ConflictKind.CIRCLE: lambda zh, en: Text(
        f"递进关系成环，{zh.one} 会递进到自身：{zh.path}",
        f"the links of progress run in a circle, {en.one} would continue itself: {en.path}",
    ),
}


def _named(standard: Standard, conflict: LinkConflict, language: str) -> _Named:
    def name(key: RequirementKey) -> str:
        return f"{standard.level(key.level).name.in_language(language)} {key.code}"

    comma = "；" if language == "zh" else "; "
    one, other = conflict.pair
    steps = comma.join(f"{name(each.lower)} — {name(each.higher)}" for each in conflict.path)
    return _Named(name(one), name(other), steps)


def conflicts(
    standard: Standard, links: Iterable[EquivalenceLink], apart: Collection[Pair] = ()
) -> tuple[LinkConflict, ...]:
    """Every contradiction among links between known requirements; ``apart`` are pairs that must
    not be united either. In the order of the source."""
    graph = _Graph(standard, tuple(links))
    return (*graph.one_level(), *graph.kept_apart(apart), *graph.circles())


@dataclass
class _Graph:
    """The links that share evidence as roads between requirements, to find what they unite."""

    standard: Standard
    links: tuple[EquivalenceLink, ...]
    roads: dict[RequirementKey, list[tuple[RequirementKey, EquivalenceLink]]] = field(init=False)
    home: dict[RequirementKey, RequirementKey] = field(init=False)

    def __post_init__(self) -> None:
        self.roads = {}
        for each in self.links:
            if each.shares_evidence:
                self.roads.setdefault(each.lower, []).append((each.higher, each))
                self.roads.setdefault(each.higher, []).append((each.lower, each))
        self.home = {}
        for key in (each.key for each in self.standard.requirements()):
            if key not in self.home:
                self.home.update(dict.fromkeys(self._reached(key), key))

    def one_level(self) -> Iterator[LinkConflict]:
        groups: dict[tuple[RequirementKey, str], list[RequirementKey]] = {}
        for each in self.standard.requirements():
            groups.setdefault((self.home[each.key], each.key.level), []).append(each.key)
        for group in groups.values():
            for one, other in combinations(group, 2):
                yield LinkConflict(ConflictKind.ONE_LEVEL, (one, other), self._path(one, other))

    def kept_apart(self, apart: Collection[Pair]) -> Iterator[LinkConflict]:
        never: dict[Pair, EquivalenceLink | None] = dict.fromkeys(sorted(apart))
        never |= {(e.lower, e.higher): e for e in self.links if e.never_shares}
        for (one, other), link in never.items():
            if self.home[one] == self.home[other]:
                path = self._path(one, other)
                yield LinkConflict(ConflictKind.KEPT_APART, (one, other), path, link)

    def circles(self) -> Iterator[LinkConflict]:
        """One for each class that comes back to itself through others, by a shortest way; one
        that is linked to itself is told by ``kept_apart``."""
        steps: dict[RequirementKey, list[EquivalenceLink]] = {}
        for each in self.links:
            progress = each.tags[0] is LinkTag.PROGRESS and each.reviewer is not None
            if progress and self.home[each.lower] != self.home[each.higher]:
                steps.setdefault(self.home[each.lower], []).append(each)
        told: set[RequirementKey] = set()
        for start in steps:
            way = self._back_to(start, steps)
            if way and start not in told:
                told.update(self.home[each.lower] for each in way)
                yield LinkConflict(ConflictKind.CIRCLE, (start, start), way)

    def _back_to(
        self, start: RequirementKey, steps: Mapping[RequirementKey, Sequence[EquivalenceLink]]
    ) -> Way:
        waiting: deque[tuple[RequirementKey, Way]] = deque([(start, ())])
        seen: set[RequirementKey] = set()
        while waiting:
            here, way = waiting.popleft()
            for each in steps.get(here, ()):
                there = self.home[each.higher]
                if there == start:
                    return (*way, each)
                if there not in seen:
                    seen.add(there)
                    waiting.append((there, (*way, each)))
        return ()

    def _reached(self, start: RequirementKey) -> set[RequirementKey]:
        found, waiting = {start}, [start]
        while waiting:
            fresh = {to for to, _ in self.roads.get(waiting.pop(), ()) if to not in found}
            found |= fresh
            waiting += sorted(fresh)
        return found

    def _path(self, one: RequirementKey, other: RequirementKey) -> Way:
        came: dict[RequirementKey, Way] = {one: ()}
        waiting = deque([one])
        while other not in came:
            here = waiting.popleft()
            for there, link in self.roads.get(here, ()):
                if there not in came:
                    came[there] = (*came[here], link)
                    waiting.append(there)
        return came[other]
