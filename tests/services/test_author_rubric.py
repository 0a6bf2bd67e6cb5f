"""A school's own rubric at work: new assessments take it, those set up stay on theirs."""

from decimal import Decimal

import pytest

from lti_tool.domain.errors import (
    NotFoundError,
    ReasonMissingError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import audit_log
from lti_tool.services.author_rubric import (
    Authoring,
    edit_criterion,
    edit_scale,
    go_back,
    publish_draft,
    show_authoring,
)
from lti_tool.services.set_up_assessment import rate_with_newest
from lti_tool.services.show_assessment import show_assessment
from lti_tool.services.show_chooser import show_chooser
from lti_tool.services.show_feedback import show_feedback
from lti_tool.services.show_progress import show_progress
from lti_tool.services.show_rubric_used import RubricUsed, rubric_used
from tests.services.classroom import STANDARD, Classroom

KEY = RequirementKey("elementary", "2.1.1")
WORDS = "客户要求重说三次。"


def shown(classroom: Classroom) -> Authoring:
    with classroom.reading() as session:
        return show_authoring(
            session, classroom.catalogue, STANDARD, school_id=classroom.course.school_id
        )


def publish(classroom: Classroom, note: str = "说明") -> int:
    seen = shown(classroom).revision
    school_id = classroom.course.school_id
    with classroom.working() as work:
        return publish_draft(work, STANDARD, note=note, school_id=school_id, seen=seen).number


def criterion(classroom: Classroom, **cells: str) -> None:
    seen = shown(classroom).revision
    school_id = classroom.course.school_id
    with classroom.working() as work:
        assert edit_criterion(work, STANDARD, KEY, cells, school_id=school_id, seen=seen) == ()


def scale(classroom: Classroom, **cells: str) -> None:
    typed = {name.replace("_", "."): value for name, value in cells.items()}
    seen = shown(classroom).revision
    school_id = classroom.course.school_id
    with classroom.working() as work:
        assert edit_scale(work, STANDARD, typed, school_id=school_id, seen=seen) == ()


def test_an_assessment_stays_on_the_version_it_was_set_up_with(classroom: Classroom) -> None:
    before = classroom.set_up()
    criterion(classroom, **{"1.zh": WORDS, "1.en": ""})
    publish(classroom)
    after = classroom.set_up()
    student = classroom.enrol("陈思雨")
    words = {}
    for made in (before, after):
        with classroom.reading() as session:
            page = show_assessment(
                session,
                classroom.catalogue,
                made.id,
                learner_id=student.id,
                course_id=classroom.course.id,
                now=classroom.now,
            )
        descriptors = page.asked[0].criterion.descriptors
        assert descriptors is not None
        words[made.id] = descriptors[1].zh
    assert words[after.id] == WORDS
    assert words[before.id] != WORDS


def test_a_draft_counts_nowhere(classroom: Classroom) -> None:
    scale(classroom, cut="2")
    with classroom.reading() as session:
        chooser = show_chooser(
            session, classroom.catalogue, course_id=classroom.course.id, standard_id=STANDARD
        )
    assert chooser.rubric.cut == 3
    publish(classroom)
    with classroom.reading() as session:
        chooser = show_chooser(
            session, classroom.catalogue, course_id=classroom.course.id, standard_id=STANDARD
        )
    assert chooser.rubric.cut == 2


def test_points_and_mastery_follow_the_version_of_each_assessment(classroom: Classroom) -> None:
    student = classroom.enrol("陈思雨")
    strict = [classroom.set_up() for _ in range(2)]
    scale(classroom, cut="2", **{"2_percent": "60"})
    publish(classroom)
    mild = classroom.set_up()
    points = []
    for made in (*strict, mild):
        classroom.finish(student, made, 2, 2, 2)
        with classroom.reading() as session:
            page = show_feedback(
                session,
                classroom.catalogue,
                made.id,
                learner_id=student.id,
                course_id=classroom.course.id,
                number=None,
            )
        points.append(page.points)
    assert points == [Decimal(10), Decimal(10), Decimal(12)]
    with classroom.reading() as session:
        progress = show_progress(
            session,
            classroom.catalogue,
            STANDARD,
            learner_id=student.id,
            course_id=classroom.course.id,
            now=classroom.now,
            chosen=str(KEY),
        )
    assert progress.history is not None
    standing = progress.history.standing
    assert (standing.state, standing.reached) == (MasteryState.BELOW, 1)


def test_going_back_is_a_version_of_its_own_and_noted(classroom: Classroom) -> None:
    school_id = classroom.course.school_id
    criterion(classroom, **{"1.zh": WORDS})
    publish(classroom, "一")
    with pytest.raises(ReasonMissingError), classroom.working() as work:
        go_back(work, STANDARD, 0, note=" ", school_id=school_id, seen=1)
    with classroom.working() as work:
        go_back(work, STANDARD, 0, note="恢复", school_id=school_id, seen=1)
    found = shown(classroom)
    assert (found.number, [each.number for each in found.versions]) == (2, [2, 1])
    assert found.rubric.criterion(KEY) == found.bundle.rubric.criterion(KEY)
    with classroom.reading() as session:
        log = audit_log.entries_about(session, f"rubric:{school_id}/{STANDARD}")
    assert [each.detail for each in log] == ["1: 一", "2: 恢复"]


@pytest.mark.parametrize("number", [1, 7])
def test_only_another_version_that_exists_can_be_gone_back_to(
    classroom: Classroom, number: int
) -> None:
    criterion(classroom, **{"1.zh": WORDS})
    publish(classroom)
    school_id = classroom.course.school_id
    with pytest.raises((StaleFormError, NotFoundError)), classroom.working() as work:
        go_back(work, STANDARD, number, note="x", school_id=school_id, seen=1)


def test_a_draft_without_changes_is_not_published(classroom: Classroom) -> None:
    criterion(classroom, weight="1")
    with pytest.raises(StaleFormError):
        publish(classroom)


def test_a_requirement_that_shares_its_class_is_written_at_its_lowest_level(
    classroom: Classroom,
) -> None:
    higher = RequirementKey("intermediate", "2.1.1")
    school_id = classroom.course.school_id
    with pytest.raises(NotFoundError), classroom.working() as work:
        edit_criterion(work, STANDARD, higher, {"weight": "2"}, school_id=school_id, seen=0)
    criterion(classroom, weight="2")
    publish(classroom)
    assert shown(classroom).rubric.criterion(higher).weight == 2


def test_another_schools_rubric_is_another(classroom: Classroom) -> None:
    criterion(classroom, weight="2")
    publish(classroom)
    with classroom.reading() as session:
        assert show_authoring(session, classroom.catalogue, STANDARD, school_id=1).number == 1
        with pytest.raises(NotFoundError):
            show_authoring(session, classroom.catalogue, STANDARD, school_id=99)


def test_an_assessment_may_take_the_newest_version_until_something_is_rated(
    classroom: Classroom,
) -> None:
    untouched, rated = classroom.set_up(), classroom.set_up()
    classroom.finish(classroom.enrol("陈思雨"), rated)
    criterion(classroom, **{"1.zh": WORDS})
    publish(classroom)
    course_id = classroom.course.id
    with classroom.working() as work:
        rate_with_newest(work, untouched.id, course_id=course_id)
    with pytest.raises(TransitionError), classroom.working() as work:
        rate_with_newest(work, rated.id, course_id=course_id)
    with classroom.reading() as session:
        used = {
            made.id: rubric_used(session, made, course_id=course_id) for made in (untouched, rated)
        }
    assert used == {untouched.id: RubricUsed(1, 1, True), rated.id: RubricUsed(0, 1, False)}
