"""Standards for the tests of formats: the real one, and any that hypothesis draws."""

import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from lti_tool.catalogue import Origin, StandardBundle, load_catalogue, write_draft
from lti_tool.catalogue.draft_files import DISCLAIMER
from lti_tool.domain.mapping import (
    AttainmentRule,
    EquivalenceClasses,
    EquivalenceLink,
    LinkTag,
    MasteryRule,
)
from lti_tool.domain.rubric import AssessmentMethod, Criterion, PerformanceLevel, Rubric
from lti_tool.domain.standard import (
    Level,
    Programmes,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    Term,
    Text,
    WorkArea,
    WorkTask,
)
from lti_tool.domain.standard_draft import StandardDraft

ROOT = Path(__file__).parents[3]
CHANGED = datetime(2026, 9, 1, tzinfo=UTC)

words = st.text("能够处理【】<b>&amp;=+-@'\",;%2C 3.1a【语言】", min_size=1, max_size=130).map(
    lambda drawn: " ".join(drawn.split())
)
texts = words.filter(bool)
"""Any words on one line, with whatever a format could stumble over."""
both = st.builds(Text, texts, texts)
chinese_first = st.builds(Text, texts, st.none() | texts)


@cache
def real() -> StandardBundle:
    """530050 as it is shipped."""
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings").find("530050")


def confirmed(draft: StandardDraft) -> StandardBundle:
    """What a person who confirms the draft gets."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "draft"
        write_draft(draft, Origin("file", "0"), made)
        return load_catalogue(made / "rubrics", made / "mappings").standards[0]


@st.composite
def bundles(draw: st.DrawFn) -> StandardBundle:
    """A small standard with a rubric and links."""
    keys = draw(st.sampled_from((("elementary",), ("low_1", "high_2"))))
    levels = tuple(draw(_levels(key)) for key in keys)
    standard = Standard(
        "T-1",
        draw(st.sampled_from(("1", "2026-2.0"))),
        draw(chinese_first),
        draw(chinese_first),
        "2026-09",
        _rights(draw(both)),
        levels,
        terms=tuple(draw(st.lists(st.builds(Term, st.just("3.1"), texts, texts), max_size=1))),
        programmes=draw(_programmes()),
    )
    links = draw(_links(standard))
    classes = EquivalenceClasses(standard, links)
    rubric = draw(_rubrics(standard, classes))
    rule = AttainmentRule(standard.id, "1", {}, 80, MasteryRule())
    return StandardBundle(standard, rubric, classes, rule, links, {}, CHANGED)


def _rights(declaration: Text) -> Text:
    """As the catalogue puts them together."""
    english = f"{declaration.en} {DISCLAIMER['en']}"
    return Text(declaration.zh + DISCLAIMER["zh"], english)


@st.composite
def _levels(draw: st.DrawFn, key: str) -> Level:
    areas = []
    for area in range(1, draw(st.integers(1, 2)) + 1):
        tasks = []
        for task in range(1, draw(st.integers(1, 2)) + 1):
            codes = [f"{area}.{task}.{n}" for n in range(1, draw(st.integers(1, 2)) + 1)]
            made = tuple(draw(_requirements(RequirementKey(key, code))) for code in codes)
            status = draw(st.sampled_from((SourceStatus.PRINTED, SourceStatus.JOINED)))
            tasks.append(WorkTask(f"{area}.{task}", draw(chinese_first), made, status))
        areas.append(WorkArea(str(area), draw(chinese_first), tuple(tasks)))
    drawn = draw(both)
    name = Text(f"{drawn.zh} {key}", drawn.en)
    roles = tuple(draw(st.lists(chinese_first, max_size=2)))
    return Level(key, name, draw(chinese_first), roles, tuple(areas))


@st.composite
def _requirements(draw: st.DrawFn, key: RequirementKey) -> Requirement:
    if draw(st.integers(0, 5)) == 0:
        return Requirement(key, None, SourceStatus.LOST)
    # The catalogue translates equal Chinese words alike, so each text has its own place in it.
    text = f"{draw(texts)} {key}"
    if draw(st.integers(0, 5)) == 0:
        printed = f"{text}。"
        return Requirement(key, text, SourceStatus.MENDED, printed, english=draw(texts))
    return Requirement(key, text, english=draw(st.none() | texts))


@st.composite
def _programmes(draw: st.DrawFn) -> tuple[Programmes, ...]:
    kinds = draw(st.lists(texts, max_size=2, unique=True))
    names = st.lists(texts, min_size=1, max_size=2).map(tuple)
    return tuple(Programmes("new", kind, draw(names)) for kind in kinds)


@st.composite
def _links(draw: st.DrawFn, standard: Standard) -> tuple[EquivalenceLink, ...]:
    if len(standard.levels) < 2:
        return ()
    ends = [[each.key for each in level.requirements] for level in standard.levels]
    every = st.tuples(*map(st.sampled_from, ends))
    # No two requirements of one level may become one competence.
    apart = (lambda pair: pair[0], lambda pair: pair[1])
    pairs = draw(st.lists(every, max_size=2, unique_by=apart))
    tags = st.lists(
        st.sampled_from((LinkTag.DIFF, LinkTag.CONTEXT, LinkTag.PROGRESS, LinkTag.JUDGEMENT)),
        min_size=1,
        max_size=2,
        unique=True,
    ).map(tuple)
    return tuple(
        EquivalenceLink(lower, higher, draw(tags), draw(texts), *draw(_reviews()))
        for lower, higher in pairs
    )


def _reviews() -> st.SearchStrategy[tuple[str | None, date | None]]:
    nobody: tuple[str | None, date | None] = (None, None)
    somebody = texts.map(lambda name: (name, date(2026, 9, 1)))
    return st.just(nobody) | somebody


@st.composite
def _rubrics(draw: st.DrawFn, standard: Standard, classes: EquivalenceClasses) -> Rubric:
    percents = draw(st.sampled_from(((0, 50, 80, 100), (0, 100), (10, 60, 100))))
    levels = tuple(
        PerformanceLevel(number, draw(both), percent) for number, percent in enumerate(percents, 1)
    )
    cut = draw(st.integers(2, len(levels)))
    criteria = {}
    for each in standard.requirements():
        members = classes.class_of(each.key).members
        described = each.text is not None and members[0] == each.key and len(members) == 1
        if described and draw(st.booleans()):
            criteria[each.key] = draw(_criteria(each.key, levels, cut))
    return Rubric(standard.id, levels, cut, criteria)


@st.composite
def _criteria(
    draw: st.DrawFn, key: RequirementKey, levels: tuple[PerformanceLevel, ...], cut: int
) -> Criterion:
    red_line = draw(st.booleans())
    numbers = [1, cut] if red_line else [each.number for each in levels]
    descriptors = {
        number: Text(f"{number} {draw(texts)}", f"{number} {draw(texts)}") for number in numbers
    }
    method = draw(st.none() | st.sampled_from(AssessmentMethod))
    weight = draw(st.integers(1, 3))
    return Criterion(key, red_line, descriptors, draw(st.none() | both), method, weight)
