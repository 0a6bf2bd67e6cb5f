"""An earlier version against what is in force, and going back to it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import ReasonMissingError, StaleFormError
from lti_tool.domain.rubric_authoring import changes
from lti_tool.services.author_rubric import Authoring, go_back, rubric_numbered
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext

from .changes import LONGEST_NOTE
from .frame import LAST_REVISION, READERS, WRITERS, blueprint, may_write, page_of, shown_rubric
from .words import field_name, row_name, value_words


@blueprint.get("/<standard_id>/versions/<int:number>")
@requires(*READERS)
def version(standard_id: str, number: int) -> ResponseReturnValue:
    """How a version differs from what is in force; 0 is the shipped rubric."""
    return _page(shown_rubric(standard_id), number)


@blueprint.post("/<standard_id>/versions/<int:number>")
@requires(*WRITERS)
def put_back(standard_id: str, number: int) -> ResponseReturnValue:
    """Put it in force again, as a new version."""
    shown = shown_rubric(standard_id)
    try:
        note = text("note", LONGEST_NOTE)
        with working() as work:
            made = go_back(
                work,
                shown.bundle.standard.id,
                number,
                note=note,
                school_id=member().school_id,
                seen=whole_number("seen", least=0, most=LAST_REVISION) or 0,
            )
    except FormError as refused:
        return _page(shown, number, error=refused.message), 422
    except ReasonMissingError:
        return _page(shown, number, error=gettext("Say in a line what changes and why.")), 422
    except StaleFormError:
        words = gettext("Another version is in force by now. Look again, then go back.")
        return _page(shown_rubric(standard_id), number, message=words), 409
    flash(
        gettext(
            "Version %(number)s is in force for assessments set up from now on.",
            number=made.number,
        ),
        "ok",
    )
    return redirect(url_for("rubrics.overview", standard_id=shown.bundle.standard.id), 303)


def _page(shown: Authoring, number: int, *, error: str = "", message: str = "") -> str:
    with reading() as session:
        rubric = rubric_numbered(session, shown.bundle, number, school_id=member().school_id)
    known = {each.number: each for each in shown.versions}
    return render_template(
        "rubrics/version.html",
        page=page_of(shown),
        shown=shown,
        number=number,
        version=known.get(number),
        changes=changes(shown.rubric, rubric, shown.keys),
        field_name=field_name,
        row_name=row_name,
        value_words=value_words,
        note=request.form.get("note", ""),
        writes=may_write(),
        error=error,
        message=message,
    )
