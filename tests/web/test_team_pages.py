"""Group work on the pages: the teacher's groups, the students' words, one act for all members."""

from flask.testing import FlaskClient

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Group, Role
from lti_tool.domain.submission import Submission
from lti_tool.persistence import groups, submissions
from lti_tool.persistence.people import Account
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn


def newest(classroom: Classroom, made: Assessment, learner: Account) -> Submission:
    with classroom.reading() as session:
        return submissions.attempts_of(session, made.id, learner.id)[-1]


def test_groups_are_named_saved_and_seen_by_their_students(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    one, two = classroom.enrol("陈思雨"), classroom.enrol("李强")
    made = classroom.set_up()
    desk = sign_in(classroom.teacher, Role.TEACHER)
    path = f"{desk}/teacher/assessments/{made.id}/teams"
    assert "每个人单独提交" in client.get(path).text

    answer = client.post(path, data={f"team-{one.id}": "一组", f"team-{two.id}": "一组"})
    assert answer.status_code == 303
    assert "1 个小组" in client.get(path).text

    home = sign_in(one, Role.STUDENT)
    page = f"{home}/student/assessments/{made.id}"
    assert "李强" in client.get(page).text
    draft = classroom.draft(one, made)
    assert "李强" in client.get(f"{page}/check").text
    client.post(f"{home}/student/submissions/{draft.id}/submit", data={"version": draft.version})
    theirs = client.get(f"{sign_in(two, Role.STUDENT)}/student/assessments/{made.id}").text
    assert "陈思雨 已为你们小组提交" in theirs


def test_the_groups_of_the_course_fill_the_form_in_and_save_nothing(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    one = classroom.enrol("陈思雨")
    made = classroom.set_up()
    with classroom.database.transaction() as session:
        groups.keep_groups(session, classroom.course.id, [Group("g", "实训一组")], {"g": [one.id]})
    path = f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher/assessments/{made.id}/teams"

    assert 'value="实训一组"' not in client.get(path).text
    assert 'value="实训一组"' in client.get(f"{path}?from=course").text
    assert 'value="实训一组"' not in client.get(path).text


def test_a_name_that_is_too_long_and_a_stranger_are_refused(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    one = classroom.enrol("陈思雨")
    made = classroom.set_up()
    path = f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher/assessments/{made.id}/teams"

    refused = client.post(path, data={f"team-{one.id}": "长" * 101})
    assert refused.status_code == 422
    assert "长" * 101 in refused.text
    assert client.post(path, data={"team-9999": "组"}).status_code == 404
    assert client.post(path, data={"team-x": "组"}).status_code == 303


def test_a_rater_gives_all_members_the_same_with_one_act(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    one, two = classroom.enrol("陈思雨"), classroom.enrol("李强")
    made = classroom.set_up()
    desk = sign_in(classroom.teacher, Role.TEACHER)
    client.post(
        f"{desk}/teacher/assessments/{made.id}/teams",
        data={f"team-{each.id}": "一组" for each in (one, two)},
    )
    handed_in = classroom.hand_in(one, made)
    work = f"{desk}/teacher/work/{handed_in.id}"
    assert "李强" in client.get(work).text
    assert f"{work}/team" not in client.get(work).text
    classroom.rate(handed_in, made, 3, 2, 4)
    assert f"{work}/team" in client.get(work).text

    answer = client.post(f"{work}/team")

    assert answer.status_code == 303
    page = client.get(f"{desk}/teacher/work/{newest(classroom, made, two).id}").text
    assert "3 个评分" in page
    assert "已评 3 / 3" in page
