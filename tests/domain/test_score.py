"""What the gradebook is told about an assessment and about a level."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.assessment import Assessment, checked
from lti_tool.domain.attainment import (
    Attainment,
    AttainmentState,
    Decision,
    DecisionKind,
    Gap,
    GapReason,
)
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.score import assessment_comment, assessment_score, level_score
from lti_tool.domain.standard import RequirementKey, Text
from tests.domain.builders import DAY_0, assessment, key, rating, rubric, standard

RUBRIC = rubric()
STANDARD = standard()
ON = date(2026, 11, 23)
ORDINARY_CODES = ("1.1.1", "1.1.2", "1.1.3", "2.1.1", "2.1.2")
RED_LINE_CODE = "2.2.1"


def given_levels(levels: Mapping[str, int]) -> dict[str, Rating]:
    return {
        code: rating(f"of {code}", number, of=RequirementKey("low", code))
        for code, number in levels.items()
    }


def scored(
    levels: Mapping[str, int],
    weights: Mapping[str, int] | None = None,
    points: Decimal = Decimal(100),
) -> Decimal | None:
    to = assessment(*levels, weights=weights, points=points)
    return assessment_score(checked(to), RUBRIC, given_levels(levels))


# --- The score of an assessment -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "score"),
    [
        ({"1.1.1": 1}, "0"),
        ({"1.1.1": 2}, "50"),
        ({"1.1.1": 3}, "80"),
        ({"1.1.1": 4}, "100"),
        ({"1.1.1": 2, "1.1.2": 3}, "65"),
        ({"1.1.1": 1, "1.1.2": 3, "1.1.3": 4}, "60"),
        ({"1.1.1": 2, "1.1.2": 2, "1.1.3": 3}, "60"),
        ({"1.1.1": 3, "1.1.2": 3, "1.1.3": 4}, "86.67"),
    ],
)
def test_performance_levels_earn_0_50_80_and_100_percent(
    levels: Mapping[str, int], score: str
) -> None:
    assert scored(levels) == Decimal(score)


def test_a_code_counts_by_its_weight() -> None:
    assert scored({"1.1.1": 4, "1.1.2": 1}, {"1.1.1": 3}) == 75


def test_a_red_line_that_holds_earns_nothing_and_carries_no_weight() -> None:
    assert scored({"1.1.1": 3, RED_LINE_CODE: 3}, {RED_LINE_CODE: 100}) == 80


def test_where_all_are_red_lines_and_none_is_broken_the_score_is_full() -> None:
    assert scored({RED_LINE_CODE: 3}, points=Decimal("7.5")) == Decimal("7.50")


def test_half_a_cent_is_rounded_up_though_the_share_has_no_last_digit() -> None:
    # 0.14 points times 50 percent of 1 in 14 is half a cent exactly; 1/28 is not exact.
    assert scored({"1.1.1": 2, "1.1.2": 1}, {"1.1.2": 13}, Decimal("0.14")) == Decimal("0.01")


def test_there_is_no_score_until_every_code_is_rated_and_released() -> None:
    to = assessment("1.1.1", "1.1.2")
    assert assessment_score(to, RUBRIC, {}) is None
    assert assessment_score(to, RUBRIC, given_levels({"1.1.1": 4})) is None
    assert assessment_score(to, RUBRIC, given_levels({"1.1.1": 4, "1.1.2": 4})) == 100


def test_there_is_no_score_from_a_breach_alone_while_codes_are_unrated() -> None:
    to = assessment("1.1.1", RED_LINE_CODE)
    assert assessment_score(to, RUBRIC, given_levels({RED_LINE_CODE: 1})) is None


def test_a_rating_of_a_code_outside_the_assessment_does_not_count() -> None:
    ratings = given_levels({"1.1.1": 4, "1.1.2": 1})
    assert assessment_score(assessment("1.1.1"), RUBRIC, ratings) == 100


ordinary = st.dictionaries(
    st.sampled_from(ORDINARY_CODES), st.tuples(st.integers(1, 4), st.integers(1, 100)), min_size=1
)
all_points = st.decimals(Decimal("0.01"), Decimal(1000), places=2)


def split(drawn: Mapping[str, tuple[int, int]]) -> tuple[dict[str, int], dict[str, int]]:
    levels = {code: level for code, (level, _) in drawn.items()}
    return levels, {code: weight for code, (_, weight) in drawn.items()}


@given(ordinary, all_points)
def test_a_score_is_the_exact_share_of_the_points_to_the_nearest_cent(
    drawn: Mapping[str, tuple[int, int]], points: Decimal
) -> None:
    percent = {1: 0, 2: 50, 3: 80, 4: 100}
    weight = sum(w for _, w in drawn.values())
    reached = sum(w * percent[level] for level, w in drawn.values())
    cents = Fraction(points) * 100 * reached / (weight * 100)
    assert scored(*split(drawn), points) == Decimal((cents + Fraction(1, 2)).__floor__()) / 100


@given(ordinary, all_points)
def test_a_score_lies_between_0_and_the_points(
    drawn: Mapping[str, tuple[int, int]], points: Decimal
) -> None:
    score = scored(*split(drawn), points)
    assert score is not None
    assert 0 <= score <= points


@given(ordinary, all_points, st.integers(1, 100))
def test_a_released_breach_makes_any_complete_score_0(
    drawn: Mapping[str, tuple[int, int]], points: Decimal, weight: int
) -> None:
    levels, weights = split(drawn)
    broken = {**levels, RED_LINE_CODE: 1}
    assert scored(broken, {**weights, RED_LINE_CODE: weight}, points) == 0


@given(ordinary, st.sampled_from(ORDINARY_CODES))
def test_a_better_rating_never_lowers_the_score(
    drawn: Mapping[str, tuple[int, int]], code: str
) -> None:
    levels, weights = split(drawn)
    better = {c: min(4, n + (c == code)) for c, n in levels.items()}
    before, after = scored(levels, weights), scored(better, weights)
    assert before is not None
    assert after is not None
    assert after >= before


@given(ordinary, st.integers(1, 4), st.booleans())
def test_drafts_never_change_the_score(
    drawn: Mapping[str, tuple[int, int]], number: int, corrects: bool
) -> None:
    levels, weights = split(drawn)
    to = assessment(*levels, weights=weights)
    kept = list(given_levels(levels).values())
    draft = rating(
        "draft",
        number,
        of=kept[0].requirement,
        day=1,
        released=False,
        supersedes=kept[0].id if corrects else None,
    )
    assert _score_of(to, [*kept, draft]) == _score_of(to, kept)


def _score_of(to: Assessment, record: Sequence[Rating]) -> Decimal | None:
    counted = {each.requirement.code: each for each in in_force(record)}
    return assessment_score(to, RUBRIC, counted)


# --- The comment of an assessment -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "comment"),
    [
        ({"1.1.1": 3, "1.1.2": 4}, "2/2 达标"),
        ({"1.1.1": 2, "1.1.2": 4}, "1/2 达标；未达标：1.1.1"),
        ({"1.1.1": 3, RED_LINE_CODE: 1}, "1/2 达标；未达标：2.2.1 红线"),
        ({RED_LINE_CODE: 3}, "1/1 达标"),
        (
            {f"1.1.{n}": 1 for n in (10, 2, 7, 6, 5, 4, 3)},
            "0/7 达标；未达标：1.1.2、1.1.3、1.1.4、1.1.5、1.1.6、1.1.7 等 7 项",
        ),
    ],
)
def test_the_comment_counts_what_reached_the_cut_and_names_the_rest_in_order(
    levels: Mapping[str, int], comment: str
) -> None:
    assert assessment_comment(RUBRIC, given_levels(levels)) == comment


@given(st.permutations(ORDINARY_CODES))
def test_the_comment_does_not_depend_on_the_order_of_the_ratings(order: list[str]) -> None:
    expected = assessment_comment(RUBRIC, given_levels(dict.fromkeys(ORDINARY_CODES, 1)))
    assert assessment_comment(RUBRIC, given_levels(dict.fromkeys(order, 1))) == expected


# --- The column of a level ------------------------------------------------------------------------


def gap(reason: GapReason, name: str, needed: int = 1) -> Gap:
    requirement = key(name)
    return Gap(reason, requirement.level, requirement.code[0], (requirement,), needed)


def standing(level: str, *gaps: Gap) -> Attainment:
    return Attainment(level, "r1", 5, 7, (), gaps)


def decision(kind: DecisionKind) -> Decision:
    return Decision("d1", 1, STANDARD.id, "low", kind, "r0", 6, 7, (), "digest", 9, DAY_0, "理由")


def test_the_lms_is_told_nothing_without_evidence() -> None:
    state = AttainmentState.NO_EVIDENCE
    told = level_score(standing("low"), state, standard=STANDARD, last=None, decided_on=None)
    assert told is None


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ([gap(GapReason.RED_LINE, "low/2.2.1")], "2.2.1 红线"),
        ([gap(GapReason.CRITICAL, "low/1.1.1")], "1.1.1 关键要求"),
        ([gap(GapReason.LOST, "low/1.1.1")], "1.1.1 原文缺失"),
        ([gap(GapReason.REVIEW, "low/1.1.1")], "1.1.1 成绩复核中"),
        ([replace(gap(GapReason.PART, "low/1.1.1"), part=Text("理论"))], "理论部分分数不足"),
        ([gap(GapReason.TOTAL, "low/1.1.1")], "加权总分不足"),
        ([gap(GapReason.AREA, "low/2.1.1", 3)], "工作领域 2 还差 3 条"),
        (
            [gap(GapReason.RED_LINE, "low/2.2.1"), gap(GapReason.AREA, "low/1.1.1")],
            "2.2.1 红线、工作领域 1 还差 1 条",
        ),
        (
            [gap(GapReason.CRITICAL, f"low/1.1.{n}") for n in range(1, 8)],
            "、".join(f"1.1.{n} 关键要求" for n in range(1, 7)) + " 等 7 项",
        ),
    ],
)
def test_a_level_not_met_is_0_with_the_gap_in_the_comment(gaps: list[Gap], words: str) -> None:
    told = level_score(
        standing("low", *gaps),
        AttainmentState.NOT_MET,
        standard=STANDARD,
        last=None,
        decided_on=None,
    )
    assert told is not None
    assert (told.given, told.maximum) == (Decimal(0), Decimal(1))
    assert told.comment == f"5/7 已掌握；未达成：{words}"


def test_a_gap_of_a_lower_level_names_that_level() -> None:
    gaps = [gap(GapReason.AREA, "low/2.1.1", 2), gap(GapReason.LOST, "high/2.1.1")]
    state = AttainmentState.NOT_MET
    told = level_score(
        standing("high", *gaps), state, standard=STANDARD, last=None, decided_on=None
    )
    assert told is not None
    assert told.comment == "5/7 已掌握；未达成：初级 工作领域 2 还差 2 条、2.1.1 原文缺失"


def test_a_level_that_waits_for_sign_off_is_0_and_says_so() -> None:
    state = AttainmentState.PROPOSED
    told = level_score(standing("low"), state, standard=STANDARD, last=None, decided_on=None)
    assert told is not None
    assert (told.given, told.comment) == (Decimal(0), "5/7 已掌握；已符合规则，待认定")


def test_a_level_signed_off_is_1_with_date_standard_and_the_rule_it_was_decided_by() -> None:
    told = level_score(
        standing("low", gap(GapReason.CRITICAL, "low/1.1.1")),
        AttainmentState.ATTAINED,
        standard=STANDARD,
        last=decision(DecisionKind.SIGN_OFF),
        decided_on=ON,
    )
    assert told is not None
    assert (told.given, told.maximum) == (Decimal(1), Decimal(1))
    assert told.comment == "初级已认定 2026-11-23（6/7；T1-1，规则 r0；非 X 证书）"


def test_a_level_revoked_is_0_with_the_date() -> None:
    told = level_score(
        standing("low"),
        AttainmentState.REVOKED,
        standard=STANDARD,
        last=decision(DecisionKind.REVOKE),
        decided_on=ON,
    )
    assert told is not None
    assert (told.given, told.comment) == (Decimal(0), "初级认定已于 2026-11-23 撤销；5/7 已掌握")
