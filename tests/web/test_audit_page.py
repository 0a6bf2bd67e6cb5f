"""The administrator's page of the audit log: what it lists, how it is narrowed, what it says about
the seals. And that there is a word for everything that is written into the log."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log, platforms
from lti_tool.persistence.people import Account
from lti_tool.services.seal_audit import note_verdict, seal_entries, seal_key, verify_audit
from lti_tool.settings import Settings
from lti_tool.web.admin_audit_words import WORDS
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, START, Classroom
from tests.web.conftest import SignIn

SOURCES = Path(__file__).parent.parent.parent / "lti_tool"


@dataclass
class Desk:
    """An administrator at the page."""

    classroom: Classroom
    client: FlaskClient
    home: str

    def page(self, **query: object) -> TestResponse:
        return self.client.get(f"{self.home}/audit/", query_string=query)

    def rows(self, **query: object) -> list[list[str]]:
        """The cells of each entry."""
        page = self.page(**query)
        assert page.status_code == 200
        body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)
        rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
        return [
            [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)]
            for row in rows
        ]

    def note(self, action: str, subject: str = "x:1", by: Account | None = None) -> None:
        self.classroom.now += timedelta(minutes=1)
        with self.classroom.database.transaction() as session:
            actor = by.id if by else None
            audit_log.note(session, action, subject, actor_id=actor, now=self.classroom.now)


@pytest.fixture
def desk(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Desk:
    person = classroom.enrol("孙工", Role.TEACHER)
    home = sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "en"})
    return Desk(classroom, client, home)


def test_entries_say_who_what_and_about_what_newest_first(desk: Desk) -> None:
    desk.note("rate", "submission:s1", desk.classroom.teacher)
    desk.note("backup", "backup")
    assert [row[1:4] for row in desk.rows()] == [
        ["command line or the tool itself", "backed up", "backup"],
        ["周敏", "rated", "Work s1"],
    ]


def test_the_log_is_narrowed_by_who_what_about_whom_and_when(desk: Desk, sign_in: SignIn) -> None:
    teacher = desk.classroom.teacher
    learner = desk.classroom.enrol("黄嘉怡", number="2024030107")
    assessment = whole_level(desk.classroom)
    master(desk.classroom, learner, assessment)
    sign_off_now(desk.classroom, learner)
    desk.note("look", f"learner:{learner.id}", teacher)
    desk.classroom.now += timedelta(days=2)
    desk.note("backup", "backup")
    desk.home = sign_in(teacher, Role.ADMINISTRATOR, course=False, data={"language": "en"})

    def found(**query: str) -> set[str]:
        return {row[2] for row in desk.rows(**query)}

    assert found(who="孙") == set()
    assert "handed in" not in found(who="周")
    assert found(what="decision") == {"signed a level off"}
    assert found(what="access") == {"looked at personal data"}
    assert found(what="nonsense") == found()
    about = {"handed in", "released ratings", "signed a level off", "looked at personal data"}
    assert found(about="2024030107") == about
    assert found(about="2024030107", who="周", what="access") == {"looked at personal data"}
    assert found(about="1") == set()
    first_day = START.date().isoformat()
    assert "backed up" not in found(until=first_day)
    later = found(since=(START + timedelta(days=1)).date().isoformat())
    assert "backed up" in later
    assert "handed in" not in later
    assert found(since="nonsense") == found()


def test_a_learner_shows_by_number_only_and_is_not_found_by_name(desk: Desk) -> None:
    learner = desk.classroom.enrol("黄嘉怡", number="2024030107")
    desk.classroom.hand_in(learner, desk.classroom.set_up())
    page = desk.page(what="work").text
    assert f"Learner {learner.id}" in page
    assert "黄嘉怡" not in page
    assert desk.rows(who="嘉怡") == []
    desk.page(about="2024030107")
    assert [row[3] for row in desk.rows(what="access")] == ["List audit"]


def test_a_long_log_comes_in_pages(desk: Desk) -> None:
    for number in range(120):
        desk.note("rate", f"x:{number}")
    page, seen = desk.page(what="rating"), []
    while True:
        seen += re.findall(r"x:([0-9]+)</td>", page.text)
        older = re.search(r'href="([^"]*before=[^"]*)"', page.text)
        if older is None:
            break
        page = desk.client.get(older[1].replace("&amp;", "&"))
    assert seen == [str(number) for number in reversed(range(120))]


def test_entries_by_people_of_another_school_are_not_shown(desk: Desk, sign_in: SignIn) -> None:
    desk.note("rate", "x:1", desk.classroom.teacher)
    desk.note("backup", "backup")
    with desk.classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        other = platforms.note_deployment(session, platform, "2", now=START)
    teacher = desk.classroom.teacher
    moved = Account(teacher.id, other.school_id, teacher.sub, "别校", "", "")
    desk.home = sign_in(moved, Role.ADMINISTRATOR, course=False, data={"language": "en"})
    assert [row[2] for row in desk.rows()] == ["backed up"]
    assert desk.rows(who="周") == []


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.REGISTRAR])
def test_nobody_else_has_this_page(desk: Desk, sign_in: SignIn, role: Role) -> None:
    desk.home = sign_in(desk.classroom.teacher, role)
    assert desk.page().status_code == 403


def seal(desk: Desk, settings: Settings) -> None:
    with desk.classroom.database.transaction() as session:
        later = desk.classroom.now + timedelta(minutes=1)
        seal_entries(session, seal_key(settings.secret_key), now=later, most=1000)


def test_the_page_says_that_the_newest_seals_hold_and_how_many_entries_wait(
    desk: Desk, settings: Settings
) -> None:
    for number in range(3):
        desk.note("rate", f"x:{number}")
    seal(desk, settings)
    desk.note("rate")
    page = desk.page().text
    assert "The audit log holds" in page
    assert "3 hold" in page
    desk.classroom.now += timedelta(hours=2)
    assert "New entries are not being sealed" in desk.page().text


def test_an_entry_that_was_changed_shows_on_the_page(desk: Desk, settings: Settings) -> None:
    for number in range(3):
        desk.note("rate", f"x:{number}")
    seal(desk, settings)
    with desk.classroom.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_append_only"))
        connection.execute(text("UPDATE audit_log SET subject = 'x:9' WHERE subject = 'x:1'"))
    page = desk.page().text
    assert "The audit log was tampered with" in page
    assert "broken at seal 2" in page


def test_the_last_check_of_the_whole_log_is_told(desk: Desk, settings: Settings) -> None:
    assert "never" in desk.page().text
    desk.note("rate")
    seal(desk, settings)
    with desk.classroom.database.transaction() as session:
        verdict = verify_audit(session, [seal_key(settings.secret_key)], now=desk.classroom.now)
        note_verdict(session, verdict, now=desk.classroom.now)
    assert "checked the whole audit log" in desk.page().text


def test_chinese_pages_are_wholly_chinese(desk: Desk, sign_in: SignIn) -> None:
    desk.note("change_rule", f"rule:1/{STANDARD}", desk.classroom.teacher)
    desk.note("sign_off", f"attainment:1/{STANDARD}/{LEVEL}", desk.classroom.teacher)
    person = desk.classroom.enrol("钱工", Role.TEACHER)
    desk.home = sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "zh_cn"})
    page = desk.page().text
    assert "设定了规则" in page
    assert "认定了等级" in page
    assert "操作日志完整" in page


# --- Everything that is written into the log has words --------------------------------------------


def noted() -> Iterator[str]:
    """The actions that the code writes into the log by name."""
    for path in SOURCES.rglob("*.py"):
        if "exchange" in path.parts or "catalogue" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"note", "_note"}:
                given = [each.value for each in node.args if isinstance(each, ast.Constant)]
                yield from (each for each in given[:1] if isinstance(each, str))


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_every_action_that_is_written_has_words() -> None:
    found = set(noted())
    assert {"rate", "release", "change_rule", "export", "erase"} <= found
    assert found - WORDS.keys() == set()
