"""A school sets a rule of its own: kept by version, computed by, and told before it is saved."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lti_tool.catalogue import CatalogueError, content_of, rule_from
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import ReasonMissingError, StaleFormError
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.persistence import school_rules, standings
from lti_tool.persistence.people import Account
from lti_tool.services.change_rule import change_rule
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.simulate_rule import Simulation, simulate_rule
from tests.services.attaining import LEVEL, master, rate_once_more, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """A learner who meets the shipped rule of the elementary level, but for one requirement of
    area 1 and of no other."""
    account = classroom.enrol("黄嘉怡", number="20260001")
    master(classroom, account, whole_level(classroom), but={"1.1.1": 2})
    return account


def content(classroom: Classroom, **changed: object) -> Mapping[str, object]:
    bundle = classroom.catalogue.find(STANDARD)
    return {**content_of(bundle.rule), **changed}


def set_rule(
    classroom: Classroom, *, reason: str = "校考评委员会决定", seen: str = "1", **changed: object
) -> AttainmentRule:
    with classroom.working() as work:
        return change_rule(
            work,
            STANDARD,
            content(classroom, **changed),
            reason=reason,
            seen=seen,
            school_id=classroom.course.school_id,
        )


def state(classroom: Classroom, learner: Account) -> AttainmentState:
    with classroom.reading() as session:
        found = standings.outcomes_of_learner(session, learner, STANDARD)
    return next(each.state for each in found if each.level == LEVEL)


def simulated(classroom: Classroom, **changed: object) -> Simulation:
    bundle = classroom.catalogue.find(STANDARD)
    with classroom.reading() as session:
        return simulate_rule(
            session,
            bundle,
            rule_from(content(classroom, **changed), bundle.standard),
            school_id=classroom.course.school_id,
            now=classroom.now,
        )


def test_the_rule_a_school_sets_decides_from_then_on(
    classroom: Classroom, learner: Account
) -> None:
    assert state(classroom, learner) is AttainmentState.PROPOSED
    rule = set_rule(classroom, area_cut=100)
    assert (rule.version, rule.area_cut) == ("school-1", 100)
    assert state(classroom, learner) is AttainmentState.NOT_MET
    assert set_rule(classroom, seen="school-1").version == "school-2"
    assert state(classroom, learner) is AttainmentState.PROPOSED


def test_every_version_is_kept_with_who_when_and_why(
    classroom: Classroom, learner: Account
) -> None:
    set_rule(classroom, area_cut=100)
    set_rule(classroom, seen="school-1", area_cut=90, reason="与合作企业商定")
    with classroom.reading() as session:
        kept = school_rules.rules_of(session, learner.school_id, STANDARD)
    assert [(each.version, each.content["area_cut"], each.reason) for each in kept] == [
        ("school-1", 100, "校考评委员会决定"),
        ("school-2", 90, "与合作企业商定"),
    ]
    assert {each.set_by for each in kept} == {classroom.teacher.id}


def test_a_rule_that_is_wrong_is_refused_and_nothing_changes(classroom: Classroom) -> None:
    with pytest.raises(CatalogueError) as refused:
        set_rule(classroom, area_cut=101)
    assert [each.path for each in refused.value.problems] == ["area_cut"]
    with classroom.reading() as session:
        assert school_rules.rules_of(session, classroom.course.school_id, STANDARD) == []


def test_a_rule_needs_a_reason_and_is_never_set_over_an_unseen_one(classroom: Classroom) -> None:
    with pytest.raises(ReasonMissingError):
        set_rule(classroom, reason="  ")
    set_rule(classroom, area_cut=90)
    with pytest.raises(StaleFormError):
        set_rule(classroom, area_cut=70)


def test_the_simulation_names_whose_level_changes_and_saves_nothing(
    classroom: Classroom, learner: Account
) -> None:
    sign_off_now(classroom, learner)
    found = simulated(classroom, area_cut=100)
    assert [(each.learner.id, each.level.key, each.met) for each in found.changes] == [
        (learner.id, LEVEL, False)
    ]
    (change,) = found.changes
    assert (change.signed_off, change.steps, found.learners) == (True, 1, 1)
    assert found.count(change.level) == (0, 1)
    assert state(classroom, learner) is AttainmentState.ATTAINED


N_OF_M = {"method": "n_of_m", "needed": 2, "window": 3}


@pytest.mark.parametrize(
    ("mastery", "months", "met"),
    [
        ({"method": "latest"}, 0, False),
        ({"method": "highest"}, 0, True),
        ({**N_OF_M, "minimum_raters": 2}, 0, False),
        ({**N_OF_M, "expires_months": 6}, 5, True),
        ({**N_OF_M, "expires_months": 6}, 7, False),
    ],
    ids=["latest", "highest", "two-raters", "still-fresh", "too-old"],
)
def test_the_simulation_of_method_raters_and_expiry_is_what_comes_of_setting_it(
    classroom: Classroom, learner: Account, mastery: Mapping[str, object], months: int, met: bool
) -> None:
    """The learner meets the rule of today, with a critical requirement below at the last."""
    rate_once_more(classroom, learner, {"2.2.1": 2})
    classroom.now += timedelta(days=31 * months)
    found = simulated(classroom, mastery=mastery)
    assert [(each.learner.id, each.met) for each in found.changes] == (
        [] if met else [(learner.id, False)]
    )
    set_rule(classroom, mastery=mastery)
    wanted = AttainmentState.PROPOSED if met else AttainmentState.NOT_MET
    assert state(classroom, learner) is wanted


def test_the_rule_of_today_changes_nobodys_level(classroom: Classroom, learner: Account) -> None:
    assert simulated(classroom).changes == ()
    assert learner.id


def test_a_decision_is_replayed_under_the_rule_it_names(
    classroom: Classroom, learner: Account
) -> None:
    sign_off_now(classroom, learner)
    set_rule(classroom, area_cut=100)
    other = classroom.enrol("陈雨", number="20260002")
    master(classroom, other, whole_level(classroom))
    sign_off_now(classroom, other)
    with classroom.reading() as session:
        found = list(replay_decisions(session, classroom.catalogue))
    assert [(each.decision.rule_version, each.outcome) for each in found] == [
        ("1", Outcome.SAME),
        ("school-1", Outcome.SAME),
    ]


def test_mastery_by_ratings_that_grow_too_old_lapses(
    classroom: Classroom, learner: Account
) -> None:
    mastery = {"method": "n_of_m", "needed": 2, "window": 3, "expires_months": 12}
    set_rule(classroom, mastery=mastery)
    with classroom.reading() as session:
        assert (
            standings.lapsed(session, [STANDARD], now=classroom.now + timedelta(days=360), most=10)
            == []
        )
        late = classroom.now + timedelta(days=366)
        assert standings.lapsed(session, [STANDARD], now=late, most=10) == [(learner.id, STANDARD)]
