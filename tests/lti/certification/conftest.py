"""The application on each kind of database, with a platform that publishes its key over HTTP.

One application serves all tests of a worker: every launch has a state of its own.
"""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.catalogue import load_catalogue
from lti_tool.settings import read_settings
from tests.lti.http_lms import HttpLms, http_lms
from tests.lti.platform_side import ADDRESS, public_jwk
from tests.postgresql import TEMPLATE, PostgresqlServer

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("certification") / "database.sqlite3"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    server: PostgresqlServer = request.getfixturevalue("_postgresql")
    name = f"certification_{uuid.uuid4().hex}"
    server.create(name, template=TEMPLATE)
    return server.url(name)


@pytest.fixture(scope="session")
def key_server() -> Iterator[HTTPServer]:
    """A server of its own: the plugin's is emptied after each test that uses it."""
    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request("/jwks").respond_with_json({"keys": [public_jwk()]})
        yield server


@pytest.fixture(scope="session")
def lms(
    shared_url: str, tmp_path_factory: pytest.TempPathFactory, key_server: HTTPServer
) -> Iterator[HttpLms]:
    """A platform that speaks to the application over its routes."""
    folder = tmp_path_factory.mktemp("data")
    settings = read_settings(
        {"LTI_TOOL_DATABASE_URL": shared_url, "LTI_TOOL_DATA_DIR": str(folder)},
        default_base_url=ADDRESS.base_url,
    )
    made = http_lms(
        replace(settings, allow_loopback_platforms=True),
        load_catalogue(ROOT / "rubrics", ROOT / "mappings"),
        key_server.url_for("").rstrip("/"),
    )
    yield made
    made.close()
