"""The performance levels' names and percents and the cut, written in the draft."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.rubric_authoring import scale_cells
from lti_tool.services.author_rubric import Authoring, edit_scale
from lti_tool.web.access import member, requires, working
from lti_tool.web.localisation import gettext

from .frame import WRITERS, blueprint, page_of, seen_revision, shown_rubric, typed_cells
from .words import errors_by_field


@blueprint.get("/<standard_id>/scale")
@requires(*WRITERS)
def scale(standard_id: str) -> ResponseReturnValue:
    """Levels and cut as they stand."""
    return _page(shown_rubric(standard_id), None, {})


@blueprint.post("/<standard_id>/scale")
@requires(*WRITERS)
def change_scale(standard_id: str) -> ResponseReturnValue:
    """Write them into the draft; on a fault, the same form with a sentence beside each field."""
    shown = shown_rubric(standard_id)
    cells = typed_cells()
    try:
        with working() as work:
            faults = edit_scale(
                work,
                shown.bundle.standard.id,
                cells,
                school_id=member().school_id,
                seen=seen_revision(),
            )
    except StaleFormError:
        words = gettext("The draft was changed in another window. Look again, then save.")
        return _page(shown_rubric(standard_id), cells, {"cut": words}), 409
    if faults:
        return _page(shown, cells, errors_by_field(faults)), 422
    flash(gettext("Saved in the draft. It counts once the draft is published."), "ok")
    return redirect(url_for("rubrics.overview", standard_id=shown.bundle.standard.id), 303)


def _page(shown: Authoring, typed: Mapping[str, str] | None, errors: Mapping[str, str]) -> str:
    return render_template(
        "rubrics/scale.html",
        page=page_of(shown),
        shown=shown,
        typed=typed if typed is not None else scale_cells(shown.shown),
        errors=errors,
    )
