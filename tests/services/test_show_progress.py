"""How far a student is: the shortest list, what covers it, and the ratings behind it."""

from datetime import timedelta

import pytest

from lti_tool.domain.attainment import AttainmentState, GapReason
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence.people import Account
from lti_tool.services.show_progress import (
    ProgressShown,
    show_progress,
    standards_of_course,
)
from tests.services.classroom import STANDARD, START, Classroom, conditions, open_course


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def shown(
    classroom: Classroom, learner: Account, chosen: str | None = None, course_id: int | None = None
) -> ProgressShown:
    with classroom.reading() as session:
        return show_progress(
            session,
            classroom.catalogue,
            STANDARD,
            learner_id=learner.id,
            course_id=course_id or classroom.course.id,
            now=classroom.now,
            chosen=chosen,
        )


def test_levels_range_over_49_76_and_96_requirements(
    classroom: Classroom, learner: Account
) -> None:
    page = shown(classroom, learner)

    assert [each.attainment.total for each in page.levels] == [49, 76, 96]
    assert [each.added_total for each in page.levels] == [49, 27, 20]
    assert [each.state for each in page.levels] == [AttainmentState.NO_EVIDENCE] * 3
    assert page.history is None
    assert page.updated_at is None


def test_the_next_level_is_the_lowest_that_is_not_signed_off(
    classroom: Classroom, learner: Account
) -> None:
    page = shown(classroom, learner)

    assert page.next_level
    assert page.next_level.level.key == "elementary"
    assert page.attained is None


def test_steps_name_critical_requirements_and_short_areas(
    classroom: Classroom, learner: Account
) -> None:
    elementary = shown(classroom, learner).levels[0]

    critical = [
        each.options[0].requirement.code
        for each in elementary.steps
        if each.gap.reason is GapReason.CRITICAL
    ]
    assert critical == ["2.2.1", "2.2.2", "2.4.1", "3.2.3"]
    areas = [each for each in elementary.steps if each.gap.reason is GapReason.AREA]
    assert [each.gap.area for each in areas] == ["1", "2", "3", "4"]
    assert all(each.standing for each in areas)


def test_one_good_rating_is_insufficient_and_two_master(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.2.1")

    def state() -> MasteryState:
        history = shown(classroom, learner).history
        assert history
        return history.standing.state

    classroom.finish(learner, assessment, 3)
    assert state() is MasteryState.INSUFFICIENT
    classroom.finish(learner, assessment, 3)
    assert state() is MasteryState.MASTERED
    assert shown(classroom, learner).levels[0].attainment.mastered == 1


def test_a_gap_names_the_assessments_that_can_still_be_taken_soonest_due_first(
    classroom: Classroom, learner: Account
) -> None:
    soon, later = START + timedelta(days=2), START + timedelta(days=9)
    classroom.set_up("2.2.1", given=conditions("没有期限"))
    classroom.set_up("2.2.1", given=conditions("后考", due_at=later))
    classroom.set_up("2.2.1", given=conditions("先考", due_at=soon))
    classroom.set_up("2.2.1", given=conditions("已过", due_at=START, accepts_late=False))
    used = classroom.set_up("2.2.1", given=conditions("考完", attempts=1))
    classroom.set_up("2.2.2", given=conditions("别的要求"))
    classroom.finish(learner, used, 2)

    step = shown(classroom, learner).levels[0].steps[0]

    assert step.options[0].requirement.code == "2.2.1"
    titles = [each.assessment.title for each in step.options[0].opportunities]
    assert titles == ["先考", "后考", "没有期限"]


def test_work_that_waits_to_be_rated_still_counts_as_an_opportunity(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.2.1", given=conditions(attempts=1))
    submission = classroom.hand_in(learner, assessment)

    (found,) = shown(classroom, learner).levels[0].steps[0].options[0].opportunities

    assert found.attempt == submission


def test_an_assessment_of_an_equivalent_requirement_covers_the_gap(
    classroom: Classroom, learner: Account
) -> None:
    classes = classroom.catalogue.find(STANDARD).classes
    pair = classes.class_of(RequirementKey("elementary", "2.2.1")).members
    higher = next(each for each in pair if each.level != "elementary")
    classroom.set_up(higher.code, level=higher.level, given=conditions("高一级的考核"))

    option = shown(classroom, learner).levels[0].steps[0].options[0]

    assert [each.assessment.title for each in option.opportunities] == ["高一级的考核"]


def test_a_lost_requirement_is_told_as_such(classroom: Classroom, learner: Account) -> None:
    advanced = shown(classroom, learner).levels[-1]

    lost = [each for each in advanced.own_steps if each.gap.reason is GapReason.LOST]

    assert [each.options[0].requirement.code for each in lost] == ["4.1.1"]
    assert lost[0].options[0].lost
    assert not lost[0].options[0].waived


def test_history_lists_the_ratings_of_one_requirement_newest_first(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    for level in (1, 2, 3, 4):
        classroom.finish(learner, assessment, level, 3, 3)

    history = shown(classroom, learner, "elementary/2.1.1").history

    assert history
    assert [each.rating.performance_level for each in history.entries] == [4, 3, 2, 1]
    assert [each.decides for each in history.entries] == [True, True, True, False]
    assert {each.title for each in history.entries} == {"有效沟通"}
    assert history.standing.reached == 2


@pytest.mark.parametrize("chosen", [None, "", "nonsense", "elementary/9.9.9", "elementary/3.1.1"])
def test_without_a_sensible_wish_the_history_is_that_rated_last(
    classroom: Classroom, learner: Account, chosen: str | None
) -> None:
    classroom.finish(learner, classroom.set_up("2.1.1"))
    classroom.finish(learner, classroom.set_up("2.4.1"))

    page = shown(classroom, learner, chosen)

    assert page.history
    assert page.history.standing.requirement.code == "2.4.1"
    assert [each.code for each in page.rated] == ["2.1.1", "2.4.1"]


def test_ratings_of_other_courses_count_and_show(classroom: Classroom, learner: Account) -> None:
    classroom.finish(learner, classroom.set_up("2.1.1"))
    elsewhere = open_course(classroom.database, "course-2")

    page = shown(classroom, learner, course_id=elsewhere.id)

    assert page.history
    assert page.history.entries[0].title == "有效沟通"


def test_draft_ratings_and_self_ratings_leave_no_trace(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    classroom.rate(classroom.hand_in(learner, assessment), assessment, 4, 4, 4)

    page = shown(classroom, learner)

    assert page.rated == ()
    assert page.levels[0].state is AttainmentState.NO_EVIDENCE


def test_a_course_knows_the_standards_it_assesses(classroom: Classroom) -> None:
    with classroom.reading() as session:
        found = standards_of_course(session, classroom.catalogue, classroom.course.id)
        assert found == []
    classroom.set_up()
    classroom.set_up("2.2.1")
    with classroom.reading() as session:
        found = standards_of_course(session, classroom.catalogue, classroom.course.id)
    assert [each.id for each in found] == [STANDARD]
