"""Papers about one learner: issued by the registrar, verified by anybody with the code."""

import io
import json
import re
from dataclasses import dataclass

import jwt
import pdfplumber
import pytest
from flask.testing import FlaskClient
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Person, Role
from lti_tool.exchange.pdf import NoPdfError
from lti_tool.persistence import audit_log, people
from lti_tool.persistence.people import Account
from lti_tool.services.sign_off_attainment import revoke_attainment
from lti_tool.web.registrar import transcript as transcript_page
from tests.services.attaining import LEVEL, master, sign_off_now, subject, whole_level
from tests.services.classroom import ISSUER, STANDARD, START, Classroom, enrol
from tests.web.conftest import SignIn


@dataclass
class Registrar:
    """A registrar at work, and a learner who attained the elementary level."""

    classroom: Classroom
    client: FlaskClient
    home: str
    learner: Account

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.home}/registrar/{path}")

    def issue(self, what: str, learner: Account | None = None) -> TestResponse:
        who = (learner or self.learner).id
        return self.client.post(f"{self.home}/registrar/learners/{who}/{STANDARD}/{what}")

    def credential(self) -> tuple[str, str]:
        """A new credential: the address of its export and its code."""
        answer = self.issue(f"{LEVEL}/credential")
        assert answer.status_code == 303
        address = answer.headers["Location"].partition("/registrar/")[2]
        return address, self.code(self.get(address))

    @staticmethod
    def code(page: TestResponse) -> str:
        found = re.search(r"/verify/([0-9A-Z]{16})", page.text)
        assert found
        return found[1]

    def revoke(self) -> None:
        with self.classroom.working() as work:
            revoke_attainment(
                work, subject(self.learner), reason="误操作", school_id=self.learner.school_id
            )


@pytest.fixture
def registrar(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Registrar:
    learner = classroom.enrol("黄嘉怡", number="2024030107")
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    person = enrol(classroom.database, classroom.course, "李慧", Role.TEACHER)
    home = sign_in(person, Role.REGISTRAR, course=False, data={"language": "en"})
    return Registrar(classroom, client, home, learner)


def verified(client: FlaskClient, token: str) -> dict[str, object]:
    """The payload, checked with the key that the head leads to."""
    address = jwt.get_unverified_header(token)["kid"].removeprefix("https://tool.example")
    found = JWS()
    found.deserialize(token)
    found.verify(JWK(**client.get(address).get_json()))
    payload: dict[str, object] = json.loads(found.payload)
    return payload


def test_a_credential_is_issued_and_verified_with_the_published_key(registrar: Registrar) -> None:
    address, code = registrar.credential()
    file = registrar.get(f"{address}/credential")
    assert file.mimetype == "application/vc+jwt"
    assert f"credential-{code}.jwt" in file.headers["Content-Disposition"]
    payload = verified(registrar.client, file.text)
    assert payload["id"] == f"https://tool.example/verify/{code}"
    assert registrar.get(f"{address}/credential").data == file.data
    issuer = str(payload["iss"]).removeprefix("https://tool.example")
    assert registrar.client.get(issuer).get_json()["id"] == payload["iss"]
    (key,) = registrar.client.get(f"{issuer}/keys").get_json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def test_who_has_the_code_sees_that_it_is_valid_and_little_more(registrar: Registrar) -> None:
    _, code = registrar.credential()
    page = registrar.client.get(f"/verify/{code}", headers={"Accept-Language": "en"})
    assert "This paper is valid" in page.text
    assert "黄＊＊" in page.text
    assert re.search(r"Issued on \d{4}-\d\d-\d\d<", page.text), "as the paper says, with the year"
    assert "not an X certificate" in page.text
    for private in ("黄嘉怡", "2024030107", "李慧"):
        assert private not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_revoked_level_is_revoked_for_whoever_verifies_it(registrar: Registrar) -> None:
    _, code = registrar.credential()
    before = registrar.client.get(f"/verify/{code}/status").get_json()
    assert before["revokedCredential"] == []
    registrar.revoke()
    page = registrar.client.get(f"/verify/{code}", headers={"Accept-Language": "en"})
    assert "does not hold any more" in page.text
    after = registrar.client.get(f"/verify/{code}/status").get_json()
    assert after["revokedCredential"] == [
        {"id": f"https://tool.example/verify/{code}", "revoked": True}
    ]


def test_an_unknown_code_says_so(registrar: Registrar) -> None:
    for code in ("0000000000000000", "x", "../../etc"):
        page = registrar.client.get(f"/verify/{code}", headers={"Accept-Language": "en"})
        assert page.status_code == 404
    assert registrar.client.get("/verify/0000000000000000/status").status_code == 404
    assert registrar.client.get("/credentials/keys/unknown").status_code == 404
    assert registrar.client.get("/credentials/issuers/1").status_code == 404
    assert registrar.client.get("/credentials/issuers/1/keys").status_code == 404


def test_a_code_may_be_typed_as_it_is_read(registrar: Registrar) -> None:
    _, code = registrar.credential()
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]} ".replace("0", "O").replace("1", "l")
    answer = registrar.client.get("/verify", query_string={"code": typed})
    assert answer.headers["Location"] == f"/verify/{code}"
    assert registrar.client.get("/verify").status_code == 200


def test_what_is_not_signed_off_has_no_credential(registrar: Registrar) -> None:
    registrar.revoke()
    assert registrar.issue(f"{LEVEL}/credential").status_code == 409
    assert registrar.issue("advanced/credential").status_code == 409
    assert registrar.issue("nonsense/credential").status_code == 400


def test_papers_are_exports_and_in_the_log(registrar: Registrar) -> None:
    address, _ = registrar.credential()
    registrar.get(f"{address}/credential")
    page = registrar.get("exports").text
    assert "Signed credential" in page
    with registrar.classroom.reading() as session:
        log = audit_log.entries_about(session, f"export:{address.rpartition('/')[2]}")
    assert [each.action for each in log] == ["export", "take_export"]


def test_a_teacher_issues_no_papers(registrar: Registrar, sign_in: SignIn) -> None:
    registrar.home = sign_in(registrar.classroom.teacher, Role.TEACHER)
    assert registrar.issue(f"{LEVEL}/credential").status_code == 403
    assert registrar.issue("transcript").status_code == 403


def rename(registrar: Registrar, name: str) -> None:
    """The LMS tells another name for the learner."""
    with registrar.classroom.database.transaction() as session:
        people.remember_person(
            session,
            school_id=registrar.learner.school_id,
            issuer=ISSUER,
            person=Person("黄嘉怡", name=name),
            now=START,
        )


def transcript(registrar: Registrar) -> str:
    """The address of a new transcript."""
    answer = registrar.issue("transcript")
    assert answer.status_code == 303
    return answer.headers["Location"].partition("/registrar/")[2]


def test_a_transcript_tells_levels_and_areas_and_what_it_is_not(registrar: Registrar) -> None:
    page = registrar.get(transcript(registrar))
    words = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "黄嘉怡" in words
    assert "2024030107" in words
    assert "Signed off 49 / 49" in words
    assert words.count("At least") == 1
    assert "not an X certificate" in words
    assert re.search(r"Verification code [0-9A-Z]{4} [0-9A-Z]{4}", words)


def sheet(page: str) -> str:
    """The paper itself, without what the page says around it."""
    found = re.search(r"<article class=\"sheet\".*</article>", page, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_transcript_stays_as_it_was_issued(registrar: Registrar) -> None:
    address = transcript(registrar)
    before = sheet(registrar.get(address).text)
    registrar.revoke()
    rename(registrar, "另一个名字")
    assert sheet(registrar.get(address).text) == before
    assert "另一个名字" in registrar.get(transcript(registrar)).text


def test_the_pdf_has_the_rare_characters_of_a_name(registrar: Registrar) -> None:
    rename(registrar, "𬭎㛃䶮")
    address = transcript(registrar)
    answer = registrar.get(f"{address}.pdf")
    assert answer.mimetype == "application/pdf"
    assert registrar.get(f"{address}.pdf").data == answer.data
    with pdfplumber.open(io.BytesIO(answer.data)) as found:
        assert len(found.pages) == 1
        words = found.pages[0].extract_text()
        fonts = {char["text"]: char["fontname"] for char in found.pages[0].chars}
    assert "𬭎㛃䶮" in words
    assert "not an X certificate" in words.replace("\n", " ")
    assert {each for each in "𬭎㛃䶮" if "CJK" not in fonts[each]} == set()


def test_where_no_pdf_can_be_made_the_page_is_there_to_print(
    registrar: Registrar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> bytes:
        raise NoPdfError("exit code 1")

    monkeypatch.setattr(transcript_page, "pdf_of", refuse)
    address = transcript(registrar)
    answer = registrar.get(f"{address}.pdf")
    assert answer.status_code == 303
    assert "This server cannot make a PDF" in registrar.get(address).text


def test_a_transcript_is_overtaken_by_a_revocation(registrar: Registrar) -> None:
    address = transcript(registrar)
    code = registrar.code(registrar.get(address))
    english = {"Accept-Language": "en"}
    assert "is valid" in registrar.client.get(f"/verify/{code}", headers=english).text
    registrar.revoke()
    assert "not hold any more" in registrar.client.get(f"/verify/{code}", headers=english).text
    later = registrar.code(registrar.get(transcript(registrar)))
    assert "is valid" in registrar.client.get(f"/verify/{later}", headers=english).text


def test_there_is_no_transcript_of_nothing(registrar: Registrar) -> None:
    newcomer = registrar.classroom.enrol("新同学")
    assert registrar.issue("transcript", newcomer).status_code == 409


def test_chinese_papers_are_wholly_chinese(registrar: Registrar, sign_in: SignIn) -> None:
    registrar.home = sign_in(registrar.classroom.teacher, Role.REGISTRAR, course=False)
    address = transcript(registrar)
    code = registrar.code(registrar.get(address))
    export, _ = registrar.credential()
    pages = [registrar.get(each) for each in (address, export)]
    for page in (*pages, registrar.client.get(f"/verify/{code}")):
        known = r"<[^>]+>|English|Open Badges|SHA-256|https?://\S+|[\w-]{20,}|/verify"
        known += r"|[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}"
        assert re.findall(r"[A-Za-z]{4,}", re.sub(known, " ", page.text)) == []
