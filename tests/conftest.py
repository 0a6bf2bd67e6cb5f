"""Fixtures that every room's tests may use: databases, the guard against outside connections,
a course, and how the browser starts. What only one room needs stays in that room's own conftest.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from lti_tool.catalogue import Catalogue, load_catalogue
from lti_tool.persistence.database import Database, upgrade
from tests.chromium import launch_arguments
from tests.compiled_once import compiled_once
from tests.loopback import loopback_only
from tests.postgresql import TEMPLATE, PostgresqlServer, shared_server
from tests.services.classroom import Classroom, classroom_in

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "migrations"

# A slow machine is no failed property.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_person_who_runs_this() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LTI_TOOL_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with compiled_once(tmp_path_factory.mktemp("templates")):
        yield


# --- Databases: each test gets its own, already migrated ------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database; the test runs once for each kind of database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database at `database_url`, opened."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of a migrated, empty SQLite database."""
    path = tmp_path / "database.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(_postgresql: PostgresqlServer) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database."""
    yield from _new_database(_postgresql, template=TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, for tests of the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
    else:
        yield from _new_database(request.getfixturevalue("_postgresql"), template="template0")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgresql(tmp_path_factory: pytest.TempPathFactory) -> PostgresqlServer:
    own = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        return shared_server(own.parent, os.getppid(), _migrate)
    return shared_server(own, os.getpid(), _migrate)


def _migrate(url: str) -> None:
    upgrade(url, MIGRATIONS)


def _new_database(server: PostgresqlServer, *, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    server.create(name, template=template)
    yield server.url(name)
    server.drop(name)


# --- The real standards, and a course ------------------------------------------------------------


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real standards."""
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings")


@pytest.fixture
def classroom(sqlite_url: str, catalogue: Catalogue) -> Iterator[Classroom]:
    """An empty course with one teacher, on SQLite."""
    database = Database(sqlite_url)
    yield classroom_in(database, catalogue)
    database.close()


# --- Browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """As `tests.chromium` says."""
    return launch_arguments()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name whole addresses. Replaces pytest-base-url's fixture of this name, which
    pytest-playwright asks for: defined on an instance, it is a warning in pytest 9."""
