"""Peer rating in the real application: the plan, the pages of students, and no names anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence, EvidenceKind
from lti_tool.files import EvidenceStore
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence, begin_attempt
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.settings import Settings
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

COMMENT = "少了复述 <b>订单</b>。"
FILE = "陈思雨的报告.txt"
CONTENT = "您好，请问您需要什么帮助？".encode()


@dataclass
class Case:
    """Two students who handed in, the first with a file named after her, and their teacher."""

    client: FlaskClient
    classroom: Classroom
    assessment: Assessment
    author: Account
    rater: Account
    teacher: str
    authors: str
    raters: str

    def plan(self, **form: object) -> TestResponse:
        return self.client.post(self.at(self.teacher, "teacher"), data={"works": "1", **form})

    def at(self, home: str, audience: str = "student") -> str:
        return f"{home}/{audience}/assessments/{self.assessment.id}/peers"

    def page(self, home: str, audience: str = "student") -> str:
        return self.client.get(self.at(home, audience)).text

    def take(self) -> str:
        """The path of the work that the rater takes."""
        answer = self.client.post(f"{self.at(self.raters)}/next")
        assert answer.status_code == 303
        return str(answer.location)

    def levels(self, level: str = "2", comment: str = COMMENT) -> Mapping[str, str]:
        codes = self.assessment.codes
        levels = {f"level-{code}": level for code in codes}
        return levels | {f"comment-{code}": comment for code in codes}


@pytest.fixture
def case(classroom: Classroom, client: FlaskClient, sign_in: SignIn, settings: Settings) -> Case:
    assessment = classroom.set_up()
    author, rater = classroom.enrol("陈思雨", number="2024030101"), classroom.enrol("李小龙")
    hand_in_a_file(classroom, author, assessment, settings)
    classroom.hand_in(rater, assessment)
    english = {"language": "en"}
    return Case(
        client,
        classroom,
        assessment,
        author,
        rater,
        sign_in(classroom.teacher, Role.TEACHER, data=dict(english)),
        sign_in(author, Role.STUDENT, data=dict(english)),
        sign_in(rater, Role.STUDENT, data=dict(english)),
    )


def hand_in_a_file(
    classroom: Classroom, who: Account, assessment: Assessment, settings: Settings
) -> None:
    store = EvidenceStore(settings.data_dir / "evidence", settings.largest_file)
    file = store.keep(BytesIO(CONTENT), FILE)
    with classroom.working(who) as work:
        attempt = begin_attempt(work, assessment)
        piece = Evidence(
            work.new_id(),
            EvidenceKind.FILE,
            file.name,
            frozenset(assessment.codes),
            work.now,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )
        key = file.storage_key
        drafted = add_evidence(work, attempt, assessment, piece, storage_key=key)
    with classroom.working(who) as work:
        submit_evidence(work, drafted, assessment)


def test_without_a_plan_students_see_nothing_of_it(case: Case) -> None:
    assert "Peers" not in case.client.get(f"{case.raters}/student/progress").text
    assert case.client.get(case.at(case.raters)).status_code == 404
    assert "Peer rating is off" in case.page(case.teacher, "teacher")


def test_a_work_is_taken_looked_at_and_finished_without_names(case: Case) -> None:
    assert case.plan().status_code == 303
    there = case.take()

    page = case.client.get(there).text
    assert "What do you see in work 1?" in page
    assert case.author.name not in page
    assert case.author.student_number not in page

    done = case.client.post(there, data={**case.levels(), "finish": "1"})
    assert done.status_code == 303
    heard = case.page(case.authors)
    assert "&lt;b&gt;订单&lt;/b&gt;" in heard
    assert case.rater.name not in heard
    assert "Peers" in heard


def test_the_files_of_a_peer_open_under_a_number(case: Case) -> None:
    case.plan()
    there = case.take()
    page = case.client.get(there).text
    assert FILE not in page
    path = page.split('class="ev"', 1)[1].split('href="', 1)[1].split('"', 1)[0]

    with case.client.get(path) as answer:
        assert answer.data == CONTENT
        assert "1.txt" in answer.headers["Content-Disposition"]
    assert case.client.get(f"{path}/preview").status_code == 200
    assert case.client.get(path.replace(case.raters, case.authors)).status_code == 404


def test_what_was_typed_stays_where_a_level_is_missing(case: Case) -> None:
    case.plan()
    there = case.take()
    first, second, _ = case.assessment.codes
    form = {f"level-{first}": "3", f"comment-{second}": "写了很久", "finish": "1"}

    answer = case.client.post(there, data=form)

    assert answer.status_code == 422
    assert "写了很久" in answer.text
    assert f"Choose a level for {second}" in answer.text
    unfinished = case.client.post(there, data={f"level-{first}": "3", "finish": "1"})
    assert unfinished.status_code == 422
    assert f"{second} has no level yet" in unfinished.text


def test_what_is_kept_for_later_is_there_again_and_nobody_reads_it(case: Case) -> None:
    case.plan()
    there = case.take()
    first, *_ = case.assessment.codes
    form = {f"level-{first}": "3", f"comment-{first}": "先记下"}

    assert case.client.post(there, data={**form, "keep": "1"}).status_code == 303

    assert "先记下" in case.client.get(there).text
    assert "先记下" not in case.page(case.authors)


def test_a_second_finish_is_refused_with_what_was_typed(case: Case) -> None:
    case.plan()
    there = case.take()
    form = {**case.levels(), "finish": "1"}
    case.client.post(there, data=form)

    answer = case.client.post(there, data={**form, **case.levels(comment="另写的")})

    assert answer.status_code == 409
    assert "finished this work already" in answer.text
    assert "另写的" in answer.text


def test_the_example_is_rated_first_and_then_compared(case: Case) -> None:
    assert case.plan(text="示范：您好。", **case.levels("3", "理由充分")).status_code == 303
    page = case.page(case.raters)
    assert "Rate the example first" in page
    assert "示范：您好。" in page
    assert "理由充分" not in page
    assert case.client.post(f"{case.at(case.raters)}/next").status_code == 409

    levels = {name: "3" for name in case.levels() if name.startswith("level-")}
    answer = case.client.post(f"{case.at(case.raters)}/example", data=levels)

    assert answer.status_code == 303
    page = case.page(case.raters)
    assert "3 of 3 as your teacher" in page
    assert "理由充分" in page
    assert "stays as it is" in case.page(case.teacher, "teacher")
    case.take()


def test_an_example_without_a_reason_is_refused_at_its_code(case: Case) -> None:
    answer = case.plan(text="示范", **case.levels("3", ""))

    assert answer.status_code == 422
    assert "say why it is this level" in answer.text
    assert "示范" in answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"works": "6"}, "A whole number from 0 to 5"),
        ({"works": "x"}, "A whole number from 0 to 5"),
        ({"closes": "soon"}, "A day and time"),
        ({"url": "javascript:alert(1)"}, "begins with https://"),
    ],
    ids=["many", "no number", "no time", "no address"],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(
    case: Case, form: dict[str, str], words: str
) -> None:
    answer = case.plan(**form)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Peer rating is off" in case.page(case.teacher, "teacher")


def test_the_teacher_hides_a_comment_and_shows_it_again(case: Case) -> None:
    case.plan()
    there = case.take()
    case.client.post(there, data={**case.levels(comment="不合适的话"), "finish": "1"})
    page = case.page(case.teacher, "teacher")
    assert case.rater.name in page
    code, task_id = case.assessment.codes[0], there.rpartition("/")[2]
    path = f"{case.teacher}/teacher/peers/{task_id}/{code}"

    case.client.post(path, data={"hide": "1"})

    assert case.page(case.authors).count("不合适的话") == 2
    assert "hidden from the author" in case.page(case.teacher, "teacher")
    case.client.post(path)
    assert case.page(case.authors).count("不合适的话") == 3


def test_who_handed_in_nothing_is_told_to(case: Case, sign_in: SignIn) -> None:
    case.plan()
    late = sign_in(case.classroom.enrol("赵六"), Role.STUDENT, data={"language": "en"})

    assert "Hand in your own work first" in case.page(late)
    answer = case.client.post(f"{case.at(late)}/next")
    assert answer.status_code == 409
    assert "Hand in your own work first" in answer.text


def test_the_notification_leads_to_what_peers_said(case: Case) -> None:
    case.plan()
    case.client.post(case.take(), data={**case.levels(), "finish": "1"})

    inbox = case.client.get(f"{case.authors}/notifications/").text

    assert "A peer has looked at your work" in inbox
    path = inbox.split('class="told"', 1)[1].split('href="', 1)[1].split('"', 1)[0]
    assert case.client.get(path).location.endswith(f"/assessments/{case.assessment.id}/peers")
