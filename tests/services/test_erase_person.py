"""A person is forgotten, and the levels and records that rest on their work are not."""

from pathlib import Path

import pytest

from lti_tool.delivery.privacy import Remover
from lti_tool.domain.errors import ErasureRefusedError, NotFoundError
from lti_tool.domain.launch import Person, Role
from lti_tool.domain.personal_data import Fate, Refusal
from lti_tool.domain.submission import Evidence, EvidenceKind
from lti_tool.files import EvidenceStore
from lti_tool.persistence import audit_log, courses, erasures, people, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence, begin_attempt
from lti_tool.services.erase_person import (
    YEAR,
    Plan,
    find_people,
    keep_longer,
    plan_erasure,
    propose_due,
)
from lti_tool.services.export_person import export_person
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.review_rating import ask_review
from tests.services.attaining import master, sign_off_now, whole_level
from tests.services.classroom import ISSUER, START, Classroom, enrol, open_course
from tests.services.erasing import erase

NAME, NUMBER, EMAIL = "欧阳晓薇", "20267654321", "ouyang.xiaowei@school.example"
SECRETS = (NAME, NUMBER, EMAIL, "晓薇的录音", "晓薇做得很好", "晓薇不同意")


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """Somebody with a name, a number and an address, in the course."""
    return come(classroom, Person("u-7", name=NAME, email=EMAIL, student_number=NUMBER))


def come(classroom: Classroom, person: Person, *, years_on: float = 0) -> Account:
    """Somebody launches into the course as a student."""
    now = START + years_on * YEAR
    course = classroom.course
    with classroom.database.transaction() as session:
        account = people.remember_person(
            session, school_id=course.school_id, issuer=ISSUER, person=person, now=now
        )
        courses.remember_membership(
            session, course_id=course.id, person_id=account.id, role=Role.STUDENT, now=now
        )
    return account


def plan(classroom: Classroom, person: Account) -> Plan:
    with classroom.reading() as session:
        return plan_erasure(session, person.id, school_id=classroom.course.school_id)


def replayed(classroom: Classroom) -> list[Outcome]:
    with classroom.reading() as session:
        return [each.outcome for each in replay_decisions(session, classroom.catalogue)]


def test_decisions_are_computed_the_same_after_an_erasure(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    assert replayed(classroom) == [Outcome.SAME]
    erase(classroom, learner)
    assert replayed(classroom) == [Outcome.SAME]


def test_what_stays_and_why_is_known_before(classroom: Classroom, learner: Account) -> None:
    classroom.finish(learner, classroom.set_up())
    shown = plan(classroom, learner)
    fates = {each.kind: each.fate for each in shown.held}
    assert fates["evidence"] is Fate.REMOVED
    assert fates["ratings"] is Fate.EMPTIED
    assert fates["masteries"] is Fate.KEPT
    assert all((each.ground is None) is (each.fate is Fate.REMOVED) for each in shown.held)
    assert shown.refusal is None


def test_nobody_is_erased_twice_nor_one_who_acted_for_the_school(
    classroom: Classroom, learner: Account
) -> None:
    classroom.finish(learner, classroom.set_up())
    erase(classroom, learner)
    for person, refusal in ((learner, Refusal.ERASED), (classroom.teacher, Refusal.STAFF)):
        assert plan(classroom, person).refusal is refusal
        with pytest.raises(ErasureRefusedError):
            erase(classroom, person)


def test_somebody_of_another_school_is_not_found(classroom: Classroom, learner: Account) -> None:
    other = classroom.course.school_id + 1
    with classroom.database.transaction() as session:
        with pytest.raises(NotFoundError):
            plan_erasure(session, learner.id, school_id=other)
        with pytest.raises(NotFoundError):
            export_person(session, learner.id, school_id=other, by=None, now=START)
        assert not find_people(session, NAME, school_id=other, most=5)


def test_who_comes_again_is_somebody_new(classroom: Classroom, learner: Account) -> None:
    classroom.finish(learner, classroom.set_up())
    erase(classroom, learner)
    assert come(classroom, Person("u-7")).id != learner.id


def test_an_erasure_and_an_export_are_in_the_log(classroom: Classroom, learner: Account) -> None:
    with classroom.database.transaction() as session:
        told = export_person(session, learner.id, school_id=None, by=None, now=START)
    assert told.told["people"][0]["email"] == EMAIL
    erase(classroom, learner)
    with classroom.reading() as session:
        found = audit_log.entries_about(session, f"learner:{learner.id}")
    assert [(each.action, each.detail) for each in found] == [
        ("export_person", ""),
        ("erase", "asked"),
    ]


def everything_of(classroom: Classroom, learner: Account, store: EvidenceStore) -> None:
    """A file, a text, a comment, a review and a level, all with the name in them."""
    assessment = classroom.set_up()
    with (store.root.parent / "file").open("w+b") as file:
        file.write(f"{NAME} {NUMBER}".encode())
        file.seek(0)
        kept = store.keep(file, "晓薇的录音.txt")
    with classroom.working(learner) as work:
        attempt = begin_attempt(work, assessment)
        codes = frozenset(assessment.codes)
        file_, text = (
            Evidence(work.new_id(), kind, title, codes, work.now, text=words)
            for kind, title, words in (
                (EvidenceKind.FILE, kept.name, ""),
                (EvidenceKind.TEXT, "记录", f"我是{NAME}，电话 {NUMBER}"),
            )
        )
        drafted = add_evidence(work, attempt, assessment, file_, storage_key=kept.storage_key)
        add_evidence(work, drafted, assessment, text)
    submission = classroom.hand_in(learner, assessment)
    given = classroom.rate(submission, assessment, 3, 3, 3, comment="晓薇做得很好")
    classroom.release(submission, assessment)
    with classroom.working(learner) as work:
        code = given[0].requirement.code
        current = submissions.submission_of(work.session, submission.id)
        ask_review(work, current, assessment, code, "晓薇不同意")
    (store.root.parent / "file").unlink()


def test_nothing_of_a_person_is_found_in_the_files_of_the_database_or_in_the_store(
    classroom: Classroom, learner: Account, tmp_path: Path
) -> None:
    store = EvidenceStore(tmp_path / "evidence", 1000)
    everything_of(classroom, learner, store)
    assert found_in(tmp_path) == set(SECRETS)
    erase(classroom, learner)
    remover = Remover(classroom.database, store, lambda: classroom.now)
    assert remover.finish() == 1
    assert found_in(tmp_path) == set()
    assert remover.finish() == 0
    with classroom.reading() as session:
        assert erasures.unfinished(session) == []


def found_in(folder: Path) -> set[str]:
    """What of the secrets stands in any file, or in its name."""
    content = b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())
    return {each for each in SECRETS if each.encode() in content}


def test_learners_nothing_was_heard_of_are_proposed_until_somebody_decides(
    classroom: Classroom, learner: Account
) -> None:
    classroom.finish(learner, classroom.set_up())
    school_id = classroom.course.school_id

    def proposed(years_on: float) -> list[int]:
        now = START + years_on * YEAR
        with classroom.database.transaction() as session:
            propose_due(session, 5, now=now)
            return [person.id for person, _ in erasures.due(session, school_id)]

    assert proposed(4.9) == []
    assert proposed(5.1) == [learner.id]
    with classroom.database.transaction() as session:
        keep_longer(
            session,
            learner.id,
            school_id=school_id,
            until=START + 7 * YEAR,
            reason="诉讼未结",
            by=classroom.teacher.id,
            now=START + 5.2 * YEAR,
        )
    assert proposed(6) == []
    assert proposed(7.1) == [learner.id]
    come(classroom, Person("u-7"), years_on=7.2)
    assert proposed(7.3) == []


def test_a_file_that_others_hand_in_too_stays_for_them(
    classroom: Classroom, learner: Account, tmp_path: Path
) -> None:
    store = EvidenceStore(tmp_path / "evidence", 1000)
    (tmp_path / "one").write_bytes(b"our report")
    with (tmp_path / "one").open("rb") as file:
        kept = store.keep(file, "report.txt")
    assessment = classroom.set_up()
    for each in (learner, classroom.enrol("同组同学")):
        with classroom.working(each) as work:
            attempt = begin_attempt(work, assessment)
            piece = Evidence(
                work.new_id(), EvidenceKind.FILE, kept.name, frozenset(), work.now, size=10
            )
            add_evidence(work, attempt, assessment, piece, storage_key=kept.storage_key)
    erase(classroom, learner)
    Remover(classroom.database, store, lambda: classroom.now).finish()
    with store.open(kept.storage_key) as content:
        assert content.read() == b"our report"


def test_people_are_found_by_name_number_and_id(classroom: Classroom, learner: Account) -> None:
    stranger = open_course(classroom.database, "course-2")
    enrol(classroom.database, stranger, "别人", Role.STUDENT)
    with classroom.reading() as session:
        for search in ("晓薇", NUMBER, "u-7", str(learner.id)):
            found = find_people(session, search, school_id=learner.school_id, most=5)
            assert [each.id for each in found] == [learner.id], search
        assert not find_people(session, " ", school_id=None, most=5)
