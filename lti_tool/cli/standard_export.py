"""``lti-tool standard export CODE --format FORMAT``: a standard for another system.

What the format cannot carry is said on standard error, so that standard output may be the file.
"""

import argparse
import sys
from pathlib import Path

from lti_tool.catalogue import Folders, Shelf
from lti_tool.domain.errors import UnknownStandardError
from lti_tool.exchange.frameworks import ExportedFile, Format, exported

from .console import ConsoleError, complain, said, say
from .environment import settings_from_environment

STDOUT = Path("-")


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the action of ``standard``."""
    export = actions.add_parser("export", help="a standard for Moodle, Canvas or CASE")
    export.add_argument("code", metavar="CODE", help="530050 (newest) or 530050-2021-2.0")
    names = [each.value for each in Format]
    export.add_argument("--format", required=True, choices=names, help="of the file")
    export.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="default: ./CODE-VERSION.FORMAT.csv; - prints it",
    )
    export.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    folders = Folders(settings.rubrics_dir, settings.mappings_dir, settings.standards_dir)
    try:
        bundle = Shelf(folders).catalogue.find(options.code)
    except UnknownStandardError as unknown:
        words = said(f"没有标准“{options.code}”", f"no standard {options.code!r}")
        raise ConsoleError(words) from unknown
    made = exported(bundle, Format(options.format), base=settings.base_url)
    path = options.output or Path(made.name)
    if path == STDOUT:
        sys.stdout.write(made.content.decode())
    else:
        _write(path, made)
        say(f"已写入 {path}", f"Wrote {path}")
    for each in made.left_out:
        complain(said(f"未含：{each.zh}", f"left out: {each.en}"))
    return 0


def _write(path: Path, made: ExportedFile) -> None:
    """Write a new file; one that is there stays. Raises ConsoleError."""
    try:
        with path.open("xb") as file:
            file.write(made.content)
    except FileExistsError as taken:
        words = said(f"{path} 已经存在，没有覆盖", f"{path} is there already; nothing was written")
        raise ConsoleError(words) from taken
    except OSError as error:
        words = said(f"无法写入 {path}：{error}", f"cannot write {path}: {error}")
        raise ConsoleError(words, code=1) from error
