"""The real standard, read from its source text: every printed requirement, what is lost, notes."""

from pathlib import Path

import pytest

from lti_tool.catalogue import load_catalogue
from lti_tool.domain.standard import SourceStatus, Standard
from lti_tool.domain.standard_draft import NoteKind, Place, StandardDraft
from lti_tool.exchange.standard_documents import read_document

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "tests" / "catalogue" / "data" / "530050-2021-v2.0.txt"


@pytest.fixture(scope="module")
def draft() -> StandardDraft:
    return read_document(SOURCE, SOURCE.name)


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings").find("530050").standard


def test_all_148_printed_requirements_are_found_word_for_word(
    draft: StandardDraft, standard: Standard
) -> None:
    found = {(level.key, each.code): each.text for level, each in draft.requirements if each.text}
    known = {
        (each.key.level, each.code): each.printed or each.text
        for each in standard.requirements()
        if each.status not in {SourceStatus.LOST, SourceStatus.INFERRED}
    }
    assert found == known
    assert len(found) == 148


def test_exactly_the_three_lost_requirements_are_reported(draft: StandardDraft) -> None:
    lost = [(each.level, each.subject) for each in draft.notes if each.kind is NoteKind.LOST]
    assert lost == [("intermediate", "2.1.1"), ("advanced", "2.1.1"), ("advanced", "4.1.1")]
    assert [
        (level.key, each.code)
        for level, each in draft.requirements
        if each.status is SourceStatus.LOST
    ] == lost
    assert NoteKind.LOST_TASK not in {each.kind for each in draft.notes}


def test_areas_and_tasks_have_the_printed_titles(draft: StandardDraft, standard: Standard) -> None:
    found = [
        [(area.code, area.title, [(t.code, t.title, t.status) for t in area.tasks])
         for area in level.areas]
        for level in draft.levels
    ]  # fmt: skip
    assert found == [
        [(area.code, area.title.zh, [(t.code, t.title.zh, t.status) for t in area.tasks])
         for area in level.areas]
        for level in standard.levels
    ]  # fmt: skip


def test_what_the_standard_says_of_itself_is_found(
    draft: StandardDraft, standard: Standard
) -> None:
    head = draft.head
    assert (head.title, head.code, head.version) == (standard.title.zh, "530050", "2021-2.0")
    assert (head.publisher, head.published) == (standard.publisher.zh, standard.published)
    assert standard.rights_notice.zh.startswith(head.declaration)
    assert [(each.key, each.name, each.scope, each.job_roles) for each in draft.levels] == [
        (each.key, each.name.zh, each.scope.zh, tuple(role.zh for role in each.job_roles))
        for each in standard.levels
    ]
    assert draft.terms == standard.terms
    assert draft.programmes == standard.programmes


@pytest.mark.parametrize(
    ("about", "times", "line"),
    [
        ((NoteKind.REPEATED_HEAD, "elementary", ""), 2, 125),
        ((NoteKind.REPEATED_HEAD, "intermediate", ""), 2, 202),
        ((NoteKind.REPEATED_HEAD, "advanced", ""), 1, 274),
        ((NoteKind.CARRIED, "elementary", "1"), 1, 126),
        ((NoteKind.CARRIED, "intermediate", "5.3"), 1, 233),
        ((NoteKind.JOINED, "intermediate", "5.3"), 1, 233),
        ((NoteKind.JOINED, "intermediate", "5.3.1"), 1, 233),
        ((NoteKind.JOINED, "advanced", "3.2"), 1, 275),
        ((NoteKind.JOINED, None, "中等职业学校"), 1, 84),
        ((NoteKind.RED_LINE, "elementary", "2.2.4"), 1, 136),
    ],
    ids=str,
)
def test_what_was_mended_is_noted_with_its_place(
    draft: StandardDraft, about: tuple[NoteKind, str | None, str], times: int, line: int
) -> None:
    found = [
        (each.times, each.place)
        for each in draft.notes
        if (each.kind, each.level, each.subject) == about
    ]
    assert found == [(times, Place(line=line))]


def test_every_printed_requirement_knows_its_line(draft: StandardDraft) -> None:
    lines = SOURCE.read_text("utf-8").split("\n")
    for _, each in draft.requirements:
        if each.status is SourceStatus.PRINTED:
            assert each.place is not None
            assert each.place.line is not None
            assert f"{each.code} {each.text}" in lines[each.place.line - 1]


def test_reading_twice_gives_the_same_draft(draft: StandardDraft) -> None:
    assert read_document(SOURCE, SOURCE.name) == draft
