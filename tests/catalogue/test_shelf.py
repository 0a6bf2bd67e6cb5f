"""Standards that a person confirmed here stand beside the shipped ones, whole or not at all."""

import shutil
from pathlib import Path

import pytest

from lti_tool.catalogue import Catalogue, CatalogueError, Folders, Origin, Shelf, write_draft
from lti_tool.domain.standard_draft import BadDraftError, StandardDraft
from lti_tool.exchange.standard_documents.readers import stream_of
from lti_tool.exchange.standard_documents.recognise import recognise
from tests.exchange.standard_documents.invented import Layout, document
from tests.exchange.standard_documents.writers import as_text

ROOT = Path(__file__).parents[2]
ORIGIN = Origin("standard.txt", "0" * 64)
ID = "990017-2023-1.0"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(ROOT / "rubrics", ROOT / "mappings", tmp_path / "standards")


@pytest.fixture
def shelf(folders: Folders, catalogue: Catalogue) -> Shelf:
    return Shelf(folders, catalogue)


@pytest.fixture(scope="module")
def draft() -> StandardDraft:
    return recognise(stream_of(as_text(document(Layout(lost=True))), "standard.txt"))


def ids(shelf: Shelf) -> list[str]:
    return [each.standard.id for each in shelf.catalogue.standards]


def test_a_confirmed_draft_stands_among_the_standards_word_for_word(
    shelf: Shelf, draft: StandardDraft
) -> None:
    shelf.confirm(draft, ORIGIN)
    standard = shelf.catalogue.find("990017").standard
    assert ids(shelf) == ["530050-2021-2.0", ID]
    assert [(each.key.level, each.code, each.text) for each in standard.requirements()] == [
        (level.key, each.code, each.text) for level, each in draft.requirements
    ]


def test_another_process_sees_it_at_once(
    shelf: Shelf, folders: Folders, catalogue: Catalogue, draft: StandardDraft
) -> None:
    other = Shelf(folders, catalogue)
    assert ids(other) == ["530050-2021-2.0"]
    shelf.confirm(draft, ORIGIN)
    assert ids(other) == ["530050-2021-2.0", ID]


def test_nothing_is_installed_over_another(
    shelf: Shelf, folders: Folders, draft: StandardDraft
) -> None:
    shelf.confirm(draft, ORIGIN)
    before = (folders.added / ID / "source.yaml").read_bytes()
    with pytest.raises(BadDraftError, match="installed"):
        shelf.confirm(draft.with_facts({"title": "另一份"}), ORIGIN)
    assert (folders.added / ID / "source.yaml").read_bytes() == before
    with pytest.raises(BadDraftError, match="installed"):
        shelf.confirm(draft.with_facts({"code": "530050", "version": "2021-2.0"}), ORIGIN)


def test_two_who_confirm_at_the_same_moment_install_it_once(
    shelf: Shelf, folders: Folders, draft: StandardDraft, tmp_path: Path
) -> None:
    write_draft(draft, ORIGIN, tmp_path / "draft")
    (folders.added / ID / "rubrics").mkdir(parents=True)
    with pytest.raises((BadDraftError, CatalogueError)):
        shelf.install(tmp_path / "draft")


def test_what_a_crash_leaves_behind_is_no_standard(
    shelf: Shelf, folders: Folders, draft: StandardDraft
) -> None:
    shelf.confirm(draft, ORIGIN)
    shutil.copytree(folders.added / ID / "rubrics", folders.added / ".incoming-x" / "rubrics")
    assert ids(Shelf(folders)) == ["530050-2021-2.0", ID]


def test_a_damaged_standard_is_named_with_file_and_line(
    shelf: Shelf, folders: Folders, draft: StandardDraft
) -> None:
    shelf.confirm(draft, ORIGIN)
    level = folders.added / ID / "rubrics" / ID / "level-advanced.yaml"
    wrong = level.read_text("utf-8").replace("status: printed", "status: blessed", 1)
    level.write_text(wrong, "utf-8")
    with pytest.raises(CatalogueError, match=r"level-advanced.yaml:[0-9]+: areas"):
        Shelf(folders)


@pytest.mark.parametrize("fact", ["code", "version", "published", "publisher", "title"])
def test_a_draft_that_lacks_a_fact_is_not_installed(
    shelf: Shelf, folders: Folders, draft: StandardDraft, fact: str
) -> None:
    with pytest.raises(BadDraftError):
        shelf.confirm(draft.with_facts({fact: ""}), ORIGIN)
    assert ids(shelf) == ["530050-2021-2.0"]


def test_a_folder_that_is_no_draft_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(BadDraftError, match="not_a_draft"):
        shelf.install(tmp_path)
