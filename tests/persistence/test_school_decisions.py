"""Decisions of schools about links and carried evidence: append-only, each number once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lti_tool.domain.carrying import Carry, CarryDecision
from lti_tool.domain.equivalence import LinkDecision, Verdict
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import carry_decisions, link_decisions
from lti_tool.persistence.database import Database
from tests.services.classroom import enrol, open_course

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
LOW, HIGH = RequirementKey("elementary", "1.1.1"), RequirementKey("intermediate", "1.1.1")


def link(number: int, by: int) -> LinkDecision:
    made = (number, LOW, HIGH, Verdict.ACCEPT, LinkTag.PROGRESS, "理由", by, NOW)
    return LinkDecision(*made, by="周敏")


def carry(number: int, by: int, new: RequirementKey | None = LOW) -> CarryDecision:
    kind = Carry.CARRIED if new else Carry.LEFT
    return CarryDecision(number, "S-1", LOW, new, kind, "理由", by, NOW)


@pytest.fixture
def school(database: Database) -> tuple[int, int]:
    """A school and somebody of it."""
    course = open_course(database)
    return course.school_id, enrol(database, course, "周敏", Role.TEACHER).id


def test_decisions_come_back_as_they_were_made(database: Database, school: tuple[int, int]) -> None:
    school_id, by = school
    made = [carry(1, by), carry(2, by, None)]
    with database.transaction() as session:
        link_decisions.add_link_decision(
            session, link(1, by), school_id=school_id, standard_id="S-2"
        )
        carry_decisions.add_carry_decisions(session, made, school_id=school_id, standard_id="S-2")
    with database.reading() as session:
        assert link_decisions.link_decisions_of(session, school_id, "S-2") == [link(1, by)]
        assert link_decisions.link_decisions_of(session, school_id, "S-1") == []
        assert link_decisions.last_number(session, school_id, "S-2") == 1
        assert carry_decisions.carry_decisions_of(session, school_id, "S-2") == made
        assert carry_decisions.carry_decisions_of(session, school_id, "S-2", up_to=1) == made[:1]
        assert carry_decisions.newer_versions(session, school_id, "S-1") == ["S-2"]
        assert carry_decisions.newer_versions(session, school_id + 1, "S-1") == []


def test_a_number_is_given_once_by_each_school(database: Database, school: tuple[int, int]) -> None:
    school_id, by = school
    with database.transaction() as session:
        link_decisions.add_link_decision(
            session, link(1, by), school_id=school_id, standard_id="S-2"
        )
        carry_decisions.add_carry_decisions(
            session, [carry(1, by)], school_id=school_id, standard_id="S-2"
        )
    with pytest.raises(StaleFormError), database.transaction() as session:
        link_decisions.add_link_decision(
            session, link(1, by), school_id=school_id, standard_id="S-2"
        )
    with pytest.raises(StaleFormError), database.transaction() as session:
        carry_decisions.add_carry_decisions(
            session, [carry(1, by)], school_id=school_id, standard_id="S-2"
        )


@pytest.mark.parametrize("table", ["link_decisions", "carry_decisions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_them(
    database: Database, school: tuple[int, int], table: str, change: str
) -> None:
    school_id, by = school
    with database.transaction() as session:
        link_decisions.add_link_decision(
            session, link(1, by), school_id=school_id, standard_id="S-2"
        )
        carry_decisions.add_carry_decisions(
            session, [carry(1, by)], school_id=school_id, standard_id="S-2"
        )
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(change.format(table)))
