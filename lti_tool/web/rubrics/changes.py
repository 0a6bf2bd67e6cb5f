"""What the draft would change, cell by cell; publishing it, throwing it away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import ReasonMissingError, StaleFormError
from lti_tool.services.author_rubric import Authoring, discard_draft, publish_draft
from lti_tool.web.access import member, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext

from .frame import WRITERS, Place, blueprint, page_of, seen_revision, shown_rubric
from .words import field_name, row_name, value_words

LONGEST_NOTE = 500


@blueprint.get("/<standard_id>/changes")
@requires(*WRITERS)
def changes(standard_id: str) -> ResponseReturnValue:
    """The draft against what is in force."""
    return _page(shown_rubric(standard_id))


@blueprint.post("/<standard_id>/publish")
@requires(*WRITERS)
def publish(standard_id: str) -> ResponseReturnValue:
    """Put the draft in force."""
    shown = shown_rubric(standard_id)
    try:
        note = text("note", LONGEST_NOTE)
        with working() as work:
            made = publish_draft(
                work,
                shown.bundle.standard.id,
                note=note,
                school_id=member().school_id,
                seen=seen_revision(),
            )
    except FormError as refused:
        return _page(shown, error=refused.message), 422
    except ReasonMissingError:
        return _page(shown, error=gettext("Say in a line what changes and why.")), 422
    except StaleFormError:
        words = gettext("The draft is another than the one you saw. Look again, then publish.")
        return _page(shown_rubric(standard_id), message=words), 409
    flash(
        gettext(
            "Version %(number)s is in force for assessments set up from now on.",
            number=made.number,
        ),
        "ok",
    )
    return redirect(url_for("rubrics.overview", standard_id=shown.bundle.standard.id), 303)


@blueprint.post("/<standard_id>/discard")
@requires(*WRITERS)
def discard(standard_id: str) -> ResponseReturnValue:
    """Throw the draft away; what is in force stays."""
    shown = shown_rubric(standard_id)
    try:
        with working() as work:
            discard_draft(
                work,
                shown.bundle.standard.id,
                school_id=member().school_id,
                seen=seen_revision(),
            )
    except StaleFormError:
        words = gettext("The draft is another than the one you saw. Nothing was thrown away.")
        return _page(shown_rubric(standard_id), message=words), 409
    flash(gettext("The draft was thrown away. What is in force stays."), "ok")
    return redirect(url_for("rubrics.overview", standard_id=shown.bundle.standard.id), 303)


def _page(shown: Authoring, *, error: str = "", message: str = "") -> str:
    return render_template(
        "rubrics/changes.html",
        page=page_of(shown, Place.CHANGES),
        shown=shown,
        changes=shown.changes,
        field_name=field_name,
        row_name=row_name,
        value_words=value_words,
        note=request.form.get("note", ""),
        error=error,
        message=message,
    )
