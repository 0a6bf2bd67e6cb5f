"""A backup taken while the tool is in use, restored elsewhere: nothing torn, decisions equal."""

import gzip
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.app import signing_key
from lti_tool.catalogue import Catalogue
from lti_tool.cli.environment import open_parts
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.files import EvidenceStore
from lti_tool.persistence import decisions, people, submissions, tables
from lti_tool.persistence.database import Database
from lti_tool.persistence.dump import PASSING
from lti_tool.persistence.people import Account
from lti_tool.persistence.ratings import RatingReleaseRow, RatingRow
from lti_tool.services.draft_submission import add_evidence, begin_attempt, remove_evidence
from lti_tool.services.explain_decision import explain_decision
from tests.cli.conftest import Run
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom, classroom_in, enrol

PAIRS = [("sqlite", "postgresql"), ("postgresql", "sqlite")]
"""Each kind is backed up and restored once, and moved to the other on the way."""


@dataclass
class School:
    """The tool's two homes, and what happens in the old one."""

    run: Run
    classroom: Classroom
    store: EvidenceStore
    move: Callable[[], Database]
    """From now on commands work in the new home; gives its database."""
    backup: Path


@pytest.fixture(params=PAIRS, ids=["sqlite-to-postgresql", "postgresql-to-sqlite"])
def school(
    request: pytest.FixtureRequest,
    run: Run,
    catalogue: Catalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[School]:
    old, new = (request.getfixturevalue(f"{kind}_url") for kind in request.param)
    database, opened = Database(old), []

    def live_at(url: str, folder: str) -> None:
        monkeypatch.setenv("LTI_TOOL_DATABASE_URL", url)
        monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path / folder))

    def move() -> Database:
        live_at(new, "new")
        opened.append(Database(new))
        return opened[-1]

    live_at(old, "old")
    classroom = classroom_in(database, catalogue)
    store = EvidenceStore(tmp_path / "old" / "evidence", 1_000_000)
    yield School(run, classroom, store, move, tmp_path / "backup.tar")
    for each in (database, *opened):
        each.close()


@dataclass(frozen=True)
class Draft:
    """A draft with one file in it."""

    learner: Account
    submission: Submission
    evidence_id: str
    storage_key: str


def draft_file(school: School, learner: Account, content: bytes) -> Draft:
    """A file in a draft of its own assessment."""
    classroom = school.classroom
    kept = school.store.keep(io.BytesIO(content), "笔记.txt")
    assessment = classroom.set_up()
    with classroom.working(learner) as work:
        piece = Evidence(
            work.new_id(),
            EvidenceKind.FILE,
            kept.name,
            frozenset(assessment.codes),
            work.now,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
        )
        attempt = begin_attempt(work, assessment)
        drafted = add_evidence(work, attempt, assessment, piece, storage_key=kept.storage_key)
    return Draft(learner, drafted, piece.id, kept.storage_key)


def take_out(school: School, draft: Draft) -> None:
    """The student takes the file out of the draft again, which may be undone: it stays stored."""
    with school.classroom.working(draft.learner) as work:
        remove_evidence(work, draft.submission, draft.evidence_id)


def attain(school: School, name: str) -> Account:
    """A learner with a signed-off level."""
    learner = school.classroom.enrol(name)
    master(school.classroom, learner, whole_level(school.classroom))
    sign_off_now(school.classroom, learner)
    return learner


class Load(threading.Thread):
    """A class at work until it is told to stop: files into drafts and out of them, work handed in,
    rated and released."""

    def __init__(self, school: School) -> None:
        super().__init__()
        self._school = school
        self._learner = school.classroom.enrol("忙碌的学生")
        self._assessment = school.classroom.set_up()
        self.stop = threading.Event()
        self.steps = 0

    def run(self) -> None:
        while not self.stop.is_set():
            drafts = []
            for _ in range(5):
                drafts.append(draft_file(self._school, self._learner, b"gone soon"))
                self.steps += 1
            self._school.classroom.finish(self._learner, self._assessment)
            for each in drafts:
                take_out(self._school, each)
                self.steps += 1


def decided(school: School, database: Database, learner: Account) -> tuple[object, ...]:
    """The learner's decisions, and whether the last one can be computed again."""
    with database.reading() as session:
        made = decisions.decisions_of(session, learner.id, STANDARD)
        explained = explain_decision(
            session,
            school.classroom.catalogue,
            STANDARD,
            LEVEL,
            learner_id=learner.id,
            school_id=learner.school_id,
            now=school.classroom.now,
        )
    assert explained.replay is not None
    return (*made, explained.replay.same, explained.replay.unchanged, explained.digest)


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row worth keeping, by table, as the row classes read it; the log's own lines of
    backups and restores left out."""
    found = {}
    with database.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in PASSING:
                query = table.select().order_by(*table.primary_key.columns)
                rows = [tuple(row) for row in connection.execute(query)]
                found[table.name] = [row for row in rows if "backup" not in row]
    return found


def test_a_backup_taken_under_load_gives_the_same_decisions_elsewhere(school: School) -> None:
    signed_off = [attain(school, name) for name in ("王雨欣", "李小龙")]
    before = [decided(school, school.classroom.database, each) for each in signed_off]
    assert all(each[1:3] == (True, True) for each in before)
    kept = draft_file(school, signed_off[0], "留下的".encode())

    load = Load(school)
    load.start()
    while load.steps < 10:
        load.stop.wait(0.01)
    begun = load.steps
    code, said, complaint = school.run("backup", str(school.backup))
    during = load.steps - begun
    load.stop.set()
    load.join()
    assert (code, complaint) == (0, "")
    assert during > 0, "the class must have been at work meanwhile"

    there = school.move()
    code, told, complaint = school.run("restore", str(school.backup))
    assert (code, complaint) == (0, "")
    assert told.split()[1] == said.split()[2], "as many rows as were saved"
    assert [decided(school, there, each) for each in signed_off] == before
    restored = EvidenceStore(Path(told_folder(school)), 1_000_000)
    with restored.open(kept.storage_key) as file:
        assert file.read() == "留下的".encode()
    assert_whole(there, restored)


def make_signing_key() -> None:
    """As the first launch does."""
    parts = open_parts()
    signing_key(parts)
    parts.database.close()


def told_folder(school: School) -> str:
    return str(school.backup.parent / "new" / "evidence")


def learners(database: Database) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(people.PersonRow.id)))


def assert_whole(database: Database, store: EvidenceStore) -> None:
    """No release is there in part, and every file is there that a piece of evidence names."""
    per_submission = (
        select(func.count(RatingRow.id), func.count(RatingReleaseRow.rating_id))
        .outerjoin(RatingReleaseRow, RatingReleaseRow.rating_id == RatingRow.id)
        .group_by(RatingRow.submission_id)
    )
    with database.reading() as session:
        found = session.execute(per_submission).all()
        assert found
        assert [each for each in found if each[1] not in {0, each[0]}] == []
        for key in session.scalars(select(submissions.EvidenceRow.storage_key)):
            if key is not None:
                store.open(key).close()


def test_every_row_comes_back_as_it_was_and_new_ones_are_numbered_after_them(
    school: School,
) -> None:
    attain(school, "王雨欣")
    make_signing_key()
    before = rows_of(school.classroom.database)
    assert school.run("backup", str(school.backup))[0] == 0
    there = school.move()
    assert school.run("restore", str(school.backup))[0] == 0
    assert rows_of(there) == before
    again = Classroom(
        there, school.classroom.catalogue, school.classroom.course, school.classroom.teacher
    )
    known = learners(there)
    assert enrol(there, again.course, "新同学", Role.STUDENT).id not in known


def test_who_is_signed_in_and_the_secret_key_are_not_in_a_backup(school: School) -> None:
    make_signing_key()
    secret = (school.backup.parent / "old" / "secret-key").read_text()
    assert school.run("backup", str(school.backup))[0] == 0
    with tarfile.open(school.backup) as tar:
        names = tar.getnames()
    assert not [name for name in names if "sessions" in name or "login_states" in name]
    assert secret.encode() not in school.backup.read_bytes()
    assert school.backup.stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" not in unpacked(school.backup, "signing_keys")


def unpacked(backup: Path, table: str) -> str:
    with tarfile.open(backup) as tar:
        found = tar.extractfile(f"database/{table}.jsonl.gz")
        assert found is not None
        return gzip.decompress(found.read()).decode()


def test_with_another_secret_the_doctor_says_which_one_is_missing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_signing_key()
    school.run("backup", str(school.backup))
    school.move()
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "x" * 40)
    assert school.run("restore", str(school.backup))[0] == 0
    code, out, _ = school.run("doctor", "--offline")
    assert (code, "signing key cannot be opened" in out) == (1, True)


def test_a_database_in_use_is_not_overwritten(school: School) -> None:
    attain(school, "王雨欣")
    school.run("backup", str(school.backup))
    before = rows_of(school.classroom.database)
    code, _, complaint = school.run("restore", str(school.backup))
    assert (code, "holds data already" in complaint) == (1, True)
    assert rows_of(school.classroom.database) == before


def test_a_backup_is_not_overwritten(school: School) -> None:
    school.backup.write_bytes(b"the only one")
    code, _, complaint = school.run("backup", str(school.backup))
    assert (code, "exists already" in complaint) == (2, True)
    assert school.backup.read_bytes() == b"the only one"


@pytest.mark.usefixtures("nothing_yet")
def test_an_empty_database_is_no_backup(run: Run, tmp_path: Path) -> None:
    """Without its settings the command would save another place's nothing."""
    code, _, complaint = run("backup", str(tmp_path / "nothing.tar"))
    assert (code, "nothing to back up" in complaint) == (2, True)
    assert not (tmp_path / "nothing.tar").exists()


def test_an_evidence_file_that_was_lost_before_is_named(school: School) -> None:
    draft = draft_file(school, school.classroom.enrol("王雨欣"), b"some notes")
    school.store.discard(draft.storage_key)
    code, _, complaint = school.run("backup", str(school.backup))
    assert (code, draft.storage_key in complaint) == (1, True)
    assert school.run("restore", "--check", str(school.backup))[0] == 0
    assert not list((school.backup.parent / "old").glob("backup-*"))
