"""A group rated cell by cell: what is saved, what is in conflict, what is refused."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import standings, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.rate_by_code import (
    Cell,
    CellOutcome,
    CellState,
    Floor,
    FloorRow,
    Lock,
    give_cells,
    show_floor,
)
from lti_tool.services.release_ratings import release_all
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_queue import QueueState, show_queue
from tests.services.classroom import STANDARD, Classroom, conditions, enrol, open_course
from tests.services.counting import queries


def give(
    classroom: Classroom, made: Assessment, *cells: Cell, by: Account | None = None
) -> Sequence[CellOutcome]:
    with classroom.working(by) as work:
        return give_cells(work, made, cells, course_id=classroom.course.id)


def floor(classroom: Classroom, made: Assessment) -> Floor:
    with classroom.reading() as session:
        return show_floor(
            session,
            classroom.catalogue,
            made.id,
            course_id=classroom.course.id,
            viewer_id=classroom.teacher.id,
        )


def row(classroom: Classroom, made: Assessment, learner: Account) -> FloorRow:
    return next(each for each in floor(classroom, made).rows if each.learner == learner)


def levels(found: FloorRow) -> dict[str, int]:
    return {code: word.performance_level for code, word in found.words.items()}


def test_a_student_who_handed_nothing_in_is_rated_where_the_work_is_seen(
    classroom: Classroom,
) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    (outcome,) = give(classroom, made, Cell(student.id, "2.1.1", 3))
    assert outcome.state is CellState.SAVED
    found = row(classroom, made, student)
    assert levels(found) == {"2.1.1": 3}
    assert found.attempt is not None
    assert found.attempt.state is SubmissionState.DRAFT
    assert found.words["2.1.1"].performed_at == classroom.now
    with classroom.reading() as session:
        assert standings.standings_of(session, [student.id], STANDARD)[student.id] == {}


def test_a_draft_keeps_its_evidence_to_its_learner_and_can_still_be_handed_in(
    classroom: Classroom,
) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    classroom.draft(student, made)
    give(classroom, made, Cell(student.id, "2.1.1", 3))
    assert row(classroom, made, student).words["2.1.1"].evidence_ids == ()
    handed_in = classroom.hand_in(student, made)
    assert handed_in.state is SubmissionState.SUBMITTED
    assert levels(row(classroom, made, student)) == {"2.1.1": 3}


def test_what_was_seen_whole_is_released_without_being_handed_in(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    some = classroom.enrol("王")
    give(classroom, made, *(Cell(student.id, code, 3) for code in made.codes))
    give(classroom, made, Cell(some.id, "2.1.1", 3))
    with classroom.reading() as session:
        queue = show_queue(session, made.id, course_id=classroom.course.id)
    assert {each.learner.name: (each.state, each.rated) for each in queue.rows} == {
        "李": (QueueState.READY, 3),
        "王": (QueueState.WORKING, 1),
    }
    with classroom.working() as work:
        outcome = release_all(work, made)
    assert (outcome.released, outcome.incomplete) == (1, 1)
    attempt = row(classroom, made, student).attempt
    assert attempt is not None
    assert attempt.state is SubmissionState.RELEASED
    with classroom.reading() as session:
        assert len(standings.standings_of(session, [student.id], STANDARD)[student.id]) == 3


def test_rated_at_once_the_last_code_releases(classroom: Classroom) -> None:
    made = classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    student = classroom.enrol("李")
    for code in made.codes:
        give(classroom, made, Cell(student.id, code, 3))
    attempt = row(classroom, made, student).attempt
    assert attempt is not None
    assert attempt.state is SubmissionState.RELEASED


def test_a_word_somebody_else_gave_meanwhile_is_shown_and_kept(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    other = classroom.enrol("何志强", Role.TEACHER)
    give(classroom, made, Cell(student.id, "2.1.1", 2), by=other)
    (outcome,) = give(classroom, made, Cell(student.id, "2.1.1", 3))
    assert outcome.state is CellState.CONFLICT
    assert outcome.word is not None
    assert outcome.word.rater_id == other.id
    assert levels(row(classroom, made, student)) == {"2.1.1": 2}
    (decided,) = give(classroom, made, Cell(student.id, "2.1.1", 3, seen=outcome.word.id))
    assert decided.state is CellState.SAVED
    assert levels(row(classroom, made, student)) == {"2.1.1": 3}


def test_two_who_judge_alike_are_in_no_conflict(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    other = classroom.enrol("何志强", Role.TEACHER)
    give(classroom, made, Cell(student.id, "2.1.1", 3), by=other)
    (outcome,) = give(classroom, made, Cell(student.id, "2.1.1", 3))
    assert outcome.state is CellState.SAVED
    assert outcome.word is not None
    assert outcome.word.rater_id == other.id


def test_a_tap_whose_answer_was_lost_is_no_conflict_with_the_next(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    give(classroom, made, Cell(student.id, "2.1.1", 2))
    (again,) = give(classroom, made, Cell(student.id, "2.1.1", 2))
    assert again.state is CellState.SAVED
    late = Cell(student.id, "2.1.1", 4, sent=frozenset({2}))
    (outcome,) = give(classroom, made, late)
    assert outcome.state is CellState.SAVED
    (elsewhere,) = give(classroom, made, Cell(student.id, "2.1.1", 1))
    assert elsewhere.state is CellState.CONFLICT


def test_a_comment_that_stands_in_a_cell_stays_with_a_new_level(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    work = classroom.hand_in(student, made)
    (rating,) = classroom.rate(work, made, 2, comment="先安抚，再问单号。")
    give(classroom, made, Cell(student.id, "2.1.1", 3, seen=rating.id))
    assert row(classroom, made, student).words["2.1.1"].comment == "先安抚，再问单号。"


def test_not_observed_takes_own_drafts_back_and_nobody_elses(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    other = classroom.enrol("何志强", Role.TEACHER)
    (theirs,) = give(classroom, made, Cell(student.id, "2.1.1", 2), by=other)
    assert theirs.word is not None
    (refused,) = give(classroom, made, Cell(student.id, "2.1.1", None, seen=theirs.word.id))
    assert (refused.state, refused.reason) == (CellState.REFUSED, "not_yours")
    (mine,) = give(classroom, made, Cell(student.id, "2.1.1", 3, seen=theirs.word.id))
    assert mine.word is not None
    (back,) = give(classroom, made, Cell(student.id, "2.1.1", None, seen=mine.word.id))
    assert back.word == theirs.word
    (own,) = give(classroom, made, Cell(student.id, "2.1.2", 3))
    assert own.word is not None
    (gone,) = give(classroom, made, Cell(student.id, "2.1.2", None, seen=own.word.id))
    assert gone.word is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param((1, None), "reason_missing", id="no reason"),
        pytest.param((1, "辱骂客户"), "not_confirmed", id="not confirmed"),
        pytest.param((2, None), "performance_level", id="no such level for a red line"),
    ],
)
def test_a_breach_needs_a_reason_and_a_confirmation(
    classroom: Classroom, cell: tuple[int, str | None], reason: str
) -> None:
    made, student = classroom.set_up("2.2.4"), classroom.enrol("李")
    (refused,) = give(classroom, made, Cell(student.id, "2.2.4", *cell))
    assert (refused.state, refused.reason) == (CellState.REFUSED, reason)
    whole = Cell(student.id, "2.2.4", 1, "辱骂客户", confirmed=True)
    (given,) = give(classroom, made, whole)
    assert given.state is CellState.SAVED


def test_one_refused_cell_does_not_hold_up_the_others(classroom: Classroom) -> None:
    made = classroom.set_up("2.2.3", "2.2.4")
    one, two = classroom.enrol("李"), classroom.enrol("王")
    outcomes = give(
        classroom,
        made,
        Cell(two.id, "2.2.3", 3),
        Cell(one.id, "2.2.4", 1),
        Cell(one.id, "2.2.3", 4),
    )
    assert [each.state.value for each in outcomes] == ["saved", "refused", "saved"]


def test_who_revises_is_not_rated_meanwhile(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    work = classroom.hand_in(student, made)
    with classroom.working() as at_work:
        return_submission(at_work, work, "请补充证据")
    (outcome,) = give(classroom, made, Cell(student.id, "2.1.1", 3))
    assert (outcome.state, outcome.reason) == (CellState.REFUSED, "returned")


def test_only_students_of_the_course_are_rated(classroom: Classroom) -> None:
    made = classroom.set_up()
    elsewhere = open_course(classroom.database, "course-2")
    stranger = enrol(classroom.database, elsewhere, "外班", Role.STUDENT)
    assert give(classroom, made, Cell(stranger.id, "2.1.1", 3)) == []
    with classroom.reading() as session, pytest.raises(NotFoundError):
        show_floor(
            session,
            classroom.catalogue,
            made.id,
            course_id=elsewhere.id,
            viewer_id=classroom.teacher.id,
        )


def test_a_larger_class_takes_no_more_queries(classroom: Classroom) -> None:
    made = classroom.set_up()
    counts = []
    for number in range(2):
        for each in range(5):
            student = classroom.enrol(f"学生{number}{each}")
            give(classroom, made, Cell(student.id, "2.1.1", 3))
        with queries(classroom.database) as sent:
            floor(classroom, made)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_an_attempt_opened_by_a_rating_is_the_learners_own(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    give(classroom, made, Cell(student.id, "2.1.1", 3))
    drafted = classroom.draft(student, made)
    with classroom.reading() as session:
        attempts = submissions.attempts_of(session, made.id, student.id)
    assert [each.id for each in attempts] == [drafted.id]


def test_where_names_are_hidden_there_is_no_grid(classroom: Classroom) -> None:
    made = classroom.set_up(given=replace(conditions(), anonymous=True))
    student = classroom.enrol("李")
    assert floor(classroom, made).rows == ()
    assert give(classroom, made, Cell(student.id, "2.1.1", 3)) == []


def test_what_may_be_marked_a_second_time_is_neither_shown_nor_changed(
    classroom: Classroom,
) -> None:
    made = classroom.set_up(given=replace(conditions(), second_percent=100))
    student, other = classroom.enrol("李"), classroom.enrol("何志强", Role.TEACHER)
    work = classroom.hand_in(student, made)
    classroom.rate(work, made, 3, by=other)
    found = row(classroom, made, student)
    assert (found.words, found.lock) == ({}, Lock.SECOND)
    (outcome,) = give(classroom, made, Cell(student.id, "2.1.1", 2))
    assert (outcome.state, outcome.word, outcome.reason) == (CellState.REFUSED, None, "second")
    (own,) = give(classroom, made, Cell(student.id, "2.1.2", 2), by=other)
    assert own.state is CellState.SAVED
