"""Second marking of a work: who may do what when, what is held, and what counts in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lti_tool.domain.errors import (
    BadRatingError,
    NotFoundError,
    ReasonMissingError,
    SecondMarkingRefusedError,
    StaleRatingError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery import Mastery, MasteryState, mastery_of
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import ratings, second_markings
from lti_tool.services.rate_submission import take_back_draft
from lti_tool.services.release_ratings import Released, release_all
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.return_submission import return_submission
from lti_tool.services.second_mark import (
    finish_second,
    join_first,
    put_back,
    take_back_second,
)
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom
from tests.services.second_marked import Marked, marked

CODE = "2.1.1"


@pytest.fixture
def case(classroom: Classroom) -> Marked:
    return marked(classroom)


def counted(case: Marked) -> dict[str, Rating]:
    """The ratings in force by code."""
    with case.classroom.reading() as session:
        stored = ratings.ratings_of_submission(session, case.submission.id)
    return {each.requirement.code: each for each in in_force(stored)}


def mastery(case: Marked, rule: MasteryRule) -> Mastery:
    bundle = case.classroom.catalogue.find(STANDARD)
    return mastery_of(
        RequirementKey(LEVEL, CODE),
        [counted(case)[CODE]],
        rule=rule,
        rubric=bundle.rubric,
        now=case.classroom.now,
    )


def test_a_chosen_work_is_released_once_both_raters_agree(case: Marked) -> None:
    case.first(3, 3, 3)
    with pytest.raises(SecondMarkingRefusedError, match="held"):
        case.release()

    compared = case.second(3, 3, 3)

    assert not any(each.differs for each in compared)
    assert case.release().state is SubmissionState.RELEASED


def test_nothing_is_released_until_the_last_difference_is_settled(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(3, 2, 4)
    case.settle("2.1.2", 2)

    with pytest.raises(SecondMarkingRefusedError, match="held"):
        case.release()
    case.settle("2.1.3", 3)
    case.release()

    levels = {code: each.performance_level for code, each in counted(case).items()}
    assert levels == {"2.1.1": 3, "2.1.2": 2, "2.1.3": 3}


def test_releasing_everybody_passes_over_what_is_held_and_counts_it(case: Marked) -> None:
    case.first(3, 3, 3)

    with case.classroom.working() as work:
        assert release_all(work, case.assessment) == Released(0, 0, 1)
    case.second(3, 3, 3)
    with case.classroom.working() as work:
        assert release_all(work, case.assessment) == Released(1, 0, 0)


def test_the_first_rater_does_not_mark_second(case: Marked) -> None:
    case.first(3, 3, 3)

    with pytest.raises(SecondMarkingRefusedError, match="own"):
        case.mark(CODE, 3, by=case.classroom.teacher)


def test_nobody_marks_second_before_the_first_rating_is_complete(case: Marked) -> None:
    case.first(3, 3)

    with pytest.raises(SecondMarkingRefusedError, match="not_now"):
        case.mark(CODE, 3)


def test_one_person_marks_a_work_and_no_third(case: Marked) -> None:
    case.first(3, 3, 3)
    case.mark(CODE, 3)

    with pytest.raises(SecondMarkingRefusedError, match="taken"):
        case.mark("2.1.2", 3, by=case.classroom.enrol("高远", Role.TEACHER))


def test_while_it_is_marked_the_first_ratings_stand_still(case: Marked) -> None:
    first = case.first(3, 3, 3)
    case.mark(CODE, 3)

    with pytest.raises(SecondMarkingRefusedError, match="frozen"):
        case.classroom.rate_code(case.submission, case.assessment, CODE, 2, seen=first[0].id)
    with (
        pytest.raises(SecondMarkingRefusedError, match="frozen"),
        case.classroom.working() as work,
    ):
        take_back_draft(work, case.submission, first[0].id)
    with (
        pytest.raises(SecondMarkingRefusedError, match="frozen"),
        case.classroom.working() as work,
    ):
        return_submission(work, case.current, "请补充")


def test_who_might_mark_second_cannot_rate_first_and_so_see_what_was_given(case: Marked) -> None:
    case.first(3)

    with pytest.raises(SecondMarkingRefusedError, match="hidden"):
        case.classroom.rate_code(case.submission, case.assessment, "2.1.2", 3, by=case.other)


def test_who_joins_the_first_rating_rates_with_it_and_never_second(case: Marked) -> None:
    case.first(3)
    with case.classroom.working(case.other) as work:
        join_first(work, case.submission, case.assessment)

    for code in ("2.1.2", "2.1.3"):
        case.classroom.rate_code(case.submission, case.assessment, code, 3, by=case.other)

    with pytest.raises(SecondMarkingRefusedError, match="own"):
        case.mark(CODE, 3)
    with pytest.raises(SecondMarkingRefusedError, match="complete"), case.classroom.working() as w:
        join_first(w, case.submission, case.assessment)


def test_the_second_rater_corrects_and_takes_back_one_word_at_a_time(case: Marked) -> None:
    case.first(3, 3, 3)
    before = case.mark(CODE, 3)
    after = case.mark(CODE, 2, seen=before.id)

    with pytest.raises(StaleRatingError):
        case.mark(CODE, 4, seen=before.id)
    with case.classroom.working(case.other) as work:
        take_back_second(work, case.submission, case.assessment, after.id)
    with case.classroom.reading() as session:
        given = second_markings.second_ratings(session, case.submission, case.assessment)

    assert given[CODE].id == before.id
    with pytest.raises(NotFoundError), case.classroom.working(case.other) as work:
        take_back_second(work, case.submission, case.assessment, after.id)


def test_it_is_finished_once_every_code_has_a_second_rating(case: Marked) -> None:
    case.first(3, 3, 3)
    case.mark(CODE, 3)

    with (
        pytest.raises(BadRatingError, match=r"2\.1\.2: not_rated"),
        case.classroom.working(case.other) as work,
    ):
        finish_second(work, case.submission, case.assessment)


def test_a_red_line_needs_its_reason_from_the_second_rater_too(classroom: Classroom) -> None:
    case = marked(classroom)
    case.first(3, 3, 3)

    with pytest.raises(BadRatingError):
        case.mark(CODE, 9)


def test_what_was_begun_and_left_is_put_back_for_somebody_else(case: Marked) -> None:
    case.first(3, 3, 3)
    case.mark(CODE, 2)
    with case.classroom.working() as work:
        put_back(work, case.submission)

    assert case.marking is None
    case.second(3, 3, 3, by=case.classroom.enrol("高远", Role.TEACHER))
    with (
        pytest.raises(SecondMarkingRefusedError, match="finished"),
        case.classroom.working() as work,
    ):
        put_back(work, case.submission)


def test_a_difference_is_settled_once_and_with_a_reason(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(2, 3, 3)

    with pytest.raises(ReasonMissingError):
        case.settle(CODE, 3, reason=" ")
    case.settle(CODE, 3)
    for code in (CODE, "2.1.2"):
        with pytest.raises(SecondMarkingRefusedError, match="settled"):
            case.settle(code, 3)


def test_nothing_is_rated_second_nor_settled_before_the_work_was_handed_in(case: Marked) -> None:
    """The server's clock was set back."""
    case.first(3, 3, 3)
    case.classroom.now -= timedelta(days=1)
    with pytest.raises(BadRatingError, match="in_the_future"):
        case.mark(CODE, 2)
    case.classroom.now += timedelta(days=1)
    case.second(2, 3, 3)
    case.classroom.now -= timedelta(days=1)
    with pytest.raises(BadRatingError, match="in_the_future"):
        case.settle(CODE, 3)
    case.classroom.now += timedelta(days=1)
    case.settle(CODE, 3)


def test_a_settled_rating_stays_on_record_and_is_corrected_like_any_other(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(2, 3, 3)
    settled = case.settle(CODE, 3)

    with (
        pytest.raises(SecondMarkingRefusedError, match="frozen"),
        case.classroom.working() as work,
    ):
        take_back_draft(work, case.submission, settled.id)
    corrected = case.classroom.rate_code(case.submission, case.assessment, CODE, 4, seen=settled.id)
    case.release()

    assert counted(case)[CODE].id == corrected.id
    assert counted(case)[CODE].second_rater_id is None


def test_two_raters_of_one_work_are_two_raters_and_one_piece_of_evidence(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(2, 3, 3)
    case.settle(CODE, 3)
    case.release()

    two_raters = MasteryRule(needed=1, window=1, minimum_raters=2)
    two_ratings = MasteryRule(needed=2, window=3)
    assert {each.second_rater_id for each in counted(case).values()} == {case.other.id}
    assert mastery(case, two_raters).state is MasteryState.MASTERED
    assert mastery(case, two_ratings).state is MasteryState.INSUFFICIENT


def test_without_second_marking_one_rater_is_one_rater(classroom: Classroom) -> None:
    case = marked(classroom, percent=0)
    case.first(3, 3, 3)
    case.release()

    rule = MasteryRule(needed=1, window=1, minimum_raters=2)
    assert mastery(case, rule).state is MasteryState.INSUFFICIENT


def test_a_decision_on_marked_work_is_replayed_as_it_was_made(classroom: Classroom) -> None:
    case = marked(classroom)
    master(classroom, case.learner, whole_level(classroom))
    case.first(3, 3, 3)
    case.second(3, 4, 3)
    case.settle("2.1.2", 4)
    case.release()
    decision = sign_off_now(classroom, case.learner)

    assert counted(case)["2.1.2"].id in decision.rating_ids
    with classroom.reading() as session:
        outcomes = [each.outcome for each in replay_decisions(session, classroom.catalogue)]
    assert outcomes == [Outcome.SAME]


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE second_comparisons SET second_level = first_level",
        "DELETE FROM second_comparisons",
        "UPDATE second_resolutions SET reason = ''",
        "DELETE FROM second_resolutions",
    ],
)
def test_the_database_itself_keeps_what_both_gave_and_how_it_was_settled(
    case: Marked, act: str
) -> None:
    case.first(3, 3, 3)
    case.second(2, 3, 3)
    case.settle(CODE, 3)

    with pytest.raises(DatabaseError, match="append-only"), case.classroom.working() as work:
        work.session.execute(text(act))
