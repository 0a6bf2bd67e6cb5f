"""What an assessment may be, and what it says about codes and due times."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_tool.domain.assessment import Assessment, checked
from lti_tool.domain.errors import BadAssessmentError, NotInAssessmentError
from tests.domain.builders import DAY_0, assessment, key

PLAIN = assessment("1.1.1", "1.1.2")


@pytest.mark.parametrize(
    "allowed",
    [
        PLAIN,
        replace(PLAIN, title="x" * 200),
        replace(PLAIN, points=Decimal("0.01")),
        replace(PLAIN, points=Decimal(1000)),
        replace(PLAIN, points=Decimal("12.500")),
        replace(PLAIN, attempts=1),
        replace(PLAIN, attempts=20),
        assessment("1.1.1", weights={"1.1.1": 100}),
    ],
)
def test_an_assessment_within_the_rules_is_given_back_as_it_is(allowed: Assessment) -> None:
    assert checked(allowed) is allowed


@pytest.mark.parametrize(
    ("refused", "field", "reason"),
    [
        (replace(PLAIN, title=" \n"), "title", "missing"),
        (replace(PLAIN, title="x" * 201), "title", "too_long"),
        (replace(PLAIN, title=" " * 200 + "x"), "title", "too_long"),
        (replace(PLAIN, requirements=()), "codes", "missing"),
        (assessment("1.1.1", "1.1.1"), "codes", "repeated"),
        (replace(PLAIN, level="mid"), "codes", "other_level"),
        (assessment("1.1.1", weights={"1.1.1": 0}), "weight", "out_of_range"),
        (assessment("1.1.1", weights={"1.1.1": 101}), "weight", "out_of_range"),
        (replace(PLAIN, points=Decimal(0)), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal(-1)), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal("1000.01")), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal("NaN")), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal("sNaN")), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal("Infinity")), "points", "out_of_range"),
        (replace(PLAIN, points=Decimal("0.005")), "points", "too_precise"),
        (replace(PLAIN, attempts=0), "attempts", "out_of_range"),
        (replace(PLAIN, attempts=21), "attempts", "out_of_range"),
    ],
)
def test_an_assessment_outside_the_rules_is_refused_with_field_and_reason(
    refused: Assessment, field: str, reason: str
) -> None:
    with pytest.raises(BadAssessmentError) as refusal:
        checked(refused)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_a_covered_code_stands_for_the_requirement_of_the_level() -> None:
    assert PLAIN.key("1.1.2") == key("low/1.1.2")


def test_a_code_that_is_not_covered_is_refused_by_name() -> None:
    with pytest.raises(NotInAssessmentError) as refusal:
        PLAIN.key("1.1.3")
    assert refusal.value.code == "1.1.3"


def test_codes_keep_the_order_of_the_assessment() -> None:
    assert assessment("2.1.1", "1.1.1").codes == ("2.1.1", "1.1.1")


def test_work_is_late_only_after_the_due_time_itself() -> None:
    due = replace(PLAIN, due_at=DAY_0)
    assert not due.is_late(DAY_0)
    assert due.is_late(DAY_0 + timedelta(microseconds=1))


def test_without_a_due_time_no_work_is_late() -> None:
    assert not PLAIN.is_late(DAY_0 + timedelta(days=10_000))
