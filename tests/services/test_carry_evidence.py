"""A standard is revised: evidence is carried as a person confirms, and nothing issued changes."""

from collections.abc import Sequence

import pytest

from lti_tool.catalogue.reader import catalogue_of
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.carrying import Carry
from lti_tool.domain.errors import (
    NotFoundError,
    ReasonMissingError,
    StaleFormError,
    UnknownRequirementError,
)
from lti_tool.domain.revision import ChangeKind
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import decisions, ratings, standings, submissions
from lti_tool.persistence.people import Account
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.services.carry_evidence import Confirmed, Versions, carry_evidence
from lti_tool.services.explain_decision import explain_decision
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.review_rating import ask_review
from lti_tool.services.show_history import show_history
from lti_tool.services.show_revision import RevisionShown, show_revision
from lti_tool.services.sign_off_attainment import LevelOf, sign_off_attainment
from tests.services.attaining import master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom
from tests.services.revised import DIVIDED, LEVEL, PARTS, SECOND, second_version


def key(code: str) -> RequirementKey:
    return RequirementKey(LEVEL, code)


@pytest.fixture
def revised(classroom: Classroom) -> Classroom:
    """The course, with a second version of the standard installed."""
    bundle = classroom.catalogue.find(STANDARD)
    classroom.catalogue = catalogue_of([bundle, second_version(bundle)])
    return classroom


@pytest.fixture
def learner(revised: Classroom) -> Account:
    """A learner who mastered four requirements under the first version."""
    account = revised.enrol("黄嘉怡", number="20260001")
    master(revised, account, revised.set_up("2.1.1", "2.1.2", DIVIDED, "2.5.1"))
    return account


def shown(classroom: Classroom) -> RevisionShown:
    school_id = classroom.course.school_id
    with classroom.reading() as session:
        return show_revision(session, classroom.catalogue, STANDARD, SECOND, school_id=school_id)


def carry(
    classroom: Classroom,
    *confirmed: Confirmed,
    reason: str = "教研组逐条核对",
    seen: int = 0,
    old: str = STANDARD,
) -> Recomputation | None:
    with classroom.working() as work:
        return carry_evidence(
            work,
            Versions(old, SECOND),
            confirmed,
            reason=reason,
            seen=seen,
            school_id=classroom.course.school_id,
        )


def carried(*codes: str) -> Sequence[Confirmed]:
    return [Confirmed(key(each), key(each), Carry.CARRIED) for each in codes]


def mastered(classroom: Classroom, learner: Account, standard_id: str = SECOND) -> set[str]:
    with classroom.reading() as session:
        held = standings.standings_of(session, {learner.id}, standard_id)[learner.id]
    return {each.code for each, standing in held.items() if standing.state == "mastered"}


def test_the_difference_names_every_kind_and_who_has_evidence(
    revised: Classroom, learner: Account
) -> None:
    found = shown(revised)
    counts = {kind: found.revision.count(kind) for kind in ChangeKind}
    assert counts == {
        ChangeKind.SAME: 147,
        ChangeKind.REWORDED: 1,
        ChangeKind.MOVED: 1,
        ChangeKind.SPLIT: 1,
        ChangeKind.NEW: 1,
        ChangeKind.WITHDRAWN: 1,
    }
    assert [each.new for each in found.of_kind(ChangeKind.SPLIT)] == [key(each) for each in PARTS]
    assert found.learners[key("2.1.1")] == 1
    assert found.undecided == len(found.steps)


def test_nothing_counts_in_the_new_version_before_a_person_confirmed_it(
    revised: Classroom, learner: Account
) -> None:
    assert mastered(revised, learner) == set()
    assert mastered(revised, learner, STANDARD) == {"2.1.1", "2.1.2", "2.1.3", "2.5.1"}


def test_confirmed_evidence_counts_in_the_new_version_and_still_in_the_old(
    revised: Classroom, learner: Account
) -> None:
    moved = Confirmed(key("2.5.1"), key("2.6.1"), Carry.CARRIED)
    recomputed = carry(revised, *carried("2.1.1"), moved)
    assert recomputed is not None
    assert (recomputed.standard_id, recomputed.total) == (SECOND, 1)
    assert mastered(revised, learner) == {"2.1.1", "2.6.1"}
    assert mastered(revised, learner, STANDARD) == {"2.1.1", "2.1.2", "2.1.3", "2.5.1"}


def test_a_carried_rating_keeps_its_id_and_version_and_says_from_where(
    revised: Classroom, learner: Account
) -> None:
    carry(revised, Confirmed(key("2.5.1"), key("2.6.1"), Carry.CARRIED))
    with revised.reading() as session:
        history = show_history(
            session,
            revised.catalogue,
            SECOND,
            key("2.6.1"),
            learner_id=learner.id,
            course_id=revised.course.id,
            now=revised.now,
        )
        kept = {each.id for each in ratings.ratings_of_learner(session, learner.id, STANDARD)}
        assert ratings.ratings_of_learner(session, learner.id, SECOND) == []
    given = [each.rating for each in history.ratings]
    assert len(given) == 2
    assert {each.id for each in given} <= kept
    assert {(each.standard_id, each.carried_from) for each in given} == {(STANDARD, key("2.5.1"))}


def test_the_parts_of_a_divided_requirement_may_each_take_its_evidence(
    revised: Classroom, learner: Account
) -> None:
    carry(revised, *(Confirmed(key(DIVIDED), key(each), Carry.CARRIED) for each in PARTS))
    assert mastered(revised, learner) == set(PARTS)


def test_taking_a_decision_back_takes_the_evidence_back(
    revised: Classroom, learner: Account
) -> None:
    carry(revised, *carried("2.1.1"))
    carry(revised, Confirmed(key("2.1.1"), key("2.1.1"), Carry.LEFT), seen=1)
    assert mastered(revised, learner) == set()


def test_ratings_given_later_under_the_old_version_are_carried_as_decided(
    revised: Classroom,
) -> None:
    carry(revised, *carried("2.1.1"))
    late = revised.enrol("陈晓雯", number="20260002")
    master(revised, late, revised.set_up("2.1.1"))
    assert mastered(revised, late) == {"2.1.1"}


def test_what_was_looked_at_and_left_is_kept_with_who_when_and_why(
    revised: Classroom, learner: Account
) -> None:
    carry(revised, Confirmed(key("2.1.2"), key("2.1.2"), Carry.LOOK), reason=" 要求变严 ")
    step = next(each for each in shown(revised).steps if each.old == key("2.1.2"))
    assert step.decision is not None
    assert (step.carry, step.decision.reason) == (Carry.LOOK, "要求变严")
    assert (step.decision.decided_by, step.decision.decided_at) == (
        revised.teacher.id,
        revised.now,
    )
    assert mastered(revised, learner) == set()


def test_confirming_the_same_again_does_nothing(revised: Classroom, learner: Account) -> None:
    carry(revised, *carried("2.1.1"))
    assert carry(revised, *carried("2.1.1"), seen=1) is None
    assert shown(revised).seen == 1


def test_an_issued_level_is_not_touched(revised: Classroom) -> None:
    learner = revised.enrol("黄嘉怡", number="20260001")
    master(revised, learner, whole_level(revised))
    sign_off_now(revised, learner)
    steps = shown(revised).steps
    carry(revised, *(Confirmed(each.old, each.new, each.proposed) for each in steps))
    with revised.reading() as session:
        found = standings.outcomes_of_learner(session, learner, STANDARD)
        assert {each.level: each.state for each in found}[LEVEL] is AttainmentState.ATTAINED
        assert decisions.decisions_of(session, learner.id, SECOND) == []
        outcomes = [each.outcome for each in replay_decisions(session, revised.catalogue)]
    assert outcomes == [Outcome.SAME]


def test_a_level_signed_off_on_carried_evidence_is_computed_again_on_it(
    revised: Classroom,
) -> None:
    learner = revised.enrol("黄嘉怡", number="20260001")
    master(revised, learner, whole_level(revised))
    steps = [each for each in shown(revised).steps if each.old.level == LEVEL]
    targets = [each for each in steps if each.new is not None]
    carry(revised, *(Confirmed(each.old, each.new, Carry.CARRIED) for each in targets))
    school_id = revised.course.school_id
    with revised.working() as work:
        subject = LevelOf(learner.id, SECOND, LEVEL)
        explained = explain_decision(
            work.session,
            work.catalogue,
            SECOND,
            LEVEL,
            learner_id=learner.id,
            school_id=school_id,
            now=work.now,
        )
        assert explained.attainment.met
        sign_off_attainment(work, subject, seen_digest=explained.digest, school_id=school_id)
    taken_back = (Confirmed(each.old, each.new, Carry.LEFT) for each in targets)
    carry(revised, *taken_back, seen=len(targets))
    with revised.reading() as session:
        outcomes = [each.outcome for each in replay_decisions(session, revised.catalogue)]
    assert outcomes == [Outcome.SAME]


def test_without_a_reason_nothing_is_carried(revised: Classroom) -> None:
    with pytest.raises(ReasonMissingError):
        carry(revised, *carried("2.1.1"), reason=" ")


def test_of_two_who_confirm_at_once_the_second_looks_again(revised: Classroom) -> None:
    carry(revised, *carried("2.1.1"))
    with pytest.raises(StaleFormError):
        carry(revised, *carried("2.1.2"))


@pytest.mark.parametrize(
    "confirmed",
    [
        Confirmed(key("9.9.9"), key("2.1.1"), Carry.CARRIED),
        Confirmed(key("2.1.1"), key("9.9.9"), Carry.CARRIED),
        Confirmed(key("2.1.1"), None, Carry.CARRIED),
    ],
    ids=["from nowhere", "to nowhere", "to nothing"],
)
def test_a_step_that_is_none_is_refused(revised: Classroom, confirmed: Confirmed) -> None:
    with pytest.raises(UnknownRequirementError):
        carry(revised, confirmed)


def test_evidence_is_carried_between_versions_of_one_standard_only(revised: Classroom) -> None:
    with pytest.raises(NotFoundError):
        carry(revised, *carried("2.1.1"), old=SECOND)


def test_a_review_of_a_carried_rating_freezes_what_it_is_carried_to(revised: Classroom) -> None:
    learner = revised.enrol("陈思雨")
    assessment = revised.set_up()
    submission = revised.finish(learner, assessment, 2, 3, 3)
    carry(revised, *carried("2.1.1", "2.1.2"))
    with revised.working(learner) as work:
        current = submissions.submission_of(work.session, submission.id)
        ask_review(work, current, assessment, "2.1.1", "第二段录音里我重复了客户的问题。")
    with revised.reading() as session:
        held = standings.standings_of(session, {learner.id}, SECOND)[learner.id]
    states = {each.code: standing.state for each, standing in held.items()}
    assert states == {"2.1.1": "under_review", "2.1.2": "insufficient"}
