"""What the LMS gradebook is told: the score of an assessment, and of a level's attainment.

Not here: how it gets there (``lti_tool.delivery``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .assessment import CENT, Assessment
from .attainment import Attainment, AttainmentState, Decision, Gap, GapReason
from .rating import Rating
from .rubric import Rubric
from .standard import Standard, code_order

MOST_GAPS = 6
"""How many codes a comment names before it only counts the rest."""


@dataclass(frozen=True, slots=True)
class Score:
    """``given`` out of ``maximum``, with the comment the gradebook shows beside it."""

    given: Decimal
    maximum: Decimal
    comment: str


LEVEL_WITHDRAWN = Score(Decimal(0), Decimal(1), "目前没有计入这一等级的评分")
"""What takes the place of a level's score once nothing stands behind it any more."""


def assessment_score(
    assessment: Assessment, rubric: Rubric, ratings: Mapping[str, Rating]
) -> Decimal | None:
    """The points of one submission from its ratings in force, by code; two decimals, half up.

    Performance levels give the rubric's percentages by weight. A red line earns nothing and
    carries no weight, but one proven breach makes the score 0; where all are red lines and
    none is broken, the score is full. None until every code is rated and released.
    """
    if any(code not in ratings for code in assessment.codes):
        return None
    reached = weight = 0
    for each in assessment.requirements:
        number = ratings[each.code].performance_level
        if rubric.is_breach(each.key, number):
            return Decimal(0)
        if not rubric.criterion(each.key).red_line:
            reached += each.weight * rubric.percent(number)
            weight += each.weight
    if not weight:
        return assessment.points.quantize(CENT)
    # Divided once and last: a third rounded on the way would turn a half cent down.
    return (assessment.points * reached / (100 * weight)).quantize(CENT, ROUND_HALF_UP)


def assessment_comment(rubric: Rubric, ratings: Mapping[str, Rating]) -> str:
    """One line for the gradebook: how many codes reached the cut, and which did not.

    The same whatever the order of ``ratings``, which are those in force, by code.
    """
    below = [code for code, each in ratings.items() if each.performance_level < rubric.cut]
    below.sort(key=code_order)
    reached = f"{len(ratings) - len(below)}/{len(ratings)} 达标"
    if not below:
        return reached
    broken = {
        c for c in below if rubric.is_breach(ratings[c].requirement, ratings[c].performance_level)
    }
    named = [f"{code} 红线" if code in broken else code for code in below]
    return f"{reached}；未达标：{_listed(named)}"


def level_score(
    attainment: Attainment,
    state: AttainmentState,
    *,
    standard: Standard,
    last: Decision | None,
    decided_on: date | None,
) -> Score | None:
    """What a level's column shows for a learner: 1 after sign-off, else 0; maximum 1.

    None without evidence: then the LMS is told nothing. ``decided_on`` is the last decision's
    date in the school's time zone, None if there was no decision.
    """
    if state is AttainmentState.NO_EVIDENCE:
        return None
    given = Decimal(1 if state is AttainmentState.ATTAINED else 0)
    return Score(given, Decimal(1), _level_comment(attainment, state, standard, last, decided_on))


def _level_comment(
    attainment: Attainment,
    state: AttainmentState,
    standard: Standard,
    last: Decision | None,
    decided_on: date | None,
) -> str:
    count = f"{attainment.mastered}/{attainment.total} 已掌握"
    name = standard.level(attainment.level).name.zh
    if state is AttainmentState.ATTAINED and last is not None:
        source = f"{standard.id}，规则 {last.rule_version}"
        return f"{name}已认定 {decided_on}（{last.mastered}/{last.total}；{source}；非 X 证书）"
    if state is AttainmentState.REVOKED and last is not None:
        return f"{name}认定已于 {decided_on} 撤销；{count}"
    if state is AttainmentState.PROPOSED:
        return f"{count}；已符合规则，待认定"
    gaps = _listed([_gap_words(gap, attainment.level, standard) for gap in attainment.gaps])
    return f"{count}；未达成：{gaps}"


def _gap_words(gap: Gap, level: str, standard: Standard) -> str:
    prefix = "" if gap.level == level else f"{standard.level(gap.level).name.zh} "
    if gap.reason is GapReason.AREA:
        return f"{prefix}工作领域 {gap.area} 还差 {gap.needed} 条"
    if gap.reason is GapReason.TOTAL:
        return f"{prefix}加权总分不足"
    if gap.part is not None:
        return f"{prefix}{gap.part.zh}部分分数不足"
    words = {
        GapReason.RED_LINE: "红线",
        GapReason.CRITICAL: "关键要求",
        GapReason.REVIEW: "成绩复核中",
        GapReason.LOST: "原文缺失",
    }[gap.reason]
    return f"{prefix}{gap.options[0].code} {words}"


def _listed(words: list[str]) -> str:
    shown = "、".join(words[:MOST_GAPS])
    return f"{shown} 等 {len(words)} 项" if len(words) > MOST_GAPS else shown
