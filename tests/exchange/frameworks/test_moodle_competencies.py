"""Moodle's competency framework CSV against the rules of its importer, and files of others."""

import csv
import io
import json
from collections.abc import Sequence

import pytest

from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.standard_draft import NoteKind
from lti_tool.exchange.frameworks import Format, NotAFrameworkError, exported, read_framework
from lti_tool.exchange.frameworks.moodle_competencies import COLUMNS
from tests.exchange.frameworks.bundles import real

TAXONOMIES = {
    *("behaviour", "competency", "concept", "domain", "indicator", "level", "outcome"),
    *("practice", "proficiency", "skill", "value"),
}
HEAD = ["", "F1", "Nursing", "<p>About</p>", "1", "No,Some,Yes"]
CONFIGURED = '[{"scaleid":"7"},{"id":2,"scaledefault":1,"proficient":1},{"id":3,"proficient":1}]'
FRAMEWORK = [*HEAD, CONFIGURED, "", "", "", "", "", "1", "domain,skill"]


def rows() -> list[dict[str, str]]:
    content = exported(real(), Format.MOODLE, base="https://tool.example").content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def row(parent: str, number: str, name: str, text: str = "", related: str = "") -> list[str]:
    return [parent, number, name, text, "1", "", "", "", "0", "null", related, "", "0", ""]


def table(*given: Sequence[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([COLUMNS, *given])
    return stream.getvalue().encode()


def test_there_are_the_fourteen_columns_in_their_order() -> None:
    assert tuple(rows()[0]) == COLUMNS
    assert len(COLUMNS) == 14


def test_one_row_is_the_framework_with_a_scale_and_taxonomies() -> None:
    first, *others = rows()
    assert first["Is framework"] == "1"
    assert {each["Is framework"] for each in others} == {"0"}
    assert set(first["Taxonomy"].split(",")) <= TAXONOMIES
    assert first["Scale values"] == "未达标,接近达标,达标,优秀"


def test_the_scale_has_a_default_and_everything_from_the_cut_up_is_proficient() -> None:
    scale, *values = json.loads(rows()[0]["Scale configuration"])
    assert list(scale) == ["scaleid"]
    assert [each["id"] for each in values if each["scaledefault"]] == [3]
    assert [each["id"] for each in values if each["proficient"]] == [3, 4]


def test_id_numbers_and_short_names_are_never_cut_by_moodle() -> None:
    for each in rows():
        assert 0 < len(each["ID number"]) <= 100
        assert 0 < len(each["Short name"]) <= 100


def test_every_parent_stands_above_its_children_and_ids_are_unique() -> None:
    known = {""}
    for each in rows()[1:]:
        assert each["Parent ID number"] in known
        assert each["ID number"] not in known
        known.add(each["ID number"])
        related = each["Cross-referenced competency ID numbers"].split(",")
        assert "," not in "".join(related)
    assert len(known) == 1 + 3 + 14 + 47 + 151


def test_links_are_cross_references() -> None:
    found = {each["ID number"]: each for each in rows()}
    related = found["elementary/1.1.1"]["Cross-referenced competency ID numbers"]
    assert "intermediate/1.1.1" in related.split(",")


def test_a_framework_of_somebody_else_becomes_a_draft() -> None:
    content = table(
        FRAMEWORK,
        row("", "A", "Care"),
        row("A", "A-1", "Washes hands", "<p>Washes hands</p>"),
        row("A", "A-2", "Reports<br>", "", "A-1"),
    )
    draft = read_framework(content, "nursing.csv")
    assert draft.head.title == "Nursing"
    assert draft.head.code == "F1"
    (level,) = draft.levels
    assert [(each.code, each.text) for each in level.requirements] == [
        ("1.1.1", "Washes hands"),
        ("1.1.2", "Reports<br>"),
    ]
    assert [each.percent for each in draft.content.performance_levels] == [0, 50, 100]
    assert draft.content.cut == 2
    made = [each.detail for each in draft.notes if each.kind is NoteKind.CODE_MADE]
    assert {"A-1", "A-2"} <= set(made)


def test_four_levels_deep_is_level_area_task_and_requirement() -> None:
    content = table(
        FRAMEWORK,
        row("", "L1", "初级"),
        row("L1", "1", "领域"),
        row("1", "1.1", "任务"),
        row("1.1", "1.1.1", "能够做到"),
        row("", "L2", "中级"),
        row("L2", "x", "领域"),
        row("x", "y", "任务"),
        row("y", "z", "能够做到", "", "1.1.1"),
    )
    draft = read_framework(content, "a.csv")
    assert [each.key for each in draft.levels] == ["elementary", "intermediate"]
    assert [each.code for each in draft.levels[0].requirements] == ["1.1.1"]
    (link,) = draft.content.links
    assert link.lower == RequirementKey("elementary", "1.1.1")
    assert link.tags == (LinkTag.JUDGEMENT,)
    assert not link.shares_evidence


def test_a_link_by_equal_words_alone_is_never_made() -> None:
    content = table(
        FRAMEWORK,
        *(row("", f"L{n}", name) for n, name in enumerate(("初级", "中级"))),
        *(row(f"L{n}", f"a{n}", "领域") for n in range(2)),
        *(row(f"a{n}", f"t{n}", "任务") for n in range(2)),
        *(row(f"t{n}", f"r{n}", "能够做到") for n in range(2)),
    )
    assert read_framework(content, "a.csv").content.links == ()


def test_a_row_that_moodle_skips_is_left_out_with_what_is_below_it_and_noted() -> None:
    content = table(
        FRAMEWORK,
        row("", "A", "Care"),
        row("A", "A-1", "Washes hands"),
        row("A", "A-2", ""),
        row("A-2", "A-3", "Lost below"),
    )
    draft = read_framework(content, "a.csv")
    assert [each.text for _, each in draft.requirements] == ["Washes hands"]
    left = [each.detail for each in draft.notes if each.kind is NoteKind.UNPLACED]
    assert "Lost below" in left


def test_rows_in_a_circle_are_left_out() -> None:
    content = table(
        FRAMEWORK,
        row("", "A", "Care"),
        row("A", "B", "One"),
        row("D", "C", "x"),
        row("C", "D", "y"),
    )
    assert [each.text for _, each in read_framework(content, "a.csv").requirements] == ["One"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (table(row("", "A", "Care")), "no_framework_row"),
        (table(FRAMEWORK, row("", "A", "Care"), row("", "A", "Again")), "id_twice"),
        (table(FRAMEWORK), "no_items"),
        (b"a,b\n1,2\n", "unknown"),
        (b"\0\0", "table"),
        (b"PK\x03\x04 not a workbook", "table"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotAFrameworkError) as raised:
        read_framework(content, "a.csv")
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    "broken", ["", "[", "{}", "[1]", '[{"scaleid":1}]', '[{},{"id":9,"proficient":1}]', "[" * 9999]
)
def test_a_scale_that_is_none_is_left_out(broken: str) -> None:
    framework = [*HEAD, broken, *FRAMEWORK[7:]]
    draft = read_framework(table(framework, row("", "A", "Care")), "a.csv")
    assert draft.content.performance_levels == ()
