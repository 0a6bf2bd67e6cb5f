"""Two schools that are one, because the LMS has two deployments, become one."""

from dataclasses import replace

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.exported import ExportKind
from lti_tool.domain.launch import Context, Person, Role
from lti_tool.domain.roll import Enrolment
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import (
    audit_log,
    courses,
    exports,
    people,
    platforms,
    rolls,
    schools,
)
from lti_tool.persistence.people import Account
from lti_tool.persistence.rolls import RollState
from lti_tool.services.export_outcomes import (
    Manner,
    draw_outcomes,
    draw_transcript,
    keep_export,
    keep_paper,
)
from lti_tool.services.join_schools import CannotJoinError, join_schools, plan_join
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.show_exports import open_export
from lti_tool.services.show_outcomes import OutcomeFilter, show_outcomes
from lti_tool.services.verify_paper import PaperState, verify_paper
from lti_tool.services.waive_requirement import waive_requirement
from tests.services.attaining import master, rate_once_more, sign_off_now, whole_level
from tests.services.classroom import ISSUER, STANDARD, START, Classroom, enrol

CODE = "0123456789ABCDEF"


@pytest.fixture
def other(classroom: Classroom) -> Classroom:
    """A course of another deployment, which is a school of its own, with its own teacher."""
    with classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        deployment = platforms.approve_deployment(session, platform, "2", now=START)
        course = courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context("course-9", "电子商务客服实训（二）"),
            grades=None,
            now=START,
        )
    teacher = enrol(classroom.database, course, "何敏", Role.TEACHER)
    return replace(classroom, course=course, teacher=teacher)


@pytest.fixture
def learners(classroom: Classroom, other: Classroom) -> tuple[Account, Account]:
    """One in each school; the second's level is signed off there."""
    here, there = classroom.enrol("黄嘉怡", number="1"), other.enrol("马腾飞", number="2")
    rate_once_more(classroom, here, {"2.1.1": 3})
    other.now = classroom.now
    master(other, there, whole_level(other))
    sign_off_now(other, there)
    classroom.now = other.now
    return here, there


def join(classroom: Classroom, gone: int, into: int) -> bool:
    with classroom.database.transaction() as session:
        return join_schools(session, gone, into, now=classroom.now, asked_by=classroom.teacher.id)


def listed(classroom: Classroom, **place: str) -> list[tuple[str, AttainmentState]]:
    with classroom.reading() as session:
        wanted = replace(OutcomeFilter(), **place)  # type: ignore[arg-type]  # texts alone
        school_id = classroom.course.school_id
        shown = show_outcomes(session, classroom.catalogue, wanted, school_id=school_id)
    return [(each.learner.label, each.state) for each in shown.rows]


def test_the_outcomes_of_both_are_in_one_and_decisions_replay(
    classroom: Classroom, other: Classroom, learners: tuple[Account, Account]
) -> None:
    assert [name for name, _ in listed(classroom)] == ["黄嘉怡"]
    with classroom.reading() as session:
        old = schools.school(session, other.course.school_id)
    assert join(classroom, other.course.school_id, classroom.course.school_id)
    assert listed(classroom) == [
        ("黄嘉怡", AttainmentState.NOT_MET),
        ("马腾飞", AttainmentState.ATTAINED),
    ]
    with classroom.reading() as session:
        assert [each.id for each in schools.schools(session)] == [classroom.course.school_id]
        assert courses.course(session, other.course.id).school_id == classroom.course.school_id
        replayed = [each.outcome for each in replay_decisions(session, classroom.catalogue)]
        noted = audit_log.entries_about(session, f"school:{classroom.course.school_id}")
    assert replayed == [Outcome.SAME]
    assert [(each.action, each.detail) for each in noted] == [
        ("join_schools", f"school:{other.course.school_id} {old.name}")
    ]


def test_a_launch_afterwards_finds_the_same_account(
    classroom: Classroom, other: Classroom, learners: tuple[Account, Account]
) -> None:
    join(classroom, other.course.school_id, classroom.course.school_id)
    with classroom.database.transaction() as session:
        found = people.remember_person(
            session,
            school_id=classroom.course.school_id,
            issuer=ISSUER,
            person=Person("马腾飞"),
            now=classroom.now,
        )
    assert found.id == learners[1].id


def test_the_lists_of_both_count_and_those_of_the_school_that_stays_go_first(
    classroom: Classroom, other: Classroom, learners: tuple[Account, Account]
) -> None:
    told = [
        (classroom, {2: Enrolment("1", "T", class_name="甲班")}),
        (
            other,
            {
                2: Enrolment("1", "T", class_name="乙班"),
                3: Enrolment("2", "T", class_name="乙班"),
            },
        ),
    ]
    for room, entries in told:
        with room.database.transaction() as session:
            school_id = room.course.school_id
            made = rolls.add_draft(
                session,
                "名单",
                entries.items(),
                school_id=school_id,
                by=room.teacher.id,
                now=START,
            )
            rolls.keep(session, made, entries, now=START)
    join(classroom, other.course.school_id, classroom.course.school_id)
    assert [name for name, _ in listed(classroom, class_name="甲班")] == ["黄嘉怡"]
    assert [name for name, _ in listed(classroom, class_name="乙班")] == ["马腾飞"]
    with classroom.reading() as session:
        states = [each.state for each in rolls.rolls_of(session, classroom.course.school_id)]
    assert states == [RollState.KEPT, RollState.KEPT]


def test_exports_go_over_and_papers_are_verified_in_the_name_they_were_handed_out_in(
    classroom: Classroom,
    other: Classroom,
    learners: tuple[Account, Account],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)  # as with a list of very many
    gone, into, manner = other.course.school_id, classroom.course.school_id, Manner("zh", "UTC")
    known = other.catalogue
    with other.working() as work:
        listed = draw_outcomes(work.session, known, OutcomeFilter(), manner, school_id=gone)
        made = keep_export(work, listed, ExportKind.CSV, {}, school_id=gone)
        who = {"learner_id": learners[1].id, "school_id": gone}
        paper = draw_transcript(work.session, known, STANDARD, manner, **who, now=work.now)
        keep_paper(work, paper, ExportKind.TRANSCRIPT, CODE, school_id=gone)
    with classroom.reading() as session:
        plan = plan_join(session, gone, into)
        old = plan.gone.name
    assert (plan.possible, plan.staying, plan.own_rule) == (True, 1, False)
    assert [plan.going[each] for each in ("courses", "exports", "rolls")] == [1, 2, 0]
    assert not join(classroom, gone, into), "the paper's school is still looked up"
    with classroom.reading() as session:
        export, content = open_export(session, made.id, school_id=into)
        assert (export.digest, exports.exports_of(session, gone, most=9)) == (
            content.digest,
            ([], 0),
        )
        shown = verify_paper(session, CODE)
    assert shown is not None
    assert (shown.state, shown.content.facts.school) == (PaperState.VALID, old)


def test_a_school_that_decided_something_of_its_own_does_not_go(
    classroom: Classroom, other: Classroom
) -> None:
    with other.working() as work:
        key = RequirementKey("advanced", "4.1.1")
        school_id = other.course.school_id
        waive_requirement(work, STANDARD, key, reason="原文缺失", school_id=school_id)
    with pytest.raises(CannotJoinError) as refused:
        join(classroom, other.course.school_id, classroom.course.school_id)
    assert refused.value.decided == ("waivers",)
    assert join(classroom, classroom.course.school_id, other.course.school_id)


def test_schools_with_the_same_user_are_not_joined(classroom: Classroom, other: Classroom) -> None:
    classroom.enrol("黄嘉怡")
    other.enrol("黄嘉怡")
    with pytest.raises(CannotJoinError) as refused:
        join(classroom, other.course.school_id, classroom.course.school_id)
    assert refused.value.twice == 1
    assert listed(classroom) == []


def test_a_school_joins_neither_itself_nor_one_that_does_not_exist(classroom: Classroom) -> None:
    school_id = classroom.course.school_id
    with pytest.raises(StaleFormError):
        join(classroom, school_id, school_id)
    with pytest.raises(NotFoundError):
        join(classroom, school_id, 999)
