"""What raters store, on PostgreSQL: it treats foreign keys, transactions after an error and
append-only tables otherwise than SQLite, on which each of these use cases is tested whole.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lti_tool.catalogue import Catalogue
from lti_tool.domain.errors import SecondMarkingRefusedError, StaleRatingError
from lti_tool.domain.launch import Role
from lti_tool.domain.peer import Example, Judged, PeerPlan
from lti_tool.domain.submission import SubmissionState
from lti_tool.exchange.rating_tables import plan_of, rating_rows
from lti_tool.exchange.spreadsheets import csv_file, read_table, xlsx_file
from lti_tool.persistence import second_markings
from lti_tool.persistence.database import Database
from lti_tool.services.keep_comments import (
    change_comment,
    keep_comment,
    remove_comment,
    restore_comment,
    show_bank,
)
from lti_tool.services.rate_by_code import Cell, CellState, Floor, give_cells, show_floor
from lti_tool.services.rate_peers import plan_peers, rate_example, rate_work, take_work
from lti_tool.services.second_mark import finish_second, join_first, put_back, take_back_second
from lti_tool.services.show_agreement import agreement_in_course
from lti_tool.services.show_peers import show_teacher_peers
from tests.services.classroom import Classroom, classroom_in
from tests.services.second_marked import marked


@pytest.fixture
def classroom(postgresql_url: str, catalogue: Catalogue) -> Iterator[Classroom]:
    database = Database(postgresql_url)
    yield classroom_in(database, catalogue)
    database.close()


def test_a_second_marking_is_begun_put_back_finished_settled_and_released(
    classroom: Classroom,
) -> None:
    case = marked(classroom)
    third = classroom.enrol("高远", Role.TEACHER)
    case.first(3)
    with classroom.working(third) as work:
        join_first(work, case.submission, case.assessment)
        join_first(work, case.submission, case.assessment)
    for code in ("2.1.2", "2.1.3"):
        classroom.rate_code(case.submission, case.assessment, code, 3)
    given = case.mark("2.1.1", 4)
    with classroom.working(case.other) as work:
        take_back_second(work, case.submission, case.assessment, given.id)
        put_back(work, case.submission)

    assert sum(each.differs for each in case.second(3, 2, 3)) == 1
    case.settle("2.1.2", 2)

    assert case.release().state is SubmissionState.RELEASED
    with classroom.reading() as session:
        shown = agreement_in_course(
            session, classroom.catalogue, classroom.course.id, standard_id=None, level=None
        )
    assert (shown.marked, shown.open_differences) == (1, 0)
    for table in ("second_comparisons", "second_resolutions"):
        with pytest.raises(DatabaseError, match="append-only"), classroom.working() as work:
            work.session.execute(text(f"DELETE FROM {table}"))


def test_what_two_do_at_once_is_refused_for_the_second_by_the_database(
    classroom: Classroom,
) -> None:
    case = marked(classroom)
    case.first(3, 3, 3)
    given = case.mark("2.1.1", 3)
    with pytest.raises(SecondMarkingRefusedError, match="taken"), classroom.working() as work:
        second_markings.begin(
            work.session, case.submission.id, rater_id=classroom.teacher.id, now=work.now
        )
    with pytest.raises(StaleRatingError):
        case.mark("2.1.1", 4)
    case.mark("2.1.1", 4, seen=given.id)
    for code in ("2.1.2", "2.1.3"):
        case.mark(code, 3)
    with classroom.working(case.other) as work:
        compared = finish_second(work, case.submission, case.assessment)

    assert [each.differs for each in compared] == [True, False, False]


def test_the_comment_bank_keeps_shares_and_brings_back(classroom: Classroom) -> None:
    made, colleague = classroom.set_up(), classroom.enrol("何志强", Role.TEACHER)
    course_id = classroom.course.id
    with classroom.working() as work:
        kept = keep_comment(work, made, "2.1.1", "语速快", shared=False, course_id=course_id)
    with classroom.working() as work:
        change_comment(work, made, kept.id, "语速太快", shared=True, course_id=course_id)
        remove_comment(work, kept.id)
        restore_comment(work, kept.id)

    with classroom.reading() as session:
        bank = show_bank(session, made, viewer_id=colleague.id, course_id=course_id)
    assert [each.text for each in bank.of("2.1.1")] == ["语速太快"]


def test_peers_calibrate_take_and_rate(classroom: Classroom) -> None:
    made, course_id = classroom.set_up(), classroom.course.id
    first, second = classroom.enrol("甲"), classroom.enrol("乙")
    for each in (first, second):
        classroom.hand_in(each, made)
    judged = {code: Judged(3, "理由") for code in made.codes}
    with classroom.working() as work:
        plan = PeerPlan(made.id, 1, None, Example("示范文字", "", judged))
        plan_peers(work, plan, course_id=course_id)
    with classroom.working(first) as work:
        rate_example(work, made, dict.fromkeys(made.codes, 3))
    with classroom.working(first) as work:
        task = take_work(work, made)
    with classroom.working(first) as work:
        rate_work(work, task, made, judged, finish=True)

    with classroom.reading() as session:
        page = show_teacher_peers(
            session, classroom.catalogue, made.id, course_id=course_id, now=classroom.now
        )
    assert page.finished == 1


def test_a_table_out_and_back_says_nothing_new_and_a_conflict_is_kept_apart(
    classroom: Classroom,
) -> None:
    made, learner = classroom.set_up("2.1.1"), classroom.enrol("李", number="01")
    colleague = classroom.enrol("何志强", Role.TEACHER)
    course_id = classroom.course.id
    with classroom.working() as work:
        (saved,) = give_cells(
            work, made, [Cell(learner.id, "2.1.1", 3, "=做得好")], course_id=course_id
        )
    with classroom.working(colleague) as work:
        (refused,) = give_cells(work, made, [Cell(learner.id, "2.1.1", 4)], course_id=course_id)
    assert (saved.state, refused.state) == (CellState.SAVED, CellState.CONFLICT)

    rows = rating_rows(_floor(classroom, made.id), "zh", now=classroom.now)
    for content in (csv_file(rows), xlsx_file(rows, "x")):
        plan = plan_of(read_table(content), _floor(classroom, made.id), now=classroom.now)
        assert (plan.changes, plan.problems, plan.same) == ([], [], 1)


def _floor(classroom: Classroom, assessment_id: str) -> Floor:
    with classroom.reading() as session:
        return show_floor(
            session,
            classroom.catalogue,
            assessment_id,
            course_id=classroom.course.id,
            viewer_id=classroom.teacher.id,
        )
