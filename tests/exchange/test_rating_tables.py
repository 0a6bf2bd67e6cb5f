"""The ratings as a table: what goes out comes back as nothing new, and what changed is told apart
from what somebody else changed meanwhile."""

from datetime import timedelta

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.exchange.rating_tables import ChangeKind, TablePlan, plan_of, rating_rows
from lti_tool.exchange.spreadsheets import TableError, csv_file, read_table, xlsx_file
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import begin_attempt
from lti_tool.services.rate_by_code import Cell, Floor, give_cells, show_floor
from lti_tool.services.return_submission import return_submission
from tests.services.classroom import Classroom

Table = list[list[str]]


@pytest.fixture
def group(classroom: Classroom) -> list[Account]:
    return [classroom.enrol(name, number=f"0{n}") for n, name in enumerate(("李", "王"), 1)]


@pytest.fixture
def made(classroom: Classroom) -> Assessment:
    return classroom.set_up("2.1.1", "2.2.4")


def floor(classroom: Classroom, made: Assessment) -> Floor:
    with classroom.reading() as session:
        return show_floor(
            session,
            classroom.catalogue,
            made.id,
            course_id=classroom.course.id,
            viewer_id=classroom.teacher.id,
        )


def out(classroom: Classroom, made: Assessment, language: str = "zh") -> Table:
    return rating_rows(floor(classroom, made), language, now=classroom.now)


def give(
    classroom: Classroom,
    made: Assessment,
    learner: Account,
    level: int,
    *,
    seen: str | None = None,
    by: Account | None = None,
    comment: str | None = None,
) -> str:
    cell = Cell(learner.id, "2.1.1", level, comment, seen)
    with classroom.working(by) as work:
        (outcome,) = give_cells(work, made, [cell], course_id=classroom.course.id)
    assert outcome.word is not None
    return outcome.word.id


def back(classroom: Classroom, made: Assessment, rows: Table) -> TablePlan:
    return plan_of(rows, floor(classroom, made), now=classroom.now)


def reasons(plan: TablePlan) -> list[tuple[str, str]]:
    return [(each.cell, each.reason.en or "") for each in plan.problems]


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_that_nobody_touched_says_nothing_new(
    classroom: Classroom, made: Assessment, group: list[Account], language: str
) -> None:
    give(classroom, made, group[0], 3, comment="=做得好")
    rows = out(classroom, made, language)
    for content in (csv_file(rows), xlsx_file(rows, "x")):
        plan = back(classroom, made, read_table(content))
        assert (plan.changes, plan.problems, plan.absent, plan.same) == ([], [], [], 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_filled_cell_is_new_whatever_the_encoding(
    classroom: Classroom, made: Assessment, group: list[Account], encoding: str
) -> None:
    rows = out(classroom, made)
    rows[1][2:4] = ["３", "语速适中"]
    content = csv_file(rows).decode("utf-8-sig").encode(encoding)
    (change,) = back(classroom, made, read_table(content)).changes
    found = (change.learner, change.code, change.level, change.comment, change.place)
    assert found == (group[0], "2.1.1", 3, "语速适中", "C2")
    assert (change.kind, change.breach) == (ChangeKind.NEW, False)


def test_a_row_taken_out_later_than_now_would_hide_conflicts_and_is_refused(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    rows = out(classroom, made)
    taken = rows[0].index("导出时间（勿改）")
    rows[1][2] = "4"
    rows[1][taken] = (classroom.now + timedelta(days=1)).isoformat()
    give(classroom, made, group[0], 2)
    plan = back(classroom, made, rows)
    assert plan.changes == []
    assert reasons(plan) == [("G2", "taken out later than now")]


def test_work_handed_in_later_than_now_is_not_rated_by_a_file(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    """The server's clock was set back."""
    classroom.hand_in(group[0], made)
    classroom.now -= timedelta(days=1)
    rows = out(classroom, made)
    rows[1][2] = "4"
    plan = back(classroom, made, rows)
    assert plan.changes == []
    assert [words.split(":")[0] for _, words in reasons(plan)] == ["handed in later than now"]


def test_a_level_may_be_named(classroom: Classroom, made: Assessment, group: list[Account]) -> None:
    rows = out(classroom, made)
    rows[1][2], rows[2][2] = "优秀", "approaching"
    assert [each.level for each in back(classroom, made, rows).changes] == [4, 2]
    assert len(group) == 2


def test_what_changed_in_file_or_tool_alone_is_no_conflict(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    for each in group:
        give(classroom, made, each, 3)
    rows = out(classroom, made)
    rows[1][2] = "4"
    seen = floor(classroom, made).rows[1].words["2.1.1"].id
    give(classroom, made, group[1], 2, seen=seen)
    (change,) = back(classroom, made, rows).changes
    assert (change.learner, change.kind) == (group[0], ChangeKind.CHANGED)


def test_a_cell_changed_in_both_is_a_conflict_with_the_newer_word(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    first = give(classroom, made, group[0], 3)
    rows = out(classroom, made)
    rows[1][2] = "4"
    other = classroom.enrol("何志强", Role.TEACHER)
    give(classroom, made, group[0], 2, seen=first, by=other)
    (change,) = back(classroom, made, rows).changes
    assert change.kind is ChangeKind.CONFLICT
    assert change.current is not None
    assert (change.current.rater_id, change.current.performance_level) == (other.id, 2)


def test_both_saying_the_same_is_no_conflict(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    rows = out(classroom, made)
    rows[1][2] = "2"
    give(classroom, made, group[0], 2)
    assert back(classroom, made, rows).changes == []


def test_missing_rows_and_columns_and_empty_cells_say_nothing(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    give(classroom, made, group[0], 3, comment="好")
    rows = [row[:3] for row in out(classroom, made)[:2]]
    rows[1][2] = ""
    plan = back(classroom, made, rows)
    assert (plan.changes, plan.problems, plan.absent) == ([], [], [group[1]])


def test_a_table_of_ones_own_is_matched_by_student_number(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    plan = back(classroom, made, [["学号", "2.1.1"], ["02", "3"], ["99", "3"]])
    assert [each.learner for each in plan.changes] == [group[1]]
    assert reasons(plan) == [("A3", "no such student in the course")]


@pytest.mark.parametrize(
    ("place", "words", "cell"),
    [
        pytest.param(2, "5", "C2", id="no such level"),
        pytest.param(2, "=1+1", "C2", id="a formula for a level"),
        pytest.param(4, "2", "E2", id="no such level for a red line"),
        pytest.param(4, "1", "E2", id="a breach without a reason"),
        pytest.param(1, "王", "B2", id="the name of another row"),
        pytest.param(6, "昨天", "G2", id="a time that is none"),
        pytest.param(6, "2026-01-01T00:00:00", "G2", id="a time without a zone"),
        pytest.param(7, "9999-0", "H2", id="nobody"),
        pytest.param(7, "x", "H2", id="no key"),
        pytest.param(7, "9" * 30, "H2", id="a key too long"),
    ],
)
@pytest.mark.usefixtures("group")
def test_a_bad_cell_is_named(
    classroom: Classroom, made: Assessment, place: int, words: str, cell: str
) -> None:
    rows = out(classroom, made)
    rows[1][2] = "3"
    rows[1][place] = words
    assert [each.cell for each in back(classroom, made, rows).problems] == [cell]


@pytest.mark.usefixtures("group")
def test_a_comment_like_a_formula_is_refused_and_one_in_a_workbook_never_read(
    classroom: Classroom, made: Assessment
) -> None:
    rows = out(classroom, made)
    rows[1][2:4] = ["3", "=HYPERLINK(1)"]
    (problem,) = back(classroom, made, rows).problems
    assert "formula" in (problem.reason.en or "")


@pytest.mark.usefixtures("group")
def test_a_student_twice_and_an_unknown_column_are_refused(
    classroom: Classroom, made: Assessment
) -> None:
    rows = out(classroom, made)
    twice = [*rows, rows[1]]
    assert [each.cell for each in back(classroom, made, twice).problems] == ["H6"]
    rows[0][2] = "2.1.9"
    assert [each.cell for each in back(classroom, made, rows).problems] == ["C1"]
    assert reasons(back(classroom, made, [["a"], ["b"]]))[-1][0] == ""


def test_a_row_of_an_earlier_attempt_is_refused(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    classroom.hand_in(group[0], made)
    rows = out(classroom, made)
    rows[1][2] = "3"
    rows[1][7] = f"{group[0].id}-2"
    assert "another attempt" in reasons(back(classroom, made, rows))[0][1]


def test_an_attempt_begun_since_is_no_matter(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    rows = out(classroom, made)
    rows[1][2] = "3"
    with classroom.working(group[0]) as work:
        begin_attempt(work, made)
    assert [each.kind for each in back(classroom, made, rows).changes] == [ChangeKind.NEW]


def test_who_revises_is_not_rated_by_a_file(
    classroom: Classroom, made: Assessment, group: list[Account]
) -> None:
    submission = classroom.hand_in(group[0], made)
    with classroom.working() as work:
        return_submission(work, submission, "请补充")
    rows = out(classroom, made)
    rows[1][2] = "3"
    assert "given back" in reasons(back(classroom, made, rows))[0][1]


def test_a_whole_level_fits(classroom: Classroom) -> None:
    level = classroom.catalogue.find("530050-2021-2.0").standard.level("intermediate")
    codes = [each.code for each in level.requirements]
    made = classroom.set_up(*codes, level="intermediate")
    student = classroom.enrol("李", number="01")
    rows = out(classroom, made)
    rows[1][2] = "3"
    (change,) = back(classroom, made, read_table(csv_file(rows))).changes
    assert change.learner == student


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TableError):
        read_table(b"\xff\xfe\x00bad")
