"""The coverage planner: can a level be decided from what a course plans?"""

from lti_tool.services.show_coverage import Coverage, show_coverage
from tests.services.attaining import LEVEL, whole_level
from tests.services.classroom import STANDARD, TASK, Classroom


def planned(classroom: Classroom, level: str | None = None) -> Coverage:
    with classroom.reading() as session:
        return show_coverage(
            session, classroom.catalogue, course_id=classroom.course.id, level=level
        )


def test_nothing_planned_decides_nothing(classroom: Classroom) -> None:
    shown = planned(classroom)
    assert (shown.standard.id, shown.level.key, shown.decidable) == (STANDARD, LEVEL, False)
    assert len(shown.areas_short) == 4


def test_one_opportunity_is_too_few_where_the_rule_needs_two(classroom: Classroom) -> None:
    whole_level(classroom)
    shown = planned(classroom)
    assert {each.requirement.code for each in shown.critical_short} == {
        "2.2.1",
        "2.2.2",
        "2.4.1",
        "3.2.3",
    }
    assert all(one.count == 1 for area in shown.areas for one in area.requirements)


def test_two_assessments_of_everything_decide_the_level(classroom: Classroom) -> None:
    whole_level(classroom)
    whole_level(classroom)
    shown = planned(classroom)
    assert shown.decidable
    assert [(each.decidable, each.needed) for each in shown.areas][1] == (17, 14)


def test_an_equal_requirement_of_another_level_counts(classroom: Classroom) -> None:
    classroom.set_up(*TASK, level="intermediate")
    shown = planned(classroom, level=LEVEL)
    counts = {one.requirement.code: one.count for area in shown.areas for one in area.requirements}
    assert {code: count for code, count in counts.items() if count} == dict.fromkeys(TASK, 1)


def test_a_lost_requirement_asks_for_no_opportunity(classroom: Classroom) -> None:
    shown = planned(classroom, level="advanced")
    lost = [one for area in shown.areas for one in area.requirements if one.lost]
    assert [each.requirement.code for each in lost] == ["4.1.1"]
