"""A page saves several things at the same moment: none is lost, on either kind of database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.launch import Role
from lti_tool.persistence import submissions
from lti_tool.persistence.database import Database
from lti_tool.settings import read_settings
from tests.services.classroom import Classroom, classroom_in
from tests.web.conftest import SignIn

AT_ONCE = 6


@pytest.fixture
def classroom(database: Database, catalogue: Catalogue) -> Classroom:
    return classroom_in(database, catalogue)


@pytest.fixture
def app(classroom: Classroom, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    environment = {"LTI_TOOL_DATABASE_URL": database_url, "LTI_TOOL_DATA_DIR": str(tmp_path)}
    settings = read_settings(environment, default_base_url="https://tool.example")
    parts = build_parts(settings, clock=lambda: classroom.now)
    app = create_app(parts)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    parts.database.close()


def test_everything_saved_at_the_same_moment_is_kept(
    app: Flask, classroom: Classroom, sign_in: SignIn
) -> None:
    learner, assessment = classroom.enrol("陈思雨"), classroom.set_up()
    page = f"{sign_in(learner, Role.STUDENT)}/student/assessments/{assessment.id}"

    def save(number: int) -> int:
        form = {"text": f"第 {number} 段"}
        return app.test_client().post(f"{page}/evidence/text", data=form).status_code

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(save, range(AT_ONCE)))

    with classroom.reading() as session:
        (attempt,) = submissions.attempts_of(session, assessment.id, learner.id)
    kept = sum(answer == 303 for answer in answers)
    assert kept == len(attempt.evidence)
    assert kept >= AT_ONCE - 2
    assert set(answers) <= {303, 409}
