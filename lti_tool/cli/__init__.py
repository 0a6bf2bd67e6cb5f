"""The ``lti-tool`` command: the front door, which starts everything else.

Each subcommand stands in a file of its own with ``add(commands)``, which declares it. Exit
codes: 0 done, 1 it failed (the reason is on standard error), 2 the call or the settings are
wrong and nothing was changed.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from lti_tool.catalogue import CatalogueError
from lti_tool.domain.errors import DomainError, NotFoundError
from lti_tool.persistence.database import DatabaseError
from lti_tool.settings import SettingsError

from . import (
    access,
    attainment,
    audit,
    backup,
    databases,
    demo,
    doctor,
    exports,
    files,
    grades,
    keys,
    learners,
    platforms,
    privacy,
    school_join,
    serve,
    standards,
)
from .console import ConsoleError, complain, said

PARTS = (
    *(demo, serve, databases, backup, platforms, school_join, access, files),
    *(keys, standards, grades, attainment, exports, audit, learners, privacy, doctor),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="lti-tool",
        description="Dabiao 达标: rubric assessment of vocational skills in the LMS",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for part in PARTS:
        part.add(commands)
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except SettingsError as error:
        return _wrong(error.problems)
    except CatalogueError as error:
        return _wrong(tuple(str(problem) for problem in error.problems), code=1)
    except ConsoleError as error:
        return _wrong((str(error),), code=error.code)
    except (DomainError, DatabaseError) as error:
        return _wrong((_words(error),), code=1)
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _words(error: Exception) -> str:
    """What an error says; that of something missing says nothing by itself."""
    if isinstance(error, NotFoundError) and not str(error):
        return said("没有找到：请核对编号", "not found: check the number")
    return str(error)


def _wrong(problems: Sequence[str], *, code: int = 2) -> int:
    for problem in problems:
        complain(problem)
    return code
