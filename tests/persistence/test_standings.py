"""Where learners stand, as stored."""

from dataclasses import replace
from datetime import datetime

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import courses, standings
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.persistence.standings import Outcome, Standing
from tests.persistence.course_rows import (
    MINUTE,
    NOW,
    make_assessment,
    make_course,
    make_person,
    make_submission,
    rating,
)
from tests.services.counting import queries

STANDARD = "530050-2021-2.0"
LOW, HIGH = RequirementKey("elementary", "2.1.1"), RequirementKey("intermediate", "4.1.1")


@pytest.fixture
def course(database: Database) -> Course:
    with database.transaction() as session:
        return make_course(session)


@pytest.fixture
def learner(database: Database, course: Course) -> Account:
    with database.transaction() as session:
        return make_person(session, course)


def outcome(learner: Account, *, mastered: int = 44, changed_at: datetime = NOW) -> Outcome:
    return Outcome(
        learner=learner,
        standard_id=STANDARD,
        level="elementary",
        state=AttainmentState.NOT_MET,
        met=False,
        mastered=mastered,
        total=49,
        steps=3,
        rule_version="1",
        changed_at=changed_at,
    )


def masteries(database: Database, course: Course, learner: Account) -> list[Mastery]:
    """One mastered requirement of the elementary level, one below of the intermediate."""
    with database.transaction() as session:
        make_assessment(session, course, learner)
        submission = make_submission(session, learner)
    given = rating("r-1", submission, learner, released_at=NOW)
    return [
        Mastery(LOW, MasteryState.MASTERED, (given,), 5),
        Mastery(HIGH, MasteryState.BELOW, (replace(given, performance_level=2),), 1),
        Mastery(RequirementKey("advanced", "1.1.1"), MasteryState.NO_EVIDENCE),
    ]


def store(database: Database, *outcomes: Outcome) -> None:
    with database.transaction() as session:
        for each in outcomes:
            standings.store_outcomes(session, each.learner, STANDARD, [each], now=NOW)


def test_mastery_is_read_for_many_at_once_and_only_where_there_is_evidence(
    database: Database, course: Course, learner: Account
) -> None:
    held = masteries(database, course, learner)
    with database.transaction() as session:
        other = make_person(session, course, "5")
        standings.store_masteries(session, learner.id, STANDARD, held)
    with database.reading() as session:
        found = standings.standings_of(session, [learner.id, other.id], STANDARD)
        assert found == {
            learner.id: {
                LOW: Standing(MasteryState.MASTERED, 3, 5),
                HIGH: Standing(MasteryState.BELOW, 2, 1),
            },
            other.id: {},
        }
        assert standings.standings_of(session, [learner.id], "other")[learner.id] == {}


def test_new_masteries_take_the_place_of_the_old(
    database: Database, course: Course, learner: Account
) -> None:
    held = masteries(database, course, learner)
    for each in (held, held[:1]):
        with database.transaction() as session:
            standings.store_masteries(session, learner.id, STANDARD, each)
    with database.reading() as session:
        assert list(standings.standings_of(session, [learner.id], STANDARD)[learner.id]) == [LOW]


def test_an_outcome_comes_back_as_it_was_stored(database: Database, learner: Account) -> None:
    store(database, outcome(learner))
    with database.reading() as session:
        assert list(standings.outcomes_of_learner(session, learner, STANDARD)) == [outcome(learner)]


def test_the_time_of_change_moves_only_when_something_changed(
    database: Database, learner: Account
) -> None:
    later, much_later = NOW + MINUTE, NOW + 9 * MINUTE
    store(database, outcome(learner), outcome(learner, changed_at=later))
    with database.reading() as session:
        assert standings.outcomes_of_learner(session, learner, STANDARD)[0].changed_at == NOW
    changed = outcome(learner, mastered=45, changed_at=much_later)
    store(database, changed)
    with database.reading() as session:
        assert list(standings.outcomes_of_learner(session, learner, STANDARD)) == [changed]


def test_a_level_without_evidence_is_forgotten(database: Database, learner: Account) -> None:
    store(database, outcome(learner))
    for _ in range(2):
        with database.transaction() as session:
            standings.store_outcomes(session, learner, STANDARD, [], now=NOW)
            assert not standings.outcomes_of_learner(session, learner, STANDARD)


def test_only_the_masteries_that_differ_are_written(
    database: Database, course: Course, learner: Account
) -> None:
    held = masteries(database, course, learner)
    with database.transaction() as session:
        standings.store_masteries(session, learner.id, STANDARD, held)
    changed = [held[0], replace(held[1], state=MasteryState.MASTERED)]
    with queries(database) as sent, database.transaction() as session:
        standings.store_masteries(session, learner.id, STANDARD, changed)
    assert [each.split()[0] for each in sent] == ["SELECT", "UPDATE"]
    with queries(database) as sent, database.transaction() as session:
        standings.store_masteries(session, learner.id, STANDARD, changed)
    assert [each.split()[0] for each in sent] == ["SELECT"]


def test_a_school_sees_its_own_outcomes_and_a_course_its_own_students(
    database: Database, course: Course, learner: Account
) -> None:
    with database.transaction() as session:
        elsewhere = make_course(session, deployment="2")
        stranger = make_person(session, elsewhere)
        absent = make_person(session, course, "5")
        courses.remember_membership(
            session, course_id=course.id, person_id=learner.id, role=Role.STUDENT, now=NOW
        )
    store(database, *(outcome(each) for each in (learner, stranger, absent)))
    with database.reading() as session:
        whole = standings.outcomes_of_school(session, course.school_id, STANDARD)
        assert [each.learner for each in whole] == [learner, absent]
        here = standings.outcomes_of_school(
            session, course.school_id, STANDARD, course_id=course.id
        )
        assert [each.learner for each in here] == [learner]
