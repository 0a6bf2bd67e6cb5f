"""Why a learner has or has not attained a level; sign-off, revocation, waivers."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import (
    NotMetError,
    NotSignedOffError,
    ReasonMissingError,
    StaleFormError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.explain_decision import explain_decision
from lti_tool.services.note_look import of_learner
from lti_tool.services.sign_off_attainment import LevelOf, revoke_attainment, sign_off_attainment
from lti_tool.services.waive_requirement import take_waiver_back, waive_requirement
from lti_tool.services.work import Work
from lti_tool.web.access import member, note_access, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import blueprint, frame

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was refused: the id of its field, a sentence, and what was typed there."""

    field: str
    message: str
    typed: str = ""


@blueprint.get("/decision/<int:learner_id>/<standard_id>/<level>")
@requires(Role.REGISTRAR)
def decision(learner_id: int, standard_id: str, level: str) -> ResponseReturnValue:
    """Why a learner has or has not attained a level."""
    return _decision_page(LevelOf(learner_id, standard_id, level))


@blueprint.post("/decision/<int:learner_id>/<standard_id>/<level>/sign-off")
@requires(Role.REGISTRAR)
def sign_off(learner_id: int, standard_id: str, level: str) -> ResponseReturnValue:
    """Sign off the level on the evidence that the page showed."""
    subject = LevelOf(learner_id, standard_id, level)
    if request.form.get("confirmed") != "1":
        message = gettext("Tick that you have looked at the evidence, then sign off.")
        return _decision_page(subject, Problem("confirmed", message), status=422)
    seen = request.form.get("digest", "")
    try:
        with working() as work:
            sign_off_attainment(work, subject, seen_digest=seen, school_id=member().school_id)
    except (StaleFormError, NotMetError):
        message = gettext(
            "This changed after you opened the page, so nothing was signed off. "
            "Look at it as it stands now."
        )
        return _decision_page(subject, Problem("main", message), status=409)
    flash(gettext("Signed off. The LMS will show the level as attained."), "ok")
    return _to_decision(subject)


@blueprint.post("/decision/<int:learner_id>/<standard_id>/<level>/revoke")
@requires(Role.REGISTRAR)
def revoke(learner_id: int, standard_id: str, level: str) -> ResponseReturnValue:
    """Take the sign-off back, with a reason."""
    subject = LevelOf(learner_id, standard_id, level)

    def act(work: Work, reason: str) -> None:
        revoke_attainment(work, subject, reason=reason, school_id=member().school_id)

    try:
        problem = _with_reason("revoke_reason", act)
    except NotSignedOffError:
        message = gettext("There is no sign-off in force any more. Nothing was changed.")
        return _decision_page(subject, Problem("main", message), status=409)
    if problem is not None:
        return _decision_page(subject, problem, status=422)
    flash(gettext("The sign-off was revoked. The LMS will show 0 again."), "ok")
    return _to_decision(subject)


@blueprint.post("/decision/<int:learner_id>/<standard_id>/<level>/waive/<key_level>/<code>")
@requires(Role.REGISTRAR)
def waive(
    learner_id: int, standard_id: str, level: str, key_level: str, code: str
) -> ResponseReturnValue:
    """Leave a requirement that is lost in source out, for the whole school, with a reason."""
    subject, key = LevelOf(learner_id, standard_id, level), RequirementKey(key_level, code)

    def act(work: Work, reason: str) -> None:
        waive_requirement(work, standard_id, key, reason=reason, school_id=member().school_id)

    problem = _with_reason(f"waive_reason_{key_level}_{code}", act)
    if problem is not None:
        return _decision_page(subject, problem, status=422)
    flash(gettext("%(code)s is waived for everybody in the school.", code=code), "ok")
    return _to_decision(subject)


@blueprint.post("/decision/<int:learner_id>/<standard_id>/<level>/take-back/<key_level>/<code>")
@requires(Role.REGISTRAR)
def take_back(
    learner_id: int, standard_id: str, level: str, key_level: str, code: str
) -> ResponseReturnValue:
    """Let a waived requirement block its level again."""
    key = RequirementKey(key_level, code)
    with working() as work:
        take_waiver_back(work, standard_id, key, school_id=member().school_id)
    flash(gettext("The waiver of %(code)s was taken back.", code=code), "ok")
    return _to_decision(LevelOf(learner_id, standard_id, level))


def _with_reason(field: str, act: Callable[[Work, str], None]) -> Problem | None:
    """Do it with the reason that was typed; the problem when the reason is missing or too long."""
    typed = request.form.get("reason", "")
    try:
        reason = text("reason", LONGEST_REASON)
        with working() as work:
            act(work, reason)
    except FormError as refused:
        return Problem(field, refused.message, typed)
    except ReasonMissingError:
        return Problem(field, gettext("Say why: the reason is kept with the decision."), typed)
    return None


def _decision_page(
    subject: LevelOf, problem: Problem | None = None, *, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        shown = explain_decision(
            session,
            wired().catalogue,
            subject.standard_id,
            subject.level,
            learner_id=subject.learner_id,
            school_id=member().school_id,
            now=wired().clock(),
        )
    note_access(of_learner(subject.learner_id))
    body = render_template(
        "registrar/decision.html",
        page=frame(shown.school, shown.bundle.standard),
        shown=shown,
        problem=problem,
        now=wired().clock(),
        address={
            "learner_id": subject.learner_id,
            "standard_id": shown.bundle.standard.id,
            "level": subject.level,
        },
    )
    return body, status


def _to_decision(subject: LevelOf) -> ResponseReturnValue:
    address = url_for(
        "registrar.decision",
        learner_id=subject.learner_id,
        standard_id=subject.standard_id,
        level=subject.level,
    )
    return redirect(address, 303)
