"""The real rubric and mapping files, loaded once, and a copy of them to break."""

import shutil
from pathlib import Path

import pytest

from lti_tool.catalogue import Catalogue, StandardBundle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def bundle(catalogue: Catalogue) -> StandardBundle:
    return catalogue.find("530050-2021-2.0")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with copies of ``rubrics`` and ``mappings``."""
    for name in ("rubrics", "mappings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path
