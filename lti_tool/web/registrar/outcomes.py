"""Who attained which level, where and since when: the whole school under one standard."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.launch import Role
from lti_tool.persistence import saved_views
from lti_tool.services.note_look import of_list
from lti_tool.services.show_outcomes import show_outcomes
from lti_tool.web.access import member, note_access, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .asked import asked_filter
from .frame import Place, blueprint, frame

LONGEST_NAME = 60
"""Characters of a saved view's name."""


@blueprint.get("/")
@requires(Role.REGISTRAR)
def outcomes() -> ResponseReturnValue:
    """The outcomes of the whole school under one standard."""
    wanted = asked_filter(request.args)
    with reading() as session:
        shown = show_outcomes(session, wired().catalogue, wanted, school_id=member().school_id)
        views = saved_views.views_of(session, member().id)
    note_access(of_list("outcomes"))
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
        query=wanted.asked,
        views=views,
        longest_name=LONGEST_NAME,
        now=wired().clock(),
    )


@blueprint.post("/views")
@requires(Role.REGISTRAR)
def save_view() -> ResponseReturnValue:
    """Keep the filter that the form holds under a name, for the one who asks."""
    query = asked_filter(request.form).asked
    try:
        name = text("view_name", LONGEST_NAME, required=True)
    except FormError as refused:
        flash(gettext("Name of the view: %(problem)s", problem=refused.message), "warn")
    else:
        with working() as work:
            saved_views.save_view(work.session, work.actor_id, name, query, now=work.now)
        flash(gettext("Saved: %(name)s", name=name), "ok")
    return _to_outcomes(query)


@blueprint.post("/views/<int:view_id>/remove")
@requires(Role.REGISTRAR)
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget a view of one's own."""
    query = asked_filter(request.form).asked
    with working() as work:
        saved_views.remove_view(work.session, work.actor_id, view_id)
    flash(gettext("The view was removed."), "ok")
    return _to_outcomes(query)


def _to_outcomes(query: Mapping[str, str]) -> ResponseReturnValue:
    values: dict[str, Any] = dict(query)
    return redirect(url_for("registrar.outcomes", **values), 303)
