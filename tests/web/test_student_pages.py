"""The student's pages in the real application: what is asked, and handing in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.services.return_submission import return_submission
from tests.services.classroom import TASK, Classroom, enrol, open_course
from tests.web.conftest import SignIn
from tests.web.studying import DUE, Student, at_work

# --- Seeing what is asked -------------------------------------------------------------------------


def test_the_page_shows_what_is_asked_by_when_and_how_it_is_judged(student: Student) -> None:
    page = student.get()

    assert page.status_code == 200
    for code in TASK:
        assert f'id="c-{code}"' in page.text
    assert "有效沟通" in page.text
    assert "截止" in page.text
    assert "第 1 次，共 3 次" in page.text


def test_looking_at_an_assessment_begins_no_attempt(student: Student) -> None:
    student.get()
    student.get("/check")

    assert student.attempts == []


def test_the_page_is_complete_in_english(student: Student) -> None:
    form = {"language": "en", "from": f"{student.home}/student/progress"}
    student.client.post(f"{student.home}/preferences/language", data=form)

    page = student.get()

    assert "Evidence" in page.text
    assert "unofficial translation" in page.text


def test_an_assessment_of_another_course_is_not_there(
    student: Student, classroom: Classroom, sign_in: SignIn
) -> None:
    other = open_course(classroom.database, "course-2")
    stranger = enrol(classroom.database, other, "外班", Role.STUDENT)
    elsewhere = replace(classroom, course=other, teacher=stranger)
    theirs = elsewhere.set_up()

    for page in ("", "/check", "/feedback"):
        path = f"{student.home}/student/assessments/{theirs.id}{page}"
        assert student.client.get(path).status_code == 404
    path = f"{student.home}/student/assessments/{theirs.id}/evidence/text"
    assert student.client.post(path, data={"text": "hello"}).status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REGISTRAR, Role.ADMINISTRATOR])
def test_only_students_see_the_students_pages(
    student: Student, sign_in: SignIn, role: Role
) -> None:
    home = sign_in(student.classroom.teacher, role)
    for page in (f"assessments/{student.assessment.id}", "progress", "not-set-up"):
        assert student.client.get(f"{home}/student/{page}").status_code == 403


def test_a_link_that_is_not_set_up_is_a_notice_and_no_error(student: Student) -> None:
    page = student.client.get(f"{student.home}/student/not-set-up")

    assert page.status_code == 200
    assert "还没有" in page.text or "尚未" in page.text


# --- Handing in -----------------------------------------------------------------------------------


def test_the_check_says_what_is_missing_before_handing_in(student: Student) -> None:
    student.post("/evidence/text", text="文字", codes=["2.1.1"])

    page = student.get("/check").text

    assert "2.1.2 还没有佐证" in page
    assert "2.1.1 还没有佐证" not in page
    assert "2.1.1 还没有自评" in page


def test_handing_in_is_confirmed_with_the_time(student: Student) -> None:
    student.post("/evidence/text", text="文字", codes=["2.1.1"])

    answer = student.submit()

    assert answer.status_code == 303
    assert student.newest.state is SubmissionState.SUBMITTED
    page = student.get().text
    assert "已于 9 月 1 日 08:0" in page
    assert "<textarea" not in page


def test_nothing_cannot_be_handed_in(student: Student) -> None:
    student.post("/self-ratings", **{"self-2.1.1": "3"})

    answer = student.submit()

    assert answer.status_code == 409
    assert student.newest.state is SubmissionState.DRAFT


def test_handing_in_twice_changes_nothing_and_says_so(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    version = student.newest.version
    student.post_own("/submit", version=version)
    handed_in = student.newest

    again = student.post_own("/submit", version=version)

    assert again.status_code == 409
    assert "已经提交" in again.text
    assert student.newest == handed_in


def test_a_draft_changed_since_the_check_is_shown_again_first(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    seen = student.newest.version
    student.post("/evidence/text", text="又一段")

    answer = student.post_own("/submit", version=seen)

    assert answer.status_code == 409
    assert "又一段" in answer.text
    assert student.newest.state is SubmissionState.DRAFT


def test_what_is_typed_after_handing_in_elsewhere_is_not_lost(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()

    answer = student.post("/evidence/text", text="迟到的补充")

    assert answer.status_code == 409
    assert "迟到的补充" in answer.text
    assert len(student.newest.evidence) == 1


def test_work_is_taken_back_while_nobody_has_rated_it(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()

    assert student.post_own("/withdraw").status_code == 303
    assert student.newest.state is SubmissionState.DRAFT
    assert student.post_own("/withdraw").status_code == 409


def test_work_being_rated_cannot_be_taken_back(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()
    student.classroom.rate(student.newest, student.assessment, 3)

    assert "withdraw" not in student.get().text
    assert student.post_own("/withdraw").status_code == 409
    assert student.newest.state is SubmissionState.SUBMITTED


def test_late_work_is_taken_and_marked_where_it_is_accepted(
    student: Student, sign_in: SignIn
) -> None:
    student.post("/evidence/text", text="文字")
    student.classroom.now = DUE + timedelta(hours=1)
    student.home = sign_in(student.account, Role.STUDENT)
    assert "迟交" in student.get().text

    assert student.submit().status_code == 303
    assert student.newest.late


def test_late_work_is_refused_and_kept_where_it_is_not_accepted(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    student = at_work(classroom, client, sign_in, accepts_late=False)
    student.post("/evidence/text", text="草稿还在")
    classroom.now = DUE + timedelta(hours=1)
    student.home = sign_in(student.account, Role.STUDENT)

    page = student.get()
    answer = student.submit()

    assert "草稿还在" in page.text
    assert "<textarea" not in page.text
    assert answer.status_code == 409
    assert student.newest.state is SubmissionState.DRAFT


def test_returned_work_shows_the_note_and_may_be_handed_in_again(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()
    with student.classroom.working() as work:
        return_submission(work, student.newest, "请补上录音\n<b>谢谢</b>")

    page = student.get().text
    assert "请补上录音" in page
    assert "<b>谢谢</b>" not in page
    assert student.submit().status_code == 303
    assert student.newest.state is SubmissionState.SUBMITTED


def test_another_attempt_may_be_begun_until_all_are_used(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    student = at_work(classroom, client, sign_in, attempts=2)
    classroom.finish(student.account, student.assessment)
    assert "开始第 2 次" in student.get().text
    assert student.post("/attempts").status_code == 303
    assert student.newest.attempt == 2
    classroom.finish(student.account, student.assessment)

    assert 'attempts"' not in student.get().text
    assert student.post("/attempts").status_code == 409
