"""Calls the command in an environment of its own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lti_tool.cli import main

BASE_URL = "https://tool.example"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _sqlite_template: Path
) -> dict[str, str]:
    """An own data directory with an empty database, an address, and an English locale."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(_sqlite_template, tmp_path / "data" / "dabiao.sqlite3")
    values = {"LTI_TOOL_DATA_DIR": str(tmp_path / "data"), "LTI_TOOL_BASE_URL": BASE_URL}
    for name, value in {**values, "LC_ALL": "C.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def nothing_yet(environment: dict[str, str]) -> None:
    """No database either: the first command that needs it makes it."""
    Path(environment["LTI_TOOL_DATA_DIR"], "dabiao.sqlite3").unlink()


@pytest.fixture
def run(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command; gives exit code, output and complaints."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
