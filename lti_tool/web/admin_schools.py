"""Two schools that are one, because an LMS has several deployments, are joined: first looked at,
then confirmed. Not here: what goes over (``services.join_schools``).
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.persistence import schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.schools import School
from lti_tool.services.join_schools import CannotJoinError, JoinPlan, join_schools, plan_join

from .access import audience, reading, requires, working
from .admin_tabs import admin_page
from .localisation import gettext

LAST_ID = 2**31 - 1
GOING = {
    "courses": _("Courses"),
    "people": _("Accounts"),
    "attainments": _("Outcomes"),
    "rolls": _("Lists of terms and classes"),
    "exports": _("Exports"),
    "api_tokens": _("Access tokens"),
}
DECIDED = {
    "rules": _("a rule"),
    "link_decisions": _("decisions on equivalence"),
    "carry_decisions": _("decisions on a revised standard"),
    "rubric_versions": _("rubrics"),
    "rubric_drafts": _("drafts of rubrics"),
    "waivers": _("waived requirements"),
}
"""What a school decides for itself, by table."""

blueprint = audience("schools", __name__)


@blueprint.get("/")
@requires(Role.ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """Every school, and what joining the two that are chosen would do."""
    gone, into = _number(request.args.get("gone")), _number(request.args.get("into"))
    return _page(gone, into)


@blueprint.post("/join")
@requires(Role.ADMINISTRATOR)
def join() -> ResponseReturnValue:
    """Let a school be part of the other."""
    gone, into = _number(request.form.get("gone")), _number(request.form.get("into"))
    if gone is None or into is None:
        raise NotFoundError
    try:
        with working() as work:
            plan = plan_join(work.session, gone, into)
            by = work.actor_id
            join_schools(work.session, gone, into, now=work.now, asked_by=by, actor_id=by)
    except (CannotJoinError, StaleFormError):
        return _page(gone, into, status=409)
    words = gettext("%(gone)s is part of %(into)s now.", gone=plan.gone.name, into=plan.into.name)
    flash(words, "ok")
    return redirect(url_for("schools.overview"), 303)


def _page(gone: int | None, into: int | None, *, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        known = schools.schools(session)
        plan = _plan(session, gone, into)
    body = render_template(
        "admin/schools.html",
        page=admin_page("admin.platforms"),
        options=[("", gettext("Choose")), *((each.id, _label(each)) for each in known)],
        gone=gone,
        into=into,
        same=gone is not None and gone == into,
        plan=plan,
        going=GOING,
        reasons=[str(DECIDED[each]) for each in plan.decided] if plan else [],
    )
    return body, status


def _label(school: School) -> str:
    """Two schools may have one name."""
    return gettext("%(name)s (number %(id)s)", name=school.name, id=school.id)


def _plan(session: Session, gone: int | None, into: int | None) -> JoinPlan | None:
    """None where no two schools are chosen. Raises NotFoundError for one that does not exist."""
    if gone is None or into is None or gone == into:
        return None
    return plan_join(session, gone, into)


def _number(typed: str | None) -> int | None:
    """The number of a school; one that no school can have stands for none. None: nothing is
    chosen."""
    if not typed:
        return None
    fits = typed.isascii() and typed.isdecimal() and len(typed) < len(str(LAST_ID))
    return int(typed) if fits else LAST_ID
