"""A rubric written as cells: what may stand in them, and what differs afterwards."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.mapping import EquivalenceClasses
from lti_tool.domain.mastery import MasteryState, mastery_of
from lti_tool.domain.rubric import AssessmentMethod, Criterion, PerformanceLevel, RubricShelf
from lti_tool.domain.rubric_authoring import (
    SCALE,
    cells_of,
    changes,
    heads,
    read_cells,
    read_scale,
    scale_cells,
    with_criterion,
    with_scale,
)
from lti_tool.domain.standard import Text
from tests.domain import builders

RUBRIC = builders.rubric()
LEVELS = RUBRIC.performance_levels
STANDARD = builders.standard()
CLASSES = EquivalenceClasses(STANDARD, ())
KEY = heads(STANDARD, CLASSES)[0]
FULL = {
    **{f"{n}.zh": f"第 {n} 种表现" for n in (1, 2, 3, 4)},
    "evidence.zh": "录音",
    "weight": "3",
    "method": "Oral check",
}

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=40)


def criterion(weight: int = 3) -> Criterion:
    base, faults = read_cells(FULL, Criterion(KEY), LEVELS, RUBRIC.cut)
    assert faults == ()
    return replace(base, weight=weight)


@given(
    st.lists(words, min_size=4, max_size=4, unique=True),
    st.integers(1, 100),
    st.none() | st.sampled_from(AssessmentMethod),
    st.none() | words,
)
def test_a_criterion_comes_back_from_its_own_cells(
    descriptors: list[str], weight: int, method: AssessmentMethod | None, evidence: str | None
) -> None:
    made = Criterion(
        KEY,
        descriptors={n: Text(each) for n, each in enumerate(descriptors, start=1)},
        evidence=Text(evidence) if evidence else None,
        method=method,
        weight=weight,
    )
    assert read_cells(cells_of(made), Criterion(KEY), LEVELS, RUBRIC.cut) == (made, ())


def test_a_way_to_assess_is_known_by_key_and_by_name_in_both_languages() -> None:
    for name in ("oral_check", "口头问答", "oral check"):
        found, faults = read_cells({"method": name}, Criterion(KEY), LEVELS, RUBRIC.cut)
        assert (found.method, faults) == (AssessmentMethod.ORAL_CHECK, ())


def test_cells_that_are_not_given_stay() -> None:
    found, faults = read_cells({"weight": " 7 "}, criterion(), LEVELS, RUBRIC.cut)
    assert faults == ()
    assert found == criterion(weight=7)


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"weight": "1.5"}, ["weight"]),
        ({"weight": "-1", "method": "essay"}, ["method", "weight"]),
        ({"red_line": "maybe"}, ["red_line"]),
        ({"1.zh": ""}, ["1.zh"]),
        ({"2.zh": FULL["1.zh"]}, ["2.zh"]),
        ({"red_line": "是", "2.zh": "还在"}, ["2.zh"]),
        ({"evidence.zh": "", "evidence.en": "tape"}, ["evidence.zh"]),
    ],
    ids=["fraction", "two at once", "neither", "missing", "twice", "red line", "English alone"],
)
def test_every_fault_of_a_row_is_named_by_its_field(
    cells: dict[str, str], fields: list[str]
) -> None:
    _, faults = read_cells(cells, criterion(), LEVELS, RUBRIC.cut)
    assert sorted(each.field for each in faults) == fields


def test_a_new_red_line_drops_the_words_that_merely_stood_there() -> None:
    found, faults = read_cells({"red_line": "yes"}, criterion(), LEVELS, RUBRIC.cut)
    assert faults == ()
    assert set(found.descriptors or {}) == {1, RUBRIC.cut}


def test_descriptors_may_be_missing_altogether() -> None:
    empty = {f"{n}.zh": "" for n in (1, 2, 3, 4)}
    found, faults = read_cells(empty, criterion(), LEVELS, RUBRIC.cut)
    assert (found.descriptors, faults) == (None, ())


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"2.percent": "0"}, ["2.percent"]),
        ({"4.percent": "101"}, ["4.percent", "4.percent"]),
        ({"cut": "1"}, ["cut"]),
        ({"cut": "5"}, ["cut"]),
        ({"1.name.zh": ""}, ["1.name.zh"]),
        ({"1.name.zh": "名" * 21}, ["1.name.zh"]),
    ],
    ids=["equal", "over 100", "cut below", "cut above", "no name", "long name"],
)
def test_a_faulty_scale_is_refused(cells: dict[str, str], fields: list[str]) -> None:
    *_, faults = read_scale(cells, RUBRIC)
    assert [each.field for each in faults] == fields


def test_the_words_of_a_red_line_move_with_the_cut() -> None:
    red, _ = read_cells({"red_line": "yes"}, criterion(), LEVELS, RUBRIC.cut)
    before = with_criterion(RUBRIC, CLASSES, red)
    after = with_scale(before, LEVELS, 2)
    assert set(after.criterion(KEY).descriptors or {}) == {1, 2}
    assert read_scale(scale_cells(after), after) == (LEVELS, 2, ())


def test_a_change_counts_for_the_whole_class() -> None:
    other = builders.key("high/" + KEY.code)
    united = EquivalenceClasses(STANDARD, [builders.same(KEY, other)])
    after = with_criterion(RUBRIC, united, criterion())
    assert after.criterion(other) == replace(criterion(), requirement=other)


def test_changes_are_told_cell_by_cell() -> None:
    renamed = (replace(LEVELS[0], name=Text("起步")), *LEVELS[1:])
    after = with_scale(with_criterion(RUBRIC, CLASSES, criterion()), renamed, RUBRIC.cut)
    found = changes(RUBRIC, after, [KEY])
    assert [each.field for each in found if each.row == SCALE] == ["1.name.zh"]
    assert {(each.field, each.before, each.after) for each in found if each.row != SCALE} >= {
        ("weight", "1", "3"),
        ("1.zh", "", FULL["1.zh"]),
    }
    assert changes(after, after, [KEY]) == ()


def test_each_rating_is_read_on_the_rubric_it_was_given_with() -> None:
    strict = with_scale(RUBRIC, LEVELS, 4)
    rule = builders.attainment_rule().mastery
    ratings = [builders.rating(f"r{n}", 3, of=KEY, day=n) for n in range(rule.window)]
    assessment = ratings[0].assessment_id
    mild = RubricShelf(strict, {assessment: RUBRIC})
    now = ratings[-1].performed_at
    found = {
        name: mastery_of(KEY, ratings, rule=rule, rubric=rubrics, now=now).state
        for name, rubrics in (("mild", mild), ("strict", RubricShelf(strict, {})))
    }
    assert found == {"mild": MasteryState.MASTERED, "strict": MasteryState.BELOW}


def test_levels_keep_their_number() -> None:
    levels, *_ = read_scale({"5.percent": "100", "5.name.zh": "更好"}, RUBRIC)
    assert [each.number for each in levels] == [1, 2, 3, 4]
    assert all(isinstance(each, PerformanceLevel) for each in levels)
