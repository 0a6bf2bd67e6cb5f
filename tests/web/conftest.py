"""The real application over a made-up course, for the tests of pages."""

import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.launch import Role
from lti_tool.persistence import sessions
from lti_tool.persistence.courses import Course
from lti_tool.persistence.people import Account
from lti_tool.persistence.sessions import SignedIn
from lti_tool.settings import Settings, read_settings
from tests.services.classroom import Classroom
from tests.web.desk import Desk
from tests.web.studying import Student, at_work

SignIn = Callable[..., str]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """The settings of a tool at https://tool.example."""
    environment = {"LTI_TOOL_DATABASE_URL": sqlite_url, "LTI_TOOL_DATA_DIR": str(tmp_path)}
    return read_settings(environment, default_base_url="https://tool.example")


@pytest.fixture
def app(classroom: Classroom, settings: Settings, catalogue: Catalogue) -> Iterator[Flask]:
    """The application. CSRF checks are off but for the tests that are about them."""
    parts = build_parts(settings, clock=lambda: classroom.now, catalogue=catalogue)
    app = create_app(parts)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    parts.database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser, so to speak."""
    return app.test_client()


@pytest.fixture
def sign_in(classroom: Classroom) -> SignIn:
    """``sign_in(account, Role.TEACHER, …, data={}, course=True)`` gives the prefix of all pages of
    a new session, ``/s/<token>``. ``course`` may be another one than the classroom's, or False for
    none."""

    def open_for(
        account: Account,
        *roles: Role,
        data: dict[str, object] | None = None,
        course: Course | bool = True,
    ) -> str:
        token = secrets.token_urlsafe(16)
        chosen = classroom.course if course is True else course or None
        course_id = chosen.id if chosen is not None else None
        who = SignedIn(account.id, account.school_id, course_id, frozenset(roles), data or {})
        with classroom.database.transaction() as session:
            sessions.open_session(
                session,
                token,
                who,
                now=classroom.now,
                expires_at=classroom.now + timedelta(hours=8),
            )
        return f"/s/{token}"

    return open_for


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    """The teacher of the course at work, in English."""
    home = sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"})
    return Desk(classroom, client, home)


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """A student of the course."""
    return classroom.enrol("陈思雨", number="2024030101")


@pytest.fixture
def student(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Student:
    """A student of the course before an assessment, at work."""
    return at_work(classroom, client, sign_in)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served over HTTP for a real browser, with its CSRF checks on."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser, patient with a busy machine."""
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(15_000)
    yield context
    context.close()
