"""The registrar takes outcomes away: made, listed, downloaded, compared."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log, exports
from lti_tool.persistence.people import Account
from tests.services.attaining import LEVEL, rate_once_more
from tests.services.classroom import Classroom, enrol
from tests.services.erasing import erase
from tests.web.conftest import SignIn


@dataclass
class Registrar:
    """A registrar at work, and a learner with one requirement of the elementary level."""

    classroom: Classroom
    client: FlaskClient
    home: str
    learner: Account

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.home}/registrar/{path}")

    def make(self, kind: str = "csv", **asked: str) -> TestResponse:
        return self.client.post(f"{self.home}/registrar/exports", data={"kind": kind, **asked})

    def made(self, kind: str = "csv", **asked: str) -> str:
        """The address of a new export, from the home of these pages."""
        answer = self.make(kind, **asked)
        assert answer.status_code == 303
        return answer.headers["Location"].partition("/registrar/")[2]


@pytest.fixture
def registrar(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Registrar:
    learner = classroom.enrol("黄嘉怡", number="2024030107")
    rate_once_more(classroom, learner, {"2.1.1": 3})
    person = enrol(classroom.database, classroom.course, "李慧", Role.TEACHER)
    home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"})
    return Registrar(classroom, client, home, learner)


def test_the_page_of_outcomes_offers_every_format_for_its_filter(registrar: Registrar) -> None:
    page = registrar.get(f"?level={LEVEL}").text
    for kind in ("csv", "xlsx", "oneroster"):
        assert f'name="kind" value="{kind}"' in page
    assert f'name="level" value="{LEVEL}"' in page


def test_a_csv_is_made_shown_and_downloaded(registrar: Registrar) -> None:
    address = registrar.made()
    page = registrar.get(address)
    assert "CSV, 1 row" in page.text
    file = registrar.get(f"{address}/file")
    assert file.mimetype == "text/csv"
    assert re.search(r"outcomes-530050-.*\.csv", file.headers["Content-Disposition"])
    (row,) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))
    assert (row["Student number"], row["Name"]) == ("2024030107", "黄嘉怡")
    assert "not an X certificate" in row["Notice"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "oneroster"])
def test_a_second_download_is_byte_for_byte_the_first(registrar: Registrar, kind: str) -> None:
    address = registrar.made(kind)
    first = registrar.get(f"{address}/file").data
    rate_once_more(registrar.classroom, registrar.learner, {"2.1.2": 3})
    assert registrar.get(f"{address}/file").data == first
    with registrar.classroom.reading() as session:
        log = audit_log.entries_about(session, f"export:{address.rpartition('/')[2]}")
        (export,), _ = exports.exports_of(session, registrar.classroom.course.school_id, most=9)
    assert [each.action for each in log] == ["export", "take_export", "take_export"]
    assert [each.detail for each in log[1:]] == [export.file_digest] * 2


def test_a_file_that_is_not_the_same_again_is_noted(registrar: Registrar) -> None:
    address = registrar.made()
    registrar.get(f"{address}/file")
    erase(registrar.classroom, registrar.learner)
    assert registrar.get(f"{address}/file").status_code == 200
    assert "were erased since" in registrar.get(address).text
    with registrar.classroom.reading() as session:
        log = audit_log.entries_about(session, f"export:{address.rpartition('/')[2]}")
    assert log[-1].detail.startswith("differs ")


def test_one_roster_lists_requirements(registrar: Registrar) -> None:
    file = registrar.get(f"{registrar.made('oneroster')}/file")
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        told = archive.read("resultLearningObjectiveIds.csv").decode()
    assert len(told.splitlines()) == 2


def test_the_list_says_who_exported_what(registrar: Registrar) -> None:
    assert "Nothing was exported yet" in registrar.get("exports").text
    registrar.made("csv", level=LEVEL, course=str(registrar.classroom.course.id))
    page = registrar.get("exports").text
    assert "1 export" in page
    assert "李慧" in page
    assert registrar.classroom.course.title in page


def test_what_has_changed_since_the_last_export_is_shown_before_the_next(
    registrar: Registrar,
) -> None:
    assert "This was not exported before" in registrar.get("exports/changes").text
    registrar.made()
    assert "Nothing has changed" in registrar.get("exports/changes").text
    rate_once_more(registrar.classroom, registrar.learner, {"2.1.1": 3})
    page = registrar.get("exports/changes").text
    assert "1 change since the last export" in page
    assert "Not attained, 0 / 49" in page
    assert "Not attained, 1 / 49" in page
    assert "This was not exported before" in registrar.get(f"exports/changes?level={LEVEL}").text


def test_an_export_of_nothing_or_of_no_kind_is_refused(registrar: Registrar) -> None:
    refused = registrar.make("csv", search="没有人")
    assert refused.status_code == 409
    assert "There is nothing to export" in refused.text
    assert registrar.make("transcript").status_code == 404
    assert registrar.make("nonsense").status_code == 404
    assert "Nothing was exported yet" in registrar.get("exports").text


def test_exports_are_the_registrars_alone(registrar: Registrar, sign_in: SignIn) -> None:
    address = registrar.made()
    teacher = sign_in(registrar.classroom.teacher, Role.TEACHER)
    for path in ("exports", address, f"{address}/file", "exports/changes"):
        assert registrar.client.get(f"{teacher}/registrar/{path}").status_code == 403


def test_chinese_pages_are_wholly_chinese(registrar: Registrar, sign_in: SignIn) -> None:
    chinese = sign_in(registrar.classroom.teacher, Role.REGISTRAR, course=False)
    registrar.home = chinese
    registrar.made("oneroster")
    address = registrar.made("oneroster")
    for path in ("exports", address, "exports/changes"):
        page = registrar.get(path).text
        known = r"<[^>]+>|English|OneRoster|XLSX|SHA-256|[\w-]{20,}"
        assert re.findall(r"[A-Za-z]{4,}", re.sub(known, " ", page)) == [], path
