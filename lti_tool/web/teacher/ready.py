"""A ready assessment of a work task as a first draft: looked at, changed if need be, set up.

Not here: choosing requirements without one (``choose``).
"""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.brief import Brief, copy_of
from lti_tool.domain.errors import BadAssessmentError
from lti_tool.domain.launch import Role
from lti_tool.domain.ready_assessment import ReadyAssessment
from lti_tool.services.set_up_assessment import Choice
from lti_tool.services.show_chooser import keys_of_task, preview, ready_assessment, rubric_to_use
from lti_tool.web import deep_link
from lti_tool.web.access import member, reading, requires
from lti_tool.web.forms import FormReader
from lti_tool.web.localisation import in_page_language, language
from lti_tool.web.page import Page
from lti_tool.web.wiring import wired

from .brief_form import brief_typed, read_brief, with_blank, words_of_brief
from .conditions_form import Typed, read_conditions, typed_now, words_of
from .frame import Place, blueprint, frame
from .setting_up import done, open_link, store


@blueprint.get("/choose/ready/<standard>/<level>/<task>")
@requires(Role.TEACHER)
def ready(standard: str, level: str, task: str) -> ResponseReturnValue:
    """The ready assessment of a task, to be set up as it is or changed first."""
    bundle, found = _found(standard, level, task)
    typed = Typed(
        title=in_page_language(found.title), instructions=in_page_language(found.instructions)
    )
    return _page(bundle, level, found, typed, brief=copy_of(found, level, language()), errors={})


@blueprint.post("/choose/ready/<standard>/<level>/<task>")
@requires(Role.TEACHER)
def set_up_ready(standard: str, level: str, task: str) -> ResponseReturnValue:
    """Set it up as typed; on a fault, the same form with a sentence beside each field."""
    bundle, found = _found(standard, level, task)
    draft = copy_of(found, level, language())
    reader = FormReader()
    conditions = read_conditions(reader, title=in_page_language(found.title))
    brief = read_brief(reader, draft)
    errors: Mapping[str, str] = reader.errors
    if not errors:
        choice = Choice(bundle.standard.id, level, _weights(bundle, level, task))
        try:
            return done([store(choice, conditions, brief=brief)])
        except BadAssessmentError as error:
            errors = {**words_of_brief(error), **words_of(error)}
    page = _page(bundle, level, found, typed_now(), brief=brief_typed(draft), errors=errors)
    return page, 422


def _weights(bundle: StandardBundle, level: str, task: str) -> Mapping[str, int]:
    """The task's codes with the weights that the rubric gives them."""
    with reading() as session:
        rubric = rubric_to_use(session, bundle, course_id=member().course_id)
    keys = keys_of_task(bundle.standard, level, task)
    return {each.code: rubric.criterion(each).weight for each in keys}


def _found(standard: str, level: str, task: str) -> tuple[StandardBundle, ReadyAssessment]:
    bundle = wired().catalogue.find(standard)
    return bundle, ready_assessment(bundle, level, task)


def _page(
    bundle: StandardBundle,
    level: str,
    found: ReadyAssessment,
    typed: Typed,
    *,
    brief: Brief,
    errors: Mapping[str, str],
) -> str:
    with reading() as session:
        alone = deep_link.is_asked() or open_link(session) is not None
        rubric = rubric_to_use(session, bundle, course_id=member().course_id)
    whole = frame(Place.HOME, standard=bundle.standard)
    page = Page(context=whole.context, standard_notice=whole.standard_notice) if alone else whole
    tasks = bundle.standard.level(level).tasks
    return render_template(
        "teacher/ready.html",
        page=page,
        found=found,
        level=bundle.standard.level(level),
        task=next(each for each in tasks if each.code == found.task),
        chosen=preview(bundle.standard, rubric, keys_of_task(bundle.standard, level, found.task)),
        rubric=rubric,
        typed=typed,
        brief=brief,
        editable=with_blank(brief),
        errors=errors,
        form_id=request.form.get("form_id") or wired().new_id(),
        deep=deep_link.is_asked(),
    )
