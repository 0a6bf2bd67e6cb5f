"""What are the rules here, and whose level would another rule change? Setting one is the
registrar's."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.catalogue import CatalogueError, StandardBundle, rule_from
from lti_tool.domain.launch import Role
from lti_tool.services.simulate_rule import Simulation, simulate_rule
from lti_tool.services.standing import rule_in_force
from lti_tool.web.access import member, reading, requires
from lti_tool.web.rule_form import errors_by_field, read_rule, typed_of
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame


@blueprint.get("/rule")
@requires(Role.TEACHER)
def rule() -> ResponseReturnValue:
    """The rule in force, in words."""
    bundle = _bundle()
    with reading() as session:
        current = rule_in_force(session, bundle, member().school_id)
    return render_template(
        "teacher/rule.html",
        page=frame(Place.HOME, standard=bundle.standard),
        bundle=bundle,
        current=current,
        typed=typed_of(current, bundle.standard),
        simulation=None,
        errors={},
    )


@blueprint.post("/rule")
@requires(Role.TEACHER)
def try_rule() -> ResponseReturnValue:
    """Whose level in this course would change under what the form holds. Nothing is saved."""
    bundle = _bundle()
    with reading() as session:
        current = rule_in_force(session, bundle, member().school_id)
    form = read_rule(current, bundle.standard)
    errors = dict(form.errors)
    simulation: Simulation | None = None
    if not errors:
        try:
            trial = rule_from(form.content, bundle.standard)
            with reading() as session:
                simulation = simulate_rule(
                    session,
                    bundle,
                    trial,
                    school_id=member().school_id,
                    course_id=member().course_id,
                    now=wired().clock(),
                )
        except CatalogueError as refused:
            errors |= errors_by_field(refused)
    page = render_template(
        "teacher/rule.html",
        page=frame(Place.HOME, standard=bundle.standard),
        bundle=bundle,
        current=current,
        typed=form.typed,
        simulation=simulation,
        errors=errors,
    )
    return (page, 422) if errors else page


def _bundle() -> StandardBundle:
    catalogue = wired().catalogue
    asked = request.values.get("standard")
    return catalogue.find(asked) if asked else catalogue.standards[-1]
