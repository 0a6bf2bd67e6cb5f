"""Copied activities and copied courses over HTTP, in both manners: nothing is set up again,
nobody's work is mixed up, and no column appears twice.

The tool is its own process; nothing is patched. Not here: the main job (``test_main_job``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.persistence import notices, platforms
from lti_tool.sandbox import Activity

from . import people
from .classroom import Classroom
from .servers import Tool, connect, sandbox_beside, serving
from .visitor import Visitor


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    folder: Path = tmp_path_factory.mktemp("copies")
    with serving(folder / "data") as made:
        yield made


@pytest.fixture(scope="module", params=["moodle", "canvas"])
def course(tool: Tool, request: pytest.FixtureRequest) -> Iterator[Classroom]:
    with sandbox_beside(tool) as server:
        made = Classroom(server, request.param)
        connect(tool, made.registration)
        tool.end()
        tool.serve()
        yield made


@pytest.fixture
def teacher_of_original(course: Classroom, teacher: Visitor) -> Visitor:
    """The teacher, who has set an assessment up by choosing content."""
    course.choose_content(teacher)
    people.set_up(teacher)
    course.keep_content(teacher)
    return teacher


def hand_in(course: Classroom, student: Visitor, activity: Activity) -> str:
    """The student hands work in; shows under which assessment."""
    course.launch(student, course.student, activity)
    people.draft_text(student)
    people.hand_in(student)
    return assessment_at(student)


def assessment_at(visitor: Visitor) -> str:
    """The id of the assessment whose page is shown."""
    return visitor.page.url.partition("/assessments/")[2].partition("/")[0]


def rate(course: Classroom, teacher: Visitor, activity: Activity) -> None:
    course.launch(teacher, course.teacher, activity)
    people.begin_rating(teacher)
    people.rate_all(teacher)
    people.release(teacher)


def test_a_duplicated_activity_opens_the_same_assessment_for_teacher_and_student(
    course: Classroom, teacher_of_original: Visitor, student: Visitor
) -> None:
    teacher, original = teacher_of_original, course.platform.activities[-1]
    copy = course.duplicate(teacher, original)
    handed_in = hand_in(course, student, original)

    course.launch(teacher, course.teacher, copy)
    assert assessment_at(teacher) == handed_in
    course.launch(student, course.student, copy)
    assert assessment_at(student) == handed_in
    before = len(course.platform.line_items)
    rate(course, teacher, copy)
    people.until(
        lambda: course.grade(course.student, original) or course.grade(course.student, copy)
    )
    made = [each for each in course.platform.line_items[before:] if each.tag != "attainment"]
    assert made == [], "the grade went into a column that was there"


def test_a_copied_course_is_offered_a_fresh_run_whose_grades_go_into_the_copied_column(
    course: Classroom, teacher_of_original: Visitor, student: Visitor
) -> None:
    teacher, original = teacher_of_original, course.platform.activities[-1]
    first = hand_in(course, student, original)
    rate(course, teacher, original)
    people.until(lambda: course.grade(course.student, original))
    copied = course.copied(teacher)
    activity = next(a for a in copied.platform.activities if a.custom == original.custom)
    columns = copied.platform.line_items

    copied.launch(student, copied.student, activity)
    assert not student.page.has_form(r"/evidence/text$"), "nothing is set up here yet"
    copied.launch(teacher, copied.teacher, activity)
    teacher.submit(r"/choose/fresh-run$")
    run = assessment_at(teacher)
    assert run not in {first, ""}

    assert hand_in(copied, student, activity) == run
    rate(copied, teacher, activity)
    grade = people.until(lambda: copied.grade(copied.student, activity))
    assert grade.share == pytest.approx(0.8)
    people.until(lambda: copied.attainment(copied.student))
    assert {each.id for each in copied.platform.line_items} == {each.id for each in columns}
    assert course.grade(course.student, original) is not None, "last term's grade stays"


def test_a_platform_that_sends_notices_tells_of_a_copy_before_anybody_opens_it(
    course: Classroom, tool: Tool, teacher_of_original: Visitor
) -> None:
    """Documented for Canvas; Moodle 4.5 sends none."""
    lms = course.platform
    if not lms.addresses.paths.notice_handlers:
        assert lms.notice_handlers == {}
        return
    people.until(lambda: lms.notice_handlers.get("LtiContextCopyNotice"))
    copied = course.copied(teacher_of_original).platform.course
    with tool.parts() as parts, parts.database.reading() as session:
        known = [each.id for each in platforms.deployments(session)]
        told = [notices.origins_of(session, each, copied.context_id) for each in known]
    assert frozenset(copied.history) in told


def test_the_course_menu_opens_the_overview_and_no_link_is_made_of_it(
    course: Classroom, teacher_of_original: Visitor, student: Visitor
) -> None:
    """Documented for Canvas, whose launches from there name the course as the link."""
    opened = course.launch_navigation(teacher_of_original, course.teacher)
    if not course.platform.manner.launch.course_navigation:
        assert opened.status == 404, "Moodle's courses have no menu with tools in it"
        return
    assert teacher_of_original.page.url.endswith("/teacher/")
    assert teacher_of_original.page.link(r"/teacher/choose$")
    course.launch_navigation(student, course.student)
    assert student.page.url.endswith("/student/progress")
