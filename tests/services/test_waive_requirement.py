"""A school leaves a requirement that is lost in source out of its level."""

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import (
    NotFoundError,
    ReasonMissingError,
    StaleFormError,
    UnknownRequirementError,
    UnknownStandardError,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import audit_log, decisions, platforms, standings
from lti_tool.persistence.people import Account
from lti_tool.services.sign_off_attainment import sign_off_attainment
from lti_tool.services.waive_requirement import take_waiver_back, waive_requirement
from tests.services.attaining import master, sign_off_now, subject, whole_level
from tests.services.classroom import STANDARD, START, Classroom

LOST = RequirementKey("advanced", "4.1.1")
INFERRED = RequirementKey("intermediate", "2.1.1")


def waive(classroom: Classroom, key: RequirementKey = LOST, reason: str = "无法恢复") -> None:
    with classroom.working() as work:
        school_id = classroom.course.school_id
        waive_requirement(work, STANDARD, key, reason=reason, school_id=school_id)


def take_back(classroom: Classroom) -> None:
    with classroom.working() as work:
        take_waiver_back(work, STANDARD, LOST, school_id=classroom.course.school_id)


def standing(classroom: Classroom, learner: Account) -> tuple[AttainmentState, int, int]:
    """State, total and steps at the advanced level."""
    with classroom.reading() as session:
        found = standings.outcomes_of_learner(session, learner, STANDARD)
        return next((e.state, e.total, e.steps) for e in found if e.level == "advanced")


def waived(classroom: Classroom, school_id: int | None = None) -> list[tuple[RequirementKey, str]]:
    with classroom.reading() as session:
        found = decisions.waivers_of(session, school_id or classroom.course.school_id, STANDARD)
        return [(each.requirement, each.reason) for each in found]


@pytest.fixture
def advanced(classroom: Classroom) -> Account:
    """A learner who masters everything that has a text."""
    learner = classroom.enrol("周子昂")
    for level in ("elementary", "intermediate", "advanced"):
        master(classroom, learner, whole_level(classroom, level))
    return learner


def test_a_lost_requirement_blocks_until_it_is_waived(
    classroom: Classroom, advanced: Account
) -> None:
    assert standing(classroom, advanced) == (AttainmentState.NOT_MET, 96, 1)
    waive(classroom, reason=" 无法恢复 ")
    assert standing(classroom, advanced) == (AttainmentState.PROPOSED, 95, 0)
    assert waived(classroom) == [(LOST, "无法恢复")]


def test_a_waiver_taken_back_blocks_again(classroom: Classroom, advanced: Account) -> None:
    waive(classroom)
    take_back(classroom)
    take_back(classroom)
    assert standing(classroom, advanced) == (AttainmentState.NOT_MET, 96, 1)
    assert waived(classroom) == []


def test_a_sign_off_outlives_the_waiver_it_rests_on(
    classroom: Classroom, advanced: Account
) -> None:
    waive(classroom)
    sign_off_now(classroom, advanced, "advanced")
    take_back(classroom)
    assert standing(classroom, advanced)[0] is AttainmentState.ATTAINED


def test_a_page_opened_before_a_waiver_is_looked_at_again(
    classroom: Classroom, advanced: Account
) -> None:
    waive(classroom)
    with classroom.working() as work, pytest.raises(StaleFormError):
        sign_off_attainment(
            work,
            subject(advanced, "advanced"),
            seen_digest="0" * 64,
            school_id=advanced.school_id,
        )


def test_waiving_and_taking_back_stand_in_the_audit_log(classroom: Classroom) -> None:
    waive(classroom)
    take_back(classroom)
    with classroom.reading() as session:
        found = audit_log.entries_about(session, f"requirement:{STANDARD}/{LOST}")
    assert [(each.action, each.detail) for each in found] == [
        ("waive", "无法恢复"),
        ("take_waiver_back", ""),
    ]


def test_a_second_waiver_replaces_the_reason(classroom: Classroom) -> None:
    waive(classroom)
    waive(classroom, reason="教研室决定")
    assert waived(classroom) == [(LOST, "教研室决定")]


def test_a_waiver_counts_in_its_own_school_only(classroom: Classroom, advanced: Account) -> None:
    with classroom.database.transaction() as session:
        platform = platforms.platforms(session)[0]
        other = platforms.note_deployment(session, platform, "2", now=START).school_id
    with classroom.working() as work:
        waive_requirement(work, STANDARD, LOST, reason="别校", school_id=other)
    assert waived(classroom) == []
    assert waived(classroom, other) == [(LOST, "别校")]
    assert standing(classroom, advanced)[0] is AttainmentState.NOT_MET


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (INFERRED, NotFoundError),
        (RequirementKey("elementary", "2.2.1"), NotFoundError),
        (RequirementKey("elementary", "9.9.9"), UnknownRequirementError),
        (RequirementKey("master", "4.1.1"), UnknownRequirementError),
    ],
)
def test_nothing_but_a_lost_requirement_can_be_waived(
    classroom: Classroom, key: RequirementKey, error: type[Exception]
) -> None:
    with pytest.raises(error):
        waive(classroom, key)
    assert waived(classroom) == []


def test_a_waiver_needs_a_reason(classroom: Classroom) -> None:
    with pytest.raises(ReasonMissingError):
        waive(classroom, reason=" \t")
    assert waived(classroom) == []


def test_a_standard_that_is_not_installed_is_refused(classroom: Classroom) -> None:
    with classroom.working() as work, pytest.raises(UnknownStandardError):
        waive_requirement(work, "999", LOST, reason="x", school_id=1)
