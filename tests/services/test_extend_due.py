"""More time for one learner: it holds for them alone, and taking it back undoes it whole."""

from datetime import datetime, timedelta

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadAssessmentError, NotFoundError, PastDueError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence import audit_log, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.extend_due import grant_extension, take_back_extension
from lti_tool.services.show_assessment import AssessmentShown, show_assessment
from lti_tool.services.show_extensions import show_extensions
from lti_tool.services.submit_evidence import submit_evidence, withdraw_submission
from tests.services.classroom import START, Classroom, conditions

DUE = START + timedelta(days=1)
LATER = DUE + timedelta(days=2)


@pytest.fixture
def strict(classroom: Classroom) -> Assessment:
    """Takes no late work."""
    return classroom.set_up(given=conditions(due_at=DUE, accepts_late=False))


@pytest.fixture
def lenient(classroom: Classroom) -> Assessment:
    return classroom.set_up(given=conditions(due_at=DUE))


def extend(
    classroom: Classroom, made: Assessment, learner: Account, until: datetime = LATER
) -> None:
    with classroom.working() as work:
        grant_extension(work, made, learner.id, until, course_id=classroom.course.id)


def seen_by(classroom: Classroom, made: Assessment, learner: Account) -> AssessmentShown:
    with classroom.reading() as session:
        return show_assessment(
            session,
            classroom.catalogue,
            made.id,
            learner_id=learner.id,
            course_id=classroom.course.id,
            now=classroom.now,
        )


def test_who_has_more_time_hands_in_when_others_cannot_any_more(
    classroom: Classroom, strict: Assessment
) -> None:
    given, other = classroom.enrol("陈"), classroom.enrol("李")
    drafts = {each.id: classroom.draft(each, strict) for each in (given, other)}
    extend(classroom, strict, given)
    classroom.now = DUE + timedelta(days=1)

    with classroom.working(given) as work:
        handed_in = submit_evidence(work, drafts[given.id], strict)
    assert (handed_in.state, handed_in.late) == (SubmissionState.SUBMITTED, False)
    with pytest.raises(PastDueError), classroom.working(other) as work:
        submit_evidence(work, drafts[other.id], strict)
    with classroom.working(given) as work:
        withdraw_submission(work, handed_in, strict)


def test_the_student_sees_their_own_due_time(classroom: Classroom, strict: Assessment) -> None:
    given, other = classroom.enrol("陈"), classroom.enrol("李")
    extend(classroom, strict, given)

    theirs = seen_by(classroom, strict, given)
    assert (theirs.assessment.due_at, theirs.is_extended) == (LATER, True)
    others = seen_by(classroom, strict, other)
    assert (others.assessment.due_at, others.is_extended) == (DUE, False)


def test_work_handed_in_late_is_late_no_more_and_late_again_when_it_is_taken_back(
    classroom: Classroom, lenient: Assessment
) -> None:
    learner = classroom.enrol("陈")
    classroom.now = DUE + timedelta(hours=1)
    late = classroom.hand_in(learner, lenient)
    assert late.late

    def is_late() -> bool:
        with classroom.reading() as session:
            return submissions.submission_of(session, late.id).late

    extend(classroom, lenient, learner)
    assert not is_late()
    with classroom.working() as work:
        gone = take_back_extension(work, lenient, learner.id)
    assert is_late()
    assert gone.until == LATER


def test_a_second_extension_takes_the_place_of_the_first(
    classroom: Classroom, strict: Assessment
) -> None:
    learner = classroom.enrol("陈")
    extend(classroom, strict, learner)
    extend(classroom, strict, learner, DUE + timedelta(hours=1))

    with classroom.reading() as session:
        shown = show_extensions(session, strict.id, course_id=classroom.course.id)
        log = audit_log.entries_about(session, f"assessment:{strict.id}")
    (found,) = shown.extended
    assert (found.learner, found.by) == (learner, classroom.teacher)
    assert found.extension.until == DUE + timedelta(hours=1)
    assert [each.action for each in log if each.action == "extend"] == ["extend"] * 2


def test_an_extension_gains_time_or_is_refused(classroom: Classroom, strict: Assessment) -> None:
    learner = classroom.enrol("陈")
    for until in (DUE, DUE - timedelta(days=1)):
        with pytest.raises(BadAssessmentError):
            extend(classroom, strict, learner, until)
    with pytest.raises(BadAssessmentError):
        extend(classroom, classroom.set_up(), learner)


def test_a_due_time_moved_past_an_extension_holds_for_all(
    classroom: Classroom, strict: Assessment
) -> None:
    learner = classroom.enrol("陈")
    extend(classroom, strict, learner, DUE + timedelta(hours=1))
    moved = classroom.set_up(given=conditions(due_at=LATER))

    with pytest.raises(BadAssessmentError):
        extend(classroom, moved, learner, DUE + timedelta(hours=1))


def test_only_a_student_of_the_course_is_given_time(
    classroom: Classroom, strict: Assessment
) -> None:
    for nobody in (classroom.enrol("助教", Role.TEACHER).id, 9999):
        with pytest.raises(NotFoundError), classroom.working() as work:
            grant_extension(work, strict, nobody, LATER, course_id=classroom.course.id)
    with pytest.raises(NotFoundError), classroom.working() as work:
        take_back_extension(work, strict, classroom.enrol("陈").id)
