"""Choosing what a link assesses: a page for links not set up yet, for deep linking, and for new
assessments. Three clicks are enough: open a work area, insert a task, done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import MAX_TITLE, MAX_WEIGHT
from lti_tool.domain.errors import BadAssessmentError, NotFoundError, UnknownRequirementError
from lti_tool.domain.launch import Role
from lti_tool.domain.standard import RequirementKey, Standard
from lti_tool.persistence import assessments
from lti_tool.persistence.database import Session
from lti_tool.services.copy_course import Original, show_original, start_fresh_run
from lti_tool.services.set_up_assessment import (
    Choice,
    Conditions,
    point_link,
)
from lti_tool.services.show_chooser import (
    by_task,
    keys_of_task,
    preview,
    rubric_to_use,
    show_chooser,
    suggested_title,
)
from lti_tool.web import deep_link
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, FormReader, whole_number
from lti_tool.web.localisation import gettext, language
from lti_tool.web.page import Page
from lti_tool.web.wiring import wired

from .conditions_form import Typed, read_conditions, typed_now, words_of
from .frame import Place, blueprint, frame
from .setting_up import done, open_link, store

WEIGHT = "weight."
"""The name of a weight's field is this and the requirement's key."""


@blueprint.get("/choose")
@requires(Role.TEACHER)
def choose() -> ResponseReturnValue:
    """What shall this link assess?"""
    if deep_link.is_asked() and not deep_link.takes_links():
        return deep_link.refuse()
    return _page(Typed(), frozenset(), {}, standard_id=request.args.get("standard"))


@blueprint.post("/choose")
@requires(Role.TEACHER)
def set_up() -> ResponseReturnValue:
    """Set up what was chosen, as one assessment or one for each task; on a fault, the same form
    with a sentence beside each field."""
    standard = wired().catalogue.find(request.form.get("standard", "")).standard
    keys = _chosen_keys(standard)
    reader = FormReader()
    asked = _asked(standard, keys, reader)
    if reader.errors:
        return _page(typed_now(), frozenset(keys), reader.errors, standard_id=standard.id), 422
    try:
        made = [store(*each, number=number) for number, each in enumerate(asked)]
    except BadAssessmentError as error:
        return _page(typed_now(), frozenset(keys), words_of(error), standard_id=standard.id), 422
    return done(made)


def _asked(
    standard: Standard, keys: Sequence[RequirementKey], reader: FormReader
) -> Sequence[tuple[Choice, Conditions]]:
    """Each assessment to be set up, with its title: one for each task carries the task's name."""
    groups: Sequence[Sequence[RequirementKey]] = [keys]
    if "each" in request.form and deep_link.takes_several():
        groups = by_task(standard, keys) or groups
    found = []
    for group in groups:
        weights = {each.code: _weight(reader, each) for each in group}
        title = suggested_title(standard, group, language=language())
        conditions = read_conditions(reader, title=title)
        if len(groups) > 1 and conditions.title != title:
            conditions = replace(conditions, title=f"{conditions.title} {title}"[:MAX_TITLE])
        found.append((Choice(standard.id, _level(group, reader), weights), conditions))
    return found


@blueprint.get("/choose/preview")
@requires(Role.TEACHER)
def preview_chosen() -> ResponseReturnValue:
    """How the requirements ticked so far will be judged: a piece of the page, for its script."""
    bundle = wired().catalogue.find(request.args.get("standard", ""))
    keys = [RequirementKey.parse(each) for each in request.args.getlist("codes")]
    with reading() as session:
        rubric = rubric_to_use(session, bundle, course_id=member().course_id)
    chosen = preview(bundle.standard, rubric, keys)
    return render_template("teacher/_preview.html", chosen=chosen, rubric=rubric)


@blueprint.post("/choose/existing")
@requires(Role.TEACHER)
def use_existing() -> ResponseReturnValue:
    """Let the link open an assessment that the course has already."""
    wanted = dict.fromkeys(request.form.getlist("assessment") or [""])
    if not deep_link.takes_several():
        wanted = dict.fromkeys(list(wanted)[:1])
    course_id = member().course_id
    with working() as work:
        chosen = [
            assessments.assessment(work.session, each, course_id=course_id) for each in wanted
        ]
        link_id = open_link(work.session)
        if link_id is not None:
            point_link(work, chosen[0].id, course_id=course_id, link_id=link_id)
    return done(chosen)


@blueprint.post("/choose/fresh-run")
@requires(Role.TEACHER)
def fresh_run() -> ResponseReturnValue:
    """Start what this link was copied from anew in this course."""
    source = _copy_of()
    if source is None:
        raise NotFoundError
    with working() as work:
        link_id = open_link(work.session)
        run = start_fresh_run(work, source, course_id=member().course_id, link_id=link_id)
    flash(gettext("Started anew for this course. Set a due time where there is one."), "ok")
    return redirect(url_for("teacher.queue", assessment_id=run.id), 303)


@blueprint.post("/choose/cancel")
@requires(Role.TEACHER)
def cancel() -> ResponseReturnValue:
    """Go back with nothing chosen: to the course in deep linking, else to the assessments."""
    if deep_link.is_asked():
        return deep_link.cancel()
    return redirect(url_for("teacher.home"), 303)


def _copy_of() -> str | None:
    return cast("str | None", member().data.get("copy_of"))


def _original(session: Session) -> Original | None:
    """What the launched link was copied from, while it opens nothing yet."""
    source = _copy_of()
    if source is None or open_link(session) is None:
        return None
    return show_original(session, source, course_id=member().course_id)


def _chosen_keys(standard: Standard) -> Sequence[RequirementKey]:
    """The tasks and requirements ticked, or only the task whose own button was pressed."""
    pressed = request.form.get("task")
    tasks = [pressed] if pressed is not None else request.form.getlist("tasks")
    named = [RequirementKey.parse(each) for each in tasks]
    keys = [key for each in named for key in keys_of_task(standard, each.level, each.code)]
    if pressed is None:
        keys += [RequirementKey.parse(each) for each in request.form.getlist("codes")]
    return list(dict.fromkeys(keys))


def _level(keys: Sequence[RequirementKey], reader: FormReader) -> str:
    levels = {each.level for each in keys}
    if not levels:
        reader.errors["codes"] = gettext("Choose at least one requirement.")
    if len(levels) > 1:
        reader.errors["codes"] = gettext("Choose from one level only: an assessment has one level.")
    return keys[0].level if keys else ""


def _weight(reader: FormReader, key: RequirementKey) -> int:
    """The weight typed beside a requirement, 1 where none is."""

    def parse() -> int:
        try:
            weight = whole_number(f"{WEIGHT}{key}", least=1, most=MAX_WEIGHT)
        except FormError as error:
            words = gettext("Weight of %(code)s: %(reason)s", code=key.code, reason=error.message)
            raise FormError(error.field, words) from error
        return 1 if weight is None else weight

    return reader.read(parse, 1)


def _page(
    typed: Typed,
    ticked: frozenset[RequirementKey],
    errors: Mapping[str, str],
    *,
    standard_id: str | None,
) -> str:
    with reading() as session:
        chooser = show_chooser(
            session, wired().catalogue, course_id=member().course_id, standard_id=standard_id
        )
        has_open_link = open_link(session) is not None
        original = _original(session)
    deep = deep_link.is_asked()
    return render_template(
        "teacher/choose.html",
        page=_frame(chooser.standard, alone=deep or has_open_link),
        chooser=chooser,
        typed=typed,
        form_id=request.form.get("form_id") or wired().new_id(),
        ticked={str(each) for each in ticked},
        weights={name: value for name, value in request.form.items() if name.startswith(WEIGHT)},
        open_level=request.args.get("level") or _level_of(ticked, chooser.standard),
        chosen=preview(chooser.standard, chooser.rubric, ticked),
        rubric=chooser.rubric,
        errors=errors,
        deep=deep,
        several=deep and deep_link.takes_several(),
        has_open_link=has_open_link,
        original=original,
    )


def _frame(standard: Standard, *, alone: bool) -> Page:
    """Without tabs where the teacher came to choose and for nothing else."""
    whole = frame(Place.HOME, standard=standard)
    if not alone:
        return whole
    return Page(context=whole.context, standard_notice=whole.standard_notice)


def _level_of(ticked: frozenset[RequirementKey], standard: Standard) -> str:
    for level in standard.levels:
        if any(each.level == level.key for each in ticked):
            return level.key
    if not standard.levels:
        raise UnknownRequirementError(standard.id)
    return standard.levels[0].key
