"""The wheel holds all that the tool needs elsewhere: data, migrations, pages, and nothing more."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DATA = ("rubrics", "mappings", "migrations")
PAGES = ("templates", "static", "translations")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "--directory", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def _files(folder: Path) -> set[Path]:
    return {
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", DATA)
def test_the_wheel_holds_every_data_file(shipped: set[str], name: str) -> None:
    wanted = {f"lti_tool/_data/{path.relative_to(ROOT)}" for path in _files(ROOT / name)}
    assert wanted
    assert wanted - shipped == set()


@pytest.mark.parametrize("name", PAGES)
def test_the_wheel_holds_every_file_of_a_page(shipped: set[str], name: str) -> None:
    wanted = {str(path.relative_to(ROOT)) for path in _files(ROOT / "lti_tool" / "web" / name)}
    assert wanted - shipped == set()


def test_the_wheel_holds_neither_tests_nor_tools(shipped: set[str]) -> None:
    top = {name.split("/")[0] for name in shipped if ".dist-info/" not in name}
    assert top == {"lti_tool"}
