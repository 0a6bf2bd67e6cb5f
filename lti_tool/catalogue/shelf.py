"""All standards of an installation: those shipped with the tool and those a person confirmed here.

A confirmed standard is a folder of its own under ``added``, put there whole by one rename, so that
nobody ever reads half a standard. Every process notices it by the time of that folder. Not here:
making drafts (``lti_tool.exchange``).
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lti_tool.domain.standard import Text
from lti_tool.domain.standard_draft import NO_CODE, NO_VERSION, BadDraftError, StandardDraft

from .bundle import StandardBundle
from .draft_files import SOURCE, Origin, write_draft
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
        self._added.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=self._added) as folder:
            incoming = Path(folder) / name
            for part in ("rubrics", "mappings"):
                shutil.copytree(draft / part / name, incoming / part / name)
            if (draft / SOURCE).is_file():
                shutil.copyfile(draft / SOURCE, incoming / SOURCE)
            try:
                incoming.rename(self._added / name)
            except OSError as taken:
                # Somebody else installed it at this very moment.
                raise BadDraftError("installed", name) from taken
        return bundle

    def confirm(self, draft: StandardDraft, origin: Origin) -> StandardBundle:
        """Install a draft that a person confirmed; raises as ``install`` does."""
        if draft.head.missing():
            raise BadDraftError("no_code", draft.id)
        self._added.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=self._added) as folder:
            made = Path(folder) / "draft"
            write_draft(draft, origin, made)
            return self.install(made)

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
        "code_taken": Text("这个代码已有另一条要求", "another requirement has this code"),
        "text_missing": Text(
            "请填写条文，或标为原文缺失", "fill in the text, or mark it as lost in source"
        ),
        "text_with_lost": Text(
            "标为原文缺失的条目不得有文字", "what is lost in source must have no text"
        ),
        "title_missing": Text("请填写名称", "fill in the title"),
        "too_long": Text("文字过长", "the text is too long"),
        "gone": Text("这一处已不存在", "it stands there no more"),
        "last": Text("任务下至少要有一条要求", "a task needs at least one requirement"),
        "empty": Text("文件是空的", "the file is empty"),
        "too_large": Text("文件过大", "the file is too large"),
        "too_many": Text(
            "待处理的文件太多，请先处理或丢弃一些", "too many documents wait; deal with some first"
        ),
        "incomplete": Text("草稿还缺少必填的内容", "the draft still lacks what must be there"),
    }
    reason = words.get(error.reason, Text(error.reason, error.reason))
    detail = f"：{error.detail}" if error.detail else ""
    english = f": {error.detail}" if error.detail else ""
    return Text(reason.zh + detail, (reason.en or "") + english)
