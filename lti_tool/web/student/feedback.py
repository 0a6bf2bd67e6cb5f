"""The page of feedback on one assessment, where a review of a rating is asked for. Not here: what
all of them add up to (``progress``)."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import ReviewRefusedError
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind
from lti_tool.persistence import assessments, submissions
from lti_tool.services.review_rating import ask_review
from lti_tool.services.show_feedback import show_feedback
from lti_tool.services.show_review import reviews_of_attempt
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext
from lti_tool.web.notifications import seen
from lti_tool.web.wiring import wired

from .frame import blueprint, frame

PAGE = "student.feedback"
MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was refused, shown with what was typed at this code."""

    code: str
    message: str
    typed: str


@blueprint.get("/assessments/<assessment_id>/feedback")
@requires(Role.STUDENT)
def feedback(assessment_id: str) -> ResponseReturnValue:
    """Per code: level, comment, evidence, and what changed; of the attempt asked for."""
    seen(assessment_id, NotificationKind.RELEASED, NotificationKind.REVIEW_ANSWERED)
    return _page(assessment_id, request.args.get("attempt", type=int))


@blueprint.post("/assessments/<assessment_id>/reviews")
@requires(Role.STUDENT)
def ask(assessment_id: str) -> ResponseReturnValue:
    """Ask for a review of one code of an attempt, with a reason."""
    code = request.form.get("code", "")
    number = request.form.get("attempt", type=int)
    try:
        reason = text("reason", MAX_REASON, required=True)
        with working() as work:
            assessment = assessments.assessment(
                work.session, assessment_id, course_id=member().course_id
            )
            attempt = submissions.attempt_of(work.session, assessment.id, member().id, number)
            ask_review(work, attempt, assessment, code, reason)
    except (FormError, ReviewRefusedError) as error:
        words = error.message if isinstance(error, FormError) else _sentence(error)
        refusal = Refusal(code, words, request.form.get("reason", ""))
        status = 422 if isinstance(error, FormError) else 409
        return _page(assessment_id, number, refusal), status
    flash(gettext("Asked: another teacher looks at it. The answer appears here."), "ok")
    there = url_for(PAGE, assessment_id=assessment_id, attempt=number, _anchor=f"c-{code}")
    return redirect(there, 303)


def _page(assessment_id: str, number: int | None, refusal: Refusal | None = None) -> str:
    with reading() as session:
        shown = show_feedback(
            session,
            wired().catalogue,
            assessment_id,
            learner_id=member().id,
            course_id=member().course_id,
            number=number,
        )
        attempt, now = shown.attempt, wired().clock()
        reviews = reviews_of_attempt(session, shown.assessment, attempt, now=now) if attempt else {}
    page = frame(PAGE, assessment_id=assessment_id, standard=shown.standard)
    return render_template(
        "student/feedback.html",
        page=page,
        shown=shown,
        reviews=reviews,
        refusal=refusal,
        most_reason=MAX_REASON,
    )


def _sentence(error: ReviewRefusedError) -> str:
    sentences = {
        "asked": gettext("A review was asked for already; there is one for each requirement."),
        "too_late": gettext("The time to ask for a review is over."),
    }
    return sentences.get(error.reason) or gettext("This requirement is not rated yet.")
