"""What the page of an assessment is told: its stage, what is missing, what may be done."""

from datetime import timedelta

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.persistence import courses, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_assessment import (
    AssessmentShown,
    Stage,
    assessment_of_link,
    own_file,
    show_assessment,
)
from tests.services.classroom import START, TASK, Classroom, conditions, open_course

DUE = START + timedelta(days=1)


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def shown(classroom: Classroom, learner: Account, assessment: Assessment) -> AssessmentShown:
    with classroom.reading() as session:
        return show_assessment(
            session,
            classroom.catalogue,
            assessment.id,
            learner_id=learner.id,
            course_id=classroom.course.id,
            now=classroom.now,
        )


def test_before_the_first_attempt_everything_is_missing(
    classroom: Classroom, learner: Account
) -> None:
    page = shown(classroom, learner, classroom.set_up())

    assert page.stage is Stage.WORK
    assert page.attempt is None
    assert page.number == 1
    assert page.missing_evidence == page.missing_self_ratings == TASK
    assert page.may_begin
    assert not page.may_withdraw
    assert not page.has_feedback


def test_each_requirement_comes_with_its_criterion_and_what_shows_it(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.1.1", "2.2.4")
    draft = classroom.draft(learner, assessment)

    page = shown(classroom, learner, assessment)

    first, red_line = page.asked
    assert first.requirement.text
    assert [each.number for each in first.choices] == [1, 2, 3, 4]
    assert first.self_rating == 3
    assert first.evidence == draft.evidence
    assert [each.number for each in red_line.choices] == [1, 3]
    assert page.red_lines == 1
    assert [task.code for task in page.tasks] == ["2.1", "2.2"]
    assert page.missing_self_ratings == ("2.2.4",)


def test_the_stages_follow_the_attempt(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up(given=conditions(attempts=1))

    def stage() -> Stage:
        return shown(classroom, learner, assessment).stage

    classroom.draft(learner, assessment)
    assert stage() is Stage.WORK
    submission = classroom.hand_in(learner, assessment)
    assert stage() is Stage.WAITING
    classroom.rate(submission, assessment, 3, 3, 3)
    assert stage() is Stage.WAITING
    classroom.release(submission, assessment)
    assert stage() is Stage.RATED
    assert not shown(classroom, learner, assessment).may_begin


def test_work_waiting_may_be_taken_back_until_it_is_rated(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    submission = classroom.hand_in(learner, assessment)
    assert shown(classroom, learner, assessment).may_withdraw

    classroom.rate(submission, assessment, 3)
    assert not shown(classroom, learner, assessment).may_withdraw


def test_a_draft_rating_is_no_feedback(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up()
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 3, 3, 3)
    assert not shown(classroom, learner, assessment).has_feedback

    classroom.release(submission, assessment)
    assert shown(classroom, learner, assessment).has_feedback


def test_after_the_due_time_the_page_is_closed_where_late_work_is_not_taken(
    classroom: Classroom, learner: Account
) -> None:
    strict = classroom.set_up(given=conditions(due_at=DUE, accepts_late=False))
    mild = classroom.set_up(given=conditions(due_at=DUE))
    classroom.now = DUE + timedelta(minutes=1)

    assert shown(classroom, learner, strict).stage is Stage.CLOSED
    assert not shown(classroom, learner, strict).may_begin
    assert shown(classroom, learner, mild).stage is Stage.WORK
    assert shown(classroom, learner, mild).late


def test_returned_work_stays_open_after_the_due_time(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up(given=conditions(due_at=DUE, accepts_late=False))
    submission = classroom.hand_in(learner, assessment)
    with classroom.working() as work:
        return_submission(work, submission, "请补上录音")
    classroom.now = DUE + timedelta(minutes=1)

    page = shown(classroom, learner, assessment)

    assert page.stage is Stage.WORK
    assert page.was_returned


def test_earlier_attempts_are_told_from_the_newest(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up()
    first = classroom.finish(learner, assessment)
    second = classroom.draft(learner, assessment)

    page = shown(classroom, learner, assessment)

    assert page.attempt == second
    assert [each.id for each in page.earlier] == [first.id]


def test_an_assessment_of_another_course_is_not_there(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    elsewhere = open_course(classroom.database, "course-2")

    with classroom.reading() as session, pytest.raises(NotFoundError):
        show_assessment(
            session,
            classroom.catalogue,
            assessment.id,
            learner_id=learner.id,
            course_id=elsewhere.id,
            now=classroom.now,
        )


def with_file(classroom: Classroom, learner: Account, assessment: Assessment) -> Submission:
    draft = classroom.draft(learner, assessment)
    with classroom.working(learner) as work:
        file = Evidence("file-1", EvidenceKind.FILE, "截图.png", frozenset(), work.now, size=3)
        return add_evidence(work, draft, assessment, file, storage_key="0" * 32)


def test_a_file_is_found_by_its_owner_in_its_course_only(
    classroom: Classroom, learner: Account
) -> None:
    submission = with_file(classroom, learner, classroom.set_up())
    other = classroom.enrol("李强")
    elsewhere = open_course(classroom.database, "course-2")
    text = submission.evidence[0].id
    here = classroom.course.id

    with classroom.reading() as session:
        found, key = own_file(session, "file-1", learner_id=learner.id, course_id=here)
        assert (found.title, key) == ("截图.png", "0" * 32)
        for name, who, where in (
            ("file-1", other.id, here),
            ("file-1", learner.id, elsewhere.id),
            (text, learner.id, here),
            ("no-such-file", learner.id, here),
        ):
            with pytest.raises(NotFoundError):
                own_file(session, name, learner_id=who, course_id=where)


def test_a_link_leads_to_its_assessment_within_its_course(classroom: Classroom) -> None:
    link, assessment = classroom.link(), classroom.set_up()
    here, elsewhere = classroom.course.id, open_course(classroom.database, "course-2").id
    with classroom.reading() as session:
        assert assessment_of_link(session, link.id, course_id=here) is None

    with classroom.database.transaction() as session:
        courses.point_link(session, link.id, assessment.id)

    with classroom.reading() as session:
        assert assessment_of_link(session, link.id, course_id=here) == assessment.id
        assert assessment_of_link(session, link.id, course_id=elsewhere) is None
        assert submissions.attempts_of(session, assessment.id, 1) == []
