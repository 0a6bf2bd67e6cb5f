"""How alike two texts are: a measure that is fair both ways, and pieces that make up both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.likeness import (
    PieceKind,
    contained,
    likeness,
    may_be_like,
    normalised,
    pieces,
)

TEXTS = st.text(alphabet="能够正确描述事件概要，。 abAB", max_size=20)


@given(TEXTS, TEXTS)
def test_likeness_is_a_percent_and_the_same_either_way(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, other) == likeness(other, one)


@given(TEXTS, TEXTS)
def test_only_texts_equal_but_for_punctuation_are_fully_alike(one: str, other: str) -> None:
    assert (likeness(one, other) == 100) is (normalised(one) == normalised(other))


@given(TEXTS, TEXTS, st.integers(0, 100))
def test_the_quick_look_passes_over_no_pair_that_is_alike(one: str, other: str, least: int) -> None:
    assert may_be_like(one, other, least) or likeness(one, other) < least


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(one: str, other: str) -> None:
    found = pieces(one, other)
    assert "".join(each.text for each in found if each.kind is not PieceKind.ADDED) == one
    assert "".join(each.text for each in found if each.kind is not PieceKind.REMOVED) == other


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("和良好的抗压能力", "和有良好的抗压能力", 75, 99),
        ("能够正确描述事件概要。", "能够正确描述事件概要", 100, 100),
        ("能够整理新老客户数据", "熟悉创建店铺券工作流程", 0, 20),
        ("", "能够", 0, 0),
        ("", "", 100, 100),
    ],
)
def test_texts_are_as_alike_as_a_reader_finds_them(
    one: str, other: str, least: int, most: int
) -> None:
    assert least <= likeness(one, other) <= most


def test_a_part_of_a_text_is_contained_in_it() -> None:
    whole = "能够正确描述事件概要，并及时记录工单"
    assert contained("能够正确描述事件概要", whole) == 100
    assert contained(whole, "能够正确描述事件概要") < 60
    assert contained("", whole) == 0
