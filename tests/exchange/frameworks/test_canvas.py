"""Canvas's outcomes and rubric CSV against the rules of its importers, and files of others."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import RequirementKey, Text
from lti_tool.exchange.frameworks import Format, NotAFrameworkError, exported, read_framework
from tests.exchange.frameworks.bundles import real

BASE = "https://tool.example"
HEAD = ["vendor_guid", "object_type", "title", "mastery_points", "parent_guids", "ratings"]
RUBRIC = ["Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range"]
RATING = ["Rating Name", "Rating Description", "Rating Points"]


def rows(to: Format) -> list[list[str]]:
    content = exported(real(), to, base=BASE).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def table(*given: Sequence[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(given)
    return stream.getvalue().encode()


def outcomes() -> list[dict[str, str]]:
    head, *others = rows(Format.CANVAS_OUTCOMES)
    return [dict(zip(head, each, strict=False)) for each in others]


# --- Outcomes, out --------------------------------------------------------------------------------


def test_a_vendor_guid_has_no_spaces_and_stands_once() -> None:
    guids = [each["vendor_guid"] for each in outcomes()]
    assert not any(re.search(r"\s", each) for each in guids)
    assert len(set(guids)) == len(guids) == 1 + 3 + 14 + 47 + 151


def test_every_parent_stands_in_an_earlier_row() -> None:
    known: set[str] = set()
    for each in outcomes():
        assert set(each["parent_guids"].split()) <= known
        known.add(each["vendor_guid"])


def test_a_title_has_at_most_255_characters() -> None:
    assert all(0 < len(each["title"]) <= 255 for each in outcomes())


def test_only_outcomes_have_calculation_mastery_and_ratings() -> None:
    head, *others = rows(Format.CANVAS_OUTCOMES)
    at = head.index("ratings")
    assert head[at:] == ["ratings"]
    for each in others:
        is_outcome = each[head.index("object_type")] == "outcome"
        assert bool(each[at:]) == is_outcome
        for name in ("calculation_method", "calculation_int", "mastery_points"):
            assert bool(each[head.index(name)]) == is_outcome


def test_ratings_fall_and_mastery_is_at_the_cut() -> None:
    head, *others = rows(Format.CANVAS_OUTCOMES)
    each = others[-1]
    ratings = each[head.index("ratings") :]
    assert ratings == ["100", "优秀", "80", "达标", "50", "接近达标", "0", "未达标"]
    assert each[head.index("mastery_points")] == "80"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (MasteryMethod.N_OF_M, ("n_mastery", "2")),
        (MasteryMethod.LATEST, ("latest", "")),
        (MasteryMethod.HIGHEST, ("highest", "")),
        (MasteryMethod.MEAN, ("average", "")),
        (MasteryMethod.WEIGHTED, ("decaying_average", "65")),
        (MasteryMethod.DECAYING, ("standard_decaying_average", "65")),
    ],
)
def test_the_method_of_mastery_goes_along(method: MasteryMethod, expected: tuple[str, str]) -> None:
    rule = replace(real().rule, mastery=MasteryRule(method=method))
    content = exported(replace(real(), rule=rule), Format.CANVAS_OUTCOMES, base=BASE).content
    last = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))[-1]
    assert (last["calculation_method"], last["calculation_int"]) == expected


# --- Outcomes, back -------------------------------------------------------------------------------


def test_outcomes_of_somebody_else_become_a_draft() -> None:
    content = table(
        HEAD,
        ["g1", "group", "Service", "", "", ""],
        ["g2", "group", "Talks", "", "g1", ""],
        ["o1", "outcome", "Greets the customer", "3", "g2", "4", "Great", "3", "Good", "0", "No"],
        ["o2", "outcome", "Ends the call", "3", "g2", "4", "Great", "3", "Good", "0", "No"],
    )
    draft = read_framework(content, "outcomes.csv")
    assert draft.head.title == "Service"
    found = [(each.code, each.text) for _, each in draft.requirements]
    assert found == [("1.1.1", "Greets the customer"), ("1.1.2", "Ends the call")]
    assert [each.percent for each in draft.content.performance_levels] == [0, 75, 100]
    assert draft.content.cut == 2


def test_a_deleted_outcome_is_left_out() -> None:
    head = [*HEAD[:3], "workflow_state", "ratings"]
    content = table(head, ["a", "outcome", "Kept", "active"], ["b", "outcome", "Gone", "deleted"])
    assert [each.text for _, each in read_framework(content, "a.csv").requirements] == ["Kept"]


@pytest.mark.parametrize(
    "ratings",
    [["1", "No", "2", "Yes"], ["many", "No"], ["nan", "No"], ["-1", "No"], ["1e400", "No"]],
)
def test_ratings_that_do_not_fall_or_are_no_numbers_are_refused_by_row(ratings: list[str]) -> None:
    content = table(HEAD, ["o", "outcome", "Title", "1", "", *ratings])
    with pytest.raises(NotAFrameworkError) as raised:
        read_framework(content, "a.csv")
    assert (raised.value.reason, raised.value.detail) == ("ratings", "2")


def test_a_guid_that_stands_twice_is_refused() -> None:
    content = table(HEAD, ["o", "outcome", "One"], ["o", "outcome", "Two"])
    with pytest.raises(NotAFrameworkError, match="guid_twice: 3: o"):
        read_framework(content, "a.csv")


# --- Rubrics --------------------------------------------------------------------------------------


def test_the_head_of_rubrics_repeats_three_columns_and_has_no_byte_order_mark() -> None:
    content = exported(real(), Format.CANVAS_RUBRICS, base=BASE).content
    assert content.startswith(b"Rubric Name,")
    assert rows(Format.CANVAS_RUBRICS)[0] == [*RUBRIC, *RATING * 4]


def test_each_work_task_is_a_rubric_and_ratings_fall() -> None:
    _, *others = rows(Format.CANVAS_RUBRICS)
    assert len({each[0] for each in others}) == 47
    for each in others:
        points = [int(one) for one in each[6::3] if one]
        assert points == sorted(points, reverse=True)
        assert points[0] in {100, 80}
        assert each[3] == "false"


def test_a_red_line_has_two_ratings() -> None:
    _, *others = rows(Format.CANVAS_RUBRICS)
    (own,) = [each for each in others if each[0].startswith("初级") and each[1][:6] == "2.2.4 "]
    assert [each for each in own[6::3] if each] == ["80", "0"]


def test_rubrics_of_somebody_else_become_tasks_with_their_descriptors() -> None:
    content = table(
        [*RUBRIC, *(f"{name} {n}" for n in (1, 2, 3) for name in RATING)],
        [
            "Debate",
            "Clarity",
            "Is it clear?",
            "false",
            *["Full", "All clear", "4", "Half", "Some", "2"],
        ],
        ["Debate", "Proof", "", "false", "Full", "Proved", "4", "None", "Not proved", "0"],
    )
    draft = read_framework(content, "rubric.csv")
    (level,) = draft.levels
    assert level.areas[0].tasks[0].title == "Debate"
    assert [each.text for each in level.requirements] == ["Clarity", "Proof"]
    first = draft.content.criteria[0]
    assert first.requirement == RequirementKey("level_1", "1.1.1")
    assert (first.descriptors or {})[2] == Text("All clear")
    assert first.evidence == Text("Is it clear?")


@pytest.mark.parametrize("points", ["", "many", "nan", "-1", "inf"])
def test_points_that_are_no_numbers_are_refused_by_row(points: str) -> None:
    content = table([*RUBRIC, *RATING], ["R", "C", "", "false", "Full", "Words", points])
    with pytest.raises(NotAFrameworkError, match="points: 2"):
        read_framework(content, "a.csv")


# --- Formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [Format.MOODLE, Format.CANVAS_OUTCOMES, Format.CANVAS_RUBRICS])
def test_no_cell_is_a_formula_and_the_apostrophe_is_said(to: Format) -> None:
    standard = real().standard
    level = standard.levels[0]
    area = level.areas[0]
    task = area.tasks[0]
    hostile = replace(task.requirements[0], text='=HYPERLINK("https://evil.example")')
    changed = replace(task, requirements=(hostile, *task.requirements[1:]), title=Text("@SUM(1)"))
    levels = (
        replace(
            level,
            name=Text("-1"),
            areas=(replace(area, tasks=(changed, *area.tasks[1:])), *level.areas[1:]),
        ),
        *standard.levels[1:],
    )
    file = exported(replace(real(), standard=replace(standard, levels=levels)), to, base=BASE)
    for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert any("apostrophe" in (each.en or "") for each in file.left_out)
