"""The school's rule: in words, tried out on everybody before it is set, and set with a reason."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.catalogue import CatalogueError, StandardBundle, rule_from
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.persistence import people, recomputations, school_rules, schools
from lti_tool.persistence.database import Session
from lti_tool.services.change_rule import change_rule
from lti_tool.services.simulate_rule import Simulation, simulate_rule
from lti_tool.services.standing import rule_in_force, rule_of_version
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext
from lti_tool.web.rule_form import RuleForm, errors_by_field, read_rule, typed_of
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

LONGEST_REASON = 1000


@blueprint.get("/rule/<standard_id>")
@requires(Role.REGISTRAR)
def rule(standard_id: str) -> ResponseReturnValue:
    """The rule in force and its versions; ``?from=`` fills the form with an earlier one."""
    return _page(_bundle(standard_id), None)


@blueprint.post("/rule/<standard_id>/try")
@requires(Role.REGISTRAR)
def try_rule(standard_id: str) -> ResponseReturnValue:
    """Whose level would change under what the form holds. Nothing is saved."""
    return _tried(_bundle(standard_id))


@blueprint.post("/rule/<standard_id>")
@requires(Role.REGISTRAR)
def set_rule(standard_id: str) -> ResponseReturnValue:
    """Set what the form holds, provided that very rule was tried out."""
    bundle = _bundle(standard_id)
    form = _form(bundle)
    if form.digest != request.form.get("tried"):
        return _tried(bundle, message=gettext("You changed the rule after trying it. Look again."))
    try:
        reason = text("reason", LONGEST_REASON, required=True)
        with working() as work:
            made = change_rule(
                work,
                bundle.standard.id,
                form.content,
                reason=reason,
                seen=request.form.get("seen", ""),
                school_id=member().school_id,
            )
    except FormError as refused:
        return _tried(bundle, errors={"reason": refused.message})
    except StaleFormError:
        return _tried(
            bundle,
            message=gettext("Somebody set another rule meanwhile. Compare, then set yours again."),
        )
    flash(gettext("The rule is set: version %(version)s.", version=made.version), "ok")
    return redirect(url_for("registrar.rule", standard_id=bundle.standard.id), 303)


def _bundle(standard_id: str) -> StandardBundle:
    return wired().catalogue.find(standard_id)


def _form(bundle: StandardBundle) -> RuleForm:
    with reading() as session:
        return read_rule(rule_in_force(session, bundle, member().school_id), bundle.standard)


def _tried(
    bundle: StandardBundle, *, message: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    form = _form(bundle)
    wrong = dict(form.errors)
    simulation = None
    if not wrong:
        try:
            trial = rule_from(form.content, bundle.standard)
            simulation = _simulated(bundle, trial)
        except CatalogueError as refused:
            wrong |= errors_by_field(refused)
    wrong |= errors or {}
    page = _page(bundle, form, simulation=simulation, errors=wrong, message=message)
    return (page, 422) if wrong else page


def _simulated(bundle: StandardBundle, trial: AttainmentRule) -> Simulation:
    with reading() as session:
        return simulate_rule(
            session, bundle, trial, school_id=member().school_id, now=wired().clock()
        )


def _page(
    bundle: StandardBundle,
    form: RuleForm | None,
    *,
    simulation: Simulation | None = None,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    school_id, standard = member().school_id, bundle.standard
    with reading() as session:
        current = rule_in_force(session, bundle, school_id)
        shown = _asked(session, bundle) or current
        kept = school_rules.rules_of(session, school_id, standard.id)
        return render_template(
            "registrar/rule.html",
            page=frame(schools.school(session, school_id), standard, Place.RULE),
            bundle=bundle,
            current=current,
            typed=form.typed if form else typed_of(shown, standard),
            form=form,
            shown=shown,
            kept=kept[::-1],
            setters=people.accounts(session, {each.set_by for each in kept}),
            progress=recomputations.newest(session, school_id, standard.id),
            simulation=simulation,
            errors=errors or {},
            message=message,
            standards=[each.standard for each in wired().catalogue.standards],
        )


def _asked(session: Session, bundle: StandardBundle) -> AttainmentRule | None:
    """The earlier version that the address asks for; None where there is none of this name."""
    version = request.args.get("from", "")
    return rule_of_version(session, bundle, member().school_id, version) if version else None
