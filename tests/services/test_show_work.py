"""One submission to rate, and what a rater may see of it."""

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Submission
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_work import WorkToRate, evidence_to_show, show_work
from tests.services.classroom import Classroom, open_course


def shown(classroom: Classroom, submission: Submission) -> WorkToRate:
    with classroom.reading() as session:
        return show_work(
            session,
            classroom.catalogue,
            submission.id,
            course_id=classroom.course.id,
            viewer_id=classroom.teacher.id,
        )


def test_codes_come_with_descriptors_evidence_and_self_rating(classroom: Classroom) -> None:
    work = classroom.hand_in(classroom.enrol("李"), classroom.set_up("2.1.1", "2.2.4"))
    first, red = shown(classroom, work).criteria
    assert first.criterion.descriptors is not None
    assert first.own is not None
    assert first.own.number == 3
    assert first.evidence == work.evidence
    assert [each.number for each in red.choices] == [1, 3]
    assert (red.own, red.newest) == (None, None)


def test_drafts_and_what_the_student_sees_are_told_apart(classroom: Classroom) -> None:
    made = classroom.set_up("2.1.1")
    work = classroom.finish(classroom.enrol("李"), made, 2)
    before = shown(classroom, work).criteria[0]
    assert before.shown == before.newest
    assert before.newest is not None
    colleague = classroom.enrol("何志强", Role.TEACHER)
    classroom.rate_code(work, made, "2.1.1", 4, seen=before.newest.rating.id, by=colleague)
    page = shown(classroom, work)
    (after,) = page.criteria
    assert after.is_corrected
    assert after.newest is not None
    assert (after.newest.rater, after.newest.level.number) == (colleague, 4)
    assert after.shown == before.shown
    assert (page.drafts, page.can_be_released) == (1, True)


def test_earlier_attempts_show_what_was_released_then(classroom: Classroom) -> None:
    made, student = classroom.set_up("2.1.1"), classroom.enrol("李")
    classroom.finish(student, made, 2)
    second = classroom.hand_in(student, made)
    page = shown(classroom, second)
    (past,) = page.criteria[0].earlier
    assert (past.attempt, past.given.level.number) == (1, 2)
    assert [each.attempt for each in page.attempts] == [1, 2]


def test_neighbours_follow_the_queue_and_next_waiting_skips_the_rated(
    classroom: Classroom,
) -> None:
    made = classroom.set_up()
    works = [classroom.hand_in(classroom.enrol(name), made) for name in "甲乙丙丁"]
    classroom.rate(works[1], made, 3, 3, 3)
    page = shown(classroom, works[0])
    assert (page.place, page.of_all, page.previous) == (1, 4, None)
    assert page.following == works[1].id
    assert page.next_waiting == works[2].id
    assert shown(classroom, works[3]).next_waiting == works[0].id


def test_an_earlier_attempt_stands_where_the_newest_does(classroom: Classroom) -> None:
    made, student = classroom.set_up("2.1.1"), classroom.enrol("李")
    first = classroom.finish(student, made, 2)
    other = classroom.hand_in(classroom.enrol("陈"), made)
    classroom.hand_in(student, made)
    page = shown(classroom, first)
    assert (page.place, page.previous) == (2, other.id)


def test_nobody_else_waiting_leaves_no_next(classroom: Classroom) -> None:
    work = classroom.hand_in(classroom.enrol("李"), classroom.set_up())
    page = shown(classroom, work)
    assert (page.following, page.next_waiting) == (None, None)


def test_release_is_possible_once_all_codes_are_rated(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    classroom.rate(work, made, 3, 3)
    assert not shown(classroom, work).can_be_released
    classroom.rate_code(work, made, made.codes[2], 3)
    page = shown(classroom, work)
    assert (page.rated, page.is_complete, page.can_be_released) == (3, True, True)
    assert not shown(classroom, classroom.release(work, made)).can_be_released


def test_drafts_of_students_and_other_courses_are_not_found(classroom: Classroom) -> None:
    made = classroom.set_up()
    drafted = classroom.draft(classroom.enrol("李"), made)
    with pytest.raises(NotFoundError):
        shown(classroom, drafted)
    work = classroom.hand_in(classroom.enrol("陈"), made)
    classroom.course = open_course(classroom.database, "course-2")
    with pytest.raises(NotFoundError):
        shown(classroom, work)


def test_evidence_is_shown_only_while_it_is_handed_in(
    classroom: Classroom, catalogue: Catalogue
) -> None:
    work = classroom.hand_in(classroom.enrol("李"), classroom.set_up())
    piece = work.evidence[0]
    with classroom.reading() as session:
        found = evidence_to_show(session, piece.id, course_id=classroom.course.id)
    assert found == (piece, None)
    with classroom.working() as working:
        return_submission(working, work, "请补充")
    with classroom.reading() as session, pytest.raises(NotFoundError):
        evidence_to_show(session, piece.id, course_id=classroom.course.id)
