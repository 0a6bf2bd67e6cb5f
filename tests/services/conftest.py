"""The course that the tests of use cases play in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.catalogue import Catalogue, load_catalogue
from lti_tool.domain.launch import Role
from lti_tool.persistence.database import Database
from tests.services.classroom import Classroom, enrol, open_course

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real standards."""
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings")


@pytest.fixture
def classroom(sqlite_url: str, catalogue: Catalogue) -> Iterator[Classroom]:
    """An empty course with one teacher, on SQLite."""
    database = Database(sqlite_url)
    course = open_course(database)
    yield Classroom(database, catalogue, course, enrol(database, course, "周敏", Role.TEACHER))
    database.close()
