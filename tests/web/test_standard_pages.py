"""The administrator's pages for standards: a document becomes a draft, and a standard by a person.

The document is read by the real reader, as the background thread does it.
"""

import io
import re
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.catalogue.draft_json import draft_to_json
from lti_tool.delivery.documents import DocumentReader
from lti_tool.domain.launch import Person, Role
from lti_tool.exchange.standard_documents.readers import stream_of
from lti_tool.exchange.standard_documents.recognise import recognise
from lti_tool.persistence import audit_log, people, platforms, standard_imports
from lti_tool.persistence.standard_imports import StandardDocumentRow
from lti_tool.web.wiring import wiring_of
from tests.exchange.standard_documents.invented import CODE, TITLE, Layout, document
from tests.exchange.standard_documents.writers import as_docx, as_text
from tests.services.classroom import START, Classroom
from tests.web.conftest import SignIn

INVENTED = f"{CODE}-2023-1.0"


@dataclass
class Administrator:
    """An administrator at work."""

    classroom: Classroom
    app: Flask
    client: FlaskClient
    home: str
    page: str = ""
    _reader: DocumentReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = DocumentReader(self.classroom.database, lambda: self.classroom.now)

    def get(self, page: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/standards/{page}")

    def post(self, page: str, **form: str) -> TestResponse:
        return self.client.post(f"{self.home}/standards/{page}", data=form)

    def upload(self, content: bytes, name: str = "standard.txt") -> TestResponse:
        answer = self.client.post(
            f"{self.home}/standards/imports", data={"document": (io.BytesIO(content), name)}
        )
        self.page = answer.headers.get("Location", "").partition("/standards/")[2]
        return answer

    def read(self) -> None:
        """What the background thread does."""
        while self._reader.deliver_due():
            pass

    def draft(self, layout: Layout | None = None) -> str:
        """An invented standard as if it had just been read; gives the page of its draft."""
        content = as_text(document(layout or Layout()))
        self.upload(content)
        draft = recognise(stream_of(content, "standard.txt"))
        with self.classroom.database.transaction() as session:
            import_id = int(self.page.rpartition("/")[2])
            standard_imports.mark_ready(session, import_id, draft_to_json(draft))
        return self.page

    def do(self, act: str, **form: str) -> TestResponse:
        """Post a form of the draft's page as it is now."""
        found = re.search(r'name="revision" value="([0-9]+)"', self.get(self.page).text)
        revision = found[1] if found else ""
        return self.post(f"{self.page}/{act}", **{"revision": revision, **form})

    def installed(self) -> list[str]:
        return [each.standard.id for each in wiring_of(self.app).catalogue.standards]


@pytest.fixture
def admin(classroom: Classroom, app: Flask, client: FlaskClient, sign_in: SignIn) -> Administrator:
    person = classroom.enrol("孙工", Role.TEACHER)
    home = sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "en"})
    return Administrator(classroom, app, client, home)


def test_a_document_becomes_a_standard_that_teachers_can_choose(admin: Administrator) -> None:
    assert admin.upload(as_docx(document(Layout())), "标准.docx").status_code == 303
    assert "It waits for its turn." in admin.get(admin.page).text
    admin.read()
    page = admin.get(admin.page)
    assert "33 requirements found" in page.text
    assert "能够独立完成一杯意式浓缩咖啡的制作" in page.text
    assert INVENTED not in admin.installed()
    answer = admin.do("confirm", looked="1")
    assert answer.status_code == 303
    assert INVENTED in admin.installed()
    assert TITLE in admin.get().text


def test_nothing_is_installed_unless_the_person_says_that_they_looked(
    admin: Administrator,
) -> None:
    admin.draft()
    answer = admin.do("confirm")
    assert answer.status_code == 422
    assert "Look the draft through first" in answer.text
    assert INVENTED not in admin.installed()


def test_the_review_shows_what_is_lost_and_what_was_mended(admin: Administrator) -> None:
    page = admin.get(admin.draft(Layout(lost=True, paged=True))).text
    assert "Lost or missing in the document" in page
    assert "2.1.1: lost in source" in page
    assert "a head repeated at a page break, skipped" in page
    assert 'href="#r-elementary-2-1-1"' in page
    assert 'id="r-elementary-2-1-1"' in page


def test_a_requirement_is_corrected_and_the_correction_undone(admin: Administrator) -> None:
    admin.draft(Layout(lost=True))
    form = {"level": "elementary", "code": "2.1.1", "new_code": "2.1.1", "status": "printed"}
    assert admin.do("requirement", **form, text="能够说明咖啡豆的产地").status_code == 303
    page = admin.get(admin.page).text
    assert "能够说明咖啡豆的产地" in page
    assert "1 correction so far" in page
    assert admin.do("undo").status_code == 303
    assert "能够说明咖啡豆的产地" not in admin.get(admin.page).text


def test_a_requirement_moves_to_the_task_of_its_new_code(admin: Administrator) -> None:
    admin.draft()
    form = {"level": "elementary", "code": "1.1.3", "new_code": "1.2.4", "status": "printed"}
    assert admin.do("requirement", **form, text="了解留样的要求").status_code == 303
    rows = admin.get(f"{admin.page}/draft.csv").text.splitlines()
    assert "初级,1,咖啡服务基础准备,1.2,开店准备,1.2.4,了解留样的要求,printed" in rows


def test_what_is_no_requirement_is_taken_out(admin: Administrator) -> None:
    admin.draft()
    admin.do("requirement", level="elementary", code="1.1.3", action="remove")
    assert "32 requirements found" in admin.get(admin.page).text


def test_a_title_is_corrected(admin: Administrator) -> None:
    admin.draft()
    admin.do("title", level="advanced", code="2.1", title="意式饮品制作与品鉴")
    assert "意式饮品制作与品鉴" in admin.get(admin.page).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"new_code": "1.1.1", "text": "x", "status": "printed"}, "has this code"),
        ({"new_code": "9.9.9", "text": "x", "status": "printed"}, "no code"),
        ({"new_code": "1.1.2", "text": "", "status": "printed"}, "fill in the text"),
        ({"new_code": "1.1.2", "text": "x", "status": "lost"}, "must have no text"),
        ({"new_code": "", "text": "x", "status": "printed"}, "must be filled in"),
        ({"new_code": "1.1.2", "text": "x" * 3_000, "status": "printed"}, "At most"),
        ({"new_code": "1.1.2", "text": "x", "status": "blessed"}, "blessed"),
    ],
    ids=["taken", "nowhere", "no-text", "lost-with-text", "no-code", "long", "status"],
)
def test_a_correction_that_cannot_be_says_why_and_changes_nothing(
    admin: Administrator, form: dict[str, str], words: str
) -> None:
    admin.draft()
    before = admin.get(f"{admin.page}/draft.csv").text
    answer = admin.do("requirement", level="elementary", code="1.1.2", **form)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert admin.get(f"{admin.page}/draft.csv").text == before


def test_two_people_do_not_overwrite_each_other(admin: Administrator) -> None:
    page = admin.draft()
    form = {"level": "elementary", "code": "1.1", "title": "素养"}
    assert admin.post(f"{page}/title", revision="1", **form).status_code == 303
    assert admin.post(f"{page}/title", revision="1", **form).status_code == 409
    assert admin.post(f"{page}/confirm", revision="1", looked="1").status_code == 409
    assert admin.post(f"{page}/title", revision="soon", **form).status_code == 409


def test_a_draft_without_a_code_asks_for_it_first(admin: Administrator) -> None:
    page = admin.draft(Layout(coded=False))
    assert 'name="code"' in admin.get(page).text
    answer = admin.do("confirm", looked="1")
    assert (answer.status_code, "lacks what must be there" in answer.text) == (422, True)
    facts = {"title": TITLE, "version": "2023-1.0", "publisher": "甲", "declaration": ""}
    bad = admin.do("facts", **facts, code="../etc", published="2023-05")
    assert (bad.status_code, "no code or version" in bad.text) == (422, True)
    bad = admin.do("facts", **facts, code="990018", published="May")
    assert (bad.status_code, "a month must stand here" in bad.text) == (422, True)
    assert admin.do("facts", **facts, code="990018", published="2023-05").status_code == 303
    assert admin.do("confirm", looked="1").status_code == 303
    assert "990018-2023-1.0" in admin.installed()


def test_what_is_installed_is_never_replaced(admin: Administrator) -> None:
    for _ in range(2):
        admin.draft()
        answer = admin.do("confirm", looked="1")
    assert (answer.status_code, "installed already" in answer.text) == (422, True)


def test_a_document_that_is_no_standard_is_refused_in_words(admin: Administrator) -> None:
    admin.upload("各位同学：\n本周五开会。".encode())
    admin.read()
    page = admin.get(admin.page)
    assert "no requirements were found" in page.text
    assert "本周五" not in admin.get().text
    assert admin.do("discard").status_code == 303
    assert "standard.txt" not in admin.get().text


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "the file is empty"), (b" \n", "the file is empty")],
    ids=["nothing", "blank"],
)  # fmt: skip
def test_an_empty_upload_is_refused(admin: Administrator, content: bytes, words: str) -> None:
    answer = admin.upload(content)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_form_without_a_file_is_refused(admin: Administrator) -> None:
    answer = admin.post("imports")
    assert (answer.status_code, "Choose a file first" in answer.text) == (422, True)


def test_another_school_sees_nothing_of_it(admin: Administrator, sign_in: SignIn) -> None:
    page = admin.draft()
    with admin.classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        other = platforms.note_deployment(session, platform, "2", now=START)
        name = Person("李", name="李")
        stranger = people.remember_person(
            session, school_id=other.school_id, issuer=platform.issuer, person=name, now=START
        )
    home = sign_in(stranger, Role.ADMINISTRATOR, course=False)
    assert "standard.txt" not in admin.client.get(f"{home}/standards/").text
    for path in (page, f"{page}/draft.csv"):
        assert admin.client.get(f"{home}/standards/{path}").status_code == 404
    for act in ("confirm", "discard", "undo", "title", "facts", "requirement"):
        answer = admin.client.post(
            f"{home}/standards/{page}/{act}",
            data={"revision": "1", "looked": "1", "title": "x", "new_code": "1.1.1"},
        )
        assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STUDENT, Role.REGISTRAR])
def test_only_administrators_see_these_pages(
    admin: Administrator, classroom: Classroom, sign_in: SignIn, role: Role
) -> None:
    page = admin.draft()
    other = sign_in(classroom.enrol("路人", Role.TEACHER), role)
    assert admin.client.get(f"{other}/standards/").status_code == 403
    assert admin.client.get(f"{other}/standards/{page}").status_code == 403
    assert admin.client.post(f"{other}/standards/{page}/confirm").status_code == 403


def test_who_confirmed_is_in_the_log(admin: Administrator) -> None:
    admin.draft()
    admin.do("confirm", looked="1")
    with admin.classroom.reading() as session:
        entries = audit_log.entries_about(session, f"standard:{INVENTED}")
    assert [each.action for each in entries] == ["confirm_standard"]
    assert entries[0].actor_id is not None


def test_the_text_of_a_document_runs_nothing_on_the_page(admin: Administrator) -> None:
    hostile = as_text(document(Layout())).decode().replace("熟悉", "<script>alert(1)</script>熟悉")
    admin.upload(hostile.encode())
    admin.read()
    assert "<script>alert" not in admin.get(admin.page).text


def test_the_document_is_forgotten_once_it_is_read(admin: Administrator) -> None:
    admin.upload(as_text(document(Layout())))
    with admin.classroom.reading() as session:
        assert session.scalars(select(StandardDocumentRow)).all()
    admin.read()
    with admin.classroom.reading() as session:
        assert not session.scalars(select(StandardDocumentRow)).all()
