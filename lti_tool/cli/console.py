"""Speaking to the person at the command line, in Chinese or English by their locale."""

import os
import sys

from lti_tool.domain.standard import Text


class ConsoleError(Exception):
    """The command cannot go on. ``code`` 2: the call is wrong; 1: it failed."""

    def __init__(self, words: str, *, code: int = 2) -> None:
        super().__init__(words)
        self.code = code


def said(zh: str, en: str) -> str:
    """The words in the person's language: Chinese where the locale says so, else English."""
    return Text(zh, en).in_language("zh" if _locale().startswith("zh") else "en")


def say(zh: str, en: str) -> None:
    """Print words in the person's language on standard output."""
    write(said(zh, en))


def write(line: str) -> None:
    """Print a line as it is on standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(f"lti-tool: {line}\n")


def _locale() -> str:
    found = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in found if value), "").lower()
