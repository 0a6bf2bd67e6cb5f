"""``lti-tool privacy``: a learner's own data, and forgetting them.

People are named by the number that ``find`` prints; nothing here prints what they handed in.
"""

import argparse
from pathlib import Path

from lti_tool.app import Parts, build_evidence_store, build_remover
from lti_tool.domain.personal_data import Fate, Ground, Occasion, Refusal
from lti_tool.exchange.personal_archive import write_archive
from lti_tool.exchange.personal_words import TABLES
from lti_tool.persistence import erasures
from lti_tool.persistence.database import DatabaseError
from lti_tool.services.erase_person import (
    LONGEST_REASON,
    YEAR,
    Plan,
    erase_person,
    find_people,
    keep_longer,
    plan_erasure,
    propose_due,
)
from lti_tool.services.export_person import export_person

from .console import ConsoleError, complain, said, say, write
from .environment import open_parts

MOST_FOUND = 50
FATES = {
    Fate.REMOVED: ("删除", "removed"),
    Fate.EMPTIED: ("清空文字后保留", "emptied of what was written"),
    Fate.KEPT: ("以编号保留", "kept under a number"),
}
GROUNDS = {
    Ground.LEVEL: ("等级认定须能重新计算", "levels must be computed again from it"),
    Ground.RECORD: ("操作记录，已封存", "record of what was done, sealed"),
    Ground.COURSE: ("课程人数，不指向个人", "counts of a course, leads to nobody"),
}
REFUSALS = {
    Refusal.ERASED: ("此人的数据已删除", "is erased already"),
    Refusal.STAFF: (
        "此人评过分、作过认定或设置，他人的等级以此为据",
        "rated, decided or set something up, and others' levels rest on it",
    ),
    Refusal.SENDING: ("有成绩正在回传，请稍后再试", "has a grade on its way; try in a minute"),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    privacy = commands.add_parser("privacy", help="a learner's own data, and forgetting them")
    actions = privacy.add_subparsers(required=True, metavar="ACTION")
    finding = actions.add_parser("find", help="people by name, student number or user id")
    finding.add_argument("text", metavar="TEXT")
    finding.set_defaults(run=_find)
    showing = actions.add_parser("show", help="what is kept of a person, and what erasing would do")
    exporting = actions.add_parser("export", help="everything about a person as a ZIP file")
    exporting.add_argument("--to", type=Path, required=True, metavar="FILE")
    erasing = actions.add_parser("erase", help="forget a person; shows what would stay, and why")
    erasing.add_argument("--yes", action="store_true", help="do it; without, it is only shown")
    keeping = actions.add_parser("keep", help="let the data of somebody who is due stay longer")
    keeping.add_argument("--years", type=int, required=True, metavar="N")
    keeping.add_argument("--reason", required=True)
    runs = {showing: _show, exporting: _export, erasing: _erase, keeping: _keep}
    for each, run in runs.items():
        each.add_argument("person", type=int, metavar="PERSON", help="their number, as find says")
        each.set_defaults(run=run)
    actions.add_parser("erased", help="who was erased, and when").set_defaults(run=_erased)
    actions.add_parser("due", help="whose data are due for erasure").set_defaults(run=_due)


def _find(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        found = find_people(session, options.text, school_id=None, most=MOST_FOUND)
    for each in found:
        write(f"{each.id}  {each.student_number}  {each.label}")
    return 0 if found else 1


def _show(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        _print(plan_erasure(session, options.person, school_id=None))
    return 0


def _export(options: argparse.Namespace) -> int:
    parts = open_parts()
    if options.to.exists():
        raise ConsoleError(said(f"{options.to} 已存在", f"{options.to} exists already"))
    with parts.database.transaction() as session:
        found = export_person(session, options.person, school_id=None, by=None, now=parts.clock())
    options.to.touch(mode=0o600)
    with options.to.open("wb") as stream:
        write_archive(stream, found, build_evidence_store(parts).open)
    say(f"已写入 {options.to}", f"written to {options.to}")
    return 0


def _erase(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        plan = plan_erasure(session, options.person, school_id=None)
        due = {person.id for person, _ in erasures.due(session, None)}
    _print(plan)
    if plan.refusal is not None:
        return 1
    if not options.yes:
        say(
            "尚未删除。确认无误后加 --yes 再运行。",
            "Nothing is erased yet. Run it again with --yes when this is right.",
        )
        return 0
    with parts.database.transaction() as session:
        erase_person(
            session,
            options.person,
            school_id=None,
            occasion=Occasion.RETENTION if options.person in due else Occasion.ASKED,
            by=None,
            now=parts.clock(),
        )
    return _finish(parts)


def _finish(parts: Parts) -> int:
    try:
        build_remover(parts).finish()
    except DatabaseError:
        complain(
            said(
                "数据已删除；数据库正在使用，残留由后台投递服务清除。",
                "erased; the database is in use, so delivery clears what is left of the files",
            )
        )
    say(
        "已删除。以前的备份中仍有此人的数据：备份到期即销毁；恢复旧备份后须再次删除。",
        "Erased. Backups from before still hold the person: destroy them when their time is up, "
        "and erase again after restoring one.",
    )
    return 0


def _erased(_options: argparse.Namespace) -> int:
    with open_parts().database.reading() as session:
        for each in erasures.erasures_of_school(session, None):
            write(f"{each.person_id}  {each.erased_at:%Y-%m-%d %H:%M}Z")
    return 0


def _due(_options: argparse.Namespace) -> int:
    parts = open_parts()
    years = parts.settings.retention_years
    if years is None:
        raise ConsoleError(
            said("未设置 LTI_TOOL_RETENTION_YEARS", "LTI_TOOL_RETENTION_YEARS is not set"), code=1
        )
    while _propose(parts, years):
        pass
    with parts.database.reading() as session:
        for person, proposal in erasures.due(session, None):
            write(f"{person.id}  {person.student_number}  {proposal.last_active:%Y-%m-%d}")
    return 0


def _propose(parts: Parts, years: int) -> int:
    with parts.database.transaction() as session:
        return propose_due(session, years, now=parts.clock())


def _keep(options: argparse.Namespace) -> int:
    parts = open_parts()
    if not 1 <= options.years <= 99:
        raise ConsoleError(said("--years 须在 1 到 99 之间", "--years must be from 1 to 99"))
    if len(options.reason) > LONGEST_REASON:
        most = LONGEST_REASON
        raise ConsoleError(said(f"--reason 最多 {most} 字", f"--reason: at most {most} characters"))
    until = parts.clock() + options.years * YEAR
    with parts.database.transaction() as session:
        keep_longer(
            session,
            options.person,
            school_id=None,
            until=until,
            reason=options.reason,
            by=None,
            now=parts.clock(),
        )
    say(f"保留到 {until:%Y-%m-%d}", f"kept until {until:%Y-%m-%d}")
    return 0


def _print(plan: Plan) -> None:
    for each in plan.held:
        words = TABLES.get(each.kind)
        name = said(words.zh, words.en or words.zh) if words else each.kind
        ground = f"（{said(*GROUNDS[each.ground])}）" if each.ground else ""
        write(f"  {name}  {each.count}  {said(*FATES[each.fate])}{ground}")
    say(f"  文件  {plan.files}  删除", f"  files  {plan.files}  removed")
    for other in plan.others:
        say(f"  含已合并的账号 {other.id}", f"  counts the account {other.id}, merged with it")
    if plan.refusal is not None:
        complain(said(*REFUSALS[plan.refusal]))
