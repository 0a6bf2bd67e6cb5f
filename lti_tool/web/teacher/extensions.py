"""More time for single students: who has it until when, given and taken back. Not here: when it is
due for everybody (``conditions``)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadAssessmentError
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments
from lti_tool.services.extend_due import grant_extension, take_back_extension
from lti_tool.services.show_extensions import ExtensionsShown, show_extensions
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, as_typed, local_datetime, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

PAGE = "teacher.extensions"
MAX_REASON = 500
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the form was refused; ``field`` is ``student``, ``until`` or ``reason``."""

    field: str
    message: str


@blueprint.get("/assessments/<assessment_id>/more-time")
@requires(Role.TEACHER)
def extensions(assessment_id: str) -> ResponseReturnValue:
    """Who has more time, and the form to give it."""
    return _page(assessment_id)


@blueprint.post("/assessments/<assessment_id>/more-time")
@requires(Role.TEACHER)
def extend(assessment_id: str) -> ResponseReturnValue:
    """Give one student more time."""
    try:
        learner_id = whole_number("student", least=1, most=LARGEST_ID)
        if learner_id is None:
            raise FormError("student", gettext("Choose a student."))
        until = local_datetime("until", wired().zone)
        if until is None:
            raise FormError("until", gettext("This must be filled in."))
        reason = text("reason", MAX_REASON)
        course_id = member().course_id
        with working() as work:
            found = assessments.assessment(work.session, assessment_id, course_id=course_id)
            grant_extension(work, found, learner_id, until, reason, course_id=course_id)
    except FormError as error:
        return _page(assessment_id, Refusal(error.field, error.message)), 422
    except BadAssessmentError:
        words = gettext("It must be later than the due time of everybody.")
        return _page(assessment_id, Refusal("until", words)), 422
    flash(gettext("Saved: the student sees the new time."), "ok")
    return redirect(url_for(PAGE, assessment_id=assessment_id), 303)


@blueprint.post("/assessments/<assessment_id>/more-time/<int:learner_id>/remove")
@requires(Role.TEACHER)
def take_back(assessment_id: str, learner_id: int) -> ResponseReturnValue:
    """Take it back; the form holds what was given, to save it again."""
    with working() as work:
        found = assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        gone = take_back_extension(work, found, learner_id)
    flash(gettext("Taken back. To undo this, save what stands in the form."), "ok")
    until = as_typed(gone.until, wired().zone)
    there = url_for(
        PAGE, assessment_id=assessment_id, student=learner_id, until=until, reason=gone.reason
    )
    return redirect(there, 303)


def _asked(shown: ExtensionsShown) -> Mapping[str, str]:
    """What the address asks the form to hold: what was taken back, or what somebody has now."""
    asked = request.args.to_dict()
    for each in shown.extended:
        if asked == {"student": str(each.learner.id)}:
            until = as_typed(each.extension.until, wired().zone)
            return {**asked, "until": until, "reason": each.extension.reason}
    return asked


def _page(assessment_id: str, refusal: Refusal | None = None) -> str:
    with reading() as session:
        shown = show_extensions(session, assessment_id, course_id=member().course_id)
    standard = wired().catalogue.find(shown.assessment.standard_id).standard
    return render_template(
        "teacher/extensions.html",
        page=frame(Place.QUEUE, standard=standard),
        shown=shown,
        refusal=refusal,
        typed=request.form or _asked(shown),
        most_reason=MAX_REASON,
    )
