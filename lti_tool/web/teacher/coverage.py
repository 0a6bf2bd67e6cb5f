"""Can a level be decided from what I planned? Requirements against the course's assessments."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.services.show_coverage import show_coverage
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame


@blueprint.get("/coverage")
@requires(Role.TEACHER)
def coverage() -> ResponseReturnValue:
    """The plan for one level, the one the course assesses first unless another is asked for."""
    with reading() as session:
        shown = show_coverage(
            session,
            wired().catalogue,
            course_id=member().course_id,
            standard_id=request.args.get("standard") or None,
            level=request.args.get("level") or None,
        )
    return render_template(
        "teacher/coverage.html",
        page=frame(Place.HOME, standard=shown.standard),
        shown=shown,
        standards=[each.standard for each in wired().catalogue.standards],
    )
