"""The class as a map, and the history behind a cell."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from lti_tool.domain.errors import NotFoundError, UnknownRequirementError
from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.show_class import ClassMap, ClassOrder, ClassView, show_class
from lti_tool.services.show_history import History, show_history
from tests.services.classroom import STANDARD, Classroom, enrol, open_course

EMPTY = ClassView()


def class_map(classroom: Classroom, view: ClassView = EMPTY) -> ClassMap:
    with classroom.reading() as session:
        return show_class(session, classroom.catalogue, view, course_id=classroom.course.id)


def history(classroom: Classroom, learner_id: int, name: str) -> History:
    with classroom.reading() as session:
        return show_history(
            session,
            classroom.catalogue,
            STANDARD,
            RequirementKey.parse(name),
            learner_id=learner_id,
            course_id=classroom.course.id,
            now=classroom.now,
        )


@contextmanager
def counted_queries(classroom: Classroom) -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(classroom.database.engine, "before_cursor_execute", listen)
    yield said
    event.remove(classroom.database.engine, "before_cursor_execute", listen)


@pytest.mark.parametrize(
    ("view", "columns"),
    [
        (ClassView(level="elementary"), 49),
        (ClassView(level="intermediate"), 64),
        (ClassView(level="advanced"), 38),
        (ClassView(level="elementary", cumulative=True), 49),
        (ClassView(level="intermediate", cumulative=True), 76),
        (ClassView(level="advanced", cumulative=True), 96),
        (ClassView(level="elementary", area="2"), 17),
    ],
)
def test_a_level_shows_its_requirements_or_the_classes_up_to_it(
    classroom: Classroom, view: ClassView, columns: int
) -> None:
    assert len(class_map(classroom, view).columns) == columns


def test_the_map_opens_at_the_level_the_course_assesses(classroom: Classroom) -> None:
    classroom.set_up("4.1.1", level="intermediate")
    assert class_map(classroom).level.key == "intermediate"


def test_evidence_of_a_lower_level_shows_where_it_counts(classroom: Classroom) -> None:
    student = classroom.enrol("李")
    for _ in range(2):
        classroom.finish(student, classroom.set_up("2.1.1"), 3)
    found = class_map(classroom, ClassView(level="intermediate"))
    place = [each.requirement.code for each in found.columns].index("2.1.1")
    standing = found.rows[0].cells[place]
    assert standing is not None
    assert (standing.state, standing.ratings) == (MasteryState.MASTERED, 2)


def test_weak_is_what_was_decided_and_not_mastered(classroom: Classroom) -> None:
    student = classroom.enrol("李")
    classroom.enrol("陈")
    for levels in ((3, 1, 3), (3, 1, 1)):
        classroom.finish(student, classroom.set_up(), *levels)
    classroom.finish(student, classroom.set_up("1.1.1"), 1)
    found = class_map(classroom, ClassView(level="elementary"))
    assert [each.requirement.code for each in found.weakest()] == ["2.1.2", "2.1.3", "2.1.1"]
    assert [each.mastered for each in found.weakest()] == [0, 0, 1]


def test_an_empty_class_has_columns_and_no_weak_ones(classroom: Classroom) -> None:
    found = class_map(classroom)
    assert (found.rows, found.has_evidence, list(found.weakest())) == ((), False, [])


def test_students_are_sorted_as_asked(classroom: Classroom) -> None:
    better, worse = classroom.enrol("甲", number="2"), classroom.enrol("乙", number="1")
    for _ in range(2):
        classroom.finish(better, classroom.set_up(), 3, 3, 3)
    by_number = class_map(classroom)
    fewest = class_map(classroom, ClassView(order=ClassOrder.FEWEST))
    most = class_map(classroom, ClassView(order=ClassOrder.MOST))
    assert [each.learner for each in by_number.rows] == [worse, better]
    assert [each.learner for each in fewest.rows] == [better, worse]
    assert [each.learner for each in most.rows] == [worse, better]
    assert [each.missing for each in most.rows] == [49, 46]


def test_red_lines_are_counted(classroom: Classroom) -> None:
    classroom.finish(classroom.enrol("李"), classroom.set_up("2.2.4"), 1)
    assert class_map(classroom).red_lines == 1


def test_a_large_class_asks_no_more_questions_than_a_small_one(classroom: Classroom) -> None:
    made = classroom.set_up()
    classroom.finish(classroom.enrol("0"), made)
    with counted_queries(classroom) as small:
        class_map(classroom)
    for number in range(1, 12):
        classroom.finish(classroom.enrol(str(number)), made)
    with counted_queries(classroom) as large:
        class_map(classroom)
    assert len(large) == len(small) <= 13


def test_an_unknown_level_is_refused(classroom: Classroom) -> None:
    with pytest.raises(UnknownRequirementError):
        class_map(classroom, ClassView(level="master"))


def test_a_history_runs_newest_first_and_marks_what_decides(classroom: Classroom) -> None:
    student = classroom.enrol("李")
    for number in (1, 2, 3, 4):
        classroom.finish(student, classroom.set_up("2.1.1"), number)
    found = history(classroom, student.id, "elementary/2.1.1")
    assert [each.level.number for each in found.ratings] == [4, 3, 2, 1]
    assert [each.decides for each in found.ratings] == [True, True, True, False]
    assert found.mastery.state is MasteryState.MASTERED


def test_a_rating_of_another_course_counts_but_keeps_its_words(classroom: Classroom) -> None:
    student = classroom.enrol("李")
    first = classroom.course
    classroom.course = open_course(classroom.database, "course-2")
    enrol(classroom.database, classroom.course, "李", Role.STUDENT)
    classroom.finish(student, classroom.set_up("2.1.1"), 2)
    classroom.course = first
    (told,) = history(classroom, student.id, "elementary/2.1.1").ratings
    assert (told.assessment, told.rater) == (None, None)


def test_people_outside_the_course_have_no_history_here(classroom: Classroom) -> None:
    with pytest.raises(NotFoundError):
        history(classroom, classroom.teacher.id, "elementary/2.1.1")
