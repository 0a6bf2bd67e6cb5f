"""Assessments as stored."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lti_tool.domain.assessment import ReleaseMode
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import assessments
from lti_tool.persistence.database import Database, DatabaseError
from tests.persistence.course_rows import (
    NOW,
    assessment,
    make_assessment,
    make_course,
    make_person,
)


def test_an_assessment_comes_back_as_it_was_set_up(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        made = make_assessment(session, course, make_person(session, course))
    with database.reading() as session:
        assert assessments.assessment(session, made.id, course_id=course.id) == made
        assert assessments.assessments_of(session, course.id) == [made]
        assert assessments.course_of(session, made.id) == course.id


def test_an_assessment_is_found_in_its_own_course_only(database: Database) -> None:
    with database.transaction() as session:
        course, other = make_course(session), make_course(session, deployment="2")
        made = make_assessment(session, course, make_person(session, course))
        with pytest.raises(NotFoundError):
            assessments.assessment(session, made.id, course_id=other.id)
        with pytest.raises(NotFoundError):
            assessments.course_of(session, "a-2")


def test_conditions_change_and_the_requirements_stay(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        made = make_assessment(session, course, make_person(session, course))
    changed = replace(
        made,
        title="有效沟通（补考）",
        points=Decimal("12.50"),
        due_at=None,
        attempts=None,
        release=ReleaseMode.AT_ONCE,
        requirements=made.requirements[:1],
    )
    with database.transaction() as session:
        assessments.change_assessment(session, changed)
    with database.reading() as session:
        found = assessments.assessment(session, made.id, course_id=course.id)
    assert found == replace(changed, requirements=made.requirements)


def test_an_assessment_without_points_is_refused_by_the_database(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        teacher = make_person(session, course)
    made = replace(assessment(), points=Decimal(0))
    with pytest.raises(DatabaseError), database.transaction() as session:
        assessments.add_assessment(
            session, made, course_id=course.id, created_by=teacher.id, now=NOW
        )
    with database.reading() as session:
        assert assessments.assessments_of(session, course.id) == []


def test_titles_are_read_for_many_at_once_whatever_their_course(database: Database) -> None:
    with database.transaction() as session:
        course = make_course(session)
        made = make_assessment(session, course, make_person(session, course))
        assert assessments.titles_of(session, [made.id, "a-2"]) == {made.id: made.title}
        assert assessments.titles_of(session, []) == {}
