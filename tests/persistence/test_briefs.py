"""What an assessment gives to work with is kept whole, on both databases."""

from dataclasses import replace

from lti_tool.domain.brief import Brief, copy_of
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments, briefs
from lti_tool.persistence.database import Database
from tests.domain.builders import assessment as an_assessment
from tests.services.classroom import START, enrol, open_course
from tests.services.ready import READY


def set_up(database: Database) -> str:
    course = open_course(database)
    teacher = enrol(database, course, "周敏", Role.TEACHER)
    with database.transaction() as session:
        made = an_assessment()
        assessments.add_assessment(
            session, made, course_id=course.id, created_by=teacher.id, now=START
        )
    return made.id


def test_a_brief_comes_back_as_it_was_kept(database: Database) -> None:
    made = set_up(database)
    for brief in (copy_of(READY, "elementary", "zh"), Brief(scenario="另一个")):
        with database.transaction() as session:
            briefs.keep_brief(session, made, brief)
        with database.transaction() as session:
            assert briefs.brief_of(session, made) == brief


def test_an_assessment_may_have_no_brief(database: Database) -> None:
    made = set_up(database)
    with database.transaction() as session:
        assert briefs.brief_of(session, made) is None


def test_what_was_set_stays_when_the_ready_assessment_changes(database: Database) -> None:
    made = set_up(database)
    with database.transaction() as session:
        briefs.keep_brief(session, made, copy_of(READY, "elementary", "zh"))
    later = copy_of(replace(READY, minutes=90), "elementary", "zh")
    with database.transaction() as session:
        kept = briefs.brief_of(session, made)
    assert kept is not None
    assert (kept.minutes, later.minutes) == (25, 90)
