"""Files in parts, as a script sends them: a lost connection, a reload, a new session."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import MAX_EVIDENCE, Submission
from lti_tool.files import Parts
from lti_tool.persistence import submissions
from lti_tool.persistence.people import Account
from lti_tool.web.student.uploads import PART
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

CONTENT = "客服聊天记录".encode() * 1000
HALF = len(CONTENT) // 2
JSON = {"Accept": "application/json, text/html;q=0.9"}


@dataclass
class Sender:
    """A script in a student's browser."""

    classroom: Classroom
    client: FlaskClient
    account: Account
    assessment: Assessment
    home: str

    def begin(self, name: str = "记录.txt", size: int = len(CONTENT)) -> Any:
        return told(self.asked(name, size))

    def asked(self, name: str, size: object) -> TestResponse:
        path = f"{self.home}/student/assessments/{self.assessment.id}/uploads"
        return self.client.post(path, data={"name": name, "size": size}, headers=JSON)

    def part(self, begun: Any, offset: int, content: bytes) -> TestResponse:
        return self.client.post(
            f"{begun['parts']}?offset={offset}",
            data=content,
            content_type="application/octet-stream",
            headers=JSON,
        )

    def complete(self, begun: Any, *codes: str) -> TestResponse:
        return self.client.post(begun["complete"], data={"codes": list(codes)}, headers=JSON)

    def page(self) -> str:
        return self.client.get(f"{self.home}/student/assessments/{self.assessment.id}").text

    @property
    def newest(self) -> Submission:
        with self.classroom.reading() as session:
            found = submissions.attempts_of(session, self.assessment.id, self.account.id)
        return found[-1]

    @property
    def files(self) -> list[str]:
        root = self.client.application.extensions["lti_tool"].files.root
        return [each.parent.name for each in root.rglob("*") if each.is_file()]


def told(answer: TestResponse) -> Any:
    """What an answer says, as JSON."""
    return answer.get_json()


@pytest.fixture
def sender(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Sender:
    account = classroom.enrol("陈思雨")
    assessment = classroom.set_up()
    return Sender(classroom, client, account, assessment, sign_in(account, Role.STUDENT))


def test_a_file_in_parts_becomes_a_piece_tied_to_its_codes(sender: Sender) -> None:
    begun = sender.begin()
    assert begun["offset"] == 0

    assert told(sender.part(begun, 0, CONTENT[:HALF]))["offset"] == HALF
    assert told(sender.part(begun, HALF, CONTENT[HALF:]))["offset"] == len(CONTENT)
    answer = sender.complete(begun, "2.1.1")

    assert answer.status_code == 303
    (piece,) = sender.newest.evidence
    assert (piece.title, piece.size) == ("记录.txt", len(CONTENT))
    assert piece.codes == {"2.1.1"}
    assert f"added={piece.id}" in answer.location
    assert "parts" not in sender.files


def test_after_a_lost_connection_the_tool_says_from_where_to_go_on(sender: Sender) -> None:
    begun = sender.begin()
    sender.part(begun, 0, CONTENT[:HALF])

    assert told(sender.client.get(begun["self"]))["offset"] == HALF
    assert told(sender.part(begun, len(CONTENT), b"x"))["offset"] == HALF


def test_the_same_file_goes_on_after_a_reload_and_in_a_new_session(
    sender: Sender, sign_in: SignIn
) -> None:
    sender.part(sender.begin(), 0, CONTENT[:HALF])

    assert "记录.txt" in sender.page()
    assert "50%" in sender.page()
    sender.home = sign_in(sender.account, Role.STUDENT)
    again = sender.begin()

    assert again["offset"] == HALF
    sender.part(again, HALF, CONTENT[HALF:])
    assert sender.complete(again).status_code == 303
    assert "50%" not in sender.page()


def test_a_file_of_another_name_or_size_is_another_file(sender: Sender) -> None:
    sender.part(sender.begin(), 0, CONTENT[:HALF])

    assert sender.begin("别的.txt")["offset"] == 0
    assert sender.begin(size=len(CONTENT) + 1)["offset"] == 0


def test_a_file_completed_twice_is_one_piece(sender: Sender) -> None:
    begun = sender.begin()
    sender.part(begun, 0, CONTENT)

    assert [sender.complete(begun).status_code for _ in range(2)] == [303, 303]
    assert len(sender.newest.evidence) == 1


def test_a_file_of_which_parts_are_missing_is_no_evidence_yet(sender: Sender) -> None:
    begun = sender.begin()
    sender.part(begun, 0, CONTENT[:HALF])

    answer = sender.complete(begun)

    assert answer.status_code == 422
    assert "没有全部传完" in told(answer)["title"]
    assert told(sender.client.get(begun["self"]))["offset"] == HALF


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("录像.mp4", 2 * 1024**3, "大于"),
        ("空.txt", 0, "0 字节"),
        ("游戏.exe", 5, "不接受"),
        ("...", 5, "文件名"),
        ("a.txt", "viel", "整数"),
        ("", 5, "必填"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    sender: Sender, name: str, size: object, said: str
) -> None:
    answer = sender.asked(name, size)

    assert answer.status_code == 422
    assert said in told(answer)["title"]
    assert sender.files == []


def test_a_file_that_lies_about_itself_is_refused_and_forgotten(sender: Sender) -> None:
    begun = sender.begin("照片.png", 200)
    sender.part(begun, 0, b"MZ\x90\0" * 50)

    answer = sender.complete(begun)

    assert answer.status_code == 422
    assert "不相符" in told(answer)["title"]
    assert sender.files == []
    assert sender.client.get(begun["self"]).status_code == 404


def test_a_part_is_never_larger_than_a_part_may_be(sender: Sender) -> None:
    begun = sender.begin(size=PART * 2)

    assert sender.part(begun, 0, b"x" * (PART + 1)).status_code == 413
    assert told(sender.client.get(begun["self"]))["offset"] == 0


def test_more_than_was_announced_is_refused(sender: Sender) -> None:
    begun = sender.begin(size=10)

    assert sender.part(begun, 0, b"x" * 11).status_code == 422


def test_an_upload_is_given_up(sender: Sender) -> None:
    begun = sender.begin()
    sender.part(begun, 0, CONTENT[:HALF])

    assert sender.client.post(begun["discard"]).status_code == 303
    assert sender.files == []
    assert sender.begin()["offset"] == 0


def test_parts_that_were_swept_away_are_sent_again(sender: Sender) -> None:
    sender.part(sender.begin(), 0, CONTENT[:HALF])
    parts = Parts(sender.client.application.extensions["lti_tool"].files)
    for path in parts.root.iterdir():
        path.unlink()

    again = sender.begin()

    assert again["offset"] == 0
    sender.part(again, 0, CONTENT)
    assert sender.complete(again).status_code == 303


def test_nobody_else_sees_or_changes_an_upload(
    sender: Sender, sign_in: SignIn, classroom: Classroom
) -> None:
    begun = sender.begin()
    other = sign_in(classroom.enrol("李强"), Role.STUDENT)

    def theirs(path: str) -> str:
        return path.replace(sender.home, other)

    assert sender.client.get(theirs(begun["self"])).status_code == 404
    for act in ("parts", "complete", "discard"):
        assert sender.client.post(theirs(begun[act])).status_code == 404


def test_work_that_was_handed_in_takes_no_file(sender: Sender) -> None:
    begun = sender.begin()
    sender.part(begun, 0, CONTENT)
    sender.classroom.hand_in(sender.account, sender.assessment)

    assert sender.asked("b.txt", 10).status_code == 409
    answer = sender.complete(begun)

    assert answer.status_code == 409
    assert len(sender.newest.evidence) == 1
    assert sender.files == []


def test_only_so_many_uploads_are_under_way_at_once(sender: Sender) -> None:
    for number in range(MAX_EVIDENCE):
        assert sender.asked(f"{number}.txt", 10).status_code == 201

    assert sender.asked("noch.txt", 10).status_code == 422
