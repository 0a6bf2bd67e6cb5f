"""How one requirement, and its class with it, is judged: to read, or to write in the draft."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.rubric import BREACH, METHOD_NAMES
from lti_tool.domain.rubric_authoring import cells_of
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.author_rubric import Authoring, edit_criterion
from lti_tool.web.access import member, requires, working
from lti_tool.web.localisation import gettext, in_page_language

from .frame import (
    READERS,
    WRITERS,
    blueprint,
    may_write,
    page_of,
    seen_revision,
    shown_rubric,
    typed_cells,
)
from .words import errors_by_field


@blueprint.get("/<standard_id>/criteria/<level>/<code>")
@requires(*READERS)
def criterion(standard_id: str, level: str, code: str) -> ResponseReturnValue:
    """The criterion as it stands."""
    return _page(shown_rubric(standard_id), RequirementKey(level, code), None, {})


@blueprint.post("/<standard_id>/criteria/<level>/<code>")
@requires(*WRITERS)
def change_criterion(standard_id: str, level: str, code: str) -> ResponseReturnValue:
    """Write it into the draft; on a fault, the same form with a sentence beside each field."""
    key = RequirementKey(level, code)
    shown = shown_rubric(standard_id)
    cells = _cells(shown)
    try:
        with working() as work:
            faults = edit_criterion(
                work,
                shown.bundle.standard.id,
                key,
                cells,
                school_id=member().school_id,
                seen=seen_revision(),
            )
    except StaleFormError:
        words = gettext("The draft was changed in another window. Look again, then save.")
        return _page(shown_rubric(standard_id), key, cells, {"1.zh": words}), 409
    if faults:
        return _page(shown, key, cells, errors_by_field(faults)), 422
    flash(gettext("Saved in the draft. It counts once the draft is published."), "ok")
    return redirect(
        url_for("rubrics.overview", standard_id=shown.bundle.standard.id, _anchor=f"c-{key}"), 303
    )


def _cells(shown: Authoring) -> dict[str, str]:
    """The cells typed; a red line's form has no words for the levels it does not have."""
    cells = typed_cells()
    red_line = "red_line" in request.form
    cells["red_line"] = "yes" if red_line else "no"
    if red_line:
        others = {each.number for each in shown.shown.performance_levels}
        others -= {BREACH, shown.shown.cut}
        cells |= {f"{number}.{each}": "" for number in others for each in ("zh", "en")}
    return cells


def _page(
    shown: Authoring,
    key: RequirementKey,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, str],
) -> str:
    if key not in shown.keys:
        raise NotFoundError
    rubric = shown.shown if may_write() else shown.rubric
    members = shown.bundle.classes.class_of(key).members
    standard = shown.bundle.standard
    return render_template(
        "rubrics/criterion.html",
        page=page_of(shown),
        shown=shown,
        rubric=rubric,
        requirement=standard.requirement(key),
        level=standard.level(key.level),
        others=[(standard.level(each.level).name, each.code) for each in members if each != key],
        criterion=rubric.criterion(key),
        typed=typed if typed is not None else cells_of(rubric.criterion(key)),
        errors=errors,
        methods=[(each.value, in_page_language(name)) for each, name in METHOD_NAMES.items()],
        writes=may_write(),
    )
