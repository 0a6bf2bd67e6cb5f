"""The texts in ``rubrics/`` are those of the source document, word for word.

The source is read here by a second way of its own, so that a fault of the first reading shows.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.standard import Requirement, RequirementKey, SourceStatus

SOURCE = (Path(__file__).parent / "data" / "530050-2021-v2.0.txt").read_text("utf-8")
LOST = {
    RequirementKey("intermediate", "2.1.1"),
    RequirementKey("advanced", "2.1.1"),
    RequirementKey("advanced", "4.1.1"),
}


def tables() -> Iterator[tuple[str, list[str]]]:
    """Each level's table as its cells in reading order."""
    body = SOURCE[SOURCE.index("表 1") : SOURCE.index("## 参考文献")]
    parts = re.split(r"^表 \d .*$", body, flags=re.MULTILINE)[1:]
    for level, part in zip(("elementary", "intermediate", "advanced"), parts, strict=True):
        yield level, [cell.strip() for cell in re.split(r"[\t\n]", part) if cell.strip()]


def printed_requirements() -> dict[RequirementKey, str]:
    return {
        RequirementKey(level, match[1]): match[2]
        for level, cells in tables()
        for cell in cells
        if (match := re.fullmatch(r"(\d+\.\d+\.\d+) (.+)", cell))
    }


def printed_form(requirement: Requirement) -> str | None:
    return requirement.printed or requirement.text


def test_exactly_148_requirements_are_printed_and_exactly_three_are_not(
    bundle: StandardBundle,
) -> None:
    printed = printed_requirements()
    assert len(printed) == 148
    assert {each.key for each in bundle.standard.requirements()} - set(printed) == LOST


def test_every_printed_requirement_stands_in_the_data_word_for_word(
    bundle: StandardBundle,
) -> None:
    joined = RequirementKey("intermediate", "5.3.1")
    for key, text in printed_requirements().items():
        if key != joined:
            assert printed_form(bundle.standard.requirement(key)) == text


def test_the_requirement_over_a_page_break_is_its_two_printed_pieces(
    bundle: StandardBundle,
) -> None:
    joined = [each for each in bundle.standard.requirements() if each.status == "joined"]
    assert [str(each.key) for each in joined] == ["intermediate/5.3.1"]
    first = printed_requirements()[joined[0].key]
    assert joined[0].text is not None
    rest = joined[0].text.removeprefix(first)
    assert rest
    assert f"\t{rest}\n" in SOURCE


def test_only_punctuation_was_mended(bundle: StandardBundle) -> None:
    mended = {
        str(each.key): (each.printed, each.text)
        for each in bundle.standard.requirements()
        if each.status is SourceStatus.MENDED
    }
    assert set(mended) == {"elementary/2.5.3", "intermediate/2.5.3", "advanced/4.2.2"}
    for printed, text in mended.values():
        assert printed is not None
        assert text == printed.rstrip("。，")


def test_no_text_ends_in_punctuation(bundle: StandardBundle) -> None:
    texts = [each.text for each in bundle.standard.requirements() if each.text]
    assert [each for each in texts if not each[-1].isalnum()] == []


@pytest.mark.parametrize(
    ("key", "origin"),
    [("intermediate/2.1.1", "elementary/2.1.1"), ("advanced/2.1.1", "intermediate/5.1.1")],
)
def test_an_inferred_requirement_repeats_its_origin(
    bundle: StandardBundle, key: str, origin: str
) -> None:
    found = bundle.standard.requirement(RequirementKey.parse(key))
    assert found.status is SourceStatus.INFERRED
    assert found.inferred_from == RequirementKey.parse(origin)
    assert found.text == printed_requirements()[RequirementKey.parse(origin)]


def test_a_lost_requirement_has_no_text_in_any_language(bundle: StandardBundle) -> None:
    lost = bundle.standard.requirement(RequirementKey("advanced", "4.1.1"))
    assert (lost.status, lost.text, lost.english) == (SourceStatus.LOST, None, None)


def test_titles_of_areas_and_tasks_are_the_printed_ones(bundle: StandardBundle) -> None:
    for level, cells in tables():
        found = bundle.standard.level(level)
        areas = [f"{each.code}. {each.title.zh}" for each in found.areas]
        assert areas == [each for each in cells if re.match(r"\d+\. ", each)]
        printed = [each for each in cells if re.match(r"\d+\.\d+ ", each)]
        pairs = zip(found.tasks, printed, strict=True)
        assert [
            (task.code, cell)
            for task, cell in pairs
            if task.status == "printed" and f"{task.code} {task.title.zh}" != cell
        ] == []


def test_two_task_titles_are_joined_over_a_page_break(bundle: StandardBundle) -> None:
    joined = [
        (level.key, task.code, task.title.zh)
        for level in bundle.standard.levels
        for task in level.tasks
        if task.status is SourceStatus.JOINED
    ]
    assert joined == [
        ("intermediate", "5.3", "客户业务分析"),
        ("advanced", "3.2", "营销工具使用流程"),
    ]
    for first, rest in (("5.3 客户业", "务分析"), ("3.2 营销", "工具使用流程")):
        assert f"\t{first}\t" in SOURCE
        assert f"\t{rest}\t" in SOURCE


def test_the_declaration_terms_scope_and_roles_are_the_printed_ones(
    bundle: StandardBundle,
) -> None:
    standard = bundle.standard
    declaration = re.search(r"\*\*声明：\*\*(.+)", SOURCE)
    assert declaration is not None
    assert standard.rights_notice.zh.startswith(declaration[1])
    for term in standard.terms:
        assert f"### {term.code} {term.term}\n\n{term.definition}\n" in SOURCE
    for level in standard.levels:
        assert f"（{level.name.zh}）：{level.scope.zh}\n" in SOURCE
        assert f"岗位包括{'、'.join(each.zh for each in level.job_roles)}等。" in SOURCE


def test_the_programmes_are_the_printed_lists(bundle: StandardBundle) -> None:
    # One list runs over a page break in the source.
    old, new = SOURCE.replace("储\n\n运", "储运").split("### 4.2 ")
    for each in bundle.standard.programmes:
        line = f"{each.school_kind}：{'、'.join(each.names)}等专业。"
        assert line in (old if each.catalogue == "old" else new)
    assert len(bundle.standard.programmes) == 8
