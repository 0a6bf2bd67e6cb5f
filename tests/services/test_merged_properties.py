"""Whatever is merged, parted, rated, signed off, revoked and erased in whatever order: every
decision is computed again as it was made, and no account is signed off twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.catalogue.rule_content import content_of
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import Decision, sign_offs_in_force
from lti_tool.domain.errors import DomainError
from lti_tool.domain.personal_data import Occasion
from lti_tool.persistence import decisions
from lti_tool.persistence.people import Account
from lti_tool.services.change_rule import change_rule
from lti_tool.services.erase_person import erase_person
from lti_tool.services.merge_accounts import merge_accounts, undo_merge
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.sign_off_attainment import revoke_attainment
from tests.services.attaining import LEVEL, master, sign_off_now, subject
from tests.services.classroom import STANDARD, Classroom

CODE = "1.1.1"


@dataclass
class Case:
    """A school whose rule is met by next to nothing, and three accounts of it."""

    room: Classroom
    assessment: Assessment
    accounts: Sequence[Account]
    merges: list[int] = field(default_factory=list)

    @property
    def school_id(self) -> int:
        return self.room.course.school_id

    def made(self) -> Sequence[Decision]:
        ids = {each.id for each in self.accounts}
        with self.room.reading() as session:
            return [e for e in decisions.every_decision(session) if e.learner_id in ids]

    def rate(self, one: Account, _other: Account) -> None:
        master(self.room, one, self.assessment, times=1)

    def sign(self, one: Account, _other: Account) -> None:
        sign_off_now(self.room, one)

    def revoke(self, one: Account, _other: Account) -> None:
        with self.room.working() as work:
            revoke_attainment(work, subject(one), reason="复查", school_id=self.school_id)

    def merge(self, one: Account, other: Account) -> None:
        with self.room.working() as work:
            made = merge_accounts(work, one.id, other.id, reason="一人", school_id=self.school_id)
        self.merges.append(made)

    def part(self, _one: Account, _other: Account) -> None:
        if self.merges:
            with self.room.working() as work:
                undo_merge(work, self.merges.pop(0), reason="弄错了", school_id=self.school_id)

    def erase(self, one: Account, _other: Account) -> None:
        with self.room.working() as work:
            erase_person(
                work.session,
                one.id,
                school_id=self.school_id,
                occasion=Occasion.ASKED,
                by=None,
                now=work.now,
            )


Act = Callable[[Case, Account, Account], None]
COMMON = (Case.rate, Case.sign, Case.revoke, Case.merge, Case.part)
PLACES = st.sampled_from([(0, 1), (1, 0), (1, 2), (2, 0)])
STEPS = st.lists(st.tuples(st.sampled_from(COMMON), PLACES), min_size=4, max_size=8)


@pytest.fixture
def school(classroom: Classroom) -> tuple[Classroom, Assessment]:
    bundle = classroom.catalogue.find(STANDARD)
    easy = {**content_of(bundle.rule), "area_cut": 0, "critical": {}}
    easy["mastery"] = {"method": "n_of_m", "needed": 1, "window": 1}
    with classroom.working() as work:
        change_rule(
            work, STANDARD, easy, reason="试", seen="1", school_id=classroom.course.school_id
        )
    return classroom, classroom.set_up(CODE)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, erased=st.integers(0, 2))
def test_decisions_replay_and_nobody_is_signed_off_twice_whatever_is_merged_parted_and_erased(
    school: tuple[Classroom, Assessment],
    steps: list[tuple[Act, tuple[int, int]]],
    erased: int,
) -> None:
    room, assessment = school
    number = next(room.numbers)
    case = Case(room, assessment, [room.enrol(f"学生 {number} {each}") for each in range(3)])
    for each in case.accounts:
        case.rate(each, each)
    for act, (one, other) in [*steps, (Case.erase, (erased, erased)), (Case.part, (0, 1))]:
        try:
            act(case, case.accounts[one], case.accounts[other])
        except DomainError:
            continue
    made = case.made()
    for account in case.accounts:
        own = [each for each in made if each.learner_id == account.id]
        standing = sign_offs_in_force(own).get(LEVEL, ())
        assert len(standing) <= 1
    with room.reading() as session:
        outcomes = {each.outcome for each in replay_decisions(session, room.catalogue)}
    assert outcomes <= {Outcome.SAME}
