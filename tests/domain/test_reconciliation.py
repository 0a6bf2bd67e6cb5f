"""What a difference between ledger and gradebook is called."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.reconciliation import HARMLESS, REPAIRABLE, Finding, Ours, Theirs, compared

SENT = Ours(Decimal(18), Decimal(20), arrived=True)
points = st.decimals(min_value=0, max_value=100, places=2)
maxima = st.decimals(min_value=1, max_value=1000, places=2)


@pytest.mark.parametrize(
    ("score", "maximum", "finding"),
    [
        ("18", "20", Finding.AGREES),
        ("17.996", "20", Finding.AGREES),
        ("90", "100", Finding.RESCALED),
        ("0.9", "1", Finding.RESCALED),
        ("10", "10", Finding.CAPPED),
        ("18", "25", Finding.MAXIMUM_CHANGED),
        ("15", "20", Finding.OVERRIDDEN),
        ("0", "20", Finding.OVERRIDDEN),
        ("100", "100", Finding.OVERRIDDEN),
    ],
)
def test_a_cell_is_compared_as_a_share_of_its_maximum(
    score: str, maximum: str, finding: Finding
) -> None:
    assert compared(SENT, Theirs(Decimal(score), Decimal(maximum))) is finding


@pytest.mark.parametrize("theirs", [None, Theirs(None, Decimal(20))])
def test_an_empty_cell_is_a_grade_removed_or_none_at_all(theirs: Theirs | None) -> None:
    assert compared(SENT, theirs) is Finding.MISSING
    assert compared(None, theirs) is Finding.AGREES


def test_a_grade_for_which_nothing_was_sent_is_foreign() -> None:
    assert compared(None, Theirs(Decimal(5), Decimal(20))) is Finding.FOREIGN


def test_a_grade_that_has_not_arrived_is_not_compared() -> None:
    waiting = Ours(Decimal(18), Decimal(20), arrived=False)
    assert compared(waiting, Theirs(Decimal(3), Decimal(20))) is Finding.UNDER_WAY


def test_a_grade_refused_for_a_later_one_is_a_conflict() -> None:
    refused = Ours(Decimal(18), Decimal(20), arrived=False, refused_as_older=True)
    assert compared(refused, Theirs(Decimal(3), Decimal(20))) is Finding.CONFLICT


@given(ours=points, maximum=maxima, theirs=maxima)
def test_a_gradebook_that_rescales_and_rounds_to_cents_never_differs(
    ours: Decimal, maximum: Decimal, theirs: Decimal
) -> None:
    given_points = min(ours, maximum)
    held = round(given_points / maximum * theirs, 2)
    found = compared(Ours(given_points, maximum, arrived=True), Theirs(held, theirs))
    assert found in HARMLESS


def test_what_is_harmless_needs_no_repair() -> None:
    assert not HARMLESS & REPAIRABLE
