"""A framework that was read, as a draft of a standard for a person to look through.

What this tool wrote comes back whole; what others wrote comes as far as it can be understood, with
notes of what was made or left out. Links that nobody reviewed stay proposals that share nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from lti_tool.catalogue.draft_files import DISCLAIMER
from lti_tool.domain.draft_content import DraftContent, role_place, scope_place
from lti_tool.domain.mapping import EquivalenceLink, LinkTag
from lti_tool.domain.rubric import AssessmentMethod, Criterion
from lti_tool.domain.standard import Programmes, RequirementKey, SourceStatus, Term, Text
from lti_tool.domain.standard_draft import (
    BadDraftError,
    DraftArea,
    DraftHead,
    DraftLevel,
    DraftRequirement,
    DraftTask,
    Note,
    NoteKind,
    StandardDraft,
)
from lti_tool.exchange.customary import FORBIDDING

from .facts import Facts, every, first, records
from .framework import Framework, Relation
from .numbering import Node, arranged, by_item

FOREIGN = "来自导入文件的关联，待审核"
"""The note of a link that came without one."""


def draft_of(framework: Framework) -> StandardDraft:
    """The draft. Raises NotAFrameworkError ``no_items``."""
    nodes = arranged(framework)
    reading = _Reading()
    levels = tuple(reading.level(each) for each in nodes)
    reading.head_english(framework)
    relations = [*framework.relations, *_own_relations(framework)]
    content = DraftContent(
        english=reading.english,
        printed=reading.printed,
        inferred_from=reading.inferred_from,
        performance_levels=framework.performance_levels,
        cut=framework.cut,
        criteria=tuple(reading.criteria) if framework.performance_levels else (),
        links=tuple(_links(relations, nodes)),
    )
    draft = StandardDraft(
        head=DraftHead(),
        levels=levels,
        terms=tuple(_terms(framework.facts)),
        programmes=tuple(_programmes(framework.facts)),
        content=content,
    )
    notes = (*reading.notes, *_dropped(framework), *_red_lines(draft))
    return _with_head(draft, framework, notes)


@dataclass(slots=True)
class _Reading:
    """What the items say, collected on the way down."""

    english: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    inferred_from: dict[str, str] = field(default_factory=dict)
    criteria: list[Criterion] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def head_english(self, framework: Framework) -> None:
        """The English of the head."""
        rights = first(framework.facts, "rights:en").removesuffix(DISCLAIMER["en"]).strip()
        self._english("title", first(framework.facts, "title:en"))
        self._english("publisher", first(framework.facts, "publisher:en"))
        self._english("declaration", rights)

    def level(self, node: Node) -> DraftLevel:
        facts = node.item.facts if node.item else ()
        key = node.code
        self._english(key, first(facts, "en"))
        self._english(scope_place(key), first(facts, "scope:en"))
        for number, said in enumerate(_pairs(facts, "role")):
            self._english(role_place(key, number), said.en or "")
        return DraftLevel(
            key,
            node.title,
            tuple(self._area(key, each) for each in node.children),
            scope=first(facts, "scope"),
            job_roles=every(facts, "role"),
        )

    def _area(self, level: str, node: Node) -> DraftArea:
        facts = self._coded(level, node)
        self._english(f"{level}/{node.code}", first(facts, "en"))
        return DraftArea(
            node.code, node.title, tuple(self._task(level, each) for each in node.children)
        )

    def _task(self, level: str, node: Node) -> DraftTask:
        facts = self._coded(level, node)
        self._english(f"{level}/{node.code}", first(facts, "en"))
        requirements = tuple(self._requirement(level, each) for each in node.children)
        return DraftTask(node.code, node.title, requirements, _status(facts))

    def _requirement(self, level: str, node: Node) -> DraftRequirement:
        facts = self._coded(level, node)
        key = RequirementKey(level, node.code)
        status = _status(facts)
        self._english(str(key), first(facts, "en"))
        self._keep(self.printed, key, first(facts, "printed"))
        self._keep(self.inferred_from, key, first(facts, "inferred_from"))
        criterion = _criterion(key, facts)
        if criterion is not None:
            self.criteria.append(criterion)
        text = None if status is SourceStatus.LOST else node.title
        if text is None:
            self.notes.append(Note(NoteKind.LOST, level, node.code))
        marker = node.item.code if node.made and node.item else ""
        return DraftRequirement(node.code, text, status, marker)

    def _coded(self, level: str, node: Node) -> Facts:
        """The facts of a node; that its code was made is noted."""
        item = node.item
        if node.made and item is not None:
            self.notes.append(Note(NoteKind.CODE_MADE, level, node.code, item.code))
        return item.facts if item else ()

    def _english(self, place: str, words: str) -> None:
        if words:
            self.english[place] = words

    @staticmethod
    def _keep(into: dict[str, str], key: RequirementKey, words: str) -> None:
        if words:
            into[str(key)] = words


def _status(facts: Facts) -> SourceStatus:
    said = first(facts, "status")
    known = {each.value: each for each in SourceStatus}
    return known.get(said, SourceStatus.PRINTED)


def _criterion(key: RequirementKey, facts: Facts) -> Criterion | None:
    """How the requirement is judged; None where the file says nothing about it."""
    numbers = sorted(int(name) for name, _ in facts if name.isdecimal())
    descriptors = {
        each: Text(first(facts, str(each)), first(facts, f"{each}:en") or None) for each in numbers
    }
    evidence = first(facts, "evidence")
    method = {each.value: each for each in AssessmentMethod}.get(first(facts, "method"))
    weight = first(facts, "weight")
    red_line = bool(first(facts, "red_line"))
    if not (descriptors or evidence or method or red_line or weight):
        return None
    return Criterion(
        key,
        red_line,
        descriptors or None,
        Text(evidence, first(facts, "evidence:en") or None) if evidence else None,
        method,
        int(weight) if weight.isascii() and weight.isdecimal() and 0 < int(weight) <= 100 else 1,
    )


# --- Head -----------------------------------------------------------------------------------------


def _with_head(draft: StandardDraft, framework: Framework, notes: Sequence[Note]) -> StandardDraft:
    """The draft with the facts of its head that are written as they must be, and notes of those
    that are missing."""
    head = DraftHead()
    missing = [*head.missing(), "declaration"]
    noted = [*(Note(NoteKind.MISSING, detail=each) for each in missing), *notes]
    found = StandardDraft(
        head, draft.levels, tuple(noted), draft.terms, draft.programmes, draft.content
    )
    rights = first(framework.facts, "rights").removesuffix(DISCLAIMER["zh"]).strip()
    given = {name: first(framework.facts, name) for name in ("code", "version", "publisher")}
    given |= {"title": framework.title, "declaration": rights}
    for name, words in [*given.items(), ("published", first(framework.facts, "published"))]:
        found = _given(found, name, words)
    return found


def _given(draft: StandardDraft, name: str, words: str) -> StandardDraft:
    try:
        return draft.with_facts({name: words}) if words else draft
    except BadDraftError:
        return draft


def _terms(facts: Facts) -> Iterator[Term]:
    for each in records(facts, "term"):
        code, definition = first(each, "term_code"), first(each, "definition")
        if code and definition:
            yield Term(code, first(each, "term"), definition)


def _programmes(facts: Facts) -> Iterator[Programmes]:
    for each in records(facts, "catalogue"):
        names = every(each, "programme")
        kind = first(each, "school_kind")
        if names and kind and first(each, "catalogue") in {"old", "new"}:
            yield Programmes(first(each, "catalogue"), kind, names)


def _dropped(framework: Framework) -> Iterator[Note]:
    for words, times in Counter(framework.dropped).items():
        yield Note(NoteKind.UNPLACED, detail=words[:80], times=times)


def _red_lines(draft: StandardDraft) -> Iterator[Note]:
    """Prohibitions, proposed as red lines where the file says nothing of any."""
    if draft.content.performance_levels:
        return
    for level, each in draft.requirements:
        if (each.text or "").startswith(FORBIDDING):
            yield Note(NoteKind.RED_LINE, level.key, each.code)


# --- Links ----------------------------------------------------------------------------------------


def _own_relations(framework: Framework) -> Iterator[Relation]:
    """The links that stand among the facts of items."""
    for item in framework.items:
        for each in records(item.facts, "link"):
            yield Relation(item.id, first(each, "link"), each)


def _links(relations: Iterable[Relation], nodes: Sequence[Node]) -> Iterator[EquivalenceLink]:
    """Links between requirements of different levels, the lower first, each pair once; one that
    says more about itself stands before another."""
    keys = by_item(nodes)
    known = {each: each for each in keys.values()}
    ranks = [each.code for each in nodes]
    seen: set[frozenset[str]] = set()
    for each in sorted(relations, key=lambda one: not first(one.facts, "link_tag")):
        ends = [keys.get(end) or known.get(end) for end in (each.origin, each.destination)]
        if ends[0] is None or ends[1] is None or frozenset(map(str, ends)) in seen:
            continue
        lower, higher = (RequirementKey.parse(end) for end in ends if end)
        if ranks.index(lower.level) > ranks.index(higher.level):
            lower, higher = higher, lower
        if lower.level != higher.level:
            seen.add(frozenset(map(str, ends)))
            yield _link(lower, higher, each.facts)


def _link(lower: RequirementKey, higher: RequirementKey, facts: Facts) -> EquivalenceLink:
    """A link; one whose kind nobody said shares no evidence (a relation somebody sees)."""
    known = {each.value: each for each in LinkTag}
    tags = tuple(known[each] for each in every(facts, "link_tag") if each in known)
    reviewer, day = first(facts, "link_reviewer"), _day(first(facts, "link_reviewed"))
    reviewed = bool(tags and reviewer and day)
    return EquivalenceLink(
        lower,
        higher,
        tuple(dict.fromkeys(tags)) or (LinkTag.JUDGEMENT,),
        first(facts, "link_note") or FOREIGN,
        reviewer if reviewed else None,
        day if reviewed else None,
    )


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _pairs(facts: Facts, key: str) -> Iterator[Text]:
    """Facts of this name, each with the English that follows it."""
    for (name, words), (next_name, next_words) in pairwise((*facts, ("", ""))):
        if name == key:
            yield Text(words, next_words if next_name == f"{key}:en" else None)
