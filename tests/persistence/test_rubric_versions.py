"""Schools' rubrics as they are kept, on both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.domain.rubric import AssessmentMethod, Criterion, Rubric
from lti_tool.domain.standard import Text
from lti_tool.persistence import assessments, rubric_versions
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.persistence.rubric_versions import RubricVersionRow
from tests.domain import builders
from tests.services.classroom import START, enrol, open_course

KEY = builders.key("low/1.1.1")
RICH = replace(
    builders.rubric(),
    criteria={
        KEY: Criterion(
            KEY,
            descriptors={n: Text(f"表现 {n}", "English" if n == 1 else None) for n in (1, 2, 3, 4)},
            evidence=Text("录音"),
            method=AssessmentMethod.ORAL_CHECK,
            weight=4,
        ),
        builders.RED_LINE: Criterion(builders.RED_LINE, red_line=True),
    },
)

Publish = Callable[..., int]


@pytest.fixture
def course(database: Database) -> Course:
    return open_course(database)


@pytest.fixture
def author(database: Database, course: Course) -> Account:
    return enrol(database, course, "周敏", Role.TEACHER)


@pytest.fixture
def publish(database: Database, author: Account) -> Publish:
    def add(rubric: Rubric = RICH, note: str = "说明") -> int:
        with database.transaction() as session:
            return rubric_versions.add_version(
                session,
                rubric,
                school_id=author.school_id,
                note=note,
                created_by=author.id,
                now=START,
            ).id

    return add


def test_a_version_comes_back_as_it_was_published(database: Database, publish: Publish) -> None:
    made = publish()
    with database.transaction() as session:
        assert rubric_versions.rubric_of(session, made) == RICH
        with pytest.raises(NotFoundError):
            rubric_versions.rubric_of(session, made + 1)


def test_versions_are_numbered_within_school_and_standard(
    database: Database, author: Account, publish: Publish
) -> None:
    publish()
    publish(replace(RICH, standard_id="T2-1"))
    newest = publish(note="二")
    with database.transaction() as session:
        found = rubric_versions.versions_of(session, author.school_id, RICH.standard_id)
        assert [(each.number, each.note) for each in found] == [(2, "二"), (1, "说明")]
        assert found[0].created_by == author.id
        assert rubric_versions.newest_id(session, author.school_id, RICH.standard_id) == newest
        assert rubric_versions.newest_id(session, author.school_id, "T3-1") is None


def test_the_database_refuses_that_a_version_changes(database: Database, publish: Publish) -> None:
    made = publish()
    with database.transaction() as session:
        row = session.get(RubricVersionRow, made)
        assert row is not None
        row.note = "别的"
        with pytest.raises(DatabaseError):
            session.flush()
        session.rollback()


def test_an_assessment_keeps_its_version(
    database: Database, course: Course, author: Account, publish: Publish
) -> None:
    first, second = publish(), publish(replace(RICH, cut=2))
    one, other = builders.assessment(), replace(builders.assessment(), id="other")
    with database.transaction() as session:
        for each in (one, other):
            assessments.add_assessment(
                session, each, course_id=course.id, created_by=author.id, now=START
            )
        rubric_versions.rate_with(session, one.id, first)
    shipped = builders.rubric()
    with database.transaction() as session:
        shelf = rubric_versions.shelf(session, shipped, [one.id, other.id])
        assert (shelf.of(one.id), shelf.of(other.id)) == (RICH, shipped)
        used = rubric_versions.version_used(session, one.id)
        assert used is not None
        assert used.number == 1
        assert rubric_versions.version_used(session, other.id) is None
        rubric_versions.rate_with(session, one.id, second)
        assert rubric_versions.shelf(session, shipped, [one.id]).of(one.id).cut == 2
        rubric_versions.rate_with(session, one.id, None)
        assert rubric_versions.shelf(session, shipped, [one.id]).of(one.id) == shipped


def test_a_draft_is_changed_only_by_whoever_saw_it(database: Database, author: Account) -> None:
    def keep(seen: int) -> None:
        with database.transaction() as session:
            rubric_versions.keep_draft(
                session,
                replace(RICH, cut=2),
                school_id=author.school_id,
                seen=seen,
                changed_by=author.id,
                now=START,
            )

    keep(0)
    keep(1)
    for stale in (0, 1, 3):
        with pytest.raises(StaleFormError):
            keep(stale)
    with database.transaction() as session:
        draft = rubric_versions.draft_of(session, author.school_id, RICH.standard_id)
        assert draft is not None
        assert (draft.revision, draft.rubric.cut) == (2, 2)
        with pytest.raises(StaleFormError):
            rubric_versions.drop_draft(session, author.school_id, RICH.standard_id, seen=1)
        rubric_versions.drop_draft(session, author.school_id, RICH.standard_id, seen=2)
        assert rubric_versions.draft_of(session, author.school_id, RICH.standard_id) is None
