"""The LMS's own grades on the teacher's page, and the column that follows its assessment."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import column_errands, deliveries, line_items, scores
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.line_items import LineItem
from lti_tool.services.set_up_assessment import change_conditions
from tests.claims import claimed
from tests.services.classroom import Classroom, conditions
from tests.web.conftest import SignIn

URL = "https://lms.example/course-1/lineitems/1/lineitem"


@pytest.fixture
def home(classroom: Classroom, sign_in: SignIn) -> str:
    return sign_in(classroom.teacher, Role.TEACHER, data={"language": "en"}) + "/teacher"


def column_of(classroom: Classroom) -> LineItem:
    with classroom.database.transaction() as session:
        (item,) = line_items.line_items_of(session, classroom.course.id)
        line_items.set_line_item_url(session, item.id, URL)
    return item


def test_the_lms_is_asked_for_its_grades_at_the_press_of_a_button(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    classroom.set_up()
    item = column_of(classroom)
    assert "Read the grades of the LMS" in client.get(f"{home}/grades").text
    answer = client.post(f"{home}/grades/columns/{item.id}/read", follow_redirects=True)
    assert "being brought in step" in answer.text
    assert client.post(f"{home}/grades/columns/999/read").status_code == 404


def test_a_grade_that_differs_in_the_lms_is_marked(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    learner = classroom.enrol("李小龙")
    classroom.finish(learner, classroom.set_up())
    with classroom.database.transaction() as session:
        item = next(
            each
            for each in line_items.line_items_of(session, classroom.course.id)
            if each.tag == line_items.GRADE_TAG
        )
        (delivery,) = claimed(session, now=classroom.now, limit=1)
        assert delivery.line_item_id == item.id
        deliveries.mark_delivered(session, [Taken(delivery)], now=classroom.now)
        held = {learner.sub: Decimal(3)}
        scores.keep_results(session, item.id, held, now=classroom.now)
    page = client.get(f"{home}/grades?column={item.id}").text
    assert "Differs" in page


@pytest.mark.parametrize(
    ("title", "points", "follows"),
    [("新的名称", 20, True), ("有效沟通", 40, True), ("有效沟通", 20, False)],
)
def test_a_change_of_title_or_points_is_taken_to_the_column(
    classroom: Classroom, title: str, points: int, follows: bool
) -> None:
    made = classroom.set_up()
    item = column_of(classroom)
    wanted = conditions(title, points=Decimal(points), attempts=2)
    with classroom.working() as work:
        change_conditions(work, made.id, wanted, course_id=classroom.course.id)
    with classroom.reading() as session:
        errand = column_errands.column_errand(session, item.id)
        assert (errand is not None and errand.change) is follows
