"""Submissions and evidence as stored."""

from dataclasses import replace

import pytest

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission, SubmissionState
from lti_tool.persistence import submissions
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from tests.persistence.course_rows import (
    MINUTE,
    NOW,
    make_assessment,
    make_course,
    make_person,
    make_submission,
)

CODES = frozenset({"2.1.1"})


@pytest.fixture
def learner(database: Database) -> Account:
    """Somebody in a course with one assessment."""
    with database.transaction() as session:
        course = make_course(session)
        make_assessment(session, course, make_person(session, course, "3"))
        return make_person(session, course)


@pytest.fixture
def submission(database: Database, learner: Account) -> Submission:
    with database.transaction() as session:
        return make_submission(session, learner)


def stored(database: Database, submission_id: str = "s-1") -> Submission:
    with database.reading() as session:
        return submissions.submission_of(session, submission_id)


def file(name: str) -> Evidence:
    return Evidence(
        name, EvidenceKind.FILE, "录音.mp3", CODES, NOW, media_type="audio/mpeg", size=9, sha256="x"
    )


def test_an_attempt_comes_back_as_it_was_begun(database: Database, submission: Submission) -> None:
    assert stored(database) == submission


def test_only_what_is_told_changes_and_the_version_rises(
    database: Database, submission: Submission
) -> None:
    with database.transaction() as session:
        handed_in = submissions.change_submission(
            session,
            submission,
            state=SubmissionState.SUBMITTED,
            self_ratings={"2.1.1": 3},
            submitted_at=NOW + MINUTE,
            late=True,
        )
    assert handed_in == replace(
        submission,
        state=SubmissionState.SUBMITTED,
        self_ratings={"2.1.1": 3},
        submitted_at=NOW + MINUTE,
        late=True,
        version=2,
    )
    assert stored(database) == handed_in


def test_who_read_an_older_version_changes_nothing(
    database: Database, submission: Submission
) -> None:
    with database.transaction() as session:
        first = submissions.change_submission(session, submission, return_note="请补充")
    with pytest.raises(StaleFormError), database.transaction() as session:
        submissions.change_submission(session, submission, return_note="另一句")
    assert stored(database) == first


def test_evidence_is_kept_in_the_order_it_came_with_its_storage_key_apart(
    database: Database, submission: Submission
) -> None:
    text = Evidence("e-2", EvidenceKind.TEXT, "记录", CODES, NOW + MINUTE, text="您好")
    with database.transaction() as session:
        submissions.add_evidence(session, submission.id, text, storage_key=None)
        submissions.add_evidence(session, submission.id, file("e-1"), storage_key="ab/cd")
    assert stored(database).evidence == (file("e-1"), text)
    with database.reading() as session:
        assert submissions.storage_key(session, "e-1") == "ab/cd"
        assert submissions.storage_key(session, "e-2") is None
        assert submissions.submission_with(session, "e-2").id == submission.id


def test_evidence_is_changed_and_removed(database: Database, submission: Submission) -> None:
    with database.transaction() as session:
        submissions.add_evidence(session, submission.id, file("e-1"), storage_key="ab/cd")
        submissions.change_evidence(
            session, "e-1", codes=frozenset({"2.1.2"}), text=None, url=None, title="通话.mp3"
        )
    assert stored(database).evidence == (
        replace(file("e-1"), codes=frozenset({"2.1.2"}), title="通话.mp3"),
    )
    with database.transaction() as session:
        submissions.remove_evidence(session, "e-1", at=NOW)
    removed = stored(database)
    assert (removed.evidence, len(removed.removed)) == ((), 1)
    with database.transaction() as session:
        submissions.restore_evidence(session, "e-1")
        with pytest.raises(NotFoundError):
            submissions.restore_evidence(session, "e-1")
    assert len(stored(database).evidence) == 1
    with database.transaction() as session:
        submissions.remove_evidence(session, "e-1", at=NOW)
        submissions.forget_removed(session, submission.id)
    assert stored(database).removed == ()


def test_what_was_handed_in_is_kept_beside_its_copy_and_shares_its_content(
    database: Database, submission: Submission
) -> None:
    key = "ab" * 16
    with database.transaction() as session:
        submissions.add_evidence(session, submission.id, file("e-1"), storage_key=key)
        submissions.keep_as_handed_in(session, submission.id, at=NOW, new_id=lambda: "e-2")
    kept = stored(database)
    assert (kept.evidence, kept.earlier) == ((file("e-2"),), (file("e-1"),))
    with database.reading() as session:
        assert submissions.storage_key(session, "e-2") == key
        assert submissions.storage_keys(session, "ab") == {key}
        assert submissions.storage_keys(session, "aa") == frozenset()


def test_attempts_are_listed_in_order_and_each_number_once(
    database: Database, learner: Account
) -> None:
    with database.transaction() as session:
        second, first = (make_submission(session, learner, number) for number in (2, 1))
    with database.reading() as session:
        assert submissions.attempts_of(session, "a-1", learner.id) == [first, second]
    again = replace(first, id="s-9")
    with pytest.raises(StaleFormError), database.transaction() as session:
        submissions.add_submission(session, again)


def test_work_of_certain_states_is_listed_longest_waiting_first(
    database: Database, learner: Account
) -> None:
    with database.transaction() as session:
        for number, minutes in ((1, 9), (2, 5), (3, 1)):
            made = make_submission(session, learner, number)
            submissions.change_submission(
                session,
                made,
                state=SubmissionState.SUBMITTED if number < 3 else SubmissionState.RETURNED,
                submitted_at=NOW + minutes * MINUTE,
            )
        waiting = submissions.submissions_to(session, "a-1", [SubmissionState.SUBMITTED])
    assert [each.attempt for each in waiting] == [2, 1]


def test_what_is_not_there_is_not_found(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(NotFoundError):
            submissions.submission_of(session, "s-1")
        for ask in (
            submissions.storage_key,
            submissions.submission_with,
            submissions.restore_evidence,
        ):
            with pytest.raises(NotFoundError):
                ask(session, "e-1")
        with pytest.raises(NotFoundError):
            submissions.remove_evidence(session, "e-1", at=NOW)
        with pytest.raises(NotFoundError):
            submissions.change_evidence(session, "e-1", codes=CODES, text=None, url=None)
