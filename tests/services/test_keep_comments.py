"""The comment bank: own and shared sentences, kept within bounds, removed and brought back."""

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.comment_bank import MAX_OWN, MAX_TEXT, BankComment
from lti_tool.domain.errors import BadCommentError, NotFoundError, NotInAssessmentError
from lti_tool.domain.launch import Role
from lti_tool.persistence.people import Account
from lti_tool.services.keep_comments import (
    change_comment,
    keep_comment,
    remove_comment,
    restore_comment,
    show_bank,
)
from tests.services.classroom import Classroom, open_course

CODE = "2.1.1"


@pytest.fixture
def made(classroom: Classroom) -> Assessment:
    return classroom.set_up()


@pytest.fixture
def colleague(classroom: Classroom) -> Account:
    return classroom.enrol("何志强", Role.TEACHER)


def keep(
    classroom: Classroom,
    made: Assessment,
    text: str,
    *,
    by: Account | None = None,
    shared: bool = False,
    code: str = CODE,
) -> BankComment:
    with classroom.working(by) as work:
        return keep_comment(work, made, code, text, shared=shared, course_id=classroom.course.id)


def texts(
    classroom: Classroom, made: Assessment, viewer: Account | None = None, code: str = CODE
) -> list[str]:
    with classroom.reading() as session:
        bank = show_bank(
            session,
            made,
            viewer_id=(viewer or classroom.teacher).id,
            course_id=classroom.course.id,
        )
    return [each.text for each in bank.of(code)]


def test_own_comments_come_first_and_only_shared_ones_of_others(
    classroom: Classroom, made: Assessment, colleague: Account
) -> None:
    keep(classroom, made, "别人的", by=colleague)
    keep(classroom, made, "共享的", by=colleague, shared=True)
    keep(classroom, made, " 一 ")
    keep(classroom, made, "二")
    assert texts(classroom, made) == ["一", "二", "共享的"]
    assert texts(classroom, made, code="2.1.2") == []


def test_own_comments_go_along_into_another_course_and_shared_ones_stay(
    classroom: Classroom, made: Assessment, colleague: Account
) -> None:
    keep(classroom, made, "我的")
    keep(classroom, made, "共享的", by=colleague, shared=True)
    classroom.course = open_course(classroom.database, "course-2")
    elsewhere = classroom.set_up()
    assert texts(classroom, elsewhere) == ["我的"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("  ", "missing", id="nothing"),
        pytest.param("长" * (MAX_TEXT + 1), "too_long", id="too long"),
        pytest.param("已有", "known", id="there already"),
    ],
)
def test_a_comment_that_cannot_be_kept_is_refused(
    classroom: Classroom, made: Assessment, text: str, reason: str
) -> None:
    keep(classroom, made, "已有")
    with pytest.raises(BadCommentError) as refused:
        keep(classroom, made, text)
    assert refused.value.reason == reason
    assert texts(classroom, made) == ["已有"]


def test_no_more_are_kept_than_can_be_surveyed(classroom: Classroom, made: Assessment) -> None:
    for number in range(MAX_OWN):
        keep(classroom, made, f"评语 {number}")
    with pytest.raises(BadCommentError) as refused:
        keep(classroom, made, "再一条")
    assert refused.value.reason == "too_many"


def test_a_code_of_another_assessment_is_refused(classroom: Classroom, made: Assessment) -> None:
    with pytest.raises(NotInAssessmentError):
        keep(classroom, made, "评语", code="4.1.1")


def test_a_comment_is_changed_and_shared(
    classroom: Classroom, made: Assessment, colleague: Account
) -> None:
    kept = keep(classroom, made, "语速快")
    with classroom.working() as work:
        change_comment(work, made, kept.id, "语速太快", shared=True, course_id=classroom.course.id)
    assert texts(classroom, made, colleague) == ["语速太快"]


def test_a_removed_comment_comes_back_as_it_was(classroom: Classroom, made: Assessment) -> None:
    kept = keep(classroom, made, "评语", shared=True)
    with classroom.working() as work:
        remove_comment(work, kept.id)
    assert texts(classroom, made) == []
    with classroom.working() as work:
        restore_comment(work, kept.id)
    assert texts(classroom, made) == ["评语"]


def test_nobody_changes_or_removes_anothers_comment(
    classroom: Classroom, made: Assessment, colleague: Account
) -> None:
    kept = keep(classroom, made, "共享的", by=colleague, shared=True)
    with classroom.working() as work, pytest.raises(NotFoundError):
        remove_comment(work, kept.id)
    with classroom.working() as work, pytest.raises(NotFoundError):
        change_comment(work, made, kept.id, "改", shared=True, course_id=classroom.course.id)
    assert texts(classroom, made) == ["共享的"]
