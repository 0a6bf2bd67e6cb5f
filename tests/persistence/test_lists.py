"""The lists that programs and administrators read, on both kinds of database: stable order, places
to go on from, filters, and nothing of another school."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import AttainmentState, DecisionKind
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence.audit_pages import AuditFilter, audit_page, waiting_since
from lti_tool.persistence.database import Database
from lti_tool.persistence.decision_lists import (
    DecisionFilter,
    decision_of_school,
    decisions_after,
)
from lti_tool.persistence.learner_lists import (
    LearnerFilter,
    accounts_and_courses,
    learner_of_school,
    learners_after,
)
from lti_tool.persistence.outcomes import Change, Ledger, OutcomeFilter, changed_after
from lti_tool.persistence.people import Account
from lti_tool.persistence.school_assessments import AssessmentFilter, assessments_after
from lti_tool.persistence.standings import forget_outcomes, outcomes_of_learner, store_outcomes
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, START, Classroom, classroom_in

NOWHERE = 999


@pytest.fixture
def classroom(database: Database, catalogue: Catalogue) -> Classroom:
    """Two learners with outcomes, one of whom is signed off."""
    room = classroom_in(database, catalogue)
    people(room)
    return room


def people(room: Classroom) -> None:
    assessment = whole_level(room)
    for number, name in ((1, "甲"), (2, "乙")):
        learner = room.enrol(name, number=f"S{number}")
        master(room, learner, assessment, times=number)
    sign_off_now(room, learner)


def listed(room: Classroom, after: int = 0, most: int = 9, **wanted: object) -> list[Account]:
    with room.reading() as session:
        found = learners_after(
            session,
            room.course.school_id,
            LearnerFilter(**wanted),  # type: ignore[arg-type] # each test gives its own
            after=after,
            most=most,
        )
        return list(found)


def test_learners_are_listed_by_id_and_a_teacher_is_none(classroom: Classroom) -> None:
    both = listed(classroom)
    assert [each.student_number for each in both] == ["S1", "S2"]
    assert listed(classroom, after=both[0].id) == both[1:]
    assert listed(classroom, most=1) == both[:1]
    assert listed(classroom, student_number="S2") == both[1:]
    assert listed(classroom, course_id=classroom.course.id) == both
    assert listed(classroom, course_id=NOWHERE) == []
    assert listed(classroom, place={"term": "2026"}) == []
    school_id, teacher = classroom.course.school_id, classroom.teacher
    with classroom.reading() as session:
        assert learner_of_school(session, school_id, both[0].id) == both[0]
        assert learner_of_school(session, school_id, teacher.id) is None
        assert learner_of_school(session, NOWHERE, both[0].id) is None
        known = accounts_and_courses(session, [both[0].id])
    assert known == {both[0].id: ((both[0].id,), [classroom.course.id])}


def test_outcomes_go_on_after_any_of_them(classroom: Classroom) -> None:
    ledger = Ledger(classroom.course.school_id, STANDARD, (LEVEL,))
    with classroom.reading() as session:
        every = changed_after(session, ledger, OutcomeFilter(), after=None, most=9)
        for count, each in enumerate(every, start=1):
            outcome = each.outcome
            place = Change(outcome.changed_at, outcome.learner.id, outcome.level)
            rest = changed_after(session, ledger, OutcomeFilter(), after=place, most=9)
            assert list(rest) == list(every)[count:]
        first = every[0].outcome.learner.id
        own = changed_after(
            session, ledger, OutcomeFilter(), learner_ids=[first], after=None, most=9
        )
    assert len(every) == 2
    assert [each.outcome.learner.id for each in own] == [first]
    assert every[-1].last is not None


def test_decisions_go_on_after_any_of_them_and_stay_with_their_school(
    classroom: Classroom,
) -> None:
    school_id, everything = classroom.course.school_id, DecisionFilter()
    with classroom.reading() as session:
        (made,) = decisions_after(session, school_id, everything, after=None, most=9)
        after = (made.decided_at, made.id)
        assert decisions_after(session, school_id, everything, after=after, most=9) == []
        assert decisions_after(session, NOWHERE, everything, after=None, most=9) == []
        revoked = DecisionFilter(kind=DecisionKind.REVOKE)
        assert decisions_after(session, school_id, revoked, after=None, most=9) == []
        own = DecisionFilter(STANDARD, LEVEL, DecisionKind.SIGN_OFF, made.learner_id)
        assert decisions_after(session, school_id, own, after=None, most=9) == [made]
        assert decision_of_school(session, school_id, made.id) == made
        assert decision_of_school(session, NOWHERE, made.id) is None


def test_assessments_are_found_by_what_they_ask_for(classroom: Classroom) -> None:
    school_id = classroom.course.school_id
    small = classroom.set_up("2.1.1")

    def found(wanted: AssessmentFilter, school_id: int = school_id) -> int:
        with classroom.reading() as session:
            return len(assessments_after(session, school_id, wanted, after=None, most=9))

    asking = (RequirementKey(LEVEL, "2.1.1"), RequirementKey("advanced", "2.1.1"))
    assert found(AssessmentFilter()) == 2
    assert found(AssessmentFilter(STANDARD, LEVEL, asking=asking)) == 2
    assert found(AssessmentFilter(STANDARD, asking=asking[1:])) == 0
    assert found(AssessmentFilter(course_id=NOWHERE)) == 0
    assert found(AssessmentFilter(), NOWHERE) == 0
    with classroom.reading() as session:
        first, second = assessments_after(
            session, school_id, AssessmentFilter(), after=None, most=9
        )
        place = (first.created_at, first.id)
        rest = assessments_after(session, school_id, AssessmentFilter(), after=place, most=9)
    assert (second.id, list(rest)) == (small.id, [second])


def test_the_audit_log_is_narrowed_and_paged(classroom: Classroom) -> None:
    school_id = classroom.course.school_id

    def found(wanted: AuditFilter, before: int | None = None, most: int = 99) -> list[str]:
        with classroom.reading() as session:
            lines = audit_page(session, school_id, wanted, before=before, most=most)
        return [each.entry.action for each in lines]

    everything = found(AuditFilter())
    assert everything[0] == "sign_off"
    assert found(AuditFilter(who="乙")) == []
    assert "submit" not in found(AuditFilter(who="周"))
    assert found(AuditFilter(actions={"sign_off"})) == ["sign_off"]
    assert set(found(AuditFilter(about="S2"))) == {"submit", "release", "sign_off"}
    assert found(AuditFilter(about="S3")) == []
    assert found(AuditFilter(since=classroom.now + timedelta(minutes=1))) == []
    assert found(AuditFilter(until=classroom.now + timedelta(minutes=1))) == everything
    with classroom.reading() as session:
        newest = audit_page(session, school_id, AuditFilter(), before=None, most=1)[0]
        assert audit_page(session, NOWHERE, AuditFilter(), before=None, most=9) == []
        assert waiting_since(session, newest.id) == (0, None)
        count, since = waiting_since(session, 0)
    assert count == len(everything)
    assert since is not None
    assert since <= newest.entry.at
    assert found(AuditFilter(), before=newest.id) == everything[1:]


def test_an_outcome_that_vanishes_or_leaves_its_state_is_told_of_as_gone(
    classroom: Classroom,
) -> None:
    ledger = Ledger(classroom.course.school_id, STANDARD, (LEVEL,))
    start = Change(START - timedelta(days=1), 0, "")

    def told(
        after: Change | None = start, wanted: OutcomeFilter | None = None
    ) -> list[tuple[str, bool]]:
        with classroom.reading() as session:
            found = changed_after(session, ledger, wanted or OutcomeFilter(), after=after, most=9)
        return [(each.outcome.learner.student_number, each.gone) for each in found]

    attained = OutcomeFilter(state=AttainmentState.ATTAINED)
    assert told(wanted=attained) == [("S1", True), ("S2", False)]
    assert told(None, attained) == [("S2", False)]

    with classroom.reading() as session:
        every = changed_after(session, ledger, OutcomeFilter(), after=None, most=9)
    first, second = (each.outcome for each in every)
    later = first.changed_at + timedelta(hours=1)
    with classroom.database.transaction() as session:
        forget_outcomes(session, first.learner.id, now=later)
        never_shown = replace(second, begun=False, level="advanced")
        store_outcomes(session, second.learner, STANDARD, [second, never_shown], now=later)
        store_outcomes(session, second.learner, STANDARD, [second], now=later)
    assert told() == [("S2", False), ("S1", True)]
    assert told(None) == [("S2", False)]
    assert told(after=Change(later, first.learner.id, LEVEL)) == []
    with classroom.database.transaction() as session:
        assert not outcomes_of_learner(session, first.learner, STANDARD)
        back = replace(first, changed_at=later + timedelta(hours=1))
        store_outcomes(session, first.learner, STANDARD, [back], now=later)
    assert told() == [("S2", False), ("S1", False)]
