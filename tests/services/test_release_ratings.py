"""Releasing drafts: from then on they count, and the LMS is told."""

from decimal import Decimal

import pytest

from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.rating import in_force, latest
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import line_items, ratings, scores, standings, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.release_ratings import release_all
from tests.services.classroom import STANDARD, Classroom


def deliveries(classroom: Classroom, learner: Account) -> dict[str, scores.Delivery]:
    """A student's scores in the outbox, by the resource id of their columns."""
    with classroom.reading() as session:
        items = line_items.line_items_of(session, classroom.course.id)
        return {
            item.resource_id: score
            for item in items
            for score in scores.deliveries_of(session, item.id)
            if score.person_id == learner.id
        }


def state(classroom: Classroom, submission: Submission) -> SubmissionState:
    with classroom.reading() as session:
        return submissions.submission_of(session, submission.id).state


def test_a_release_makes_ratings_count_and_queues_grade_and_levels(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    classroom.finish(student, made, 3, 4, 2)
    queued = deliveries(classroom, student)
    assert str(queued[made.id].given) == "15.33"
    assert "2/3 达标" in queued[made.id].comment
    level = queued[f"{STANDARD}/elementary"]
    assert (level.given, level.maximum) == (Decimal(0), Decimal(1))
    assert "0/49 已掌握" in level.comment
    with classroom.reading() as session:
        held = standings.standings_of(session, [student.id], STANDARD)[student.id]
    assert held[RequirementKey("elementary", "2.1.1")].state is MasteryState.INSUFFICIENT


def test_mastery_follows_from_the_second_rating_at_the_cut(classroom: Classroom) -> None:
    student = classroom.enrol("李")
    for _ in range(2):
        classroom.finish(student, classroom.set_up(), 3, 1)
    with classroom.reading() as session:
        held = standings.standings_of(session, [student.id], STANDARD)[student.id]
    assert held[RequirementKey("elementary", "2.1.1")].state is MasteryState.MASTERED
    assert held[RequirementKey("elementary", "2.1.2")].state is MasteryState.BELOW


def test_nothing_is_released_before_every_code_is_rated(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    work = classroom.hand_in(student, made)
    classroom.rate(work, made, 3, 3)
    with pytest.raises(BadRatingError) as refused:
        classroom.release(work, made)
    assert (refused.value.code, refused.value.reason) == ("2.1.3", "not_rated")
    assert deliveries(classroom, student) == {}


def test_a_proven_breach_makes_the_score_0(classroom: Classroom) -> None:
    made, student = classroom.set_up("2.2.3", "2.2.4"), classroom.enrol("李")
    classroom.finish(student, made, 4, 1)
    assert deliveries(classroom, student)[made.id].given == 0


def test_a_correction_counts_once_it_is_released(classroom: Classroom) -> None:
    made, student = classroom.set_up("2.1.1"), classroom.enrol("李")
    work = classroom.finish(student, made, 2)
    with classroom.reading() as session:
        shown = latest(ratings.ratings_of_submission(session, work.id))["2.1.1"]
    classroom.rate_code(work, made, "2.1.1", 4, seen=shown.id)
    assert deliveries(classroom, student)[made.id].given == 10
    classroom.release(work, made)
    assert deliveries(classroom, student)[made.id].given == 20
    with classroom.reading() as session:
        (counted,) = in_force(ratings.ratings_of_submission(session, work.id))
    assert counted.performance_level == 4


def test_a_draft_nobody_rated_is_not_released(classroom: Classroom) -> None:
    made = classroom.set_up()
    drafted = classroom.draft(classroom.enrol("李"), made)
    with pytest.raises(BadRatingError):
        classroom.release(drafted, made)


def test_all_that_are_complete_are_released_and_the_others_wait(classroom: Classroom) -> None:
    made = classroom.set_up()
    complete = classroom.hand_in(classroom.enrol("李"), made)
    classroom.rate(complete, made, 3, 3, 3)
    half = classroom.hand_in(classroom.enrol("陈"), made)
    classroom.rate(half, made, 3)
    classroom.finish(classroom.enrol("王"), made)
    with classroom.working() as work:
        outcome = release_all(work, made)
    assert (outcome.released, outcome.incomplete) == (1, 1)
    assert state(classroom, complete) is SubmissionState.RELEASED
    assert state(classroom, half) is SubmissionState.SUBMITTED


def test_releasing_all_twice_does_nothing_the_second_time(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.rate(classroom.hand_in(classroom.enrol("李"), made), made, 3, 3, 3)
    for expected in (1, 0):
        with classroom.working() as work:
            assert release_all(work, made).released == expected


def test_self_ratings_decide_nothing(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    classroom.hand_in(student, made)
    with classroom.reading() as session:
        assert standings.standings_of(session, [student.id], STANDARD)[student.id] == {}
    assert deliveries(classroom, student) == {}
