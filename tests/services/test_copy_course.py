"""A copied course: links that name another course's assessment, and fresh runs of it."""

from collections.abc import Mapping

import pytest

from lti_tool.domain.brief import copy_of
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import (
    Context,
    CourseCopy,
    GradeService,
    Launch,
    MessageType,
    Person,
    ResourceLink,
    Role,
)
from lti_tool.persistence import assessments, briefs, courses, line_items, platforms
from lti_tool.persistence.courses import Course
from lti_tool.services.copy_course import show_original, start_fresh_run
from lti_tool.services.enter_from_launch import Entry, enter_from_launch
from lti_tool.services.take_course_copy import take_course_copy
from tests.services.classroom import START, Classroom, conditions, open_course
from tests.services.ready import READY

ITEMS = "https://lms.example/copy/lineitems"


def arrive(
    classroom: Classroom,
    course: Course,
    custom: Mapping[str, str],
    *,
    link: str = "copied-link",
    line_item: str | None = None,
) -> Entry:
    """A teacher follows a link of the course."""
    launch = Launch(
        platform_id=course.platform_id,
        deployment_id=course.deployment_id,
        message_type=MessageType.RESOURCE_LINK,
        person=Person("周敏"),
        roles=frozenset({Role.TEACHER}),
        context=Context(course.context_id),
        resource_link=ResourceLink(link),
        grades=GradeService(ITEMS, line_item, frozenset()),
        custom=custom,
    )
    with classroom.database.transaction() as session:
        return enter_from_launch(session, launch, now=START, new_id=lambda: "x")


@pytest.fixture
def copy(classroom: Classroom) -> Course:
    return open_course(classroom.database, "course-2")


@pytest.mark.parametrize("history", ["course-1", "course-0,course-1", None])
def test_a_copied_link_finds_what_it_was_copied_from(
    classroom: Classroom, copy: Course, history: str | None
) -> None:
    original = classroom.set_up()
    told = {"assessment": original.id} | ({"context_history": history} if history else {})
    entry = arrive(classroom, copy, told)
    assert (entry.assessment_id, entry.copy_of) == (None, original.id)


def test_a_course_that_was_copied_from_others_is_offered_nothing_of_this_one(
    classroom: Classroom, copy: Course
) -> None:
    told = {"assessment": classroom.set_up().id, "context_history": "elsewhere"}
    assert arrive(classroom, copy, told).copy_of is None


@pytest.mark.parametrize(
    ("noticed", "found"), [(["course-1"], True), (["course-9"], False), ([], True)], ids=str
)
def test_a_notice_tells_what_a_course_was_copied_from_where_launches_do_not(
    classroom: Classroom, copy: Course, noticed: list[str], found: bool
) -> None:
    original = classroom.set_up()
    told = CourseCopy("n-1", Context(copy.context_id), tuple(noticed))
    with classroom.database.transaction() as session:
        deployment = platforms.deployment_by_id(session, copy.deployment_id)
        assert deployment is not None
        assert take_course_copy(session, told, deployment, now=START)
        assert not take_course_copy(session, told, deployment, now=START)
    entry = arrive(classroom, copy, {"assessment": original.id})
    assert entry.copy_of == (original.id if found else None)


def test_a_notice_adds_to_what_launches_tell(classroom: Classroom, copy: Course) -> None:
    original = classroom.set_up()
    told = CourseCopy("n-1", Context(copy.context_id), (classroom.course.context_id,))
    with classroom.database.transaction() as session:
        deployment = platforms.deployment_by_id(session, copy.deployment_id)
        assert deployment is not None
        take_course_copy(session, told, deployment, now=START)
    custom = {"assessment": original.id, "context_history": "elsewhere"}
    assert arrive(classroom, copy, custom).copy_of == original.id


def test_a_duplicated_activity_opens_the_same_assessment(classroom: Classroom) -> None:
    original = classroom.set_up()
    entry = arrive(classroom, classroom.course, {"assessment": original.id}, link="duplicate")
    assert (entry.assessment_id, entry.copy_of) == (original.id, None)


def test_a_fresh_run_has_the_set_up_and_neither_dates_nor_work(
    classroom: Classroom, copy: Course
) -> None:
    original = classroom.set_up(given=conditions("有效沟通", due_at=START))
    classroom.finish(classroom.enrol("去年的学生"), original)
    entry = arrive(classroom, copy, {"assessment": original.id})
    assert entry.link is not None
    with classroom.working() as work:
        run = start_fresh_run(work, original.id, course_id=copy.id, link_id=entry.link.id)
    assert run.id != original.id
    assert (run.title, run.codes, run.points) == (original.title, original.codes, original.points)
    assert run.due_at is None
    entry = arrive(classroom, copy, {"assessment": original.id})
    assert (entry.assessment_id, entry.copy_of) == (run.id, None)
    with classroom.reading() as session:
        before = assessments.assessment(session, original.id, course_id=classroom.course.id)
        assert before.due_at == START


def test_a_course_has_one_run_however_many_links_were_copied(
    classroom: Classroom, copy: Course
) -> None:
    original = classroom.set_up()
    with classroom.working() as work:
        once = start_fresh_run(work, original.id, course_id=copy.id, link_id=None)
    with classroom.working() as work:
        again = start_fresh_run(work, original.id, course_id=copy.id, link_id=None)
    assert once.id == again.id
    entry = arrive(classroom, copy, {"assessment": original.id}, link="another copied link")
    assert entry.assessment_id == once.id


def test_a_run_fills_the_column_that_was_copied(classroom: Classroom, copy: Course) -> None:
    """Moodle 4.5 keeps resource id and tag of a copied column, and tells its URL in launches."""
    original = classroom.set_up()
    own = f"{ITEMS}/5/lineitem"
    entry = arrive(classroom, copy, {"assessment": original.id}, line_item=own)
    assert entry.link is not None
    with classroom.working() as work:
        start_fresh_run(work, original.id, course_id=copy.id, link_id=entry.link.id)
    with classroom.reading() as session:
        (column,) = line_items.line_items_of(session, copy.id)
    assert (column.resource_id, column.tag, column.url) == (original.id, "grade", own)


def test_another_platforms_course_is_no_original(classroom: Classroom) -> None:
    original = classroom.set_up()
    with classroom.reading() as session, pytest.raises(NotFoundError):
        show_original(session, original.id, course_id=classroom.course.id)


def test_a_link_elsewhere_is_not_bent(classroom: Classroom, copy: Course) -> None:
    original, link = classroom.set_up(), classroom.link()
    with pytest.raises(NotFoundError), classroom.working() as work:
        start_fresh_run(work, original.id, course_id=copy.id, link_id=link.id)
    with classroom.reading() as session:
        assert courses.link(session, link.id).assessment_id is None
        assert assessments.assessments_of(session, copy.id) == []


def test_a_fresh_run_gives_the_same_to_work_with(classroom: Classroom, copy: Course) -> None:
    original = classroom.set_up()
    with classroom.working() as work:
        briefs.keep_brief(work.session, original.id, copy_of(READY, "elementary", "zh"))
    with classroom.working() as work:
        run = start_fresh_run(work, original.id, course_id=copy.id, link_id=None)
    with classroom.reading() as session:
        assert briefs.brief_of(session, run.id) == briefs.brief_of(session, original.id)
