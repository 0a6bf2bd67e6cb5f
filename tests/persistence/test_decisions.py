"""Decisions, waivers and the audit log as stored."""

import pytest
from sqlalchemy import text

from lti_tool.domain.attainment import Decision, DecisionKind
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import audit_log, decisions
from lti_tool.persistence.database import Database, DatabaseError
from lti_tool.persistence.decisions import Waiver
from lti_tool.persistence.people import Account
from tests.persistence.course_rows import MINUTE, NOW, make_course, make_person

STANDARD = "530050-2021-2.0"
LOST = RequirementKey("advanced", "4.1.1")


@pytest.fixture
def learner(database: Database) -> Account:
    with database.transaction() as session:
        return make_person(session, make_course(session))


def decision(name: str, learner: Account, minutes: int = 0) -> Decision:
    return Decision(
        id=name,
        learner_id=learner.id,
        standard_id=STANDARD,
        level="elementary",
        kind=DecisionKind.REVOKE if minutes else DecisionKind.SIGN_OFF,
        rule_version="1",
        mastered=47,
        total=49,
        rating_ids=("r-1", "r-2"),
        digest="d" * 64,
        decided_by=learner.id,
        decided_at=NOW + minutes * MINUTE,
        reason="误录" if minutes else "",
    )


def test_decisions_come_back_oldest_first(database: Database, learner: Account) -> None:
    revoked, signed = decision("d-1", learner, 5), decision("d-2", learner)
    with database.transaction() as session:
        for each in (revoked, signed):
            decisions.add_decision(session, each)
    with database.reading() as session:
        assert decisions.decisions_of(session, learner.id, STANDARD) == [signed, revoked]


def test_a_waiver_holds_for_its_school_until_it_is_taken_back(
    database: Database, learner: Account
) -> None:
    school_id = learner.school_id
    waiver = Waiver(LOST, "原文缺失，教研组决定", learner.id, NOW)
    with database.transaction() as session:
        for _ in range(2):
            decisions.add_waiver(session, school_id=school_id, standard_id=STANDARD, waiver=waiver)
        assert decisions.waivers_of(session, school_id, STANDARD) == [waiver]
        assert decisions.waivers_of(session, school_id + 1, STANDARD) == []
        for _ in range(2):
            decisions.remove_waiver(
                session, school_id=school_id, standard_id=STANDARD, requirement=LOST
            )
        assert decisions.waivers_of(session, school_id, STANDARD) == []


def test_the_audit_log_tells_what_was_done_to_a_subject_in_order(
    database: Database, learner: Account
) -> None:
    with database.transaction() as session:
        for action, minutes in (("release", 2), ("rate", 1)):
            audit_log.note(
                session, action, "submission:s-1", actor_id=learner.id, now=NOW + minutes * MINUTE
            )
        audit_log.note(session, "rate", "submission:s-2", actor_id=None, now=NOW)
        found = audit_log.entries_about(session, "submission:s-1")
    assert [each.action for each in found] == ["rate", "release"]


@pytest.mark.parametrize(
    "change",
    ["UPDATE decisions SET mastered = 49", "UPDATE audit_log SET actor_id = NULL"],
)
def test_the_database_itself_refuses_to_change_what_was_decided_or_noted(
    database: Database, learner: Account, change: str
) -> None:
    with database.transaction() as session:
        decisions.add_decision(session, decision("d-1", learner))
        audit_log.note(session, "sign_off", "attainment:1", actor_id=learner.id, now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(change))
