"""Signing off a level, and revoking it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from lti_tool.domain.attainment import AttainmentState, DecisionKind
from lti_tool.domain.errors import (
    NotFoundError,
    NotMetError,
    NotSignedOffError,
    ReasonMissingError,
    StaleFormError,
    UnknownRequirementError,
)
from lti_tool.persistence import audit_log, decisions, scores, standings
from lti_tool.persistence.people import Account
from lti_tool.persistence.scores import Delivery
from lti_tool.services.explain_decision import explain_decision
from lti_tool.services.sign_off_attainment import revoke_attainment, sign_off_attainment
from tests.services.attaining import (
    LEVEL,
    master,
    rate_once_more,
    sign_off_now,
    subject,
    whole_level,
)
from tests.services.classroom import STANDARD, Classroom


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """A learner who meets the rule of the elementary level."""
    account = classroom.enrol("黄嘉怡")
    master(classroom, account, whole_level(classroom))
    return account


def digest(classroom: Classroom, learner: Account) -> str:
    with classroom.reading() as session:
        return explain_decision(
            session,
            classroom.catalogue,
            STANDARD,
            LEVEL,
            learner_id=learner.id,
            school_id=learner.school_id,
            now=classroom.now,
        ).digest


def sign_off(classroom: Classroom, learner: Account, seen: str, school_id: int = 0) -> None:
    with classroom.working() as work:
        school = school_id or learner.school_id
        sign_off_attainment(work, subject(learner), seen_digest=seen, school_id=school)


def revoke(classroom: Classroom, learner: Account, reason: str, school_id: int = 0) -> None:
    with classroom.working() as work:
        school = school_id or learner.school_id
        revoke_attainment(work, subject(learner), reason=reason, school_id=school)


def kinds(classroom: Classroom, learner: Account) -> list[DecisionKind]:
    with classroom.reading() as session:
        return [each.kind for each in decisions.decisions_of(session, learner.id, STANDARD)]


def state(classroom: Classroom, learner: Account) -> AttainmentState:
    with classroom.reading() as session:
        found = standings.outcomes_of_learner(session, learner, STANDARD)
        return next(each.state for each in found if each.level == LEVEL)


def told(classroom: Classroom, learner: Account) -> Delivery:
    with classroom.reading() as session:
        return scores.deliveries_to(session, learner.id, f"{STANDARD}/{LEVEL}")[0]


def test_a_sign_off_keeps_everything_it_rests_on(classroom: Classroom, learner: Account) -> None:
    seen = digest(classroom, learner)
    made = sign_off_now(classroom, learner)
    assert (made.kind, made.digest, made.rule_version) == (DecisionKind.SIGN_OFF, seen, "1")
    assert (made.mastered, made.total, len(made.rating_ids)) == (49, 49, 98)
    assert (made.decided_by, made.decided_at) == (classroom.teacher.id, classroom.now)
    with classroom.reading() as session:
        assert list(decisions.decisions_of(session, learner.id, STANDARD)) == [made]


def test_a_sign_off_is_told_to_the_lms_with_date_and_rule(
    classroom: Classroom, learner: Account
) -> None:
    assert told(classroom, learner).given == 0
    sign_off_now(classroom, learner)
    assert state(classroom, learner) is AttainmentState.ATTAINED
    assert told(classroom, learner).given == Decimal(1)
    assert "初级已认定 2026-09-01" in told(classroom, learner).comment
    assert "规则 1" in told(classroom, learner).comment


def test_a_sign_off_stands_in_the_audit_log_without_a_name(
    classroom: Classroom, learner: Account
) -> None:
    made = sign_off_now(classroom, learner)
    with classroom.reading() as session:
        about = f"attainment:{learner.id}/{STANDARD}/{LEVEL}"
        entry = audit_log.entries_about(session, about)[0]
    assert (entry.action, entry.actor_id) == ("sign_off", classroom.teacher.id)
    assert entry.detail == made.digest


def test_a_level_is_signed_off_once(classroom: Classroom, learner: Account) -> None:
    seen = digest(classroom, learner)
    sign_off(classroom, learner, seen)
    with pytest.raises(StaleFormError):
        sign_off(classroom, learner, seen)
    assert kinds(classroom, learner) == [DecisionKind.SIGN_OFF]


def test_evidence_that_changed_meanwhile_is_seen_first(
    classroom: Classroom, learner: Account
) -> None:
    seen = digest(classroom, learner)
    rate_once_more(classroom, learner, {"2.1.1": 4})
    with pytest.raises(StaleFormError):
        sign_off(classroom, learner, seen)
    assert kinds(classroom, learner) == []


def test_a_level_whose_rule_is_not_met_is_not_signed_off(classroom: Classroom) -> None:
    learner = classroom.enrol("陈思雨")
    rate_once_more(classroom, learner, {"2.1.1": 3})
    with pytest.raises(NotMetError):
        sign_off(classroom, learner, digest(classroom, learner))


@pytest.mark.parametrize("act", [sign_off, revoke])
def test_another_schools_registrar_decides_nothing(
    classroom: Classroom, learner: Account, act: Callable[..., None]
) -> None:
    with pytest.raises(NotFoundError):
        act(classroom, learner, "x", school_id=learner.school_id + 1)


def test_a_level_that_does_not_exist_cannot_be_decided(
    classroom: Classroom, learner: Account
) -> None:
    with classroom.working() as work, pytest.raises(UnknownRequirementError):
        sign_off_attainment(
            work, subject(learner, "master"), seen_digest="", school_id=learner.school_id
        )


def test_a_sign_off_outlives_worse_ratings(classroom: Classroom, learner: Account) -> None:
    sign_off_now(classroom, learner)
    for _ in range(2):
        rate_once_more(classroom, learner, {"2.2.1": 1})
    assert state(classroom, learner) is AttainmentState.ATTAINED
    assert told(classroom, learner).given == 1


def test_a_revocation_takes_the_level_back_in_the_lms(
    classroom: Classroom, learner: Account
) -> None:
    sign_off_now(classroom, learner)
    revoke(classroom, learner, " 误操作 ")
    assert state(classroom, learner) is AttainmentState.REVOKED
    assert told(classroom, learner).given == 0
    assert "撤销" in told(classroom, learner).comment
    with classroom.reading() as session:
        last = decisions.decisions_of(session, learner.id, STANDARD)[-1]
    assert (last.kind, last.reason) == (DecisionKind.REVOKE, "误操作")


def test_a_revocation_needs_a_reason(classroom: Classroom, learner: Account) -> None:
    sign_off_now(classroom, learner)
    with pytest.raises(ReasonMissingError):
        revoke(classroom, learner, " \n")
    assert state(classroom, learner) is AttainmentState.ATTAINED


def test_only_a_sign_off_in_force_is_revoked(classroom: Classroom, learner: Account) -> None:
    with pytest.raises(NotSignedOffError):
        revoke(classroom, learner, "误操作")
    sign_off_now(classroom, learner)
    revoke(classroom, learner, "误操作")
    with pytest.raises(NotSignedOffError):
        revoke(classroom, learner, "又一次")


def test_a_revoked_level_may_be_signed_off_again(classroom: Classroom, learner: Account) -> None:
    sign_off_now(classroom, learner)
    revoke(classroom, learner, "误操作")
    sign_off_now(classroom, learner)
    assert kinds(classroom, learner) == [
        DecisionKind.SIGN_OFF,
        DecisionKind.REVOKE,
        DecisionKind.SIGN_OFF,
    ]
    assert state(classroom, learner) is AttainmentState.ATTAINED


def test_a_level_is_revoked_even_when_its_rule_is_no_longer_met(
    classroom: Classroom, learner: Account
) -> None:
    sign_off_now(classroom, learner)
    for _ in range(2):
        rate_once_more(classroom, learner, {"2.2.1": 1})
    revoke(classroom, learner, "复核后不再符合")
    assert state(classroom, learner) is AttainmentState.REVOKED
