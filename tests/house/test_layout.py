"""The house keeps its shape: what stands at the top, and how long files and functions may grow.

Which room imports which is import-linter's part (`make check`).
"""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOP_LEVEL = {
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "deploy",
    "lti_tool",
    "mappings",
    "migrations",
    "pyproject.toml",
    "rubrics",
    "tests",
    "uv.lock",
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "common", "manager", "misc"}
SOURCES = sorted(ROOT.glob("lti_tool/**/*.py"))

# Joined here, so that this file itself does not contain it.
ONE_MACHINES_FOLDERS = tuple(f"/{name}/".encode() for name in ("root", "home", "tmp/room", "Users"))


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file git tracks or would add, so that a stray one is found before it is committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("an unpacked archive tracks nothing")
    git = ["git", "-c", f"safe.directory={ROOT}"]
    command = [*git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_only_the_agreed_names_stand_at_the_top(tracked: list[Path]) -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked}
    assert {name for name in top if not name.startswith(".")} - TOP_LEVEL == set()


def test_no_text_names_a_folder_of_one_persons_machine(tracked: list[Path]) -> None:
    folders = (*ONE_MACHINES_FOLDERS, f"{ROOT}/".encode())
    texts = {_name(path): path.read_bytes() for path in tracked}
    assert [name for name, text in texts.items() if any(each in text for each in folders)] == []


def test_a_file_is_short_enough_to_read() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_a_function_fits_on_a_screen() -> None:
    functions = [(path, each) for path in SOURCES for each in _functions(path)]
    too_long = [
        f"{_name(path)}: {each.name}"
        for path, each in functions
        if _length(each) > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_a_module_is_named_after_what_it_holds() -> None:
    assert [_name(path) for path in SOURCES if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_a_module_says_what_it_is_for() -> None:
    modules = {_name(path): _parsed(path) for path in SOURCES}
    silent = [name for name, each in modules.items() if each.body and not ast.get_docstring(each)]
    assert silent == []
