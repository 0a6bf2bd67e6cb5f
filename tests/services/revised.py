"""A second version of the real standard, invented for the tests: it never stands in ``rubrics/``.

In it 初级 2.1.2 is reworded, 2.1.3 divided, 2.3.3 withdrawn, 2.5.1 moved to 2.6.1; 2.6.2 is new.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.mapping import EquivalenceClasses
from lti_tool.domain.rubric import Criterion
from lti_tool.domain.standard import Level, Requirement, RequirementKey, Standard, Text, WorkTask

LEVEL = "elementary"
SECOND = "530050-2026-3.0"
MOVED = "2.5.1"
WITHDRAWN = "2.3.3"
REWORDED = "2.1.2"
DIVIDED = "2.1.3"
PARTS = ("2.1.3", "2.1.4")


def second_version(bundle: StandardBundle) -> StandardBundle:
    """The standard as an invented publisher revised it, with the rubric of the first version."""
    standard = _revised(bundle.standard)
    criteria = dict(bundle.rubric.criteria)
    for key in (RequirementKey(LEVEL, code) for code in ("2.6.1", "2.6.2", "2.1.4")):
        criteria[key] = Criterion(key)
    return replace(
        bundle,
        standard=standard,
        rubric=replace(bundle.rubric, standard_id=standard.id, criteria=criteria),
        classes=EquivalenceClasses(standard, ()),
        links=(),
        rule=replace(bundle.rule, standard_id=standard.id, version="3", critical={}, reasons={}),
        ready={},
    )


def _revised(standard: Standard) -> Standard:
    levels = tuple(_level(each) if each.key == LEVEL else each for each in standard.levels)
    return replace(standard, version="2026-3.0", published="2026-11", levels=levels)


def _level(level: Level) -> Level:
    areas = []
    for area in level.areas:
        tasks = tuple(
            replace(task, requirements=tuple(_requirements(task.requirements)))
            for task in area.tasks
        )
        if area.code == "2":
            tasks = (*tasks, _added(level))
        areas.append(replace(area, tasks=tasks))
    return replace(level, areas=tuple(areas))


def _requirements(old: Iterable[Requirement]) -> Iterator[Requirement]:
    for each in old:
        text = each.text or ""
        if each.code == REWORDED:
            yield replace(each, text=f"{text}，并做好记录")
        elif each.code == DIVIDED:
            half = text.index("，") if "，" in text else len(text) // 2
            for code, part in zip(PARTS, (text[:half], text[half:].strip("，")), strict=True):
                yield Requirement(RequirementKey(LEVEL, code), part)
        elif each.code not in {WITHDRAWN, MOVED}:
            yield each


def _added(level: Level) -> WorkTask:
    moved = next(each for each in level.requirements if each.code == MOVED)
    fresh = Requirement(RequirementKey(LEVEL, "2.6.2"), "能够识别并上报疑似诈骗来电")
    moved = replace(moved, key=RequirementKey(LEVEL, "2.6.1"))
    title = next(task.title for task in level.tasks if task.code == "2.5")
    return WorkTask("2.6", Text(title.zh, title.en), (moved, fresh))
