"""The page of feedback on one assessment. Not here: what all of them add up to (``progress``)."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.services.show_feedback import show_feedback
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import blueprint, frame

PAGE = "student.feedback"


@blueprint.get("/assessments/<assessment_id>/feedback")
@requires(Role.STUDENT)
def feedback(assessment_id: str) -> ResponseReturnValue:
    """Per code: level, comment, evidence, and what changed; of the attempt asked for."""
    with reading() as session:
        shown = show_feedback(
            session,
            wired().catalogue,
            assessment_id,
            learner_id=member().id,
            course_id=member().course_id,
            number=request.args.get("attempt", type=int),
        )
    page = frame(PAGE, assessment_id=assessment_id, standard=shown.standard)
    return render_template("student/feedback.html", page=page, shown=shown)
