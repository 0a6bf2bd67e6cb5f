"""Do the school's raters judge alike? How far they agree, from second marking alone."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.persistence import schools
from lti_tool.services.show_agreement import agreement_in_school
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame


@blueprint.get("/agreement/<standard_id>")
@requires(Role.REGISTRAR)
def agreement(standard_id: str) -> ResponseReturnValue:
    """One level of the standard, that with the most pairs unless another is asked for."""
    standard = wired().catalogue.find(standard_id).standard
    with reading() as session:
        school = schools.school(session, member().school_id)
        shown = agreement_in_school(
            session,
            wired().catalogue,
            school.id,
            standard.id,
            level=request.args.get("level") or None,
        )
    return render_template(
        "registrar/agreement.html",
        page=frame(school, standard, Place.AGREEMENT),
        shown=shown,
        standard=standard,
    )
