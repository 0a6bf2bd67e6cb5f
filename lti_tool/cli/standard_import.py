"""``lti-tool standard import FILE`` and ``confirm DRAFT``: other standards, without a programmer.

Import writes a draft that a person reads and may edit; nothing goes live before ``confirm``.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lti_tool.catalogue import (
    Folders,
    Origin,
    Shelf,
    draft_rows,
    explained,
    rows_csv,
    write_draft,
)
from lti_tool.domain.standard import SourceStatus, Text
from lti_tool.domain.standard_draft import (
    DOUBTS,
    LOSSES,
    BadDraftError,
    Note,
    NoteKind,
    StandardDraft,
)
from lti_tool.exchange.standard_documents import (
    NotAStandardError,
    Progress,
    note_words,
    place_words,
    read_document,
    refusal_words,
)

from .console import ConsoleError, said, say, write
from .environment import settings_from_environment

FACTS = ("title", "code", "version", "publisher", "published")


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the two actions of ``standard``."""
    reading = actions.add_parser("import", help="make a draft from a document")
    reading.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="text, Markdown, HTML, DOCX, PDF; CSV of Moodle or Canvas; JSON of CASE",
    )
    reading.add_argument("--output", type=Path, metavar="DIR", help="default: ./CODE-VERSION-draft")
    reading.add_argument("--csv", action="store_true", help="print the draft as CSV, write nothing")
    for fact in FACTS:
        reading.add_argument(f"--{fact}", default="", help="where the document does not say it")
    reading.set_defaults(run=_import)
    confirm = actions.add_parser("confirm", help="install a draft that you have looked through")
    confirm.add_argument("draft", type=Path, metavar="DRAFT", help="the folder that import wrote")
    confirm.set_defaults(run=_confirm)


def _import(options: argparse.Namespace) -> int:
    draft = _read(options.file)
    given = {fact: value for fact in FACTS if (value := getattr(options, fact).strip())}
    try:
        draft = draft.with_facts(given)
    except BadDraftError as error:
        raise _refused(error) from error
    if options.csv:
        sys.stdout.write(rows_csv(draft_rows(draft)))
        return 0
    folder = options.output or Path(f"{draft.id}-draft")
    origin = Origin(options.file.name, hashlib.sha256(options.file.read_bytes()).hexdigest())
    try:
        write_draft(draft, origin, folder)
    except FileExistsError as taken:
        raise ConsoleError(
            said(f"{folder} 已经存在，没有覆盖", f"{folder} is there already; nothing was written")
        ) from taken
    _say_found(draft)
    _say_next(draft, folder)
    return 0


def _read(file: Path) -> StandardDraft:
    """Read the document, with progress on standard error. Raises ConsoleError."""
    if not file.is_file():
        raise ConsoleError(said(f"没有这个文件：{file}", f"there is no file {file}"))
    watch = _Watch(file.name)
    try:
        return read_document(file, file.name, report=watch.report)
    except NotAStandardError as refused:
        words = refusal_words(refused)
        reason = said(words.zh, words.en or words.zh)
        raise ConsoleError(f"{file.name}: {reason}", code=1) from refused
    finally:
        watch.end()


class _Watch:
    """Shows how far a reading is: a line that is written over, on a terminal only."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._shown = False

    def report(self, progress: Progress) -> None:
        """Show it."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._name}: {progress.done}/{progress.total} ")
            sys.stderr.flush()
            self._shown = True

    def end(self) -> None:
        """Leave the line."""
        if self._shown:
            sys.stderr.write("\n")


def _say_found(draft: StandardDraft) -> None:
    write(f"{draft.id}  {draft.head.title}  {draft.head.publisher}  {draft.head.published}")
    for level in draft.levels:
        tasks = sum(len(area.tasks) for area in level.areas)
        printed = sum(each.status is not SourceStatus.LOST for each in level.requirements)
        every = sum(1 for _ in level.requirements)
        say(
            f"  {level.name}：{len(level.areas)} 个工作领域，{tasks} 个工作任务，{every} 条要求"
            f"（印出 {printed} 条）",
            f"  {level.name}: {len(level.areas)} work areas, {tasks} tasks, {every} requirements"
            f" ({printed} printed)",
        )
    groups: Sequence[tuple[Text, Callable[[NoteKind], bool]]] = (
        (Text("缺失：", "Lost or missing:"), lambda kind: kind in LOSSES),
        (Text("请核对：", "To be looked at:"), lambda kind: kind in DOUBTS),
        (Text("已处理：", "Mended:"), lambda kind: kind not in LOSSES | DOUBTS),
    )
    for title, belongs in groups:
        notes = [each for each in draft.notes if belongs(each.kind)]
        if notes:
            say(title.zh, title.en or "")
        for note in notes:
            _say_note(draft, note)


def _say_note(draft: StandardDraft, note: Note) -> None:
    names = {each.key: each.name for each in draft.levels}
    level = names.get(note.level or "", "")
    words, place = note_words(note), place_words(note.place)
    line = said(words.zh, words.en or words.zh)
    where = said(place.zh, place.en or "")
    write("  " + "  ".join(each for each in (level, line, where and f"[{where}]") if each))


def _say_next(draft: StandardDraft, folder: Path) -> None:
    missing = draft.head.missing()
    if missing:
        options = " ".join(f"--{each} …" for each in missing)
        say(
            f"草稿在 {folder}，但缺少必填内容：请删去后加上 {options} 重新导入",
            f"The draft is in {folder} but lacks what must be there: "
            f"remove it and import again with {options}",
        )
        return
    say(
        f"草稿在 {folder}。逐条核对、需要时修改后：lti-tool standard confirm {folder}",
        f"The draft is in {folder}. Look it through, edit it where needed, then: "
        f"lti-tool standard confirm {folder}",
    )


def _confirm(options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    shelf = Shelf(Folders(settings.rubrics_dir, settings.mappings_dir, settings.standards_dir))
    try:
        bundle = shelf.install(options.draft)
    except BadDraftError as error:
        raise _refused(error) from error
    count = sum(1 for _ in bundle.standard.requirements())
    say(
        f"已安装 {bundle.standard.id}：{count} 条要求。正在运行的服务即刻可用。",
        f"Installed {bundle.standard.id}: {count} requirements; a running server has it at once.",
    )
    return 0


def _refused(error: BadDraftError) -> ConsoleError:
    words = explained(error)
    return ConsoleError(said(words.zh, words.en or words.zh), code=1)
