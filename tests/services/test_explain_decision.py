"""What explains a decision: clauses, gaps, ratings, recomputation, what the LMS was told."""

from dataclasses import replace

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import AttainmentState, DecisionKind, GapReason
from lti_tool.domain.errors import NotFoundError, UnknownRequirementError, UnknownStandardError
from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence.people import Account
from lti_tool.services.explain_decision import DecisionExplained, explain_decision
from lti_tool.services.explain_decision.clauses import Clause, ClauseKind
from lti_tool.services.explain_decision.requirements import RequirementShown
from lti_tool.services.sign_off_attainment import revoke_attainment
from lti_tool.services.waive_requirement import take_waiver_back, waive_requirement
from tests.services.attaining import (
    LEVEL,
    master,
    rate_once_more,
    sign_off_now,
    subject,
    whole_level,
)
from tests.services.classroom import STANDARD, Classroom
from tests.services.counting import queries

LOST = RequirementKey("advanced", "4.1.1")


def explain(
    classroom: Classroom,
    learner: Account,
    level: str = LEVEL,
    *,
    catalogue: Catalogue | None = None,
) -> DecisionExplained:
    with classroom.reading() as session:
        return explain_decision(
            session,
            catalogue or classroom.catalogue,
            STANDARD,
            level,
            learner_id=learner.id,
            school_id=classroom.course.school_id,
            now=classroom.now,
        )


def clause(shown: DecisionExplained, kind: ClauseKind) -> Clause:
    return next(each for each in shown.clauses if each.kind is kind)


def requirement(shown: DecisionExplained, level: str, code: str) -> RequirementShown:
    everything = (each for area in shown.areas for each in area.requirements)
    key = RequirementKey(level, code)
    return next(each for each in everything if each.requirement.key == key)


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("黄嘉怡", number="2024030107")


def test_a_learner_without_ratings_has_no_evidence(classroom: Classroom, learner: Account) -> None:
    shown = explain(classroom, learner)
    assert shown.state is AttainmentState.NO_EVIDENCE
    assert not shown.can_sign_off
    assert (shown.replay, shown.trail, shown.told, shown.last) == (None, (), (), None)


@pytest.mark.parametrize(
    ("level", "classes"), [("elementary", 49), ("intermediate", 76), ("advanced", 96)]
)
def test_every_class_of_the_level_and_the_lower_ones_is_shown_once(
    classroom: Classroom, learner: Account, level: str, classes: int
) -> None:
    shown = explain(classroom, learner, level)
    keys = [each.mastery.requirement for area in shown.areas for each in area.requirements]
    assert len(keys) == len(set(keys)) == classes


def test_every_clause_of_a_met_rule_is_met_but_the_sign_off(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    shown = explain(classroom, learner)
    assert [(each.kind, each.met) for each in shown.clauses] == [
        (ClauseKind.MASTERY, None),
        (ClauseKind.CRITICAL, True),
        (ClauseKind.AREA, True),
        (ClauseKind.RED_LINE, True),
        (ClauseKind.LOWER, True),
        (ClauseKind.SIGN_OFF, False),
    ]
    assert shown.can_sign_off
    assert shown.gaps == ()


def test_the_clauses_that_are_not_met_say_by_how_much(
    classroom: Classroom, learner: Account
) -> None:
    below = {"2.2.4": 1, "3.2.3": 2, "4.1.1": 2, "4.1.2": 2, "4.1.3": 2}
    master(classroom, learner, whole_level(classroom), but=below)
    shown = explain(classroom, learner)
    mastery, critical = clause(shown, ClauseKind.MASTERY), clause(shown, ClauseKind.CRITICAL)
    assert (mastery.done, mastery.total) == (44, 49)
    assert (critical.met, critical.done, critical.total) == (False, 3, 4)
    assert [code for _, code in critical.names] == ["2.2.1", "2.2.2", "2.4.1", "3.2.3"]
    area, line = clause(shown, ClauseKind.AREA), clause(shown, ClauseKind.RED_LINE)
    assert (area.met, area.done, area.total) == (False, 3, 4)
    assert (line.met, line.done) == (False, 1)
    assert [(each.gap.reason, each.gap.needed) for each in shown.gaps] == [
        (GapReason.RED_LINE, 1),
        (GapReason.CRITICAL, 1),
        (GapReason.AREA, 1),
    ]
    assert [each.requirement.code for each in shown.gaps[2].options] == ["4.1.1", "4.1.2", "4.1.3"]
    assert shown.attainment.steps == 3


def test_a_lower_level_that_is_not_met_is_a_clause_of_the_higher(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom, "intermediate"))
    lower = clause(explain(classroom, learner, "intermediate"), ClauseKind.LOWER)
    assert lower.met is False
    assert lower.done > 0


def test_a_rating_given_at_another_level_says_where_it_was_given(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.1.1", level="intermediate")
    master(classroom, learner, assessment)
    shown = requirement(explain(classroom, learner), "elementary", "2.1.1")
    assert shown.mastery.state is MasteryState.MASTERED
    assert RequirementKey("intermediate", "2.1.1") in shown.also
    assert {each.via for each in shown.ratings} == {RequirementKey("intermediate", "2.1.1")}


def test_a_rating_names_assessment_rater_and_comment(
    classroom: Classroom, learner: Account
) -> None:
    rate_once_more(classroom, learner, {"2.1.1": 2})
    shown = requirement(explain(classroom, learner), "elementary", "2.1.1")
    given = shown.ratings[0]
    assert (given.title, given.performance.number, given.via) == ("补充考核", 2, None)
    assert given.rater == classroom.teacher
    assert given.rating.comment == "观察记录 2.1.1"
    assert shown.raters == ("周敏",)


def test_a_critical_requirement_says_why_it_is_critical(
    classroom: Classroom, learner: Account
) -> None:
    shown = explain(classroom, learner)
    why = requirement(shown, "elementary", "2.2.2").critical
    assert why is not None
    assert why.zh.startswith("解答错误")
    assert requirement(shown, "elementary", "2.1.1").critical is None


def test_a_lost_requirement_is_waived_by_somebody_with_a_reason(
    classroom: Classroom, learner: Account
) -> None:
    assert requirement(explain(classroom, learner, "advanced"), "advanced", "4.1.1").state == "lost"
    with classroom.working() as work:
        waive_requirement(work, STANDARD, LOST, reason="无法恢复", school_id=learner.school_id)
    shown = requirement(explain(classroom, learner, "advanced"), "advanced", "4.1.1")
    assert shown.state == "waived"
    assert shown.waiver is not None
    assert (shown.waiver.reason, shown.waived_by) == ("无法恢复", classroom.teacher)


def test_an_inferred_requirement_is_not_lost(classroom: Classroom, learner: Account) -> None:
    shown = explain(classroom, learner, "advanced")
    lost = [each.requirement.key for area in shown.areas for each in area.requirements if each.lost]
    assert lost == [LOST]


def test_a_sign_off_computed_again_gives_the_same(classroom: Classroom, learner: Account) -> None:
    master(classroom, learner, whole_level(classroom))
    made = sign_off_now(classroom, learner)
    shown = explain(classroom, learner)
    assert shown.replay is not None
    assert shown.replay.decision == made
    assert (shown.replay.same, shown.replay.unchanged) == (True, True)
    assert shown.digest == made.digest
    assert not shown.can_sign_off


def test_newer_ratings_change_the_evidence_but_not_what_is_computed_again(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    for _ in range(2):
        rate_once_more(classroom, learner, {"2.2.1": 1})
    shown = explain(classroom, learner)
    assert shown.replay is not None
    assert (shown.replay.same, shown.replay.unchanged) == (True, False)
    assert (shown.replay.added, shown.replay.gone) == (2, 1)
    assert not shown.attainment.met
    assert shown.state is AttainmentState.ATTAINED


def test_a_sign_off_whose_rule_is_no_longer_installed_cannot_be_computed_again(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    bundle = classroom.catalogue.find(STANDARD)
    stricter = replace(bundle, rule=replace(bundle.rule, version="2"))
    shown = explain(classroom, learner, catalogue=Catalogue((stricter,)))
    assert shown.replay is not None
    assert (shown.replay.same, shown.replay.same_rule) == (None, False)


def test_a_sign_off_is_computed_again_with_the_waivers_it_rests_on(
    classroom: Classroom, learner: Account
) -> None:
    for level in ("elementary", "intermediate", "advanced"):
        master(classroom, learner, whole_level(classroom, level))
    school_id = learner.school_id
    with classroom.working() as work:
        waive_requirement(work, STANDARD, LOST, reason="无法恢复", school_id=school_id)
    for level in ("elementary", "advanced"):
        sign_off_now(classroom, learner, level)
    with classroom.working() as work:
        take_waiver_back(work, STANDARD, LOST, school_id=school_id)
    highest = explain(classroom, learner, "advanced").replay
    assert highest is not None
    assert (highest.same, highest.same_rule, highest.unchanged) == (True, True, True)


def test_the_trail_runs_from_the_newest_decision_to_the_oldest(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    with classroom.working() as work:
        revoke_attainment(
            work, subject(learner), reason="误操作", school_id=classroom.course.school_id
        )
    shown = explain(classroom, learner)
    assert [each.decision.kind for each in shown.trail] == [
        DecisionKind.REVOKE,
        DecisionKind.SIGN_OFF,
    ]
    assert {each.by for each in shown.trail} == {classroom.teacher}
    assert shown.state is AttainmentState.REVOKED
    assert shown.can_sign_off
    assert explain(classroom, learner, "intermediate").trail == ()


def test_what_the_gradebook_was_told_names_its_course(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    told = explain(classroom, learner).told
    assert [each.course.id for each in told] == [classroom.course.id]
    assert told[0].delivery.given == 1
    assert explain(classroom, learner, "intermediate").told == ()


def test_a_higher_level_needs_no_more_queries(classroom: Classroom, learner: Account) -> None:
    rate_once_more(classroom, learner, {"2.1.1": 3})
    with queries(classroom.database) as few:
        explain(classroom, learner)
    for level in ("intermediate", "advanced"):
        master(classroom, learner, whole_level(classroom, level))
    with queries(classroom.database) as many:
        explain(classroom, learner, "intermediate")
    assert len(many) <= len(few) + 2


def test_nobody_elses_learner_is_explained(classroom: Classroom, learner: Account) -> None:
    with classroom.reading() as session, pytest.raises(NotFoundError):
        explain_decision(
            session,
            classroom.catalogue,
            STANDARD,
            LEVEL,
            learner_id=learner.id,
            school_id=learner.school_id + 1,
            now=classroom.now,
        )


def test_a_person_who_is_no_learner_is_not_explained(classroom: Classroom) -> None:
    with pytest.raises(NotFoundError):
        explain(classroom, classroom.teacher)
    with pytest.raises(NotFoundError):
        explain(classroom, replace(classroom.teacher, id=4711))
    student = classroom.enrol("黄嘉怡", Role.STUDENT)
    assert explain(classroom, student).learner == student


def test_unknown_standards_and_levels_are_refused(classroom: Classroom, learner: Account) -> None:
    with pytest.raises(UnknownRequirementError):
        explain(classroom, learner, "master")
    with pytest.raises(UnknownStandardError):
        explain(classroom, learner, catalogue=Catalogue(()))
