"""All standards of an installation: those shipped with the tool and those a person confirmed here.

A confirmed standard is a folder of its own under ``added``, put there whole by one rename, so that
nobody ever reads half a standard. Every process notices it by the time of that folder. Not here:
making drafts (``lti_tool.exchange``).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from lti_tool.domain.standard import Text
from lti_tool.domain.standard_draft import NO_CODE, NO_VERSION, BadDraftError

from .bundle import StandardBundle
from .draft_files import SOURCE
from .problems import CatalogueError, Problem
from .reader import Catalogue, catalogue_of, load_catalogue


@dataclass(frozen=True, slots=True)
class Folders:
    """Where standards lie: ``rubrics`` and ``mappings`` are shipped, ``added`` is the school's;
    it need not exist."""

    rubrics: Path
    mappings: Path
    added: Path


class Shelf:
    """The installed standards, always as they are now."""

    def __init__(self, folders: Folders, shipped: Catalogue | None = None) -> None:
        """Reads everything at once; raises CatalogueError listing every problem."""
        self._added = folders.added
        self._shipped = shipped or load_catalogue(folders.rubrics, folders.mappings)
        self._stamp = self._stamped()
        self._all = self._read()

    @property
    def catalogue(self) -> Catalogue:
        """Every installed standard. Raises CatalogueError where one that was added is damaged."""
        stamp = self._stamped()
        if stamp != self._stamp:
            self._all, self._stamp = self._read(), stamp
        return self._all

    def install(self, draft: Path) -> StandardBundle:
        """Put a draft's folder among the installed standards; returns what it holds.

        Raises CatalogueError listing what is wrong in its files, and BadDraftError:
        ``not_a_draft`` (no folder, or not one standard), ``no_code`` (nobody gave it a code),
        ``installed`` (a standard of this id is there already).
        """
        bundle = _checked(draft)
        name = bundle.standard.id
        if any(each.standard.id == name for each in self.catalogue.standards):
            raise BadDraftError("installed", name)
        incoming = self._added / f".{name}.incoming"
        shutil.rmtree(incoming, ignore_errors=True)
        for part in ("rubrics", "mappings"):
            shutil.copytree(draft / part / name, incoming / part / name)
        if (draft / SOURCE).is_file():
            shutil.copyfile(draft / SOURCE, incoming / SOURCE)
        incoming.rename(self._added / name)
        return bundle

    def _stamped(self) -> int:
        return self._added.stat().st_mtime_ns if self._added.is_dir() else 0

    def _read(self) -> Catalogue:
        added = _added(self._added)
        own = {each.standard.id for each in added}
        shipped = [each for each in self._shipped.standards if each.standard.id not in own]
        return catalogue_of([*shipped, *added])


def _added(folder: Path) -> list[StandardBundle]:
    if not folder.is_dir():
        return []
    found: list[StandardBundle] = []
    problems: list[Problem] = []
    for each in sorted(folder.iterdir()):
        if each.name.startswith(".") or not each.is_dir():
            continue
        try:
            found += load_catalogue(each / "rubrics", each / "mappings").standards
        except CatalogueError as error:
            problems += error.problems
    if problems:
        raise CatalogueError(problems)
    return found


def _checked(draft: Path) -> StandardBundle:
    if not (draft / "rubrics").is_dir():
        raise BadDraftError("not_a_draft", str(draft))
    for each in (draft / "rubrics").iterdir():
        if each.name.startswith(f"{NO_CODE}-") or each.name.endswith(f"-{NO_VERSION}"):
            raise BadDraftError("no_code", each.name)
    standards = load_catalogue(draft / "rubrics", draft / "mappings").standards
    if len(standards) != 1:
        raise BadDraftError("not_a_draft", str(draft))
    return standards[0]


def explained(error: BadDraftError) -> Text:
    """Why a draft is refused, in words."""
    words = {
        "not_a_draft": Text("这里不是一份标准草稿", "this is no draft of one standard"),
        "no_code": Text(
            "草稿还没有标准代码或版本，请先补上",
            "the draft has no code or version yet; add them first",
        ),
        "installed": Text(
            "这个标准的这个版本已经装好了", "this version of this standard is installed already"
        ),
        "not_a_code": Text("不能作代码或版本", "this can be no code or version"),
        "not_a_month": Text("应为年月，如 2021-12", "a month must stand here, such as 2021-12"),
        "incomplete": Text("草稿还缺少必填的内容", "the draft still lacks what must be there"),
    }
    reason = words.get(error.reason, Text(error.reason, error.reason))
    detail = f"：{error.detail}" if error.detail else ""
    english = f": {error.detail}" if error.detail else ""
    return Text(reason.zh + detail, (reason.en or "") + english)
