"""The sandbox served over HTTP, and a school on each of its platforms."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, jsonify

from lti_tool.lti.keys import SigningKey, key_set, new_signing_key
from lti_tool.persistence.database import Database
from lti_tool.sandbox import Platform, Sandbox, SandboxSettings, create_sandbox
from tests.delivery.school import Clock, School, enter, learners_of
from tests.delivery.serving import served

CLASS_SIZE = 5


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    return new_signing_key()


@pytest.fixture(scope="session")
def tool_url(signing_key: SigningKey) -> Iterator[str]:
    """Where the LMS finds the tool's key set."""

    def build(url: str) -> Flask:
        app = Flask("tool", root_path=".")
        app.config["URL"] = url
        app.add_url_rule("/lti/jwks", "jwks", lambda: jsonify(key_set([signing_key])))
        return app

    with served(build) as app:
        yield app.config["URL"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(tool_url: str, clock: Clock) -> Iterator[Sandbox]:
    def build(url: str) -> Flask:
        settings = SandboxSettings(url, tool_url)
        return create_sandbox(settings, class_size=CLASS_SIZE, clock=lambda: clock().timestamp())

    with served(build) as app:
        yield app.extensions["sandbox"]


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def open_school(
    clock: Clock, signing_key: SigningKey
) -> Iterator[Callable[[Database, Platform], School]]:
    """Makes a school whose connections are closed in the end."""
    made: list[School] = []

    def make(database: Database, lms: Platform) -> School:
        course = enter(database, lms)
        learners = learners_of(database, lms, course)
        made.append(School(database, lms, clock, signing_key, course, learners))
        return made[-1]

    yield make
    for each in made:
        each.http.close()


@pytest.fixture
def moodle(
    sandbox: Sandbox, sqlite: Database, open_school: Callable[[Database, Platform], School]
) -> School:
    return open_school(sqlite, sandbox.platforms["moodle"])


@pytest.fixture
def canvas(
    sandbox: Sandbox, sqlite: Database, open_school: Callable[[Database, Platform], School]
) -> School:
    return open_school(sqlite, sandbox.platforms["canvas"])


@pytest.fixture(params=["moodle", "canvas"])
def school(request: pytest.FixtureRequest) -> School:
    """A school on each platform in turn."""
    found: School = request.getfixturevalue(request.param)
    return found
