"""Documents of standards are read in the background, once each, whatever happens to the reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from lti_tool.catalogue.draft_json import draft_from_json
from lti_tool.delivery.documents import LEASE, MOST_ATTEMPTS, DocumentReader
from lti_tool.domain.launch import Role
from lti_tool.exchange.standard_documents import Limits
from lti_tool.persistence import standard_imports
from lti_tool.persistence.database import Database
from lti_tool.persistence.standard_imports import ImportState, StandardImport
from tests.exchange.standard_documents.invented import Layout, document
from tests.exchange.standard_documents.writers import as_text
from tests.services.classroom import START, enrol, open_course

CONTENT = as_text(document(Layout()))


@dataclass
class School:
    """A school whose administrator hands in documents."""

    database: Database
    school_id: int
    person_id: int
    now: datetime = START

    def hand_in(self, content: bytes = CONTENT, name: str = "standard.txt") -> int:
        with self.database.transaction() as session:
            return standard_imports.add_import(
                session,
                content,
                name=name,
                sha256="0" * 64,
                school_id=self.school_id,
                given_by=self.person_id,
                now=self.now,
            )

    def reader(self, clock_seconds: float = 60.0) -> DocumentReader:
        limits = Limits(clock_seconds=clock_seconds)
        return DocumentReader(self.database, lambda: self.now, limits)

    def document(self, import_id: int) -> StandardImport:
        with self.database.reading() as session:
            return standard_imports.standard_import(session, import_id, school_id=self.school_id)


@pytest.fixture
def school(database: Database) -> School:
    course = open_course(database)
    person = enrol(database, course, "孙工", Role.TEACHER)
    return School(database, course.school_id, person.id)


def test_a_document_is_read_once_and_its_draft_kept(school: School) -> None:
    handed_in = school.hand_in()
    reader = school.reader()
    assert reader.deliver_due() == 1
    assert reader.deliver_due() == 0
    found = school.document(handed_in)
    assert found.state is ImportState.READY
    assert found.draft is not None
    assert draft_from_json(found.draft).printed == 33


def test_a_refused_document_says_why(school: School) -> None:
    handed_in = school.hand_in("只是一封信。".encode())
    school.reader().deliver_due()
    found = school.document(handed_in)
    assert (found.state, found.reason) == (ImportState.REFUSED, "no_requirements")


def test_a_reading_over_its_limits_is_a_refusal(school: School) -> None:
    handed_in = school.hand_in()
    school.reader(clock_seconds=0.01).deliver_due()
    assert school.document(handed_in).reason == "too_long"


def test_nothing_is_begun_once_the_tool_stops(school: School) -> None:
    handed_in = school.hand_in()
    assert school.reader().deliver_due(lambda: True) == 0
    assert school.document(handed_in).state is ImportState.WAITING


def lease(school: School) -> bool:
    with school.database.transaction() as session:
        return standard_imports.lease_due(session, now=school.now, lease=LEASE) is not None


def test_a_document_under_way_is_nobody_elses_until_its_lease_runs_out(school: School) -> None:
    school.hand_in()
    assert lease(school)
    assert not lease(school)
    school.now += LEASE + timedelta(seconds=1)
    assert lease(school)


def test_a_document_at_which_the_process_died_again_and_again_is_refused(school: School) -> None:
    handed_in = school.hand_in()
    for _ in range(MOST_ATTEMPTS):
        assert lease(school)
        school.now += LEASE + timedelta(seconds=1)
    assert school.reader().deliver_due() == 1
    assert school.document(handed_in).reason == "broken"


def test_progress_is_stored_while_a_document_is_read(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int]] = []
    stored: Callable[..., None] = standard_imports.note_progress

    def note(session: object, import_id: int, *, done: int, total: int) -> None:
        heard.append((done, total))
        stored(session, import_id, done=done, total=total)

    monkeypatch.setattr(standard_imports, "note_progress", note)
    handed_in = school.hand_in(CONTENT + b"\nx" * 3_000)
    school.reader().deliver_due()
    assert heard == sorted(heard)
    assert len(heard) > 2
    assert school.document(handed_in).done == heard[-1][0]
