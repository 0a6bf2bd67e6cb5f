"""``lti-tool files sweep``: deletes evidence files that belong to nothing."""

import argparse

from lti_tool.app import build_file_sweeper

from .console import say
from .environment import open_parts


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    files = commands.add_parser("files", help="the files students handed in")
    actions = files.add_subparsers(required=True, metavar="ACTION")
    sweep = actions.add_parser(
        "sweep", help="delete files that no evidence names; delivery does so a few times a day"
    )
    sweep.add_argument("--dry-run", action="store_true", help="only say how many there are")
    sweep.set_defaults(run=_sweep)


def _sweep(options: argparse.Namespace) -> int:
    swept = build_file_sweeper(open_parts()).sweep(only_count=options.dry_run)
    if options.dry_run:
        say(
            f"可删除：文件 {swept.files} 个，中断的上传 {swept.uploads} 个",
            f"to delete: {swept.files} files, {swept.uploads} uploads given up",
        )
    else:
        say(
            f"已删除：文件 {swept.files} 个，中断的上传 {swept.uploads} 个",
            f"deleted: {swept.files} files, {swept.uploads} uploads given up",
        )
    return 0
