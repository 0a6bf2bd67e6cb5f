"""A teacher looks at the class as a whole."""

from lti_tool.persistence.people import Account
from tests.services.classroom import STANDARD, Classroom
from tests.web.desk import Desk


def test_an_empty_class_says_so(desk: Desk) -> None:
    assert "No students yet" in desk.get("/class").text


def test_the_map_shows_decisions_by_shape_and_ratings_by_number(
    desk: Desk, learner: Account
) -> None:
    for levels in ((3, 1, 3), (4, 1, 3)):
        desk.classroom.finish(learner, desk.classroom.set_up(), *levels)
    page = desk.get("/class").text
    row = page[page.index(f'data-learner="{learner.id}"') :]
    assert '<td class="c4 n2 g">4</td>' in row
    assert '<td class="c1 n2">1</td>' in row
    assert "Weakest in the class: 2.1.2" in page


def test_one_rating_is_insufficient_and_a_breach_is_a_red_line(
    desk: Desk, learner: Account
) -> None:
    made = desk.classroom.set_up("2.2.3", "2.2.4")
    desk.classroom.finish(learner, made, 4, 1)
    page = desk.get("/class?level=elementary&area=2").text
    assert 'aria-label="Insufficient evidence">+</td>' in page
    assert 'class="cr" aria-label="Red line"' in page
    assert "1 student with a red line" in page


def test_a_requirement_lost_in_source_is_hatched(desk: Desk, learner: Account) -> None:
    page = desk.get("/class?level=advanced").text
    assert 'aria-label="Lost in source"' in page


def test_a_level_can_be_seen_with_the_lower_ones(desk: Desk, learner: Account) -> None:
    page = desk.get("/class?level=advanced&cumulative=1").text
    assert page.count("data-key=") == 96


def test_a_cell_opens_to_its_ratings(desk: Desk, learner: Account) -> None:
    desk.classroom.finish(learner, desk.classroom.set_up(), 2)
    asked = f"?learner={learner.id}&standard={STANDARD}&requirement=elementary/2.1.1"
    whole = desk.get(f"/class/history{asked}").text
    assert "做得不错" in whole
    assert "<html" in whole
    headers = {"X-Requested-With": "fetch"}
    part = desk.client.get(f"{desk.home}/teacher/class/history{asked}", headers=headers).text
    assert "Approaching" in part
    assert "<html" not in part


def test_a_teacher_has_no_history_of_people_outside_the_course(
    desk: Desk, classroom: Classroom
) -> None:
    asked = f"?learner={classroom.teacher.id}&standard={STANDARD}&requirement=elementary/2.1.1"
    assert desk.get(f"/class/history{asked}").status_code == 404
    assert desk.get("/class/history").status_code == 400
