"""The registrar's list: ID numbers are recognised, and what contradicts what is recorded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.roll import (
    ID_CHECKS,
    ID_WEIGHTS,
    Enrolment,
    clean,
    differences,
    filled,
    holds_id_number,
    is_cut_number,
    repeated,
)

PUBLISHED = "11010519491231002X"
"""The example of GB 11643-1999."""


def with_check(first: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first, ID_WEIGHTS, strict=True))
    return first + ID_CHECKS[total % 11]


@pytest.mark.parametrize(
    "words",
    [
        PUBLISHED,
        PUBLISHED.lower(),
        "440524188001010014",
        f"身份证 {PUBLISHED}。",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_an_id_number_is_recognised_however_it_is_written(words: str) -> None:
    assert holds_id_number(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "2024030107",
        "110105194912310021",
        with_check("11010519491331002"),
        f"9{PUBLISHED}",
        "202403010720240301",
    ],
)
def test_another_number_is_no_id_number(words: str) -> None:
    assert not holds_id_number(words)


@given(
    region=st.integers(110_000, 659_999),
    born=st.dates(),
    sequence=st.integers(0, 999),
    place=st.integers(0, 16),
    other=st.integers(1, 9),
)
def test_the_check_character_finds_any_digit_changed(
    region: int, born: object, sequence: int, place: int, other: int
) -> None:
    number = with_check(f"{region}{str(born).replace('-', '')}{sequence:03}")
    assert holds_id_number(number)
    changed = str((int(number[place]) + other) % 10)
    assert not holds_id_number(number[:place] + changed + number[place + 1 :])


@pytest.mark.parametrize(("words", "cut"), [("2.02403E+09", True), ("2E9", True), ("2024E", False)])
def test_a_number_that_a_spreadsheet_rounded_is_recognised(words: str, cut: bool) -> None:
    assert is_cut_number(words) is cut


def test_a_cell_is_kept_without_odd_space_and_in_ordinary_letters() -> None:
    assert clean(" ２０２４\u3000Ａ \t班\x07 ") == "2024 A 班"
    assert clean("𬭎") == "𬭎"


def test_an_empty_field_says_nothing_and_a_new_one_contradicts_nothing() -> None:
    recorded = Enrolment("1", "T", "电商", "", "王雨", "")
    new = Enrolment("1", "T", "", "甲班", "王雨", "Wang Yu")
    assert differences(new, recorded) == ()
    assert filled(new, recorded) == Enrolment("1", "T", "电商", "甲班", "王雨", "Wang Yu")
    assert filled(new, None) == new


def test_another_word_contradicts() -> None:
    recorded = Enrolment("1", "T", "电商", "甲班", "王雨", "Wang Yu")
    new = Enrolment("1", "T", "物流", "乙班", "王雨", "")
    assert differences(new, recorded) == ("programme", "class_name")


def test_a_student_stands_once_in_a_term() -> None:
    terms = [Enrolment("1", "T"), Enrolment("1", "U"), Enrolment("2", "T"), Enrolment("1", "T")]
    assert repeated(terms) == {3}
