"""Giving work back for revision."""

from dataclasses import replace

import pytest

from lti_tool.domain.errors import StaleFormError, TransitionError
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import audit_log
from lti_tool.services.draft_submission import (
    change_evidence,
    remove_evidence,
    restore_evidence,
)
from lti_tool.services.return_submission import return_submission
from lti_tool.services.submit_evidence import submit_evidence
from tests.services.classroom import Classroom


def test_returned_work_carries_its_note_and_may_be_handed_in_again(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    handed_in = classroom.hand_in(student, made)
    with classroom.working() as work:
        returned = return_submission(work, handed_in, "  请补充运费说明  ")
    assert (returned.state, returned.return_note) == (SubmissionState.RETURNED, "请补充运费说明")
    with classroom.working(student) as work:
        again = submit_evidence(work, returned, made)
    assert (again.state, again.attempt) == (SubmissionState.SUBMITTED, 1)
    with classroom.reading() as session:
        log = audit_log.entries_about(session, f"submission:{again.id}")
    assert [each.action for each in log] == ["submit", "return", "submit"]


def test_what_was_handed_in_is_kept_whatever_is_changed_after_a_return(
    classroom: Classroom,
) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    handed_in = classroom.hand_in(student, made)
    (before,) = handed_in.evidence
    (rating, *_) = classroom.rate(handed_in, made, 2)
    with classroom.working() as work:
        returned = return_submission(work, handed_in, "请补充运费说明")
    (copy,) = returned.evidence
    assert copy == replace(before, id=copy.id)

    with classroom.working(student) as work:
        changed = change_evidence(work, returned, made, copy.id, codes=copy.codes, text="新稿")
        emptied = remove_evidence(work, changed, copy.id)
        restored = restore_evidence(work, emptied, copy.id)
        again = submit_evidence(work, restored, made)

    assert [each.text for each in again.evidence] == ["新稿"]
    assert again.earlier == (before,)
    assert rating.evidence_ids == (before.id,)


def test_released_work_is_not_returned(classroom: Classroom) -> None:
    made = classroom.set_up()
    released = classroom.finish(classroom.enrol("李"), made)
    with pytest.raises(TransitionError), classroom.working() as work:
        return_submission(work, released, "太晚了")


def test_work_that_changed_meanwhile_is_not_returned(classroom: Classroom) -> None:
    made = classroom.set_up()
    handed_in = classroom.hand_in(classroom.enrol("李"), made)
    with classroom.working() as work:
        return_submission(work, handed_in, "请补充")
    with pytest.raises(StaleFormError), classroom.working() as work:
        return_submission(work, handed_in, "又一次")
