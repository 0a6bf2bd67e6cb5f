"""The school's rubric as a whole: what is in force, the draft, every requirement, versions."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.web.access import requires
from lti_tool.web.wiring import wired

from .frame import READERS, Place, blueprint, may_write, page_of, shown_rubric


@blueprint.get("/")
@requires(*READERS)
def first() -> ResponseReturnValue:
    """The rubric of the newest standard."""
    newest = wired().catalogue.standards[-1].standard
    return redirect(url_for("rubrics.overview", standard_id=newest.id))


@blueprint.get("/<standard_id>")
@requires(*READERS)
def overview(standard_id: str) -> ResponseReturnValue:
    """What is in force, what is being written, and every requirement with its criterion."""
    shown = shown_rubric(standard_id)
    return render_template(
        "rubrics/overview.html",
        page=page_of(shown, Place.RUBRIC),
        shown=shown,
        rubric=shown.shown if may_write() else shown.rubric,
        writes=may_write(),
        standards=[each.standard for each in wired().catalogue.standards],
    )
