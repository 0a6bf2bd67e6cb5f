"""Bad input of people who are in, over HTTP: refused with a page that keeps what they typed, and
nothing is changed. Not here: bad launches (``test_bad_launches``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from lti_tool.sandbox import Activity, Person

from . import people
from .classroom import Classroom
from .visitor import Page, Visitor

EVIDENCE = r"/submissions/[^/]+/evidence/[^/]+$"


@dataclass(frozen=True)
class Task:
    """An activity that is set up, and a student who has done nothing in it."""

    course: Classroom
    activity: Activity
    student: Person

    def open_as_student(self, visitor: Visitor) -> Page:
        return self.course.launch(visitor, self.student, self.activity)

    def open_as_teacher(self, visitor: Visitor) -> Page:
        """The first work of the queue."""
        self.course.launch(visitor, self.course.teacher, self.activity)
        return people.begin_rating(visitor)


@pytest.fixture
def task(course: Classroom, teacher: Visitor) -> Task:
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    people.set_up(teacher)
    return Task(course, activity, course.platform.students[1])


@pytest.fixture
def handed_in(task: Task, student: Visitor) -> Task:
    task.open_as_student(student)
    people.draft_text(student)
    people.hand_in(student)
    return task


def pieces(page: Page) -> int:
    """How many pieces of evidence the student's page shows for editing."""
    forms = [each.id for each in page.forms]
    return sum(each.startswith("f-") and each != "f-restore" for each in forms)


# --- students -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("工具.exe", b"MZ\x90\x00" + bytes(200), "application/x-msdownload"),
        ("网页.html", b"<script>alert(1)</script>", "text/html"),
        ("图片.png", b"this is no picture at all", "image/png"),
        ("空.txt", b"", "text/plain"),
    ],
    ids=["program", "html", "lying name", "empty"],
)
def test_a_file_of_a_kind_not_allowed_is_refused_and_the_draft_is_kept(
    task: Task, student: Visitor, name: str, content: bytes, kind: str
) -> None:
    task.open_as_student(student)
    people.draft_text(student)
    page = people.draft_file(student, (name, content, kind))
    assert page.status == 422
    assert name in page.html
    assert pieces(page) == 1


def test_one_file_that_is_refused_keeps_no_other_from_being_added(
    task: Task, student: Visitor
) -> None:
    task.open_as_student(student)
    page = people.draft_file(
        student, ("记录.txt", "您好".encode(), "text/plain"), ("工具.exe", b"MZ", "text/plain")
    )
    assert (page.status, pieces(page)) == (422, 1)


def test_a_file_name_with_a_path_is_kept_as_a_name_only(task: Task, student: Visitor) -> None:
    task.open_as_student(student)
    page = people.draft_file(student, ("../../etc/工单.txt", "记录".encode(), "text/plain"))
    assert page.status == 200
    assert "../" not in page.html
    sent = student.follow(r"/student/evidence/")
    assert (sent.status, sent.html) == (200, "记录")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Disposition"].startswith("attachment")


def test_a_text_too_long_is_refused_and_comes_back_as_typed(task: Task, student: Visitor) -> None:
    task.open_as_student(student)
    typed = "长" * 20_001
    page = people.draft_text(student, typed)
    assert page.status == 422
    assert page.form(r"/evidence/text$").value("text") == typed
    assert pieces(page) == 0


def test_a_link_that_is_no_web_address_is_refused(task: Task, student: Visitor) -> None:
    task.open_as_student(student)
    page = student.submit(r"/evidence/link$", {"url": "javascript:alert(1)"})
    assert page.status == 422
    assert "javascript:" not in "".join(page.links)


def test_handing_in_nothing_is_not_offered_and_refused(task: Task, student: Visitor) -> None:
    task.open_as_student(student)
    page = student.follow(r"/check$")
    assert not page.has_form(r"/submit$")


def test_a_second_submission_of_the_same_attempt_changes_nothing(
    task: Task, student: Visitor
) -> None:
    task.open_as_student(student)
    people.draft_text(student)
    form = student.follow(r"/check$").form(r"/submit$")
    assert student.submit(form).status == 200
    page = student.submit(form)
    assert page.status == 409
    assert page.has_form(r"/withdraw$"), "it is still handed in, once"


def test_a_check_page_that_is_out_of_date_hands_nothing_in(
    task: Task, visitors: Callable[[], Visitor]
) -> None:
    one, other = visitors(), visitors()
    task.open_as_student(one)
    people.draft_text(one)
    form = one.follow(r"/check$").form(r"/submit$")
    task.open_as_student(other)
    people.draft_text(other, "补充：已创建工单。")
    page = one.submit(form)
    assert page.status == 409
    assert "补充" in page.html
    assert one.submit(page.form(r"/submit$")).status == 200


def test_a_form_without_its_token_is_refused(task: Task, student: Visitor) -> None:
    task.open_as_student(student)
    form = student.page.form(r"/evidence/text$")
    assert student.submit(form, {"text": "x", "csrf_token": None}).status == 401
    assert pieces(task.open_as_student(student)) == 0


def test_another_students_work_is_nowhere_to_be_found(
    task: Task, visitors: Callable[[], Visitor]
) -> None:
    mine, theirs = visitors(), visitors()
    task.open_as_student(mine)
    people.draft_text(mine)
    form = mine.page.form(EVIDENCE)
    classmate = replace(task, student=task.course.student)
    own = classmate.open_as_student(theirs).form(r"/evidence/text$")
    token = own.action.partition("/s/")[2].partition("/")[0]
    mine_token = form.action.partition("/s/")[2].partition("/")[0]
    stolen = replace(form, action=form.action.replace(mine_token, token))
    page = theirs.submit(stolen, {"csrf_token": own.value("csrf_token"), "text": "改掉"})
    assert page.status == 404
    assert "改掉" not in task.open_as_student(mine).html


def test_a_student_is_refused_at_a_teachers_page(task: Task, student: Visitor) -> None:
    page = task.open_as_student(student)
    elsewhere = page.url.partition("/student/")[0] + "/teacher/"
    assert student.open(elsewhere).status == 403


# --- teachers -------------------------------------------------------------------------------------


def test_a_rating_for_a_code_outside_the_assessment_is_refused(
    handed_in: Task, teacher: Visitor
) -> None:
    page = handed_in.open_as_teacher(teacher)
    form = page.form(r"/ratings$", code="2.2.1")
    page = teacher.submit(form, {"code": "1.1.1", "level": "3"})
    assert page.status == 400
    assert handed_in.open_as_teacher(teacher).form(r"/ratings$", code="2.2.1").value("seen") == ""


def test_a_level_that_the_rubric_lacks_is_refused_and_the_comment_kept(
    handed_in: Task, teacher: Visitor
) -> None:
    handed_in.open_as_teacher(teacher)
    page = people.rate(teacher, "2.2.1", 9, comment="再说明一下原因")
    assert page.status == 422
    assert page.form(r"/ratings$", code="2.2.1").value("comment") == "再说明一下原因"


def test_a_red_line_without_a_reason_is_refused(handed_in: Task, teacher: Visitor) -> None:
    handed_in.open_as_teacher(teacher)
    page = people.rate(teacher, "2.2.4", 1, confirmed="1")
    assert page.status == 422
    assert page.form(r"/ratings$", code="2.2.4").value("seen") == ""


def test_a_rating_given_meanwhile_by_somebody_else_is_not_overwritten(
    handed_in: Task, visitors: Callable[[], Visitor]
) -> None:
    one, other = visitors(), visitors()
    handed_in.open_as_teacher(one)
    handed_in.open_as_teacher(other)
    people.rate(one, "2.2.1", 4, comment="很好")
    page = people.rate(other, "2.2.1", 2, comment="还不够")
    assert page.status == 409
    assert "很好" in page.html
    assert page.form(r"/ratings$", code="2.2.1").value("comment") == "还不够"


def test_releasing_before_every_code_is_rated_is_refused(handed_in: Task, teacher: Visitor) -> None:
    handed_in.open_as_teacher(teacher)
    people.rate(teacher, "2.2.1", 3)
    page = people.release(teacher)
    assert page.status == 422
    assert handed_in.course.grade(handed_in.student, handed_in.activity) is None


def test_an_assessment_of_nothing_is_not_set_up(course: Classroom, teacher: Visitor) -> None:
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    page = teacher.submit(r"/teacher/choose$", {"title": "没有选", "points": "-1"})
    assert page.status == 422
    assert page.form(r"/teacher/choose$").value("title") == "没有选"
    assert course.launch(teacher, course.teacher, activity).has_form(r"/teacher/choose$")
