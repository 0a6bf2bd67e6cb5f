"""Whether every grade arrived, and sending again."""

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import scores
from lti_tool.persistence.deliveries import Taken, mark_delivered, mark_needs_person
from lti_tool.persistence.scores import DeliveryState
from lti_tool.services.resend_score import resend_column, resend_score
from lti_tool.services.show_deliveries import Deliveries, DeliveryGroup, show_deliveries
from tests.claims import claimed
from tests.services.classroom import STANDARD, Classroom, open_course


def deliveries(classroom: Classroom, column: int | None = None) -> Deliveries:
    with classroom.reading() as session:
        return show_deliveries(session, course_id=classroom.course.id, line_item_id=column)


def refuse_all(classroom: Classroom) -> list[int]:
    """Every due score is refused; returns their ids."""
    with classroom.database.transaction() as session:
        due = claimed(session, now=classroom.now)
        for each in due:
            mark_needs_person(session, each, now=classroom.now, reason="bad_request")
    return [each.id for each in due]


def test_a_column_shows_every_student_and_no_grade_is_not_0(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.finish(classroom.enrol("李"), made)
    classroom.enrol("陈")
    found = deliveries(classroom)
    assert found.has_gradebook
    assert [each.item.resource_id for each in found.columns] == [made.id, f"{STANDARD}/elementary"]
    assert [each.is_attainment for each in found.columns] == [False, True]
    assert found.shown == found.columns[0]
    groups = {row.learner.name: row.group for row in found.columns[0].rows}
    assert groups == {"李": DeliveryGroup.UNDER_WAY, "陈": DeliveryGroup.NO_SCORE}


def test_a_column_that_needs_somebody_is_shown_first(classroom: Classroom) -> None:
    classroom.set_up("2.2.1")
    classroom.finish(classroom.enrol("李"), classroom.set_up())
    refuse_all(classroom)
    found = deliveries(classroom)
    assert found.needing == 2
    assert found.shown == found.columns[1]


def test_a_column_of_another_course_is_not_found(classroom: Classroom) -> None:
    classroom.set_up()
    column = deliveries(classroom).columns[0].item.id
    classroom.course = open_course(classroom.database, "course-2")
    with pytest.raises(NotFoundError):
        deliveries(classroom, column)
    with pytest.raises(NotFoundError), classroom.working() as work:
        resend_column(work, column, course_id=classroom.course.id)


def test_a_course_without_gradebook_has_no_outbox(classroom: Classroom) -> None:
    classroom.course = open_course(classroom.database, "bare")
    classroom.finish(classroom.enrol("李"), classroom.set_up())
    found = deliveries(classroom)
    assert not found.has_gradebook
    assert found.needing == 0


def test_a_refused_grade_is_sent_again_by_hand(classroom: Classroom) -> None:
    classroom.finish(classroom.enrol("李"), classroom.set_up())
    (first, *_rest) = refuse_all(classroom)
    with classroom.working() as work:
        resend_score(work, first, course_id=classroom.course.id)
    with classroom.reading() as session:
        again = scores.delivery(session, first)
    assert again is not None
    assert (again.state, again.reason, again.timestamp) == (DeliveryState.WAITING, "", None)


def test_another_courses_grade_is_not_sent_again(classroom: Classroom) -> None:
    classroom.finish(classroom.enrol("李"), classroom.set_up())
    (first, *_rest) = refuse_all(classroom)
    elsewhere = open_course(classroom.database, "course-2")
    with pytest.raises(NotFoundError), classroom.working() as work:
        resend_score(work, first, course_id=elsewhere.id)


def test_a_whole_column_is_sent_again_but_not_what_arrived(classroom: Classroom) -> None:
    made = classroom.set_up()
    for name in ("李", "陈"):
        classroom.finish(classroom.enrol(name), made)
    with classroom.database.transaction() as session:
        due = claimed(session, now=classroom.now)
        column = due[0].line_item_id
        first, second = (each for each in due if each.line_item_id == column)
        mark_delivered(session, [Taken(first)], now=classroom.now)
        mark_needs_person(session, second, now=classroom.now, reason="bad_request")
    with classroom.working() as work:
        assert resend_column(work, column, course_id=classroom.course.id) == 1
    with classroom.reading() as session:
        states = {each.id: each.state for each in scores.deliveries_of(session, column)}
    assert states == {first.id: DeliveryState.DELIVERED, second.id: DeliveryState.WAITING}
