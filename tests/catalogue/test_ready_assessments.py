"""Ready assessments: what a file of them may hold, and how much content is written at all."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from lti_tool.catalogue import CatalogueError, StandardBundle, coverage, load_catalogue
from lti_tool.domain.ready_assessment import MaterialKind, Turn, table_rows, turns
from lti_tool.domain.rubric import AssessmentMethod
from lti_tool.domain.standard import RequirementKey
from tests.catalogue.faults import DESCRIPTORS, ID

SAMPLE = Path(__file__).with_name("data") / "assessments-sample.yaml"


class Fault(NamedTuple):
    """``old`` becomes ``new``; ``path`` is blamed within the first assessment."""

    old: str
    new: str
    path: str
    reason: str


FAULTS = {
    "a task the level does not have": Fault("'4.1'", "'9.1'", "task", "has no 9.1"),
    "an unknown method": Fault("chat_role_play", "essay", "method", "'essay' is not one of"),
    "too few minutes": Fault("minutes: 30", "minutes: 4", "minutes", "not be less than 5"),
    "too many minutes": Fault("minutes: 30", "minutes: 181", "minutes", "not be more than 180"),
    "a title too long": Fault("茶具店的", "茶" * 60, "title.zh", "longer than 60 characters"),
    "a scenario without English": Fault(
        "    en: |-\n      You serve customers of a tea-ware shop.\n"
        "      The customer's cup arrived cracked.\n",
        "",
        "scenario.en",
        "this is missing",
    ),
    "a code of another task": Fault(
        "方案 [4.1.3]", "方案 [4.2.1]", "instructions.zh", "4.2.1 is no requirement of this task"
    ),
    "an unknown code in a list of codes": Fault(
        "[4.1.1, 4.1.2]", "[4.1.1, 4.1.9]", "instructions.en", "4.1.9 is no requirement"
    ),
    "an unknown code for the assessor": Fault(
        "amount [4.1.1]", "amount [1.1]", "assessor.en", "1.1 is no requirement of this task"
    ),
    "an unknown kind": Fault("kind: text", "kind: video", "material[2].kind", "'video' is not one"),
    "a transcript without speakers": Fault(
        "客户：杯子裂了。\n        客服：请发照片。",
        "杯子裂了。",
        "material[0].text.zh",
        "no line names a speaker",
    ),
    "a row too short": Fault(
        '"Cup, white",2,58.00', "Cup,2", "material[1].text.en", "row 2 has 2 columns, the head has"
    ),
    "a table of a head alone": Fault(
        '\n        "茶杯，白",2,58.00', "", "material[1].text.zh", "at least one row"
    ),
    "a quote that never ends": Fault(
        '"茶杯，白",2', '"茶杯，白,2', "material[1].text.zh", "not valid CSV"
    ),
    "a row in one language only": Fault(
        '"茶杯，白",2,58.00',
        '"茶杯，白",1,29\n        茶盘,1,29',
        "material[1].text",
        "differ in rows",
    ),
}


@pytest.fixture
def folder(copy: Path) -> Path:
    """The copied standard with the sample as its only ready assessment."""
    rubrics = copy / "rubrics" / ID
    for shipped in rubrics.glob("assessments-*.yaml"):
        shipped.unlink()
    shutil.copy(SAMPLE, rubrics)
    return copy


def load(folder: Path) -> StandardBundle:
    return load_catalogue(folder / "rubrics", folder / "mappings").find(ID)


def faults(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    return [(each.path, str(each.reason.en)) for each in caught.value.problems]


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "rubrics" / ID / SAMPLE.name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_ready_assessment_is_found_by_its_level_and_task(folder: Path) -> None:
    ready = load(folder).ready
    found = ready["intermediate", "4.1"]
    assert list(ready) == [("intermediate", "4.1")]
    assert (found.minutes, found.method) == (30, AssessmentMethod.CHAT_ROLE_PLAY)
    assert [each.kind for each in found.material] == [
        MaterialKind.TRANSCRIPT,
        MaterialKind.TABLE,
        MaterialKind.TEXT,
    ]
    assert found.scenario.in_language("en").count("\n") == 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_ready_assessment_is_refused_by_place(folder: Path, fault: Fault) -> None:
    change(folder, fault.old, fault.new)
    found = faults(folder)
    assert any(
        path == f"assessments[0].{fault.path}" and fault.reason in reason for path, reason in found
    ), found


def test_a_task_has_one_ready_assessment(folder: Path) -> None:
    shutil.copy(SAMPLE, folder / "rubrics" / ID / "assessments-second.yaml")
    assert faults(folder) == [("assessments[0].task", "4.1 stands here twice")]


def test_ready_assessments_of_an_unknown_level_are_refused(folder: Path) -> None:
    change(folder, "level: intermediate", "level: expert")
    assert faults(folder) == [("level", "the standard has no expert")]


def test_a_method_reaches_every_member_of_a_class(copy: Path) -> None:
    file = copy / DESCRIPTORS
    text = file.read_text("utf-8")
    entry = "- code: '2.1.1'\n"
    lines = [each for each in text.splitlines(keepends=True) if not each.startswith("  method:")]
    new = "".join(lines).replace(entry, f"{entry}  method: phone_role_play\n")
    file.write_text(new, "utf-8")
    rubric = load(copy).rubric
    for level in ("elementary", "intermediate"):
        found = rubric.criterion(RequirementKey(level, "2.1.1"))
        assert found.method is AssessmentMethod.PHONE_ROLE_PLAY


def test_an_unknown_method_of_a_requirement_is_refused(copy: Path) -> None:
    file = copy / DESCRIPTORS
    lines = file.read_text("utf-8").splitlines(keepends=True)
    kept = "".join(each for each in lines if not each.startswith("  method:"))
    file.write_text(kept.replace("'2.1.1'\n", "'2.1.1'\n  method: essay\n"), "utf-8")
    ((path, reason),) = faults(copy)
    assert path == "criteria[0].method"
    assert "phone_role_play" in reason


def test_coverage_counts_classes_at_their_lowest_level(bundle: StandardBundle) -> None:
    found = coverage(bundle)
    assert [each.level.zh for each in found] == ["初级", "中级", "高级"]
    # 49, 76 and 96 classes in all, less the one that is lost in source.
    assert [each.methods.of for each in found] == [49, 27, 19]
    assert [each.english.of for each in found] == [49, 64, 37]
    assert [each.ready.of for each in found] == [15, 20, 12]


def test_coverage_counts_what_is_written(folder: Path) -> None:
    before = coverage(load(folder))
    assert [str(each.ready) for each in before] == ["0/15", "1/20", "0/12"]
    (folder / DESCRIPTORS).unlink()
    after = coverage(load(folder))
    for language in (0, 1):
        written = [each[0].descriptors[language].written for each in (before, after)]
        assert written[0] - written[1] == 17
    assert not after[0].complete


def test_a_time_before_a_speaker_stays_with_the_name() -> None:
    assert turns("09:12 Customer: It is 5:30.\n\n(silence)") == (
        Turn("09:12 Customer", "It is 5:30."),
        Turn(None, "(silence)"),
    )
    assert turns("客户：几点：五点") == (Turn("客户", "几点：五点"),)


def test_a_table_may_have_commas_in_its_cells() -> None:
    assert table_rows('a,b\n"x, y", 2\n') == (("a", "b"), ("x, y", "2"))
