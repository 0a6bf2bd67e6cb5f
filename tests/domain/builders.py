"""Small made-up standards, rubrics and ratings for the domain tests.

Three levels, ``low``, ``mid`` and ``high``: ``mid`` repeats an area of ``low``, ``high`` one
of ``mid``; one requirement is a red line and one is lost in source. Not here: the real standard.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from lti_tool.domain.assessment import AssessedRequirement, Assessment
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import (
    AttainmentRule,
    EquivalenceClasses,
    EquivalenceLink,
    LinkTag,
    LostPolicy,
    MasteryRule,
)
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import Criterion, PerformanceLevel, Rubric
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    Text,
    WorkArea,
    WorkTask,
)
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission, SubmissionState

STANDARD_ID = "T1-1"
DAY_0 = datetime(2026, 9, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
LEVEL_NAMES = {"low": "初级", "mid": "中级", "high": "高级"}
TASK_SIZE = 3

Shape = Mapping[str, Sequence[int]]
"""How many requirements each area of each level has."""

SMALL: Shape = {"low": (3, 4), "mid": (3, 5), "high": (5, 4)}


def key(name: str) -> RequirementKey:
    """``low/1.1.1`` as a key."""
    return RequirementKey.parse(name)


def keys(*names: str) -> frozenset[RequirementKey]:
    return frozenset(map(key, names))


RED_LINE = key("low/2.2.1")
LOST = key("high/2.1.1")


def standard(shape: Shape = SMALL, lost: Iterable[RequirementKey] = (LOST,)) -> Standard:
    """A standard of this shape, its levels from the lowest, three requirements to a task."""
    gone = frozenset(lost)
    levels = (
        Level(name, Text(LEVEL_NAMES[name]), Text("范围"), (), _areas(name, sizes, gone))
        for name, sizes in shape.items()
    )
    return Standard("T1", "1", Text("标准"), Text("发布方"), "2026-09", Text("版权"), tuple(levels))


def _areas(
    level: str, sizes: Sequence[int], lost: frozenset[RequirementKey]
) -> tuple[WorkArea, ...]:
    areas = []
    for number, size in enumerate(sizes, 1):
        tasks = []
        for task, first in enumerate(range(0, size, TASK_SIZE), 1):
            codes = (f"{number}.{task}.{n + 1}" for n in range(min(TASK_SIZE, size - first)))
            made = tuple(_requirement(RequirementKey(level, code), lost) for code in codes)
            tasks.append(WorkTask(f"{number}.{task}", Text("任务"), made))
        areas.append(WorkArea(str(number), Text("领域"), tuple(tasks)))
    return tuple(areas)


def _requirement(key: RequirementKey, lost: frozenset[RequirementKey]) -> Requirement:
    if key in lost:
        return Requirement(key, None, SourceStatus.LOST)
    return Requirement(key, f"能够做到 {key}")


def area_keys(of: Standard, level: str, area: str) -> tuple[RequirementKey, ...]:
    """The requirements of one area, in the order of the source."""
    found = next(each for each in of.level(level).areas if each.code == area)
    return tuple(each.key for each in found.requirements)


def same(lower: RequirementKey, higher: RequirementKey) -> EquivalenceLink:
    return EquivalenceLink(lower, higher, (LinkTag.SAME,), "")


def repeated(
    of: Standard, lower: tuple[str, str], higher: tuple[str, str]
) -> list[EquivalenceLink]:
    """Links that make one area repeat another, requirement for requirement."""
    pairs = zip(area_keys(of, *lower), area_keys(of, *higher), strict=True)
    return [same(*pair) for pair in pairs]


def attainment_rule(
    critical: Mapping[str, frozenset[RequirementKey]] | None = None,
    area_cut: int = 80,
    lost: LostPolicy = LostPolicy.BLOCK,
) -> AttainmentRule:
    return AttainmentRule(STANDARD_ID, "r1", critical or {}, area_cut, MasteryRule(2, 3), lost)


def small_rule(
    lost: LostPolicy = LostPolicy.BLOCK, waived: frozenset[RequirementKey] = frozenset()
) -> LevelRule:
    """The small standard: classes 7, 12 and 16; critical low/1.1.1, the red line, mid/2.1.1."""
    made = standard()
    links = [
        *repeated(made, ("low", "1"), ("mid", "1")),
        *repeated(made, ("mid", "2"), ("high", "1")),
    ]
    critical = {"low": keys("low/1.1.1") | {RED_LINE}, "mid": keys("mid/2.1.1")}
    rule = attainment_rule(critical, lost=lost)
    return LevelRule(made, EquivalenceClasses(made, links), rule, waived)


def large_rule() -> LevelRule:
    """A standard as large as a real one: 151 requirements in classes of 49, 76 and 96."""
    shape = {"low": (11, 17, 9, 12), "mid": (11, 17, 9, 9, 9, 9), "high": (11, 9, 9, 9)}
    made = standard(shape, lost={key("high/4.1.1")})
    links = [
        *(link for area in "123" for link in repeated(made, ("low", area), ("mid", area))),
        *repeated(made, ("mid", "5"), ("high", "2")),
        *repeated(made, ("mid", "6"), ("high", "3")),
    ]
    critical = {"low": keys("low/2.2.1", "low/2.2.2", "low/2.4.1", "low/3.2.3")}
    return LevelRule(made, EquivalenceClasses(made, links), attainment_rule(critical))


def rubric(red_lines: Iterable[RequirementKey] = (RED_LINE,)) -> Rubric:
    """Four performance levels for 0, 50, 80 and 100 percent; mastery at the third."""
    percents = {1: 0, 2: 50, 3: 80, 4: 100}
    return Rubric(
        STANDARD_ID,
        tuple(PerformanceLevel(number, Text(str(number)), p) for number, p in percents.items()),
        3,
        {each: Criterion(each, red_line=True) for each in red_lines},
    )


def rating(
    name: str = "r1",
    performance_level: int = 3,
    *,
    of: RequirementKey | None = None,
    day: int = 0,
    released: bool = True,
    supersedes: str | None = None,
) -> Rating:
    """A rating of ``of`` (low/1.1.1), performed and rated so many days after the first."""
    at = DAY_0 + timedelta(days=day)
    return Rating(
        id=name,
        learner_id=1,
        standard_id=STANDARD_ID,
        requirement=of or key("low/1.1.1"),
        performance_level=performance_level,
        rater_id=9,
        performed_at=at,
        rated_at=at,
        assessment_id="a1",
        submission_id="s1",
        released_at=at if released else None,
        supersedes=supersedes,
    )


def masteries(
    mastered: Iterable[RequirementKey], broken: Iterable[RequirementKey] = ()
) -> dict[RequirementKey, Mastery]:
    """Masteries by class representative; a class not named has no evidence."""
    states = dict.fromkeys(mastered, MasteryState.MASTERED)
    states |= dict.fromkeys(broken, MasteryState.RED_LINE)
    return {each: Mastery(each, state) for each, state in states.items()}


def assessment(
    *codes: str,
    weights: Mapping[str, int] | None = None,
    level: str = "low",
    title: str = "客服考核",
    points: Decimal = Decimal(100),
    due_at: datetime | None = None,
    accepts_late: bool = True,
    attempts: int | None = None,
) -> Assessment:
    """An assessment of these codes (1.1.1 and 1.1.2), each of weight 1 unless given."""
    given = weights or {}
    covered = (
        AssessedRequirement(RequirementKey(level, code), given.get(code, 1))
        for code in codes or ("1.1.1", "1.1.2")
    )
    return Assessment(
        id="a1",
        standard_id=STANDARD_ID,
        level=level,
        title=title,
        instructions="",
        requirements=tuple(covered),
        points=points,
        due_at=due_at,
        accepts_late=accepts_late,
        attempts=attempts,
    )


def evidence(
    *codes: str,
    kind: EvidenceKind = EvidenceKind.TEXT,
    text: str = "我的回答",
    url: str = "",
    title: str = "佐证",
) -> Evidence:
    return Evidence("e1", kind, title, frozenset(codes), DAY_0, text=text, url=url)


def submission(
    state: SubmissionState = SubmissionState.DRAFT,
    *shown: Evidence,
    attempt: int = 1,
    self_ratings: Mapping[str, int] | None = None,
    return_note: str = "",
) -> Submission:
    return Submission(
        id=f"s{attempt}",
        assessment_id="a1",
        learner_id=1,
        attempt=attempt,
        state=state,
        version=1,
        created_at=DAY_0,
        evidence=shown,
        self_ratings=self_ratings or {},
        return_note=return_note,
    )
