"""``lti-tool standard list|check|show|report``: what the installed standards hold."""

import argparse
import sys

from lti_tool.catalogue import (
    Catalogue,
    Folders,
    Shelf,
    StandardBundle,
    content_report,
    coverage,
    requirement_rows,
    standard_csv,
)
from lti_tool.domain.errors import UnknownStandardError

from . import standard_changes, standard_export, standard_import
from .console import ConsoleError, said, say, write
from .content_report import print_report
from .environment import settings_from_environment

_CODE_HELP = "530050 (newest) or 530050-2021-2.0"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    standard = commands.add_parser("standard", help="the installed standards, and others")
    actions = standard.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="every standard and version").set_defaults(run=_list)
    actions.add_parser("check", help="check every data file").set_defaults(run=_check)
    report = actions.add_parser("report", help="what a second reader should look at")
    report.add_argument("code", metavar="CODE", help=_CODE_HELP)
    report.set_defaults(run=_report)
    show = actions.add_parser("show", help="the requirements of one standard")
    show.add_argument("code", metavar="CODE", help=_CODE_HELP)
    show.add_argument("--csv", action="store_true", help="as CSV, one requirement a line")
    show.set_defaults(run=_show)
    standard_import.add(actions)
    standard_export.add(actions)
    standard_changes.add(actions, _find)


def _load() -> Catalogue:
    settings = settings_from_environment()
    folders = Folders(settings.rubrics_dir, settings.mappings_dir, settings.standards_dir)
    return Shelf(folders).catalogue


def _list(_options: argparse.Namespace) -> int:
    for bundle in _load().standards:
        standard = bundle.standard
        write(f"{standard.id}  {standard.title.zh}  {standard.publisher.zh}  {standard.published}")
    return 0


def _check(_options: argparse.Namespace) -> int:
    for bundle in _load().standards:
        count = sum(1 for _ in bundle.standard.requirements())
        classes = [len(bundle.classes.up_to(level.key)) for level in bundle.standard.levels]
        counts = " / ".join(map(str, classes))
        say(
            f"{bundle.standard.id}：{count} 条要求，等价类 {counts}，无误",
            f"{bundle.standard.id}: {count} requirements, equivalence classes {counts}, no errors",
        )
        _say_coverage(bundle)
    return 0


def _say_coverage(bundle: StandardBundle) -> None:
    """One line per level: what is written of what should be, by language."""
    for each in coverage(bundle):
        zh, en = each.descriptors
        name = each.level
        say(
            f"  {name.zh}：等价类描述 中文 {zh} 英文 {en}；考核方式 {each.methods}；"
            f"佐证材料 {each.evidence}；条文英译 {each.english}；现成考核 {each.ready}",
            f"  {name.in_language('en')}: descriptors of classes zh {zh} en {en}; "
            f"methods {each.methods}; evidence {each.evidence}; "
            f"requirements in English {each.english}; ready assessments {each.ready}",
        )


def _find(code: str) -> StandardBundle:
    try:
        return _load().find(code)
    except UnknownStandardError as unknown:
        raise ConsoleError(said(f"没有标准“{code}”", f"no standard {code!r}")) from unknown


def _report(options: argparse.Namespace) -> int:
    return print_report(content_report(_find(options.code)))


def _show(options: argparse.Namespace) -> int:
    standard = _find(options.code).standard
    if options.csv:
        sys.stdout.write(standard_csv(standard))
        return 0
    write(f"{standard.id}  {standard.title.zh}")
    for level, _area, _area_title, _task, task_title, code, text, status in requirement_rows(
        standard
    ):
        write(
            f"{level}  {code}  {task_title}  {text or said('原文缺失', 'lost in source')}  {status}"
        )
    return 0
