"""Do we judge alike? How far the course's raters agree, from second marking alone."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.services.show_agreement import agreement_in_course
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame


@blueprint.get("/agreement")
@requires(Role.TEACHER)
def agreement() -> ResponseReturnValue:
    """One level of one standard, that with the most pairs unless another is asked for."""
    standard_id, _, level = request.args.get("of", "").partition("/")
    with reading() as session:
        shown = agreement_in_course(
            session,
            wired().catalogue,
            member().course_id,
            standard_id=standard_id or None,
            level=level or None,
        )
    standard = shown.chosen.standard if shown.chosen else None
    return render_template(
        "teacher/agreement.html", page=frame(Place.HOME, standard=standard), shown=shown
    )
