"""Rubrics: what a rater may give, and what a red line asks for."""

import pytest

from lti_tool.domain.errors import BadRatingError
from tests.domain.builders import RED_LINE, key, rubric

RUBRIC = rubric()
ORDINARY = key("low/1.1.1")


def test_an_ordinary_requirement_is_judged_on_all_performance_levels() -> None:
    assert [each.number for each in RUBRIC.choices(ORDINARY)] == [1, 2, 3, 4]


def test_a_red_line_is_judged_on_breach_and_cut_only() -> None:
    assert [each.number for each in RUBRIC.choices(RED_LINE)] == [1, 3]


def test_a_performance_level_that_may_not_be_given_is_refused() -> None:
    for of, number in ((ORDINARY, 0), (ORDINARY, 5), (RED_LINE, 2), (RED_LINE, 4)):
        with pytest.raises(BadRatingError) as caught:
            RUBRIC.check(of, number, "reason")
        assert caught.value.reason == "performance_level"


def test_a_breach_needs_a_reason() -> None:
    with pytest.raises(BadRatingError) as caught:
        RUBRIC.check(RED_LINE, 1, "  ")
    assert caught.value.reason == "reason_missing"
    RUBRIC.check(RED_LINE, 1, "第 3 句泄露了客户电话")


def test_an_ordinary_low_rating_needs_no_reason_and_is_no_breach() -> None:
    RUBRIC.check(ORDINARY, 1, "")
    assert not RUBRIC.is_breach(ORDINARY, 1)
    assert RUBRIC.is_breach(RED_LINE, 1)


def test_a_requirement_nobody_described_has_a_criterion_without_descriptors() -> None:
    criterion = RUBRIC.criterion(key("high/2.2.1"))
    assert criterion.descriptors is None
    assert criterion.evidence is None
