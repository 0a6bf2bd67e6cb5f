"""Agreement from second marking: which pairs are counted, for whom, and in how many queries."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from lti_tool.domain.second_marking import Comparison
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission
from lti_tool.persistence import second_markings
from lti_tool.services.show_agreement import (
    AgreementShown,
    agreement_in_course,
    agreement_in_school,
)
from tests.services.classroom import STANDARD, Classroom, open_course
from tests.services.counting import queries
from tests.services.second_marked import Marked, marked

LEVEL = "elementary"


@pytest.fixture
def case(classroom: Classroom) -> Marked:
    return marked(classroom)


def in_course(classroom: Classroom, level: str | None = None) -> AgreementShown:
    with classroom.reading() as session:
        return agreement_in_course(
            session, classroom.catalogue, classroom.course.id, standard_id=None, level=level
        )


def in_school(classroom: Classroom, school_id: int) -> AgreementShown:
    with classroom.reading() as session:
        return agreement_in_school(session, classroom.catalogue, school_id, STANDARD, level=None)


def compare_many(case: Marked, given: Iterator[tuple[int, int]], code: str = "2.1.1") -> None:
    """As many works of one code, each with the levels of both raters."""
    assessment = case.classroom.set_up(code)
    for number, (first, second) in enumerate(given):
        learner = case.classroom.enrol(f"学生{number:03}")
        work = case.classroom.hand_in(learner, assessment)
        (rating,) = case.classroom.rate(work, assessment, first)
        _store(case, work, rating.id, code, (first, second))


def _store(
    case: Marked, work: Submission, rating_id: str, code: str, levels: tuple[int, int]
) -> None:
    with case.classroom.working() as now:
        second_markings.begin(now.session, work.id, rater_id=case.other.id, now=now.now)
        compared = Comparison(
            submission_id=work.id,
            standard_id=STANDARD,
            requirement=RequirementKey(LEVEL, code),
            rating_id=rating_id,
            first_rater_id=case.classroom.teacher.id,
            first_level=levels[0],
            second_rater_id=case.other.id,
            second_level=levels[1],
            compared_at=now.now,
        )
        second_markings.finish(now.session, [compared], now=now.now)


def test_before_anything_is_marked_twice_there_is_nothing_to_show(case: Marked) -> None:
    shown = in_course(case.classroom)

    assert (shown.chosen, shown.codes, shown.raters) == (None, (), ())
    assert (shown.marked, shown.handed_in, shown.share) == (0, 1, Fraction(0))


def test_only_what_both_rated_unseen_makes_a_pair(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(3, 2, 4)
    case.settle("2.1.2", 1)
    case.settle("2.1.3", 3)
    case.classroom.finish(case.learner, case.classroom.set_up())

    shown = in_course(case.classroom)

    assert {each.requirement.code: each.agreement.exact for each in shown.codes} == {
        "2.1.1": 1,
        "2.1.2": 0,
        "2.1.3": 0,
    }
    assert (shown.exact, shown.adjacent) == (Fraction(1, 3), Fraction(1))
    assert (shown.marked, shown.handed_in) == (1, 2)
    assert shown.open_differences == 0
    assert not any(each.agreement.is_enough for each in shown.codes)


def test_a_work_that_is_being_marked_makes_no_pair_yet(case: Marked) -> None:
    case.first(3, 3, 3)
    case.mark("2.1.1", 2)

    assert in_course(case.classroom).chosen is None


def test_each_rater_is_held_against_the_other(case: Marked) -> None:
    case.first(4, 4, 3)
    case.second(3, 3, 3)

    drifts = {each.rater.name: each.levels for each in in_course(case.classroom).raters}

    assert drifts == {"周敏": Fraction(2, 3), "刘洋": Fraction(-2, 3)}


def test_thirty_pairs_of_a_code_give_both_coefficients_and_the_same_intervals_again(
    case: Marked,
) -> None:
    compare_many(case, iter([(3, 3)] * 14 + [(2, 2)] * 10 + [(3, 4)] * 4 + [(2, 3)] * 2))

    (told,) = in_course(case.classroom).codes
    (again,) = in_course(case.classroom).codes

    assert told.agreement.kappa is not None
    assert told.agreement.alpha_interval is not None
    assert again.agreement == told.agreement


def test_another_school_sees_none_of_it_and_another_level_is_passed_over(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(3, 3, 3)
    school_id = case.classroom.course.school_id

    assert in_school(case.classroom, school_id).marked == 1
    assert in_school(case.classroom, school_id + 1).marked == 0
    chosen = in_course(case.classroom, "senior").chosen
    assert chosen is not None
    assert chosen.level.key == LEVEL


def test_a_course_shows_its_own_pairs_only(case: Marked) -> None:
    case.first(3, 3, 3)
    case.second(3, 3, 3)
    elsewhere = replace(case.classroom, course=open_course(case.classroom.database, "course-2"))

    assert in_course(elsewhere).marked == 0


def test_more_pairs_take_no_more_queries(case: Marked) -> None:
    compare_many(case, iter([(3, 3), (2, 3)]))
    with queries(case.classroom.database) as few:
        in_course(case.classroom)
    compare_many(case, iter([(3, 2)] * 6), "2.1.2")
    with queries(case.classroom.database) as many:
        in_course(case.classroom)

    assert len(many) == len(few)
