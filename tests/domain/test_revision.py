"""Two versions of a standard compared: nothing lost, nothing twice, each change by its name."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.revision import Change, ChangeKind, Revision, revision
from lti_tool.domain.standard import Standard
from tests.domain.test_link_proposals import made

GREET = "能够按话术礼貌问候客户并核对身份"
ORDERS = "能够核对订单地址与收货信息"
DATA = "能够整理客户数据，并按月撰写服务分析报告"
LOSSES = "能够登记破损商品并上报仓库主管"

Texts = Mapping[str, str | None]


def compared(old: Texts, new: Texts, high: Texts | None = None) -> Revision:
    """One level before and after; ``high`` is a second level after."""
    levels = {"low": new} | ({"high": high} if high else {})
    return revision(made({"low": old}), made(levels))


def found(old: Texts, new: Texts) -> dict[str, tuple[ChangeKind, list[str]]]:
    """By the old code: the kind, and the new codes."""
    changes = compared(old, new).changes
    return {e.old.code: (e.kind, [one.code for one in e.new]) for e in changes if e.old}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"1.1.1": GREET}, {"1.1.1": GREET}, {"1.1.1": (ChangeKind.SAME, ["1.1.1"])}),
        ({"1.1.1": GREET}, {"2.1.1": GREET}, {"1.1.1": (ChangeKind.MOVED, ["2.1.1"])}),
        (
            {"1.1.1": GREET},
            {"1.1.1": GREET.replace("核对", "确认")},
            {"1.1.1": (ChangeKind.REWORDED, ["1.1.1"])},
        ),
        (
            {"1.1.1": GREET, "1.2.1": ORDERS},
            {"1.1.1": ORDERS + "。", "1.2.1": GREET},
            {"1.1.1": (ChangeKind.MOVED, ["1.2.1"]), "1.2.1": (ChangeKind.MOVED, ["1.1.1"])},
        ),
        (
            {"1.1.1": DATA},
            {"1.1.1": "能够整理客户数据", "1.1.2": "能够按月撰写服务分析报告"},
            {"1.1.1": (ChangeKind.SPLIT, ["1.1.1", "1.1.2"])},
        ),
        ({"1.1.1": GREET}, {"1.1.1": LOSSES}, {"1.1.1": (ChangeKind.WITHDRAWN, [])}),
        ({"1.1.1": None}, {"1.1.1": None}, {"1.1.1": (ChangeKind.SAME, ["1.1.1"])}),
        ({"1.1.1": None}, {"1.1.1": GREET}, {"1.1.1": (ChangeKind.WITHDRAWN, [])}),
        (
            {"1.1.1": GREET, "1.1.2": GREET},
            {"1.1.2": GREET},
            {"1.1.1": (ChangeKind.WITHDRAWN, []), "1.1.2": (ChangeKind.SAME, ["1.1.2"])},
        ),
    ],
    ids=[
        "same",
        "moved",
        "reworded",
        "exchanged codes",
        "split",
        "withdrawn",
        "lost in both",
        "lost, then printed",
        "one of two copies gone",
    ],
)
def test_each_change_has_its_name(
    old: Texts, new: Texts, expected: dict[str, tuple[ChangeKind, list[str]]]
) -> None:
    assert found(old, new) == expected


def test_what_nothing_was_like_is_new() -> None:
    change = compared({"1.1.1": GREET}, {"1.1.1": GREET, "1.1.2": LOSSES}).changes[-1]
    assert (change.kind, change.old, change.new[0].code) == (ChangeKind.NEW, None, "1.1.2")


def test_the_same_text_stays_at_its_level_where_two_levels_have_it() -> None:
    (change, fresh) = compared({"1.1.1": GREET}, {"2.1.1": GREET}, {"1.1.1": GREET}).changes
    assert str(change.new[0].key) == "low/2.1.1"
    assert fresh.kind is ChangeKind.NEW


def test_a_text_that_moved_to_another_task_says_so() -> None:
    (change,) = compared({"1.1.1": GREET}, {"2.1.1": GREET}).changes
    assert not change.same_task


# --- Of any two versions --------------------------------------------------------------------------

CODES = st.sampled_from([f"{area}.1.{number}" for area in (1, 2) for number in (1, 2, 3)])
TEXTS = (
    st.none() | st.sampled_from([GREET, ORDERS, DATA, LOSSES]) | st.text("能够核对订单", min_size=1)
)


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    levels = {
        name: draw(st.dictionaries(CODES, TEXTS, min_size=1, max_size=6)) for name in ("low", "mid")
    }
    return made(levels)


@given(standards(), standards())
def test_every_requirement_of_both_versions_stands_in_exactly_one_change(
    old: Standard, new: Standard
) -> None:
    changes = revision(old, new).changes
    before = [each.old.key for each in changes if each.old]
    after = [one.key for each in changes for one in each.new]
    assert before == [each.key for each in old.requirements()]
    assert sorted(after) == sorted(each.key for each in new.requirements())


@given(standards(), standards())
def test_a_kind_agrees_with_what_it_names(old: Standard, new: Standard) -> None:
    for each in revision(old, new).changes:
        assert _agrees(each), each


def _agrees(change: Change) -> bool:
    counts = {ChangeKind.SPLIT: len(change.new) > 1, ChangeKind.WITHDRAWN: not change.new}
    one = len(change.new) == 1
    same_place = one and change.old is not None and change.old.key == change.new[0].key
    return {
        **counts,
        ChangeKind.SAME: same_place,
        ChangeKind.MOVED: one and change.old is not None and not same_place,
        ChangeKind.REWORDED: one and 0 < change.likeness < 100,
        ChangeKind.NEW: one and change.old is None,
    }[change.kind]


@given(standards())
def test_a_version_compared_with_itself_is_the_same_throughout(standard: Standard) -> None:
    changes = revision(standard, standard).changes
    assert {each.kind for each in changes} == {ChangeKind.SAME}
    assert all(each.same_task for each in changes)


@given(standards(), standards())
def test_what_is_the_same_one_way_is_the_same_the_other_way(old: Standard, new: Standard) -> None:
    def same(one: Revision) -> set[object]:
        return {e.old.key for e in one.changes if e.old and e.kind is ChangeKind.SAME}

    assert same(revision(old, new)) == same(revision(new, old))
