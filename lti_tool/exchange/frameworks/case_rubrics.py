"""The rubric of a framework in CASE, out: one in Chinese, and one in English where it is written.

A level's position is the number of its performance level in both. Not here: reading them back
(``case_reading``).
"""

from collections.abc import Iterator, Sequence

from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import Text

from .case_objects import CHINESE, ENGLISH, Json, Kind, Maker, Object
from .facts import Fact, first, written
from .framework import Framework, Item

JUDGED = ("red_line", "method", "weight", "evidence", "evidence:en")
"""Facts of an item that stand in its criterion; so do the descriptors."""
RED_LINE, ORDINARY = Text("一票否决项", "Red line"), Text("观测点", "Criterion")


def case_rubrics(framework: Framework, maker: Maker) -> Sequence[Object]:
    """The rubrics; none where no requirement says how it is judged."""
    judged = [each for each in framework.items if _is_judged(framework, each)]
    if not judged:
        return ()
    in_english = any(first(each.facts, f"{framework.cut}:en") for each in judged)
    languages = [CHINESE, ENGLISH] if in_english else [CHINESE]
    return [_rubric(framework, maker, judged, language) for language in languages]


def _is_judged(framework: Framework, item: Item) -> bool:
    numbers = {str(each.number) for each in framework.performance_levels}
    return any(name in numbers or name in JUDGED for name, _ in item.facts)


def _rubric(framework: Framework, maker: Maker, judged: Sequence[Item], language: str) -> Object:
    title = Text(f"{framework.title} 评分量规", f"{framework.title} rubric in English (unofficial)")
    return maker.made(
        Kind.RUBRIC,
        language,
        title=title.in_language(language),
        description=written([("language", language), ("cut", str(framework.cut))]),
        CFRubricCriteria=[
            _criterion(framework, maker, each, position, language)
            for position, each in enumerate(judged, 1)
        ],
    )


def _criterion(
    framework: Framework, maker: Maker, item: Item, position: int, language: str
) -> Object:
    red_line = bool(first(item.facts, "red_line"))
    levels: Sequence[PerformanceLevel] = [
        each
        for each in framework.performance_levels
        if not red_line or each.number in {1, framework.cut}
    ]
    key = f"{language}/{item.id}"
    return maker.made(
        Kind.CRITERION,
        key,
        category=(RED_LINE if red_line else ORDINARY).in_language(language),
        description=written(_about(item, language)),
        CFItemURI=maker.link(Kind.ITEM, item.id, item.text),
        weight=float(first(item.facts, "weight") or 1),
        position=position,
        rubricId=maker.identifier(Kind.RUBRIC, language),
        CFRubricCriterionLevels=[_level(maker, item, each, key) for each in levels],
    )


def _about(item: Item, language: str) -> Iterator[Fact]:
    if language == ENGLISH:
        evidence = first(item.facts, "evidence:en")
        yield from [("evidence:en", evidence)] if evidence else ()
        return
    for name in ("red_line", "method", "evidence"):
        words = first(item.facts, name)
        if words:
            yield name, words


def _level(maker: Maker, item: Item, level: PerformanceLevel, criterion: str) -> Object:
    in_english = criterion.startswith(f"{ENGLISH}/")
    name = f"{level.number}:en" if in_english else str(level.number)
    fields: dict[str, Json] = {
        "description": first(item.facts, name),
        "quality": level.name.in_language(ENGLISH if in_english else CHINESE),
        "score": float(level.percent),
        "position": level.number,
        "rubricCriterionId": maker.identifier(Kind.CRITERION, criterion),
    }
    return maker.made(Kind.LEVEL, f"{criterion}/{level.number}", **fields)
