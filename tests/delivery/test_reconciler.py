"""A gradebook compared with the ledger over HTTP: each difference a teacher can bring about."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.delivery.columns import ColumnKeeper
from lti_tool.delivery.reconciler import Reconciler
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.reconciliation import Finding
from lti_tool.persistence import courses, reconciliations
from lti_tool.persistence.database import DatabaseError
from lti_tool.persistence.reconciliations import FindingRow
from lti_tool.sandbox import Fault
from lti_tool.services.reconcile_grades import Report, ask_reconciliation, repair, show_report
from lti_tool.services.work import Work
from tests.delivery.school import School

GONE = Fault("drop_after_accept")


def asked(school: School) -> int:
    with school.database.transaction() as session:
        return reconciliations.ask(session, school.course.id, asked_by=None, now=school.clock())


def report(school: School, number: int) -> Report:
    with school.database.reading() as session:
        return show_report(session, number, course_id=school.course.id)


def compare(school: School) -> Report:
    number = asked(school)
    assert Reconciler(school.new_means()).deliver_due() == 1
    return report(school, number)


def mend(school: School, found: Report, finding_id: int | None = None) -> int:
    with school.database.transaction() as session:
        work = Work(
            session=session,
            catalogue=Catalogue(()),
            actor_id=school.learners[0],
            now=school.clock(),
            zone=ZoneInfo("UTC"),
            new_id=lambda: "id",
        )
        return repair(
            work,
            found.reconciliation.id,
            course_id=school.course.id,
            finding_id=finding_id,
        )


def deliver_everything(school: School) -> None:
    while ColumnKeeper(school.new_means()).deliver_due():
        pass
    school.deliver_after(10)


@pytest.fixture
def graded(moodle: School) -> School:
    """Three students' grades have arrived in a column that the tool made."""
    column = moodle.column()
    for who in range(3):
        moodle.queue(column, 18, who=who)
    moodle.deliver()
    moodle.clock.move(60)
    return moodle


def item_of(school: School) -> int:
    return school.lms.line_items[-1].id


def user(school: School, who: int) -> str:
    return school.lms.students[who].user_id


def override(school: School) -> None:
    school.lms.override(item_of(school), user(school, 1), 5.0)


def clear(school: School) -> None:
    school.lms.clear_grade(item_of(school), user(school, 1))


def cap(school: School) -> None:
    school.lms.change_maximum(item_of(school), 10.0, rescale=False)


def keep_numbers(school: School) -> None:
    school.lms.change_maximum(item_of(school), 25.0, rescale=False)


def rescale(school: School) -> None:
    school.lms.change_maximum(item_of(school), 100.0, rescale=True)


def delete(school: School) -> None:
    school.lms.delete_line_item(item_of(school))


def test_a_gradebook_that_holds_what_was_sent_agrees(graded: School) -> None:
    found = compare(graded)
    assert found.reconciliation.finished_at == graded.clock()
    assert (found.reconciliation.agreeing, found.lines) == (3, ())


@pytest.mark.parametrize(
    ("change", "kind", "cells"),
    [
        (override, Finding.OVERRIDDEN, 1),
        (clear, Finding.MISSING, 1),
        (cap, Finding.CAPPED, 3),
        (keep_numbers, Finding.MAXIMUM_CHANGED, 3),
        (delete, Finding.COLUMN_GONE, 3),
    ],
)
def test_a_difference_is_explained_and_repaired_on_request(
    graded: School, change: Callable[[School], None], kind: Finding, cells: int
) -> None:
    change(graded)
    found = compare(graded)
    assert found.counts == {kind: cells}
    assert found.repairable == cells
    assert mend(graded, found) == cells
    deliver_everything(graded)
    again = compare(graded)
    assert (again.reconciliation.agreeing, again.lines) == (3, ())
    assert report(graded, found.reconciliation.id).repairable == 0


@pytest.mark.parametrize("change", [cap, keep_numbers])
def test_a_column_is_repaired_before_its_grades_are_sent_again(
    graded: School, change: Callable[[School], None]
) -> None:
    """Scores and columns have threads of their own; an LMS rescales what it holds when a maximum
    changes."""
    change(graded)
    mend(graded, compare(graded))
    graded.deliver()
    deliver_everything(graded)
    again = compare(graded)
    assert (again.reconciliation.agreeing, again.lines) == (3, ())


def test_a_rescaled_column_holds_the_same_shares_and_needs_nothing(graded: School) -> None:
    rescale(graded)
    found = compare(graded)
    assert found.counts == {Finding.RESCALED: 3}
    assert (found.differing, found.repairable) == (0, 0)


def test_a_grade_of_which_nothing_was_sent_is_told_and_left_alone(graded: School) -> None:
    with graded.database.transaction() as session:
        courses.remember_membership(
            session,
            course_id=graded.course.id,
            person_id=graded.learners[3],
            role=Role.STUDENT,
            now=graded.clock(),
        )
    graded.lms.override(item_of(graded), user(graded, 3), 7.0)
    found = compare(graded)
    assert found.counts == {Finding.FOREIGN: 1}
    assert mend(graded, found) == 0


def test_a_grade_that_the_lms_refuses_as_older_is_a_conflict(graded: School) -> None:
    column = graded.column()
    graded.queue(column, 10, who=0)
    for _ in range(8):
        graded.lms.override(item_of(graded), user(graded, 0), 3.0)
        graded.lms.faults.add(Fault("status", status=409))
        graded.deliver_after(30)
    graded.lms.faults.clear()
    found = compare(graded)
    assert found.counts == {Finding.CONFLICT: 1}


def test_one_difference_alone_can_be_repaired(graded: School) -> None:
    for who in (0, 1):
        graded.lms.override(item_of(graded), user(graded, who), 5.0)
    found = compare(graded)
    assert mend(graded, found, found.lines[0].finding.id) == 1
    deliver_everything(graded)
    assert compare(graded).counts == {Finding.OVERRIDDEN: 1}


def test_an_lms_that_is_away_is_asked_again_and_the_report_waits(graded: School) -> None:
    graded.lms.faults.add(GONE)
    number = asked(graded)
    reconciler = Reconciler(graded.new_means())
    reconciler.deliver_due()
    waiting = report(graded, number).reconciliation
    assert (waiting.finished_at, waiting.problem) == (None, "unreachable")
    graded.clock.move(60)
    reconciler.deliver_due()
    assert report(graded, number).reconciliation.finished_at is not None


def test_a_course_that_may_not_be_read_says_so(graded: School) -> None:
    with graded.database.transaction() as session:
        session.get_one(courses.CourseRow, graded.course.id).grade_scopes = []
    assert compare(graded).counts == {Finding.UNREADABLE: 1}


def test_asking_twice_while_one_is_under_way_is_one_comparison(graded: School) -> None:
    assert asked(graded) == asked(graded)


def test_another_courses_report_is_not_found(graded: School) -> None:
    number = asked(graded)
    with graded.database.reading() as session, pytest.raises(NotFoundError):
        show_report(session, number, course_id=graded.course.id + 1)


def test_what_a_report_found_cannot_be_changed(graded: School) -> None:
    override(graded)
    compare(graded)
    with (
        pytest.raises(DatabaseError, match="not changed"),
        graded.database.transaction() as session,
    ):
        session.query(FindingRow).update({"kind": "agrees"})


def test_a_teacher_asks_for_a_comparison(graded: School) -> None:
    with graded.database.transaction() as session:
        work = Work(
            session=session,
            catalogue=Catalogue(()),
            actor_id=graded.learners[0],
            now=graded.clock(),
            zone=ZoneInfo("UTC"),
            new_id=lambda: "id",
        )
        number = ask_reconciliation(work, graded.course.id)
    assert report(graded, number).reconciliation.due_at == graded.clock()
