"""Who attained which level, where and since when: the whole school under one standard."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.launch import Role
from lti_tool.services.show_outcomes import show_outcomes
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .asked import asked_filter, parameters
from .frame import Place, blueprint, frame


@blueprint.get("/")
@requires(Role.REGISTRAR)
def outcomes() -> ResponseReturnValue:
    """The outcomes of the whole school under one standard."""
    wanted = asked_filter(request.args)
    with reading() as session:
        shown = show_outcomes(session, wired().catalogue, wanted, school_id=member().school_id)
    return render_template(
        "registrar/outcomes.html",
        page=frame(shown.school, shown.standard, Place.OUTCOMES, waiting=shown.proposed),
        shown=shown,
        wanted=wanted,
        states=(
            AttainmentState.PROPOSED,
            AttainmentState.ATTAINED,
            AttainmentState.NOT_MET,
            AttainmentState.REVOKED,
        ),
        query=parameters(wanted),
        now=wired().clock(),
    )
