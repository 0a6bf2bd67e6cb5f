"""A registrar brings lists of terms, programmes and classes, and narrows the outcomes by them."""

from dataclasses import replace

import pytest

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.roll import Enrolment
from lti_tool.persistence import audit_log
from lti_tool.persistence.people import Account
from lti_tool.services.import_roll import (
    RollPreview,
    bring_roll,
    discard_roll,
    keep_roll,
    preview_roll,
    show_rolls,
    undo_roll,
)
from lti_tool.services.show_outcomes import OutcomeFilter, show_outcomes
from tests.services.attaining import rate_once_more
from tests.services.classroom import Classroom
from tests.services.counting import queries

TERM = "2026-2027-1"
FIRST = Enrolment("1", TERM, "电子商务", "甲班", "王雨", "Wang Yu")
SECOND = Enrolment("2", TERM, "电子商务", "乙班", "李强")


@pytest.fixture
def students(classroom: Classroom) -> dict[str, Account]:
    """王雨 has number 1, 李强 number 2; each has one rated requirement."""
    made = {
        name: classroom.enrol(name, number=str(no)) for no, name in enumerate(("王雨", "李强"), 1)
    }
    for each in made.values():
        rate_once_more(classroom, each, {"2.1.1": 3})
    return made


def bring(classroom: Classroom, *entries: Enrolment) -> int:
    with classroom.working() as work:
        rows = enumerate(entries, 2)
        return bring_roll(work, "名单.csv", rows, school_id=classroom.course.school_id)


def preview(classroom: Classroom, roll_id: int) -> RollPreview:
    with classroom.reading() as session:
        return preview_roll(session, roll_id, school_id=classroom.course.school_id)


def keep(classroom: Classroom, *entries: Enrolment, leave: tuple[int, ...] = ()) -> int:
    roll_id = bring(classroom, *entries)
    seen = preview(classroom, roll_id).seen
    with classroom.working() as work:
        school_id = classroom.course.school_id
        keep_roll(work, roll_id, school_id=school_id, leave=leave, seen=seen)
    return roll_id


def named(classroom: Classroom, **place: str) -> list[str]:
    """The learners whom a filter leaves."""
    with classroom.reading() as session:
        school_id = classroom.course.school_id
        wanted = OutcomeFilter(**place)  # type: ignore[arg-type]  # only texts are given here
        shown = show_outcomes(session, classroom.catalogue, wanted, school_id=school_id)
    return [each.learner.label for each in shown.rows]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({}, ["王雨", "李强"]),
        ({"term": TERM}, ["王雨", "李强"]),
        ({"term": "2025-2026-2"}, []),
        ({"programme": "电子商务", "class_name": "乙班"}, ["李强"]),
        ({"class_name": "甲班"}, ["王雨"]),
        ({"term": "2025-2026-2", "class_name": "甲班"}, []),
    ],
)
def test_outcomes_are_narrowed_to_a_term_a_programme_and_a_class(
    classroom: Classroom, students: dict[str, Account], place: dict[str, str], found: list[str]
) -> None:
    keep(classroom, FIRST, SECOND)
    assert named(classroom, **place) == found


def test_a_draft_changes_nothing(classroom: Classroom, students: dict[str, Account]) -> None:
    roll_id = bring(classroom, FIRST, SECOND)
    assert named(classroom, class_name="甲班") == []
    with classroom.working() as work:
        discard_roll(work, roll_id, school_id=classroom.course.school_id)
    with pytest.raises(NotFoundError):
        preview(classroom, roll_id)


def test_the_preview_counts_what_is_new_known_added_and_unknown(
    classroom: Classroom, students: dict[str, Account]
) -> None:
    keep(classroom, FIRST, replace(SECOND, class_name=""))
    shown = preview(classroom, bring(classroom, FIRST, SECOND, Enrolment("9", TERM)))
    assert (shown.new, shown.same, shown.added, shown.conflicts) == (1, 1, 1, ())
    assert shown.strangers == 1


def test_conflicts_are_told_by_row_with_what_is_known(
    classroom: Classroom, students: dict[str, Account]
) -> None:
    keep(classroom, FIRST, SECOND)
    moved, other = replace(FIRST, class_name="丙班"), replace(SECOND, name="李刚")
    found = preview(classroom, bring(classroom, moved, other)).conflicts
    assert [(each.row, each.fields, each.account_name) for each in found] == [
        (2, ("class_name",), ""),
        (3, ("name",), "李强"),
    ]
    assert found[0].recorded == FIRST


def test_the_list_goes_before_what_is_known_but_for_rows_left_out(
    classroom: Classroom, students: dict[str, Account]
) -> None:
    keep(classroom, FIRST, SECOND)
    moved = [replace(each, class_name="丙班") for each in (FIRST, SECOND)]
    keep(classroom, *moved, leave=(3,))
    assert named(classroom, class_name="丙班") == ["王雨"]
    assert named(classroom, class_name="乙班") == ["李强"]


def test_undoing_an_import_brings_back_what_was_known_and_is_written_down(
    classroom: Classroom, students: dict[str, Account]
) -> None:
    keep(classroom, FIRST, SECOND)
    last = keep(classroom, replace(FIRST, class_name="丙班"))
    school_id = classroom.course.school_id
    with classroom.working() as work:
        undo_roll(work, last, school_id=school_id)
    assert named(classroom, class_name="甲班") == ["王雨"]
    with classroom.reading() as session:
        noted = [each.action for each in audit_log.entries_about(session, f"roll:{last}")]
        shown = show_rolls(session, school_id)
    assert noted == ["import_roll", "undo_roll"]
    assert [each.state.value for each in shown.rolls] == ["undone", "kept"]
    with classroom.working() as work, pytest.raises(StaleFormError):
        undo_roll(work, last, school_id=school_id)


def test_nobody_keeps_a_list_on_conflicts_they_were_not_shown(
    classroom: Classroom, students: dict[str, Account]
) -> None:
    keep(classroom, FIRST)
    roll_id = bring(classroom, replace(FIRST, class_name="丙班"))
    with classroom.working() as work, pytest.raises(StaleFormError):
        keep_roll(work, roll_id, school_id=classroom.course.school_id, leave=(), seen="other")
    assert named(classroom, class_name="甲班") == ["王雨"]


def test_a_list_of_another_school_is_not_there(classroom: Classroom) -> None:
    roll_id = bring(classroom, FIRST)
    with classroom.working() as work:
        with pytest.raises(NotFoundError):
            keep_roll(work, roll_id, school_id=999, leave=(), seen="")
        with pytest.raises(NotFoundError):
            undo_roll(work, roll_id, school_id=999)
        with pytest.raises(NotFoundError):
            discard_roll(work, roll_id, school_id=999)


def test_a_longer_list_takes_no_more_queries(classroom: Classroom) -> None:
    few = bring(classroom, FIRST)
    with queries(classroom.database) as short:
        preview(classroom, few)
    many = bring(classroom, *(Enrolment(str(number), TERM) for number in range(400)))
    with queries(classroom.database) as long:
        preview(classroom, many)
    assert len(short) == len(long)
