"""The page a teacher meets at a copied activity: one click starts a fresh run."""

from flask.testing import FlaskClient

from lti_tool.domain.launch import ResourceLink, Role
from lti_tool.persistence import courses
from tests.services.classroom import Classroom, enrol, open_course
from tests.web.conftest import SignIn


def test_a_fresh_run_is_one_click_away(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    original = classroom.set_up()
    copy = open_course(classroom.database, "course-2")
    teacher = enrol(classroom.database, copy, "周敏", Role.TEACHER)
    with classroom.database.transaction() as session:
        link = courses.remember_link(
            session, course_id=copy.id, link=ResourceLink("copied"), line_item_url=None
        )
    data: dict[str, object] = {"link_id": link.id, "copy_of": original.id, "language": "en"}
    home = sign_in(teacher, Role.TEACHER, course=copy, data=data) + "/teacher"
    page = client.get(f"{home}/choose").text
    assert "This activity was copied from another course" in page
    assert original.title in page
    answer = client.post(f"{home}/choose/fresh-run")
    assert answer.status_code == 303
    assert original.id not in answer.headers["Location"]
    assert original.title in client.get(answer.headers["Location"]).text
    assert "was copied from another" not in client.get(f"{home}/choose").text


def test_a_link_that_was_not_copied_offers_no_run(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.teacher, Role.TEACHER) + "/teacher"
    assert client.post(f"{home}/choose/fresh-run").status_code == 404
