"""``lti-tool exports``: outcomes as files for a registrar's nightly job.

An export is kept and written into the audit log as those of the registrar's page are, and stands in
their list. Not here: papers about one learner, which a person issues.
"""

import argparse
import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

from lti_tool.app import Parts, new_id
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import Changes, ExportContent, ExportKind
from lti_tool.exchange.outcomes import Kept, objectives, write_list
from lti_tool.persistence import courses
from lti_tool.persistence.database import Session
from lti_tool.persistence.exports import Export
from lti_tool.persistence.outcomes import OutcomeFilter
from lti_tool.persistence.schools import School
from lti_tool.services.export_outcomes import Manner, draw_outcomes, keep_export, note_taken
from lti_tool.services.show_exports import list_exports, show_export
from lti_tool.services.work import Work

from .acting import command_line
from .console import ConsoleError, complain, said, say, write
from .environment import open_parts
from .schools import chosen_school

KINDS = tuple(each.value for each in ExportKind if each.is_list)
NARROWING = {
    "standard": "a standard's id; the newest one if there are several",
    "level": "a level's key, such as elementary",
    "term": "as in the registrar's lists",
    "programme": "as in the registrar's lists",
    "class": "as in the registrar's lists",
    "search": "part of a name or of a student number",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    exports = commands.add_parser("exports", help="outcomes as files for other systems")
    actions = exports.add_subparsers(required=True, metavar="ACTION")
    making = actions.add_parser("make", help="export the outcomes as they are now")
    making.add_argument("--kind", required=True, choices=KINDS)
    for name, words in NARROWING.items():
        making.add_argument(f"--{name}", default="", help=words, dest=f"only_{name}")
    making.add_argument("--state", choices=[each.value for each in AttainmentState])
    making.add_argument("--course", type=int, metavar="NUMBER", help="a course's number here")
    making.add_argument("--language", choices=("zh", "en"), default="zh", help="of the file (zh)")
    making.set_defaults(run=_make)
    listing = actions.add_parser("list", help="what was exported, the newest first")
    listing.add_argument("--page", type=int, default=1, help="of fifty exports each (1)")
    listing.set_defaults(run=_list)
    showing = actions.add_parser("show", help="one export, and what changed since the one before")
    showing.add_argument("export", metavar="EXPORT", help="its number, as listed")
    showing.set_defaults(run=_show)
    for each, needed in ((making, True), (showing, False)):
        each.add_argument("--to", type=Path, required=needed, metavar="FILE", help="a new file")
    for each in (making, listing, showing):
        each.add_argument("--school", default="", help="the school, if there are several")


def _make(options: argparse.Namespace) -> int:
    parts = open_parts()
    _refuse_existing(options.to)
    kind, wanted = ExportKind(options.kind), _filter(parts, options)
    manner = Manner(
        options.language,
        parts.settings.time_zone,
        objectives if kind is ExportKind.ONE_ROSTER else None,
    )
    with parts.database.reading() as session:
        school = chosen_school(session, options.school)
        _check_course(session, school, options.course)
        content = draw_outcomes(
            session, parts.catalogue, wanted, manner, school_id=school.id, tell=_tell
        )
    if not content.lines:
        words = said("没有符合条件的结果，未导出", "there is nothing to export with this filter")
        raise ConsoleError(words, code=1)
    with parts.database.transaction() as session:
        work = _work(parts, session, school)
        export = keep_export(work, content, kind, wanted.asked, school_id=school.id)
    write(f"{export.id}  {_rows(export)}  {export.digest}")
    return _write_file(parts, school, export, content, options.to)


def _list(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        school = chosen_school(session, options.school)
        shown = list_exports(session, school.id, page=options.page)
    for each in shown.rows:
        made = each.export
        asked = " ".join(f"{name}={value}" for name, value in sorted(made.asked.items()))
        line = f"{made.id}  {made.made_at:%Y-%m-%d %H:%M}Z  {made.kind.value}  {_rows(made)}"
        write(f"{line}  {made.standard_id}  {each.by.label if each.by else '-'}  {asked}".rstrip())
    return 0


def _show(options: argparse.Namespace) -> int:
    parts = open_parts()
    if options.to is not None:
        _refuse_existing(options.to)
    with parts.database.reading() as session:
        school = chosen_school(session, options.school)
        try:
            shown = show_export(session, options.export, school_id=school.id)
        except NotFoundError as error:
            words = said(f"没有这个导出：{options.export}", f"no such export: {options.export}")
            raise ConsoleError(words) from error
    export = shown.export
    write(f"{export.id}  {export.made_at:%Y-%m-%d %H:%M}Z  {export.kind.value}  {_rows(export)}")
    write(f"SHA-256  {export.digest}")
    if shown.compared is not None:
        _print_changes(shown.compared.earlier, shown.compared.changes)
    if options.to is None:
        return 0
    if not export.kind.is_list:
        raise ConsoleError(
            said("证明材料请在页面上打开", "a paper about one learner is opened on its page")
        )
    return _write_file(parts, school, export, shown.content, options.to)


def _print_changes(earlier: Export, changes: Changes) -> None:
    since = f"{earlier.id}  {earlier.made_at:%Y-%m-%d %H:%M}Z"
    counts = len(changes.new), len(changes.changed), len(changes.gone)
    say(
        f"与 {since} 相比：新增 {counts[0]}，变化 {counts[1]}，不再有 {counts[2]}",
        f"since {since}: {counts[0]} new, {counts[1]} changed, {counts[2]} gone",
    )


def _write_file(
    parts: Parts, school: School, export: Export, content: ExportContent, place: Path
) -> int:
    """Write the file and note that it was handed out; 1 where it is not the very same as before."""
    try:
        with place.open("xb") as file:
            place.chmod(0o600)
            write_list(Kept(export.id, export.kind, export.made_at, content), file)
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConsoleError(f"{place}: {error.strerror}", code=1) from error
    with parts.database.transaction() as session:
        same = note_taken(_work(parts, session, school), export, digest)
    write(f"{place}  {digest}")
    if not same:
        complain(said("与首次交出的文件不同", "this is not the same file as was handed out first"))
    return 0 if same else 1


def _filter(parts: Parts, options: argparse.Namespace) -> OutcomeFilter:
    """What is asked for, checked against the standard. Raises a DomainError."""
    only = {name: getattr(options, f"only_{name}").strip() or None for name in NARROWING}
    newest = parts.catalogue.standards[-1].standard
    asked = only["standard"]
    standard = parts.catalogue.find(asked).standard if asked else newest
    if only["level"]:
        standard.level(only["level"])
    return OutcomeFilter(
        standard_id=standard.id,
        level=only["level"],
        state=AttainmentState(options.state) if options.state else None,
        course_id=options.course,
        search=only["search"] or "",
        term=only["term"],
        programme=only["programme"],
        class_name=only["class"],
    )


def _check_course(session: Session, school: School, course_id: int | None) -> None:
    known = {each.id for each in courses.courses_of_school(session, school.id)}
    if course_id is not None and course_id not in known:
        words = said(f"{school.name} 没有课程 {course_id}", f"{school.name} has no such course")
        raise ConsoleError(f"{words}: {course_id}")


def _work(parts: Parts, session: Session, school: School) -> Work:
    actor = command_line(session, school.id, parts.clock())
    zone = ZoneInfo(parts.settings.time_zone)
    return Work(session, parts.catalogue, actor.id, parts.clock(), zone, new_id)


def _refuse_existing(place: Path) -> None:
    if place.exists():
        raise ConsoleError(said(f"{place} 已存在", f"{place} exists already"))


def _rows(export: Export) -> str:
    return said(f"{export.lines} 行", f"{export.lines} rows")


def _tell(count: int) -> None:
    complain(said(f"已读取 {count} 行", f"{count} rows read"))
