"""The teacher's page that compares the gradebook with what was sent."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.domain.reconciliation import Finding, Theirs
from lti_tool.persistence import deliveries, line_items, reconciliations
from lti_tool.persistence.deliveries import Taken
from lti_tool.services.reconcile_grades import Reading, settle_reconciliation
from lti_tool.web.teacher.finding_words import FINDINGS
from tests.claims import claimed
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


@pytest.fixture
def report(client: FlaskClient, classroom: Classroom, home: str) -> str:
    """The address of a report that found one student's grade changed."""
    learner = classroom.enrol("李小龙")
    classroom.finish(learner, classroom.set_up())
    path: str = client.post(f"{home}/grades/compare").headers["Location"]
    with classroom.database.transaction() as session:
        sent = claimed(session, now=classroom.now)
        deliveries.mark_delivered(session, [Taken(each) for each in sent], now=classroom.now)
        readings = [
            Reading(item.id, {learner.sub: Theirs(Decimal(3), item.maximum)})
            for item in line_items.line_items_of(session, classroom.course.id)
            if item.tag == line_items.GRADE_TAG
        ]
        (asked,) = reconciliations.reconciliations_of(session, classroom.course.id, most=5)
        settle_reconciliation(session, asked.id, readings, now=classroom.now)
    return path


def test_a_comparison_under_way_says_so(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    classroom.set_up()
    assert "Compare with the gradebook" in client.get(f"{home}/grades").text
    page = client.post(f"{home}/grades/compare", follow_redirects=True)
    assert "The gradebook is being compared" in page.text


def test_a_difference_is_told_in_words_and_repaired_at_a_press(
    client: FlaskClient, report: str
) -> None:
    page = client.get(report).text
    assert "1 grade differs in the gradebook" in page
    assert "somebody changed it in the gradebook" in page
    answer = client.post(f"{report}/repair", follow_redirects=True).text
    assert "1 grade will be sent again" in answer
    assert "Sent again" in answer
    assert "Nothing to send again" in client.post(f"{report}/repair", follow_redirects=True).text


def test_the_grades_page_leads_to_the_last_comparison(
    client: FlaskClient, home: str, report: str
) -> None:
    assert "Last comparison with the gradebook" in client.get(f"{home}/grades").text


def test_another_courses_report_is_not_found(client: FlaskClient, home: str) -> None:
    assert client.get(f"{home}/grades/reports/99").status_code == 404
    assert client.post(f"{home}/grades/reports/99/repair/1").status_code == 404


def test_every_finding_has_words() -> None:
    assert set(FINDINGS) == set(Finding) - {Finding.AGREES}
