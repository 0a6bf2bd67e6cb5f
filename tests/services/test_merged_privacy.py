"""A learner with merged accounts is handed everything, and forgotten, on all of them."""

from dataclasses import replace

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import ErasureRefusedError, NotFoundError
from lti_tool.domain.launch import Person, Role
from lti_tool.persistence import erasures, people
from lti_tool.services.erase_person import YEAR, plan_erasure, propose_due
from lti_tool.services.export_person import export_person
from lti_tool.services.merge_accounts import merge_accounts
from lti_tool.services.replay_decisions import Outcome
from tests.services.attaining import sign_off_now
from tests.services.classroom import ISSUER, Classroom
from tests.services.erasing import erase
from tests.services.merged import Twice, two_accounts


@pytest.fixture
def twice(classroom: Classroom) -> Twice:
    return two_accounts(classroom)


def test_whoever_is_erased_is_so_on_every_account_and_decisions_replay_all_the_same(
    twice: Twice,
) -> None:
    twice.merge()
    sign_off_now(twice.here, twice.first)
    gone = erase(twice.here, twice.second)
    assert [each.person_id for each in gone] == [twice.first.id, twice.second.id]
    with twice.here.reading() as session:
        left = [people.account(session, each.person_id) for each in gone]
    assert {(each.name, each.student_number) for each in left} == {("", "")}
    assert twice.replayed() == [Outcome.SAME]
    assert twice.states() == [(twice.first.id, AttainmentState.ATTAINED)]


def test_an_account_parted_before_is_not_erased_with_the_other(twice: Twice) -> None:
    twice.part(twice.merge())
    (gone,) = erase(twice.here, twice.first)
    assert gone.person_id == twice.first.id
    with pytest.raises(NotFoundError):
        twice.merge()


def test_nobody_is_erased_where_one_of_their_accounts_may_not_be(twice: Twice) -> None:
    twice.merge()
    teaching = twice.here.enrol("兼课", Role.TEACHER)
    with twice.here.working() as work:
        merge_accounts(work, twice.first.id, teaching.id, reason="兼课", school_id=twice.school_id)
    decided = replace(twice.here, teacher=teaching)
    decided.finish(twice.first, twice.here.set_up())
    with pytest.raises(ErasureRefusedError):
        erase(twice.here, twice.second)
    assert [each.learner.name for each in twice.outcomes().rows] == ["黄嘉怡"]


def test_what_is_handed_out_and_counted_is_that_of_all_accounts(twice: Twice) -> None:
    with twice.here.working() as work:
        alone = plan_erasure(work.session, twice.second.id, school_id=None)
    twice.merge()
    with twice.here.working() as work:
        together = plan_erasure(work.session, twice.second.id, school_id=None)
        told = export_person(work.session, twice.second.id, school_id=None, by=None, now=work.now)
    counts = [{each.kind: each.count for each in plan.held} for plan in (alone, together)]
    assert (counts[0]["ratings"], counts[1]["ratings"]) == (49, 98)
    assert (counts[1]["merges"], counts[1]["merged_accounts"]) == (1, 1)
    assert {row["learner_id"] for row in told.told["ratings"]} == {
        twice.first.id,
        twice.second.id,
    }
    assert [row["name"] for row in told.told["people"]] == ["黄嘉怡", "黄嘉怡 2"]
    assert len(told.told["merges"]) == 1
    assert "merge_accounts" in {row["action"] for row in told.told["audit_log"]}


def test_nobody_is_due_for_erasure_while_one_of_their_accounts_is_in_use(twice: Twice) -> None:
    later = twice.here.now + 6 * YEAR

    def proposed() -> set[int]:
        with twice.here.database.transaction() as session:
            while propose_due(session, 5, now=later):
                pass
            return {person.id for person, _ in erasures.due(session, twice.school_id)}

    both = {twice.first.id, twice.second.id}
    assert proposed() == both
    with twice.here.database.transaction() as session:
        person = Person(twice.second.name, name=twice.second.name)
        people.remember_person(
            session, school_id=twice.school_id, issuer=ISSUER, person=person, now=later
        )
    assert proposed() == {twice.first.id}
    merge_id = twice.merge()
    assert proposed() == set()
    twice.part(merge_id)
    assert proposed() == {twice.first.id}
