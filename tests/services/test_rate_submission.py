"""A teacher rates: drafts, at once, corrections, two raters, undo."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lti_tool.domain.assessment import ReleaseMode
from lti_tool.domain.errors import (
    BadRatingError,
    NotFoundError,
    NotInAssessmentError,
    StaleRatingError,
    TransitionError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import line_items, ratings, scores, standings, submissions
from lti_tool.services.rate_submission import take_back_draft
from lti_tool.services.return_submission import return_submission
from tests.services.classroom import STANDARD, Classroom, conditions


def newest(classroom: Classroom, submission: Submission) -> Mapping[str, Rating]:
    with classroom.reading() as session:
        return latest(ratings.ratings_of_submission(session, submission.id))


def sent(classroom: Classroom) -> list[scores.Delivery]:
    """Every score in the outbox."""
    with classroom.reading() as session:
        items = line_items.line_items_of(session, classroom.course.id)
        return [score for item in items for score in scores.deliveries_of(session, item.id)]


def test_a_rating_is_a_draft_that_counts_nowhere(classroom: Classroom) -> None:
    made, student = classroom.set_up(), classroom.enrol("李")
    work = classroom.hand_in(student, made)
    (rating,) = classroom.rate(work, made, 3)
    assert rating.released_at is None
    assert rating.performed_at == work.submitted_at
    assert rating.evidence_ids == tuple(each.id for each in work.evidence)
    with classroom.reading() as session:
        held = standings.standings_of(session, [student.id], STANDARD)
    assert held[student.id] == {}
    assert sent(classroom) == []


def test_a_rating_given_at_once_counts_from_then_on(classroom: Classroom) -> None:
    made = classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    student = classroom.enrol("李")
    work = classroom.hand_in(student, made)
    classroom.rate(work, made, 3)
    with classroom.reading() as session:
        assert len(standings.standings_of(session, [student.id], STANDARD)[student.id]) == 1
        assert submissions.submission_of(session, work.id).state is SubmissionState.SUBMITTED


def test_the_last_code_given_at_once_releases_the_work_and_sends_the_grade(
    classroom: Classroom,
) -> None:
    made = classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    work = classroom.hand_in(classroom.enrol("李"), made)
    classroom.rate(work, made, 3, 4, 2)
    with classroom.reading() as session:
        assert submissions.submission_of(session, work.id).state is SubmissionState.RELEASED
    grade = next(each for each in sent(classroom) if each.maximum == made.points)
    assert str(grade.given) == "15.33"


def test_a_correction_keeps_the_rating_it_corrects(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    first = classroom.rate_code(work, made, "2.1.1", 2)
    second = classroom.rate_code(work, made, "2.1.1", 4, seen=first.id)
    assert newest(classroom, work)["2.1.1"] == second
    with classroom.reading() as session:
        assert len(ratings.ratings_of_submission(session, work.id)) == 2


def test_a_correction_counts_though_the_clock_was_set_back_before_it(classroom: Classroom) -> None:
    made = classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    work = classroom.hand_in(classroom.enrol("李"), made)
    classroom.now += timedelta(hours=1)
    classroom.rate(work, made, 3, 4, 2)
    classroom.now -= timedelta(minutes=30)
    corrected = newest(classroom, work)["2.1.1"]
    classroom.rate_code(work, made, "2.1.1", 1, "看错了", seen=corrected.id)
    assert newest(classroom, work)["2.1.1"].performance_level == 1
    grade = next(each for each in sent(classroom) if each.maximum == made.points)
    assert str(grade.given) == "10.00"


def test_somebody_elses_newer_word_is_not_overwritten_unseen(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    colleague = classroom.enrol("何志强", Role.TEACHER)
    theirs = classroom.rate_code(work, made, "2.1.1", 2, by=colleague)
    with pytest.raises(StaleRatingError):
        classroom.rate_code(work, made, "2.1.1", 4)
    assert newest(classroom, work)["2.1.1"] == theirs


def test_a_code_outside_the_assessment_is_refused(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    with pytest.raises(NotInAssessmentError):
        classroom.rate_code(work, made, "2.2.1", 3)


def test_a_rating_of_work_dated_in_the_future_is_refused(classroom: Classroom) -> None:
    """The server's clock was ahead when the work was handed in, and was set back."""
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    classroom.now -= timedelta(hours=1)
    with pytest.raises(BadRatingError) as refused:
        classroom.rate_code(work, made, "2.1.1", 3)
    assert refused.value.reason == "in_the_future"
    assert newest(classroom, work) == {}


@pytest.mark.parametrize("number", [0, 5])
def test_a_level_the_rubric_does_not_have_is_refused(classroom: Classroom, number: int) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    with pytest.raises(BadRatingError):
        classroom.rate_code(work, made, "2.1.1", number)


def test_a_red_line_takes_two_levels_and_a_reason(classroom: Classroom) -> None:
    made = classroom.set_up("2.2.4")
    work = classroom.hand_in(classroom.enrol("李"), made)
    with pytest.raises(BadRatingError):
        classroom.rate_code(work, made, "2.2.4", 2)
    with pytest.raises(BadRatingError):
        classroom.rate_code(work, made, "2.2.4", 1)
    classroom.rate_code(work, made, "2.2.4", 1, "泄露客户电话")


def test_only_work_handed_in_is_rated(classroom: Classroom) -> None:
    made = classroom.set_up()
    drafted = classroom.draft(classroom.enrol("李"), made)
    with pytest.raises(TransitionError):
        classroom.rate(drafted, made, 3)


def test_returned_work_is_not_rated_and_keeps_its_drafts(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    classroom.rate(work, made, 3)
    with classroom.working() as working:
        return_submission(working, work, "请补充")
    with pytest.raises(TransitionError):
        classroom.rate_code(work, made, "2.1.2", 3)
    assert set(newest(classroom, work)) == {"2.1.1"}


def test_a_draft_taken_back_lets_the_word_before_stand(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    first = classroom.rate_code(work, made, "2.1.1", 2)
    second = classroom.rate_code(work, made, "2.1.1", 4, seen=first.id)
    with classroom.working() as working:
        take_back_draft(working, work, second.id)
    assert newest(classroom, work)["2.1.1"] == first


def test_what_was_released_or_corrected_is_not_taken_back(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.finish(classroom.enrol("李"), made)
    released = newest(classroom, work)["2.1.1"]
    with pytest.raises(NotFoundError), classroom.working() as working:
        take_back_draft(working, work, released.id)
    draft = classroom.rate_code(work, made, "2.1.1", 4, seen=released.id)
    classroom.rate_code(work, made, "2.1.1", 2, seen=draft.id)
    with pytest.raises(NotFoundError), classroom.working() as working:
        take_back_draft(working, work, draft.id)


def test_another_submissions_draft_is_not_taken_back(classroom: Classroom) -> None:
    made = classroom.set_up()
    work = classroom.hand_in(classroom.enrol("李"), made)
    other = classroom.hand_in(classroom.enrol("陈"), made)
    (theirs,) = classroom.rate(other, made, 3)
    with pytest.raises(NotFoundError), classroom.working() as working:
        take_back_draft(working, work, theirs.id)
