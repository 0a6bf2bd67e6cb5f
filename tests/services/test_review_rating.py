"""A review of one rating: who may ask and answer, what is frozen, and what the answer does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lti_tool.domain.anonymity import pseudonym
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import AttainmentState, GapReason
from lti_tool.domain.errors import (
    BadRatingError,
    NotFoundError,
    ReasonMissingError,
    ReviewRefusedError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.rating import in_force
from lti_tool.domain.review import Review, ReviewAnswer, ReviewOutcome
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission
from lti_tool.persistence import audit_log, ratings, reviews, standings, submissions
from lti_tool.persistence.people import Account
from lti_tool.persistence.standings import Outcome
from lti_tool.services.review_rating import Found, answer_review, ask_review
from lti_tool.services.show_review import reviews_of_attempt, reviews_to_answer, show_review
from lti_tool.services.standing import level_rule, masteries_of
from tests.services.attaining import LEVEL, master, whole_level
from tests.services.classroom import STANDARD, Classroom, conditions

CODE = "2.1.1"
REASON = "第二段录音里我重复了客户的问题。"


@dataclass
class Case:
    """A released work of one learner, its teacher, and another one."""

    classroom: Classroom
    learner: Account
    other: Account
    assessment: Assessment
    submission: Submission

    def ask(self, code: str = CODE, reason: str = REASON, who: Account | None = None) -> Review:
        with self.classroom.working(who or self.learner) as work:
            current = submissions.submission_of(work.session, self.submission.id)
            return ask_review(work, current, self.assessment, code, reason)

    def answer(
        self, review: Review, level: int, comment: str = "听了录音", by: Account | None = None
    ) -> ReviewAnswer:
        with self.classroom.working(by or self.other) as work:
            return answer_review(
                work, review.id, Found(level, comment), course_id=self.classroom.course.id
            )

    def state(self, code: str) -> MasteryState:
        with self.classroom.reading() as session:
            bundle = self.classroom.catalogue.find(STANDARD)
            rules = level_rule(session, bundle, self.learner.school_id)
            found = masteries_of(session, bundle, rules, self.learner.id, self.classroom.now)
        return found[RequirementKey(LEVEL, code)].state


@pytest.fixture
def case(classroom: Classroom) -> Case:
    learner = classroom.enrol("陈思雨")
    other = classroom.enrol("刘洋", Role.TEACHER)
    assessment = classroom.set_up()
    return Case(
        classroom, learner, other, assessment, classroom.finish(learner, assessment, 2, 3, 3)
    )


def level_state(outcomes: Sequence[Outcome]) -> AttainmentState:
    return next(each.state for each in outcomes if each.level == LEVEL)


def test_only_the_code_that_was_asked_about_is_frozen(case: Case) -> None:
    before = case.state("2.1.2")

    case.ask()

    assert case.state(CODE) is MasteryState.UNDER_REVIEW
    assert case.state("2.1.2") is before


def test_a_review_waits_for_its_deadline_and_no_longer(case: Case) -> None:
    case.classroom.now += timedelta(days=7) - timedelta(minutes=3)
    case.ask()
    case.classroom.now += timedelta(minutes=3)

    with pytest.raises(ReviewRefusedError, match="too_late"):
        case.ask("2.1.2")


def test_an_assessment_may_allow_no_reviews_at_all(classroom: Classroom, case: Case) -> None:
    given = replace(conditions(), review_days=0)
    assessment = classroom.set_up(given=given)
    submission = classroom.finish(case.learner, assessment)
    strict = replace(case, assessment=assessment, submission=submission)

    with pytest.raises(ReviewRefusedError, match="too_late"):
        strict.ask()


def test_a_code_is_reviewed_once(case: Case) -> None:
    case.answer(case.ask(), 2)

    with pytest.raises(ReviewRefusedError, match="asked"):
        case.ask()


def test_a_draft_rating_cannot_be_asked_about(classroom: Classroom, case: Case) -> None:
    other = classroom.enrol("李小龙")
    submission = classroom.hand_in(other, case.assessment)
    classroom.rate(submission, case.assessment, 2)
    drafted = replace(case, learner=other, submission=submission)

    with pytest.raises(ReviewRefusedError, match="not_rated"):
        drafted.ask()


def test_nobody_asks_about_the_work_of_another(case: Case) -> None:
    with pytest.raises(NotFoundError):
        case.ask(who=case.classroom.enrol("李小龙"))


def test_neither_a_request_nor_an_answer_goes_without_a_reason(case: Case) -> None:
    with pytest.raises(ReasonMissingError):
        case.ask(reason="  ")
    review = case.ask()
    with pytest.raises(ReasonMissingError):
        case.answer(review, 3, comment=" ")


def test_the_first_rater_does_not_answer(case: Case) -> None:
    review = case.ask()

    with pytest.raises(ReviewRefusedError, match="own"):
        case.answer(review, 3, by=case.classroom.teacher)


def test_a_second_answer_is_refused(case: Case) -> None:
    review = case.ask()
    case.answer(review, 2)

    with pytest.raises(ReviewRefusedError, match="answered"):
        case.answer(review, 3)


def test_an_upheld_rating_stays_and_counts_again(case: Case) -> None:
    before = case.state(CODE)
    review = case.ask()

    answer = case.answer(review, 2)

    assert answer.outcome is ReviewOutcome.UPHELD
    assert answer.rating_id is None
    assert answer.consequence.changed_levels == ()
    assert case.state(CODE) is before


def test_another_level_corrects_the_rating_at_once(case: Case) -> None:
    answer = case.answer(case.ask(), 4, "两段都有证据")

    with case.classroom.reading() as session:
        stored = in_force(ratings.ratings_of_submission(session, case.submission.id))
    mine = next(each for each in stored if each.requirement.code == CODE)
    assert answer.outcome is ReviewOutcome.CHANGED
    assert (mine.id, mine.performance_level, mine.comment) == (answer.rating_id, 4, "两段都有证据")
    assert (mine.rater_id, mine.released_at) == (case.other.id, case.classroom.now)


def test_a_level_that_the_rubric_lacks_is_refused_and_the_review_stays_open(case: Case) -> None:
    review = case.ask()

    with pytest.raises(BadRatingError):
        case.answer(review, 9)

    assert case.state(CODE) is MasteryState.UNDER_REVIEW


def test_an_answer_dated_before_the_work_is_refused_and_the_review_stays_open(case: Case) -> None:
    """The server's clock was set back."""
    review = case.ask()
    case.classroom.now -= timedelta(days=1)

    with pytest.raises(BadRatingError) as refused:
        case.answer(review, 3)

    assert refused.value.reason == "in_the_future"
    case.classroom.now += timedelta(days=1)
    assert case.state(CODE) is MasteryState.UNDER_REVIEW


def test_nobody_corrects_a_rating_under_review_but_by_the_answer(case: Case) -> None:
    review = case.ask()

    with pytest.raises(BadRatingError, match="under_review"):
        case.classroom.rate_code(
            case.submission, case.assessment, CODE, 4, seen=review.rating_id, by=case.other
        )


def test_a_draft_correction_is_not_released_while_the_code_is_under_review(case: Case) -> None:
    with case.classroom.reading() as session:
        stored = in_force(ratings.ratings_of_submission(session, case.submission.id))
    seen = next(each.id for each in stored if each.requirement.code == CODE)
    case.classroom.rate_code(case.submission, case.assessment, CODE, 1, seen=seen)
    case.ask()

    case.classroom.release(case.submission, case.assessment)

    with case.classroom.reading() as session:
        assert in_force(ratings.ratings_of_submission(session, case.submission.id)) == stored


def test_the_answer_tells_which_level_it_moved(classroom: Classroom, case: Case) -> None:
    learner = classroom.enrol("王雨欣")
    assessment = whole_level(classroom)
    master(classroom, learner, assessment)
    master(classroom, learner, assessment, times=1, but={"1.1.1": 2})
    with classroom.reading() as session:
        submission = submissions.attempts_of(session, assessment.id, learner.id)[-1]
    review = replace(case, learner=learner, assessment=assessment, submission=submission).ask(
        "1.1.1"
    )
    with classroom.reading() as session:
        bundle = classroom.catalogue.find(STANDARD)
        rules = level_rule(session, bundle, learner.school_id)
        frozen = masteries_of(session, bundle, rules, learner.id, classroom.now)
        gaps = rules.evaluate(LEVEL, frozen).gaps
        outcomes = standings.outcomes_of_learner(session, learner, STANDARD)
    assert [each.reason for each in gaps] == [GapReason.REVIEW]
    assert level_state(outcomes) is AttainmentState.NOT_MET

    answer = case.answer(review, 3)

    assert answer.consequence.levels[LEVEL][1] is AttainmentState.PROPOSED
    with classroom.reading() as session:
        outcomes = standings.outcomes_of_learner(session, learner, STANDARD)
        kept = reviews.review_of(session, review.id)
    assert level_state(outcomes) is AttainmentState.PROPOSED
    assert kept.answer == answer


def test_teachers_see_what_waits_and_learners_what_they_may_ask(case: Case) -> None:
    review = case.ask()

    with case.classroom.reading() as session:
        waiting = reviews_to_answer(session, case.assessment)
        mine = reviews_of_attempt(session, case.assessment, case.submission, now=case.classroom.now)
        shown = show_review(
            session,
            case.classroom.catalogue,
            review.id,
            course_id=case.classroom.course.id,
        )
    assert [(each.review.id, each.learner) for each in waiting] == [(review.id, case.learner)]
    assert {code: each.may_ask for code, each in mine.items()} == {
        CODE: False,
        "2.1.2": True,
        "2.1.3": True,
    }
    assert (shown.given.id, shown.rater) == (review.rating_id, case.classroom.teacher)
    assert [each.title for each in shown.evidence] == ["沟通记录"]


def test_a_review_names_nobody_while_a_later_attempt_hides_them(case: Case) -> None:
    made = case.classroom.set_up(given=replace(conditions(), anonymous=True))
    first = case.classroom.finish(case.learner, made, 2, 3, 3)
    nameless = replace(case, assessment=made, submission=first)
    review = nameless.ask()
    course_id = case.classroom.course.id

    def shown() -> set[str]:
        with case.classroom.reading() as session:
            (line,) = reviews_to_answer(session, made)
            catalogue = case.classroom.catalogue
            page = show_review(session, catalogue, review.id, course_id=course_id)
        return {line.learner.name, page.learner.name}

    assert shown() == {case.learner.name}
    case.classroom.hand_in(case.learner, made)
    assert shown() == {pseudonym(made, case.learner.id)}


def test_asking_and_answering_are_on_the_log_and_cannot_be_changed(case: Case) -> None:
    case.answer(case.ask(), 3)

    with case.classroom.reading() as session:
        log = audit_log.entries_about(session, f"submission:{case.submission.id}")
    assert [each.action for each in log][-2:] == ["ask_review", "answer_review"]
    for statement in ("UPDATE reviews SET reason = ''", "DELETE FROM review_answers"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            case.classroom.database.transaction() as session,
        ):
            session.execute(text(statement))
