"""Launches of people whom the LMS does not name: refused, or a task to read where allowed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.catalogue import Catalogue
from lti_tool.domain.launch import ResourceLink, Role
from lti_tool.persistence import courses, people
from lti_tool.services.set_up_assessment import set_up_assessment
from lti_tool.settings import read_settings
from tests.lti.http_lms import HttpLms, http_lms
from tests.lti.platform_side import ADDRESS, LTI, public_jwk, student_claims
from tests.services.classroom import Classroom, choice, conditions, enrol

OPENS_NOTHING = {"id": "rl-2"}


@pytest.fixture
def lms(
    sqlite_url: str, catalogue: Catalogue, httpserver: HTTPServer, tmp_path: Path
) -> Iterator[HttpLms]:
    """A platform, and a tool whose administrator allows launches without a name."""
    httpserver.expect_request("/jwks").respond_with_json({"keys": [public_jwk()]})
    settings = read_settings(
        {
            "LTI_TOOL_DATABASE_URL": sqlite_url,
            "LTI_TOOL_DATA_DIR": str(tmp_path),
            "LTI_TOOL_ALLOW_NAMELESS_LAUNCHES": "1",
        },
        default_base_url=ADDRESS.base_url,
    )
    base = httpserver.url_for("").rstrip("/")
    made = http_lms(replace(settings, allow_loopback_platforms=True), catalogue, base)
    yield made
    made.close()


@pytest.fixture
def room(lms: HttpLms, catalogue: Catalogue) -> Classroom:
    """The course of the launches, where link ``rl-1`` opens an assessment."""
    assert lms.launch(student_claims).status_code == 303
    database = lms.parts.database
    with database.reading() as session:
        course = courses.course(session, 1)
    room = Classroom(database, catalogue, course, enrol(database, course, "周敏", Role.TEACHER))
    with room.working() as work:
        link = courses.remember_link(
            work.session, course_id=course.id, link=ResourceLink("rl-1"), line_item_url=None
        )
        set_up_assessment(
            work, choice(), conditions("破损商品"), course_id=course.id, link_id=link.id
        )
    return room


def people_known(room: Classroom) -> int:
    with room.reading() as session:
        return len(people.accounts(session, range(100)))


@pytest.mark.parametrize("sub", [None, ""], ids=["missing", "empty"])
def test_the_task_is_shown_and_nothing_is_kept(
    lms: HttpLms, room: Classroom, sub: str | None
) -> None:
    before = people_known(room)
    answer = lms.launch(student_claims, sub=sub, name=None, email=None)
    assert answer.status_code == 200
    assert "破损商品" in answer.text
    assert "2.1.1" in answer.text
    assert "<form" not in answer.text
    assert "/s/" not in answer.text
    assert people_known(room) == before


def test_a_link_that_opens_nothing_yet_is_a_notice(lms: HttpLms, room: Classroom) -> None:
    answer = lms.launch(student_claims, sub=None, resource_link=OPENS_NOTHING)
    assert answer.status_code == 200
    assert "破损商品" not in answer.text
    with room.reading() as session:
        link = courses.known_link(
            session, deployment_id=room.course.deployment_id, context_id="c-1", link_id="rl-2"
        )
    assert link is None


def test_the_task_of_a_deployment_that_waits_is_not_shown(lms: HttpLms, room: Classroom) -> None:
    answer = lms.launch(student_claims, sub=None, deployment_id="d2")
    assert answer.status_code == 403
    assert "破损商品" not in answer.text


def test_a_submission_review_still_needs_a_name(lms: HttpLms, room: Classroom) -> None:
    changes = {
        "message_type": "LtiSubmissionReviewRequest",
        LTI + "for_user": {"user_id": "5"},
    }
    assert lms.launch(student_claims, sub=None, **changes).status_code == 400
