"""Standings that nobody waits for: a pass over a school in pieces, and mastery that lapses."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from lti_tool.catalogue import Catalogue, content_of
from lti_tool.delivery import rebuilding as module
from lti_tool.delivery.rebuilding import rebuild
from lti_tool.delivery.standings import BATCH, LEASE, StandingKeeper, Surroundings
from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import outcomes, recomputations, school_rules, standings
from lti_tool.persistence.database import Database
from lti_tool.persistence.outcomes import Ledger, OutcomeFilter
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.persistence.school_rules import StoredRule
from lti_tool.persistence.standings import AttainmentRow, MasteryRow
from tests.services.attaining import give
from tests.services.classroom import STANDARD, Classroom, classroom_in

KEY = RequirementKey("elementary", "2.1.1")


@pytest.fixture
def classroom(database: Database, catalogue: Catalogue) -> Classroom:
    return classroom_in(database, catalogue)


def keeper(classroom: Classroom) -> StandingKeeper:
    return StandingKeeper(classroom.database, surroundings(classroom))


def surroundings(classroom: Classroom) -> Surroundings:
    return Surroundings(
        catalogue=lambda: classroom.catalogue,
        clock=lambda: classroom.now,
        zone=ZoneInfo("Asia/Shanghai"),
        new_id=lambda: f"k{next(classroom.numbers)}",
    )


def rated_once(classroom: Classroom, count: int) -> list[int]:
    assessment = classroom.set_up("2.1.1")
    learners = [classroom.enrol(f"学生{number}") for number in range(count)]
    for each in learners:
        give(classroom, each, classroom.hand_in(each, assessment), assessment, {"2.1.1": 3})
    return [each.id for each in learners]


def set_mastery(classroom: Classroom, mastery: MasteryRule) -> None:
    """A rule set behind everybody's back, so that the standings are out of date."""
    rule = classroom.catalogue.find(STANDARD).rule
    changed = replace(rule, version="school-1", mastery=mastery)
    stored = StoredRule("school-1", content_of(changed), "", classroom.teacher.id, classroom.now)
    with classroom.database.transaction() as session:
        school_rules.add_rule(
            session, stored, school_id=classroom.course.school_id, standard_id=STANDARD
        )


def states(classroom: Classroom, learners: list[int]) -> set[MasteryState]:
    with classroom.reading() as session:
        found = standings.standings_of(session, learners, STANDARD)
    return {found[each][KEY].state for each in learners}


def test_a_school_is_gone_through_in_pieces_until_all_are_done(classroom: Classroom) -> None:
    learners = rated_once(classroom, BATCH + 3)
    set_mastery(classroom, MasteryRule(needed=1))
    with classroom.database.transaction() as session:
        asked = recomputations.ask(
            session,
            classroom.course.school_id,
            STANDARD,
            asked_by=classroom.teacher.id,
            now=classroom.now,
        )
    engine = keeper(classroom)
    assert (asked.total, engine.deliver_due()) == (BATCH + 3, 1)
    with classroom.reading() as session:
        half = recomputations.recomputation(session, asked.id)
    assert (half.done, half.due_at is None) == (BATCH, False)
    assert engine.deliver_due() == 1
    assert states(classroom, learners) == {MasteryState.MASTERED}
    with classroom.reading() as session:
        assert recomputations.recomputation(session, asked.id).due_at is None
    assert engine.deliver_due() == 0


def test_mastery_lapses_when_its_ratings_grow_too_old(classroom: Classroom) -> None:
    learners = rated_once(classroom, 1)
    set_mastery(classroom, MasteryRule(needed=1, expires_months=1))
    with classroom.database.transaction() as session:
        recomputations.ask(
            session,
            classroom.course.school_id,
            STANDARD,
            asked_by=classroom.teacher.id,
            now=classroom.now,
        )
    engine = keeper(classroom)
    engine.deliver_due()
    assert states(classroom, learners) == {MasteryState.MASTERED}
    classroom.now += timedelta(days=32)
    assert engine.deliver_due() == 1
    assert states(classroom, learners) == {MasteryState.EXPIRED}
    assert engine.deliver_due() == 0


def test_a_rebuild_makes_everything_again_from_the_ratings_alone(classroom: Classroom) -> None:
    learners = rated_once(classroom, 3)
    before = standing_rows(classroom)
    with classroom.database.transaction() as session:
        for table in (MasteryRow, AttainmentRow):
            session.execute(delete(table))
    steps = rebuilding(classroom)
    assert [(each.done, each.total) for each in steps] == [(0, 3), (3, 3)]
    assert standing_rows(classroom) == before
    assert len(before) == len(learners)


def test_a_rebuild_that_was_stopped_goes_on_where_it_was(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE", 2)
    rated_once(classroom, 5)
    steps = rebuilding(classroom)
    assert [next(steps).done for _ in range(2)] == [0, 2]
    steps.close()
    assert [each.done for each in rebuilding(classroom)] == [2, 4, 5]
    assert [each.done for each in rebuilding(classroom)] == [0, 2, 4, 5]


def test_a_rebuild_waits_for_a_process_that_is_at_it(classroom: Classroom) -> None:
    rated_once(classroom, 1)
    steps = rebuilding(classroom)
    assert next(steps).done == 0
    with classroom.database.transaction() as session:
        recomputations.lease_due(session, now=classroom.now, lease=LEASE)
    assert next(steps).done == 0
    classroom.now += LEASE
    assert [each.done for each in steps] == [1]


def rebuilding(classroom: Classroom) -> Generator[Recomputation]:
    yield from rebuild(
        classroom.database, surroundings(classroom), classroom.course.school_id, STANDARD
    )


def standing_rows(classroom: Classroom) -> list[object]:
    """What is stored of everybody, without when it changed."""
    ledger = Ledger(classroom.course.school_id, STANDARD, ("elementary",))
    with classroom.reading() as session:
        found = outcomes.every_one(session, ledger, OutcomeFilter())
        listed = [replace(each.outcome, changed_at=classroom.now) for each in found]
        held = standings.standings_of(session, [each.learner.id for each in listed], STANDARD)
        return [(each, held[each.learner.id]) for each in listed]
