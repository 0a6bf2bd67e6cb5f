"""Who waits for the teacher."""

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Submission
from lti_tool.persistence import second_markings
from lti_tool.persistence.ratings import ratings_of_submission
from lti_tool.persistence.submissions import submission_of
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_queue import Queue, QueueState, show_assessments, show_queue
from tests.services.classroom import Classroom, open_course


def queue(classroom: Classroom, assessment_id: str) -> Queue:
    with classroom.reading() as session:
        return show_queue(session, assessment_id, course_id=classroom.course.id)


def hold(classroom: Classroom, made: Assessment, work: Submission) -> None:
    """Rate it, and let a second rater begin."""
    classroom.rate(work, made, 3, 3, 3)
    other = classroom.enrol("刘洋", Role.TEACHER)
    with classroom.working(other) as begun:
        second_markings.begin(begun.session, work.id, rater_id=other.id, now=begun.now)


def test_every_student_stands_in_one_state(classroom: Classroom) -> None:
    made = classroom.set_up()
    students = {
        name: classroom.enrol(name)
        for name in ("waits", "ready", "returned", "released", "works", "nothing")
    }
    classroom.hand_in(students["waits"], made)
    classroom.rate(classroom.hand_in(students["ready"], made), made, 3, 3, 3)
    given_back = classroom.hand_in(students["returned"], made)
    with classroom.working() as work:
        return_submission(work, given_back, "请补充")
    classroom.finish(students["released"], made)
    classroom.draft(students["works"], made)
    hold(classroom, made, classroom.hand_in(classroom.enrol("second"), made))
    found = queue(classroom, made.id)
    assert {row.learner.name: row.state.value for row in found.rows} == {
        "waits": "waiting",
        "ready": "ready",
        "returned": "returned",
        "released": "released",
        "works": "working",
        "nothing": "nothing",
        "second": "second",
    }
    assert set(found.counts.values()) == {1}


def test_the_longest_waiting_comes_first(classroom: Classroom) -> None:
    made = classroom.set_up()
    first, second = classroom.enrol("李", number="2"), classroom.enrol("陈", number="1")
    classroom.hand_in(first, made)
    classroom.hand_in(second, made)
    found = queue(classroom, made.id)
    assert [row.learner.name for row in found.rows] == ["李", "陈"]
    assert found.first is not None
    assert found.first.learner == first


def test_a_draft_shows_no_work(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.draft(classroom.enrol("李"), made)
    (row,) = queue(classroom, made.id).rows
    assert (row.submission, row.since, row.rated) == (None, None, 0)


def test_the_newest_attempt_counts_and_a_new_draft_does_not_hide_the_last(
    classroom: Classroom,
) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    done = classroom.finish(student, made)
    classroom.draft(student, made)
    (row,) = queue(classroom, made.id).rows
    assert row.submission is not None
    assert (row.submission.id, row.state) == (done.id, QueueState.RELEASED)


def test_a_draft_correction_makes_released_work_ready_again(classroom: Classroom) -> None:
    made = classroom.set_up()
    done = classroom.finish(classroom.enrol("李"), made)
    with classroom.reading() as session:
        current = submission_of(session, done.id)
    assert current.state.value == "released"
    (first, *_rest) = _newest(classroom, done.id)
    classroom.rate_code(done, made, made.codes[0], 4, seen=first)
    (row,) = queue(classroom, made.id).rows
    assert row.state is QueueState.READY


def _newest(classroom: Classroom, submission_id: str) -> list[str]:
    from_codes = {}
    with classroom.reading() as session:
        for each in ratings_of_submission(session, submission_id):
            from_codes[each.requirement.code] = each.id
    return [from_codes[code] for code in sorted(from_codes)]


def test_a_course_lists_its_assessments_newest_first(classroom: Classroom) -> None:
    first, second = classroom.set_up(), classroom.set_up("2.2.1")
    classroom.hand_in(classroom.enrol("李"), first)
    with classroom.reading() as session:
        found = show_assessments(session, course_id=classroom.course.id)
    assert [(each.assessment.id, each.waiting) for each in found] == [(second.id, 0), (first.id, 1)]


def test_teachers_are_not_in_the_queue(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.enrol("何志强", Role.TEACHER)
    assert queue(classroom, made.id).rows == ()


def test_another_courses_queue_is_not_found(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.course = open_course(classroom.database, "course-2")
    with pytest.raises(NotFoundError):
        queue(classroom, made.id)
