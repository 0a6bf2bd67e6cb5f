"""What a student reads about an attempt: released ratings only, and what changed."""

from decimal import Decimal

import pytest

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence.people import Account
from lti_tool.services.show_feedback import FeedbackShown, show_feedback
from tests.services.classroom import Classroom, conditions


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def shown(
    classroom: Classroom, learner: Account, assessment: Assessment, number: int | None = None
) -> FeedbackShown:
    with classroom.reading() as session:
        return show_feedback(
            session,
            classroom.catalogue,
            assessment.id,
            learner_id=learner.id,
            course_id=classroom.course.id,
            number=number,
        )


def test_without_a_released_rating_there_is_no_feedback(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 3, 3, 3)

    page = shown(classroom, learner, assessment)

    assert page.attempt is None
    assert page.codes == ()
    assert page.points is None


def test_ratings_released_one_by_one_show_one_by_one(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 3)

    page = shown(classroom, learner, assessment)

    assert [each.rating is not None for each in page.codes] == [True, False, False]
    assert page.reached == 1
    assert page.points is None


def test_a_complete_attempt_shows_its_points_and_what_to_work_on(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    submission = classroom.finish(learner, assessment, 4, 2, 3)

    page = shown(classroom, learner, assessment)

    assert page.points == Decimal("15.33")
    assert [each.code for each in page.to_do] == ["2.1.2"]
    assert [each.reached for each in page.codes] == [True, False, True]
    assert page.codes[0].evidence == submission.evidence
    assert page.codes[0].self_rating == 3
    assert page.codes[0].rating
    assert page.codes[0].rating.comment == "做得不错"


def test_what_changed_is_told_from_the_newest_earlier_attempt(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    for levels in ((1, 1, 1), (2, 3, 3), (4, 3, 2)):
        classroom.finish(learner, assessment, *levels)

    assert [each.change for each in shown(classroom, learner, assessment).codes] == [2, 0, -1]
    assert [each.change for each in shown(classroom, learner, assessment, 1).codes] == [None] * 3
    attempts = shown(classroom, learner, assessment).attempts
    assert [each.attempt for each in attempts] == [3, 2, 1]


def test_a_correction_takes_the_place_of_what_it_corrects_once_it_is_released(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.1.1")
    submission = classroom.hand_in(learner, assessment)
    first = classroom.rate_code(submission, assessment, "2.1.1", 2)
    classroom.release(submission, assessment)
    classroom.rate_code(submission, assessment, "2.1.1", 4, seen=first.id)

    def level() -> int:
        (code,) = shown(classroom, learner, assessment).codes
        assert code.rating
        return code.rating.performance_level

    assert level() == 2
    classroom.release(submission, assessment)
    assert level() == 4


def test_a_broken_red_line_is_told_as_such(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up("2.1.1", "2.2.4")
    classroom.finish(learner, assessment, 4, 1)

    page = shown(classroom, learner, assessment)

    assert [each.breach for each in page.codes] == [False, True]
    assert page.points == 0


def test_another_attempt_than_those_rated_is_not_there(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    classroom.finish(learner, assessment)
    classroom.draft(learner, assessment)

    with pytest.raises(NotFoundError):
        shown(classroom, learner, assessment, 2)
    assert shown(classroom, classroom.enrol("李强"), assessment).attempt is None
