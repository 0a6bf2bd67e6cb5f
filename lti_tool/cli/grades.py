"""``lti-tool grades reconcile``: holds the gradebooks of the LMSs against our ledger."""

import argparse

from lti_tool.app import Parts, build_reconciler
from lti_tool.domain.reconciliation import HARMLESS, Finding
from lti_tool.persistence import courses, line_items, reconciliations
from lti_tool.persistence.database import Session
from lti_tool.services.reconcile_grades import Report, repair_report, show_report

from .console import ConsoleError, said, say, write
from .environment import open_parts

WORDS = {
    Finding.OVERRIDDEN: ("成绩册中被改动", "changed in the gradebook"),
    Finding.MISSING: ("成绩册中没有", "missing in the gradebook"),
    Finding.CAPPED: ("被成绩列的满分截断", "capped at the column's maximum"),
    Finding.MAXIMUM_CHANGED: ("成绩列的满分被改动", "column's maximum changed"),
    Finding.CONFLICT: ("成绩册有更晚的成绩", "refused for a later grade"),
    Finding.COLUMN_GONE: ("成绩列已被删除", "column deleted"),
    Finding.FOREIGN: ("不是本工具的成绩", "grade of another origin"),
    Finding.UNREADABLE: ("成绩列无法读取", "column cannot be read"),
    Finding.RESCALED: ("按另一满分显示，比例相同", "rescaled, same share"),
    Finding.UNDER_WAY: ("尚未送达", "under way"),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    grades = commands.add_parser("grades", help="grades in the LMS")
    actions = grades.add_subparsers(required=True, metavar="ACTION")
    reconcile = actions.add_parser(
        "reconcile", help="compare the gradebooks with the ledger; exit code 1 when they differ"
    )
    reconcile.add_argument("--course", type=int, metavar="ID", help="one course only")
    reconcile.add_argument(
        "--repair", action="store_true", help="send again what the gradebooks lost or changed"
    )
    reconcile.set_defaults(run=_reconcile)


def _reconcile(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        chosen = line_items.courses_with_columns(session)
    if options.course is not None:
        if options.course not in chosen:
            raise ConsoleError(said("没有这门课程的成绩列", "this course has no column"), code=1)
        chosen = [options.course]
    differing = [_one(parts, course_id, repairs=options.repair) for course_id in chosen]
    return 1 if any(differing) else 0


def _one(parts: Parts, course_id: int, *, repairs: bool) -> bool:
    """Compare one course and print its report; whether it differs or could not be compared."""
    with parts.database.transaction() as session:
        asked = reconciliations.ask(session, course_id, asked_by=None, now=parts.clock())
    build_reconciler(parts).deliver(asked)
    with parts.database.reading() as session:
        report = show_report(session, asked, course_id=course_id)
        _print(session, report)
    if repairs and report.repairable:
        with parts.database.transaction() as session:
            count = repair_report(session, report, now=parts.clock())
        say(f"  重新发送 {count} 个成绩。", f"  {count} grades are sent again.")
    return report.reconciliation.finished_at is None or report.differing > 0


def _print(session: Session, report: Report) -> None:
    course = courses.course(session, report.reconciliation.course_id)
    done = report.reconciliation
    if done.finished_at is None:
        state = said(f"未能核对：{done.problem}", f"could not be compared: {done.problem}")
    else:
        state = said(
            f"{done.agreeing} 个一致，{report.differing} 个不一致",
            f"{done.agreeing} agree, {report.differing} differ",
        )
    write(f"{course.id}  {course.title}  {state}")
    for line in report.lines:
        found = line.finding
        mark = "-" if found.kind in HARMLESS else "!"
        ours, theirs = _points(found.ours), _points(found.theirs)
        name = line.learner.id if line.learner else "*"
        words = said(*WORDS[found.kind])
        write(f"  {mark} {line.item.label}  #{name}  {ours} → {theirs}  {words} {found.detail}")


def _points(points: object) -> str:
    return "—" if points is None else f"{points}"
