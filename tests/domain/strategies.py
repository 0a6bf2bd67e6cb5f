"""What hypothesis draws for the domain tests: records of ratings, and standards with rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import EquivalenceClasses, EquivalenceLink, LostPolicy
from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey, Standard
from tests.domain.builders import (
    LEVEL_NAMES,
    RED_LINE,
    attainment_rule,
    key,
    rating,
    repeated,
    same,
    standard,
)

Place = tuple[str, str]
"""A level key and an area code."""

ORDINARY = key("low/1.1.1")


@st.composite
def records(
    draw: st.DrawFn,
    of: tuple[RequirementKey, ...] = (ORDINARY, RED_LINE),
    max_size: int = 8,
) -> list[Rating]:
    """A learner's ratings as they are kept: chains of corrections, some of them drafts.

    A correction keeps the time of the work and comes later than what it corrects; each rating
    is corrected once at most. A red line gets only the two performance levels it has.
    """
    made: list[Rating] = []
    open_ends: list[Rating] = []
    for number in range(draw(st.integers(0, max_size))):
        corrected = draw(st.none() | st.sampled_from(open_ends)) if open_ends else None
        requirement = corrected.requirement if corrected else draw(st.sampled_from(of))
        each = rating(
            f"r{draw(st.integers(0, 99)):02}-{number}",
            draw(st.sampled_from((1, 3) if requirement == RED_LINE else (1, 2, 3, 4))),
            of=requirement,
            day=draw(st.integers(0, 5)),
            released=draw(st.booleans()),
            supersedes=corrected.id if corrected else None,
        )
        if corrected:
            open_ends.remove(corrected)
            each = replace(
                each,
                performed_at=corrected.performed_at,
                rated_at=corrected.rated_at + timedelta(hours=1),
            )
        open_ends.append(each)
        made.append(each)
    return made


@st.composite
def level_rules(draw: st.DrawFn, *, overlapping: bool = True) -> LevelRule:
    """A standard of up to three levels with links, lost requirements and a rule.

    Areas of a higher level may repeat one of a lower level. With ``overlapping`` single
    requirements may be linked as well, so that two different areas share some classes.
    """
    shape, repeats = draw(_shapes())
    every = [each.key for each in standard(shape, lost=()).requirements()]
    made = standard(shape, draw(st.sets(st.sampled_from(every), max_size=2)))
    links = [link for pair in repeats for link in repeated(made, *pair)]
    if overlapping:
        links += draw(_single_links(every))
    return draw(_rules(made, EquivalenceClasses(made, links)))


@st.composite
def _shapes(draw: st.DrawFn) -> tuple[dict[str, list[int]], list[tuple[Place, Place]]]:
    """The sizes of each level's areas, and which area of a lower level one repeats."""
    shape: dict[str, list[int]] = {}
    repeats: list[tuple[Place, Place]] = []
    for level in list(LEVEL_NAMES)[: draw(st.integers(1, 3))]:
        lower = [(each, number) for each in shape for number in range(len(shape[each]))]
        sizes: list[int] = []
        for number in range(draw(st.integers(1, 3))):
            source = draw(st.none() | st.sampled_from(lower)) if lower else None
            if source is None:
                sizes.append(draw(st.integers(1, 5)))
            else:
                sizes.append(shape[source[0]][source[1]])
                repeats.append(((source[0], str(source[1] + 1)), (level, str(number + 1))))
        shape[level] = sizes
    return shape, repeats


@st.composite
def _single_links(draw: st.DrawFn, every: Sequence[RequirementKey]) -> list[EquivalenceLink]:
    pairs = st.tuples(st.sampled_from(every), st.sampled_from(every))
    return [same(*pair) for pair in draw(st.lists(pairs, max_size=4))]


@st.composite
def _rules(draw: st.DrawFn, made: Standard, classes: EquivalenceClasses) -> LevelRule:
    every = st.sampled_from([each.key for each in made.requirements()])
    critical = {
        level.key: frozenset(
            draw(st.lists(st.sampled_from([r.key for r in level.requirements]), max_size=3))
        )
        for level in made.levels
    }
    policy = draw(st.sampled_from((LostPolicy.BLOCK, LostPolicy.BLOCK, LostPolicy.WAIVE)))
    rule = attainment_rule(critical, draw(st.integers(0, 100)), policy)
    return LevelRule(made, classes, rule, draw(st.frozensets(every, max_size=4)))
