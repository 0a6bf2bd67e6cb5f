"""The page of one assessment: what is asked, the draft, the check before handing in; handing in,
taking back, beginning again. Not here: what fills the draft (``drafting``).
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from flask import jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    EmptySubmissionError,
    PastDueError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.submission import Submission
from lti_tool.persistence import assessments
from lti_tool.persistence.database import Session
from lti_tool.services.draft_submission import begin_attempt, own_submission
from lti_tool.services.show_assessment import AssessmentShown, Stage, show_assessment
from lti_tool.services.submit_evidence import submit_evidence, withdraw_submission
from lti_tool.services.work import Work
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.notifications import seen
from lti_tool.web.page import Page
from lti_tool.web.wiring import wired

from .arriving import arriving
from .frame import blueprint, frame
from .words import asks_for_json, digest

PAGE = "student.assessment"
LAST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was refused: the field's id, a sentence, and what was typed, by field."""

    field: str
    message: str
    typed: dict[str, str] = dataclass_field(default_factory=dict)


@blueprint.get("/assessments/<assessment_id>")
@requires(Role.STUDENT)
def assessment(assessment_id: str) -> ResponseReturnValue:
    """What is asked, and the student's work on it."""
    seen(assessment_id, NotificationKind.RETURNED)
    return assessment_page(assessment_id)


@blueprint.get("/assessments/<assessment_id>/check")
@requires(Role.STUDENT)
def check(assessment_id: str) -> ResponseReturnValue:
    """Everything that would be handed in, and what is still missing."""
    shown = _shown(assessment_id)
    if shown.stage is not Stage.WORK:
        return redirect(url_for(PAGE, assessment_id=assessment_id), 303)
    return _check_page(shown)


@blueprint.post("/submissions/<submission_id>/submit")
@requires(Role.STUDENT)
def submit(submission_id: str) -> ResponseReturnValue:
    """Hand in what the check page showed."""
    seen = whole_number("version", least=1, most=LAST_VERSION)
    try:
        with working() as work:
            submission, task = own(work.session, submission_id)
            if submission.version != seen and submission.can_edit:
                raise StaleFormError
            submit_evidence(work, submission, task)
    except TransitionError:
        message = gettext("This attempt was handed in already. Nothing was changed.")
        return assessment_page(task.id, Problem("main", message), status=409)
    except StaleFormError:
        message = gettext(
            "Your draft was changed in another window. Look through it again, then hand it in."
        )
        return _check_page(_shown(task.id), Problem("main", message), status=409)
    except (EmptySubmissionError, PastDueError) as refused:
        problem = Problem("main", _why_not(refused))
        return assessment_page(task.id, problem, status=409)
    return redirect(url_for(PAGE, assessment_id=task.id), 303)


@blueprint.post("/submissions/<submission_id>/withdraw")
@requires(Role.STUDENT)
def withdraw(submission_id: str) -> ResponseReturnValue:
    """Take the work back to change it."""
    try:
        with working() as work:
            submission, task = own(work.session, submission_id)
            withdraw_submission(work, submission, task)
    except (TransitionError, PastDueError):
        message = gettext("It cannot be taken back any more: your teacher has begun to rate it.")
        if submission.can_edit:
            message = gettext("It is in your hands already.")
        return assessment_page(task.id, Problem("main", message), status=409)
    return redirect(url_for(PAGE, assessment_id=task.id), 303)


@blueprint.post("/assessments/<assessment_id>/attempts")
@requires(Role.STUDENT)
def begin(assessment_id: str) -> ResponseReturnValue:
    """Begin another attempt; one that is open already is simply shown."""
    with working() as work:
        begin_attempt(work, asked(work, assessment_id))
    return redirect(url_for(PAGE, assessment_id=assessment_id), 303)


@blueprint.get("/not-set-up")
@requires(Role.STUDENT)
def not_set_up() -> ResponseReturnValue:
    """The link opens no assessment yet: a notice, not an error."""
    page = frame("", assessment_id=None, standard=None)
    return render_template("notice.html", page=page, kind="not_set_up")


def asked(work: Work, assessment_id: str) -> Assessment:
    """The assessment, if it is of the student's course. Raises NotFoundError."""
    return assessments.assessment(work.session, assessment_id, course_id=member().course_id)


def own(session: Session, submission_id: str) -> tuple[Submission, Assessment]:
    """The student's own submission. Raises NotFoundError."""
    return own_submission(
        session, submission_id, learner_id=member().id, course_id=member().course_id
    )


def assessment_page(
    assessment_id: str, problem: Problem | None = None, *, status: int = 200
) -> ResponseReturnValue:
    """The page with the problem at its field, or the problem alone for a script that asks so."""
    if problem is not None and asks_for_json():
        return jsonify(title=problem.message, todo=""), status
    shown = _shown(assessment_id)
    body = render_template(
        "student/assessment.html",
        page=_frame(shown),
        shown=shown,
        problem=problem,
        most=wired().files.max_bytes,
        now=wired().clock(),
        learner_id=member().id,
        arriving=arriving(assessment_id) if shown.stage is Stage.WORK else (),
        bases={each.id: digest(each.text) for each in shown.evidence},
    )
    return body, status


def _check_page(
    shown: AssessmentShown, problem: Problem | None = None, *, status: int = 200
) -> ResponseReturnValue:
    body = render_template("student/check.html", page=_frame(shown), shown=shown, problem=problem)
    return body, status


def _shown(assessment_id: str) -> AssessmentShown:
    with reading() as session:
        return show_assessment(
            session,
            wired().catalogue,
            assessment_id,
            learner_id=member().id,
            course_id=member().course_id,
            now=wired().clock(),
        )


def _frame(shown: AssessmentShown) -> Page:
    return frame(PAGE, assessment_id=shown.assessment.id, standard=shown.standard)


def _why_not(refused: EmptySubmissionError | PastDueError) -> str:
    if isinstance(refused, EmptySubmissionError):
        return gettext("There is no evidence yet. Add a text, a link or a file first.")
    return gettext(
        "The due time has passed and late work is not accepted. Your draft is kept; "
        "ask your teacher for an extension."
    )
