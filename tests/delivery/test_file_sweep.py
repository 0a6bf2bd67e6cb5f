"""What belongs to nothing is cleared from the evidence folder, and nothing else ever is."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.delivery.file_sweep import UPLOADS_KEPT, FileSweeper, Swept
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.files import EvidenceStore, KeptFile, Parts
from lti_tool.persistence import uploads
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence, begin_attempt, remove_evidence
from lti_tool.services.return_submission import return_submission
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.upload_file import begin_upload
from tests.services.classroom import Classroom, classroom_in

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=2)


@pytest.fixture
def classroom(database: Database, catalogue: Catalogue) -> Classroom:
    return classroom_in(database, catalogue)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 100_000)


@pytest.fixture
def sweeper(database: Database, store: EvidenceStore) -> FileSweeper:
    return FileSweeper(database, store, lambda: NOW)


def keep(store: EvidenceStore, words: str) -> KeptFile:
    return store.keep(io.BytesIO(words.encode()), "a.txt")


def draft_with(
    classroom: Classroom, learner: Account, made: Assessment, kept: KeptFile
) -> Submission:
    with classroom.working(learner) as work:
        piece = Evidence(
            work.new_id(), EvidenceKind.FILE, kept.name, frozenset(), work.now,
            media_type=kept.media_type, size=kept.size, sha256=kept.sha256,
        )  # fmt: skip
        draft = begin_attempt(work, made)
        return add_evidence(work, draft, made, piece, storage_key=kept.storage_key)


def let_lie(store: EvidenceStore) -> None:
    """As if nobody had touched anything for two days."""
    for path in store.root.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def is_there(store: EvidenceStore, kept: KeptFile) -> bool:
    return any(store.root.rglob(kept.storage_key))


def test_a_file_goes_once_no_piece_names_it(
    classroom: Classroom, store: EvidenceStore, sweeper: FileSweeper
) -> None:
    made, learner = classroom.set_up(), classroom.enrol("李")
    used, removed, lost = keep(store, "用"), keep(store, "移除"), keep(store, "无主")
    draft = draft_with(classroom, learner, made, used)
    draft = draft_with(classroom, learner, made, removed)
    with classroom.working(learner) as work:
        draft = remove_evidence(work, draft, draft.evidence[1].id)
    let_lie(store)

    assert sweeper.sweep(only_count=True) == Swept(1, 0)
    assert sweeper.sweep() == Swept(1, 0)
    assert [is_there(store, each) for each in (used, removed, lost)] == [True, True, False]

    with classroom.working(learner) as work:
        submit_evidence(work, draft, made)
    assert sweeper.sweep() == Swept(1, 0)
    assert [is_there(store, each) for each in (used, removed)] == [True, False]


def test_a_file_that_was_handed_in_before_a_return_stays(
    classroom: Classroom, store: EvidenceStore, sweeper: FileSweeper
) -> None:
    made, learner = classroom.set_up(), classroom.enrol("李")
    kept = keep(store, "第一稿")
    draft = draft_with(classroom, learner, made, kept)
    with classroom.working(learner) as work:
        handed_in = submit_evidence(work, draft, made)
    with classroom.working() as work:
        returned = return_submission(work, handed_in, "请重做")
    with classroom.working(learner) as work:
        emptied = remove_evidence(work, returned, returned.evidence[0].id)
    new = keep(store, "第二稿")
    again = draft_with(classroom, learner, made, new)
    assert again.id == emptied.id
    with classroom.working(learner) as work:
        submit_evidence(work, again, made)
    let_lie(store)

    assert sweeper.sweep() == Swept(0, 0)
    assert is_there(store, kept)


def test_a_file_just_kept_is_left_for_its_row_to_come(
    classroom: Classroom, store: EvidenceStore, sweeper: FileSweeper
) -> None:
    kept = keep(store, "刚到")

    assert sweeper.sweep() == Swept(0, 0)
    assert is_there(store, kept)


def test_what_a_crash_cut_off_goes(store: EvidenceStore, sweeper: FileSweeper) -> None:
    Parts(store).begin("a.txt", 10)
    store.root.joinpath("incoming-1234").touch()
    let_lie(store)

    assert sweeper.sweep() == Swept(2, 0)
    assert not any(each.is_file() for each in store.root.rglob("*"))


@pytest.mark.parametrize(("age", "given_up"), [(timedelta(0), 0), (UPLOADS_KEPT, 1)])
def test_an_upload_may_be_gone_on_with_for_a_week(
    classroom: Classroom,
    store: EvidenceStore,
    sweeper: FileSweeper,
    age: timedelta,
    given_up: int,
) -> None:
    made, learner = classroom.set_up(), classroom.enrol("李")
    classroom.now = NOW - age - timedelta(hours=1)
    key, name = Parts(store).begin("a.txt", 10)
    with classroom.working(learner) as work:
        begin_upload(work, made, name=name, size=10, part_key=key)
    let_lie(store)

    assert sweeper.sweep() == Swept(0, given_up)
    with classroom.reading() as session:
        assert len(uploads.uploads_of(session, made.id, learner.id)) == 1 - given_up


def test_an_empty_folder_is_no_trouble(sweeper: FileSweeper) -> None:
    assert sweeper.sweep() == Swept(0, 0)
    assert sweeper.deliver_due() == 0
