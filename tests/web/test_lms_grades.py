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
from tests.services.classroom import Classroom, conditions, open_course
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


def removal(classroom: Classroom, item: LineItem) -> tuple[bool, bool]:
    """Whether the column is marked as removed, and whether the LMS is still to be told."""
    with classroom.reading() as session:
        stored = line_items.line_item(session, item.id)
        errand = column_errands.column_errand(session, item.id)
    assert stored is not None
    return stored.removed, errand is not None and errand.remove and errand.due_at is not None


def test_a_column_is_deleted_only_once_the_teacher_confirms_it(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    classroom.finish(classroom.enrol("李小龙"), classroom.set_up())
    item = grade_column(classroom)
    page = f"{home}/grades/columns/{item.id}"
    assert "Delete this column in the LMS" in client.get(f"{home}/grades?column={item.id}").text
    unsaid = client.post(f"{page}/remove", follow_redirects=True)
    assert "tick the box to confirm" in unsaid.text
    assert removal(classroom, item) == (False, False)
    said = client.post(f"{page}/remove", data={"confirmed": "1"}, follow_redirects=True)
    assert "is being deleted in the LMS" in said.text
    assert "Make the column again" in said.text
    assert removal(classroom, item) == (True, True)
    again = client.post(f"{page}/remove", data={"confirmed": "1"})
    assert again.status_code == 303


def test_a_deleted_column_is_made_again_with_all_its_grades_on_request(
    client: FlaskClient, classroom: Classroom, home: str
) -> None:
    classroom.finish(classroom.enrol("李小龙"), classroom.set_up())
    item = grade_column(classroom)
    page = f"{home}/grades/columns/{item.id}"
    client.post(f"{page}/remove", data={"confirmed": "1"})
    answer = client.post(f"{page}/restore", follow_redirects=True)
    assert "The column is made again, and 1 grade is sent" in answer.text
    assert removal(classroom, item) == (False, False)
    with classroom.reading() as session:
        (delivery,) = scores.deliveries_of(session, item.id)
    assert delivery.state == "waiting"
    assert client.post(f"{page}/restore").status_code == 303


@pytest.mark.parametrize("action", ["remove", "restore"])
def test_no_column_of_another_course_is_touched(
    client: FlaskClient, classroom: Classroom, home: str, action: str
) -> None:
    other = open_course(classroom.database, "course-2")
    with classroom.database.transaction() as session:
        item = line_items.ensure_line_item(
            session,
            course_id=other.id,
            resource_id="a-1",
            tag=line_items.GRADE_TAG,
            label="别的课程",
            maximum=Decimal(20),
        )
    form = {"confirmed": "1"}
    assert client.post(f"{home}/grades/columns/{item.id}/{action}", data=form).status_code == 404
    assert client.post(f"{home}/grades/columns/999/{action}", data=form).status_code == 404
    assert removal(classroom, item) == (False, False)


def grade_column(classroom: Classroom) -> LineItem:
    """The column of the one assessment's grade, which the LMS has."""
    with classroom.database.transaction() as session:
        found = line_items.line_items_of(session, classroom.course.id)
        item = next(each for each in found if each.tag == line_items.GRADE_TAG)
        line_items.set_line_item_url(session, item.id, URL)
    return item


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
