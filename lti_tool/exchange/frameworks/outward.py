"""An installed standard as a framework: what every format is written from.

Not here: attainment rules and ready assessments, which no format knows; ``left_out`` says so.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.mapping import EquivalenceLink
from lti_tool.domain.rubric import Criterion, Rubric
from lti_tool.domain.standard import (
    Level,
    Requirement,
    SourceStatus,
    Standard,
    Text,
    WorkTask,
)

from .facts import Fact, Facts
from .framework import Framework, Item, Relation

LOST = "（原文缺失）"
"""Stands for a text that is lost in source, where a format must have one."""
YES = "是"


def framework_of(bundle: StandardBundle) -> Framework:
    """The standard with everything laid over it that a framework can hold."""
    standard, rubric = bundle.standard, bundle.rubric
    return Framework(
        title=standard.title.zh,
        facts=(*_head(standard), *_scale(rubric)),
        items=tuple(_items(standard, rubric)),
        performance_levels=rubric.performance_levels,
        cut=rubric.cut,
        relations=tuple(_relation(each) for each in bundle.links),
    )


def with_links(framework: Framework) -> Mapping[str, Facts]:
    """The facts of every item by id, its links among them: for formats whose links say nothing
    about themselves."""
    links: dict[str, list[Fact]] = defaultdict(list)
    for each in framework.relations:
        links[each.origin] += [("link", each.destination), *each.facts]
    return {each.id: (*each.facts, *links[each.id]) for each in framework.items}


def _head(standard: Standard) -> Iterator[Fact]:
    yield from _both("rights", standard.rights_notice)
    yield "code", standard.code
    yield "version", standard.version
    if standard.title.en:
        yield "title:en", standard.title.en
    yield from _both("publisher", standard.publisher)
    yield "published", standard.published
    for term in standard.terms:
        yield from (
            ("term", term.term),
            ("term_code", term.code),
            ("definition", term.definition),
        )
    for each in standard.programmes:
        yield "catalogue", each.catalogue
        yield "school_kind", each.school_kind
        yield from (("programme", name) for name in each.names)


def _scale(rubric: Rubric) -> Iterator[Fact]:
    yield "cut", str(rubric.cut)
    for each in rubric.performance_levels:
        yield "scale", str(each.number)
        yield from _both("scale_name", each.name)
        yield "scale_percent", str(each.percent)


def _items(standard: Standard, rubric: Rubric) -> Iterator[Item]:
    for level in standard.levels:
        yield Item(level.key, "", level.key, level.name.zh, tuple(_level_facts(level)), 0)
        for area in level.areas:
            place = f"{level.key}/{area.code}"
            yield Item(place, level.key, area.code, area.title.zh, _english(area.title), 1)
            for task in area.tasks:
                yield _task(level, place, task)
                parent = f"{level.key}/{task.code}"
                for each in task.requirements:
                    facts = tuple(_requirement_facts(each, rubric.criteria.get(each.key)))
                    yield Item(str(each.key), parent, each.code, each.text or LOST, facts, 3)


def _level_facts(level: Level) -> Iterator[Fact]:
    yield from _english(level.name)
    yield from _both("scope", level.scope)
    for role in level.job_roles:
        yield from _both("role", role)


def _task(level: Level, area: str, task: WorkTask) -> Item:
    facts = (*_english(task.title), *_status(task.status))
    return Item(f"{level.key}/{task.code}", area, task.code, task.title.zh, facts, 2)


def _requirement_facts(requirement: Requirement, criterion: Criterion | None) -> Iterator[Fact]:
    if requirement.english:
        yield "en", requirement.english
    yield from _status(requirement.status)
    if requirement.printed:
        yield "printed", requirement.printed
    if requirement.inferred_from:
        yield "inferred_from", str(requirement.inferred_from)
    if criterion is not None:
        yield from criterion_facts(criterion)


def criterion_facts(criterion: Criterion) -> Iterator[Fact]:
    """How a requirement is judged."""
    if criterion.red_line:
        yield "red_line", YES
    if criterion.method:
        yield "method", criterion.method.value
    if criterion.weight != 1:
        yield "weight", str(criterion.weight)
    for number, words in sorted((criterion.descriptors or {}).items()):
        yield str(number), words.zh
        if words.en:
            yield f"{number}:en", words.en
    if criterion.evidence:
        yield from _both("evidence", criterion.evidence)


def _relation(link: EquivalenceLink) -> Relation:
    facts: list[Fact] = [("link_tag", each.value) for each in link.tags]
    facts.append(("link_note", link.note))
    if link.reviewer and link.reviewed:
        facts.append(("link_reviewer", link.reviewer))
        facts.append(("link_reviewed", link.reviewed.isoformat()))
    return Relation(str(link.lower), str(link.higher), tuple(facts))


def _status(status: SourceStatus) -> Facts:
    return () if status is SourceStatus.PRINTED else (("status", status.value),)


def _english(words: Text) -> Facts:
    return (("en", words.en),) if words.en else ()


def _both(key: str, words: Text) -> Iterator[Fact]:
    if words.zh:
        yield key, words.zh
    if words.en:
        yield f"{key}:en", words.en
