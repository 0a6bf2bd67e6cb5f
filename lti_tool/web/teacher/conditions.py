"""Changing an assessment's conditions: title, instructions, due time, attempts, points, release."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.brief import Brief
from lti_tool.domain.errors import BadAssessmentError
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments, briefs
from lti_tool.services.set_up_assessment import change_conditions, rate_with_newest
from lti_tool.services.show_rubric_used import rubric_used
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormReader
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .brief_form import brief_typed, is_sent, read_brief, with_blank, words_of_brief
from .conditions_form import Typed, read_conditions, typed_before, typed_now, words_of
from .frame import Place, blueprint, frame


@blueprint.get("/assessments/<assessment_id>/conditions")
@requires(Role.TEACHER)
def conditions(assessment_id: str) -> ResponseReturnValue:
    """The conditions as they are."""
    return _page(assessment_id, None, {})


@blueprint.post("/assessments/<assessment_id>/conditions")
@requires(Role.TEACHER)
def change(assessment_id: str) -> ResponseReturnValue:
    """Store new conditions; on a fault, the same form with a sentence beside each field."""
    reader = FormReader()
    wanted = read_conditions(reader)
    brief = read_brief(reader, _brief(assessment_id) or Brief()) if is_sent() else None
    errors: Mapping[str, str] = reader.errors
    if not errors:
        try:
            with working() as work:
                change_conditions(
                    work, assessment_id, wanted, course_id=member().course_id, brief=brief
                )
        except BadAssessmentError as error:
            errors = {**words_of_brief(error), **words_of(error)}
    if errors:
        return _page(assessment_id, typed_now(), errors), 422
    flash(gettext("Saved."), "ok")
    return redirect(url_for("teacher.queue", assessment_id=assessment_id), 303)


@blueprint.post("/assessments/<assessment_id>/rubric")
@requires(Role.TEACHER)
def newest_rubric(assessment_id: str) -> ResponseReturnValue:
    """Rate it with the school's newest rubric; possible while nothing was rated."""
    with working() as work:
        rate_with_newest(work, assessment_id, course_id=member().course_id)
    flash(gettext("It is rated with the rubric in force now."), "ok")
    return redirect(url_for("teacher.conditions", assessment_id=assessment_id), 303)


def _brief(assessment_id: str) -> Brief | None:
    with reading() as session:
        return briefs.brief_of(session, assessment_id)


def _page(assessment_id: str, typed: Typed | None, errors: Mapping[str, str]) -> str:
    with reading() as session:
        found = assessments.assessment(session, assessment_id, course_id=member().course_id)
        used = rubric_used(session, found, course_id=member().course_id)
    brief = _brief(assessment_id)
    if brief is not None and is_sent():
        brief = brief_typed(brief)
    standard = wired().catalogue.find(found.standard_id).standard
    return render_template(
        "teacher/conditions.html",
        page=frame(Place.QUEUE, standard=standard),
        assessment=found,
        typed=typed or typed_before(found),
        editable=with_blank(brief) if brief else None,
        used=used,
        errors=errors,
    )
