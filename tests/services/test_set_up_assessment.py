"""A teacher sets up an assessment, changes its conditions, points a link at it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_tool.domain.errors import BadAssessmentError, NotFoundError, UnknownRequirementError
from lti_tool.persistence import assessments, audit_log, courses, line_items
from lti_tool.services.set_up_assessment import change_conditions, point_link, set_up_assessment
from tests.services.classroom import STANDARD, Classroom, choice, conditions, open_course


def test_codes_follow_the_order_of_the_standard(classroom: Classroom) -> None:
    made = classroom.set_up("2.2.1", "2.1.3", "2.1.1")
    assert made.codes == ("2.1.1", "2.1.3", "2.2.1")


def test_what_was_set_up_is_stored(classroom: Classroom) -> None:
    due = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
    made = classroom.set_up(given=conditions("  标题  ", due_at=due, attempts=2))
    with classroom.reading() as session:
        stored = assessments.assessment(session, made.id, course_id=classroom.course.id)
    assert stored == made
    assert (stored.title, stored.due_at, stored.attempts) == ("标题", due, 2)
    assert stored.standard_id == STANDARD


def test_the_column_is_noted_with_the_points(classroom: Classroom) -> None:
    made = classroom.set_up(given=conditions(points=Decimal("12.5")))
    with classroom.reading() as session:
        (item,) = line_items.line_items_of(session, classroom.course.id)
    assert (item.resource_id, item.tag, item.maximum) == (made.id, "grade", Decimal("12.5"))


def test_a_link_set_up_here_opens_the_assessment_and_lends_its_column(classroom: Classroom) -> None:
    link = classroom.link(line_item_url="https://lms.example/items/7")
    with classroom.working() as work:
        made = set_up_assessment(
            work, choice(), conditions(), course_id=classroom.course.id, link_id=link.id
        )
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id == made.id
        (item,) = line_items.line_items_of(session, classroom.course.id)
    assert item.url == "https://lms.example/items/7"


def test_a_link_of_another_course_is_refused(classroom: Classroom) -> None:
    elsewhere = open_course(classroom.database, "course-2")
    other = replace(classroom, course=elsewhere)
    link = other.link()
    made = classroom.set_up()
    with pytest.raises(BadAssessmentError), classroom.working() as work:
        point_link(work, made.id, course_id=classroom.course.id, link_id=link.id)


@pytest.mark.parametrize(
    ("codes", "level", "reason"),
    [
        (("9.9.9",), "elementary", "unknown"),
        (("4.1.1",), "advanced", "lost"),
    ],
)
def test_codes_that_cannot_be_assessed_are_refused(
    classroom: Classroom, codes: tuple[str, ...], level: str, reason: str
) -> None:
    with pytest.raises(BadAssessmentError) as refused:
        classroom.set_up(*codes, level=level)
    assert (refused.value.field, refused.value.reason) == ("codes", reason)


def test_a_level_the_standard_does_not_have_is_refused(classroom: Classroom) -> None:
    with pytest.raises(UnknownRequirementError):
        classroom.set_up(level="master")


def test_a_refused_set_up_stores_nothing(classroom: Classroom) -> None:
    with pytest.raises(BadAssessmentError):
        classroom.set_up(given=conditions("   "))
    with classroom.reading() as session:
        assert assessments.assessments_of(session, classroom.course.id) == []
        assert line_items.line_items_of(session, classroom.course.id) == []


def test_conditions_change_and_codes_stay(classroom: Classroom) -> None:
    made = classroom.set_up()
    with classroom.working() as work:
        changed = change_conditions(
            work, made.id, conditions("新标题", points=Decimal(50)), course_id=classroom.course.id
        )
    assert (changed.title, changed.points, changed.codes) == ("新标题", Decimal(50), made.codes)
    with classroom.reading() as session:
        (item,) = line_items.line_items_of(session, classroom.course.id)
        log = audit_log.entries_about(session, f"assessment:{made.id}")
    assert (item.label, item.maximum) == ("新标题", Decimal(50))
    assert [each.action for each in log] == ["set_up", "change"]


def test_another_courses_assessment_cannot_be_changed(classroom: Classroom) -> None:
    made = classroom.set_up()
    elsewhere = open_course(classroom.database, "course-2")
    with pytest.raises(NotFoundError), classroom.working() as work:
        change_conditions(work, made.id, conditions(), course_id=elsewhere.id)
