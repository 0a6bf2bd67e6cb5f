"""Who attained which level, where and since when: the whole school under one standard."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.launch import Role
from lti_tool.domain.standard import Standard
from lti_tool.services.show_outcomes import OutcomeFilter, show_outcomes
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

LONGEST_SEARCH = 100


@blueprint.get("/")
@requires(Role.REGISTRAR)
def outcomes() -> ResponseReturnValue:
    """The outcomes of the whole school under one standard."""
    wanted = _filter()
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
        query=_query(wanted, shown.standard),
        now=wired().clock(),
    )


def _filter() -> OutcomeFilter:
    """What the address asks to see; what makes no sense in it is passed over."""
    asked = request.args
    states = {each.value: each for each in AttainmentState}
    return OutcomeFilter(
        standard_id=asked.get("standard") or None,
        level=asked.get("level") or None,
        state=states.get(asked.get("state", "")),
        course_id=asked.get("course", type=int),
        search=asked.get("search", "").strip()[:LONGEST_SEARCH],
        page=asked.get("page", default=1, type=int),
    )


def _query(wanted: OutcomeFilter, standard: Standard) -> dict[str, str | int]:
    """The filter as parameters of an address, without what is not set and without the page."""
    given: dict[str, str | int | None] = {
        "standard": standard.id if wanted.standard_id else None,
        "level": wanted.level,
        "state": wanted.state.value if wanted.state else None,
        "course": wanted.course_id,
        "search": wanted.search or None,
    }
    return {name: value for name, value in given.items() if value is not None}
