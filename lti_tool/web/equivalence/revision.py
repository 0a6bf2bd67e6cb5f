"""Two versions of a standard, and a plan for the evidence a school has under the older one."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.carrying import Carry, PlannedStep
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.likeness import pieces
from lti_tool.domain.revision import ChangeKind
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.carry_evidence import Confirmed, Versions, carry_evidence
from lti_tool.services.show_revision import RevisionShown, show_revision
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import DECIDERS, blueprint, page_of
from .words import name_of

LONGEST_REASON = 500
MOST_DECISIONS = 2**31 - 1
ORDER = (
    ChangeKind.REWORDED,
    ChangeKind.SPLIT,
    ChangeKind.MOVED,
    ChangeKind.WITHDRAWN,
    ChangeKind.SAME,
)
"""What needs most thought first."""
FIELD = "step:"
"""Begins the name of a step's field, which goes on with the old key, a bar and the new key."""


@blueprint.get("/<standard_id>/since/<old_id>")
@requires(*DECIDERS)
def revision(standard_id: str, old_id: str) -> ResponseReturnValue:
    """What changed since the older version, and the plan."""
    return _page(_shown(standard_id, old_id))


@blueprint.post("/<standard_id>/since/<old_id>")
@requires(*DECIDERS)
def confirm(standard_id: str, old_id: str) -> ResponseReturnValue:
    """Confirm the steps of one kind of change, as the form has them."""
    kind = request.form.get("kind", "")
    try:
        confirmed = _confirmed()
        reason = text("reason", LONGEST_REASON, required=True)
        with working() as work:
            recomputed = carry_evidence(
                work,
                Versions(old_id, standard_id),
                confirmed,
                reason=reason,
                seen=whole_number("seen", least=0, most=MOST_DECISIONS) or 0,
                school_id=member().school_id,
            )
    except FormError as refused:
        return _page(_shown(standard_id, old_id), {kind: refused.message}), 422
    except StaleFormError:
        words = gettext("Somebody confirmed steps meanwhile. Look again, then confirm.")
        return _page(_shown(standard_id, old_id), {kind: words}), 409
    if recomputed is None:
        flash(gettext("Nothing differs from what was confirmed before."))
    else:
        flash(gettext("Saved. Standings under the new version are computed with it."), "ok")
    address = url_for("equivalence.revision", standard_id=standard_id, old_id=old_id)
    return redirect(address, 303)


def _shown(standard_id: str, old_id: str) -> RevisionShown:
    with reading() as session:
        return show_revision(
            session, wired().catalogue, old_id, standard_id, school_id=member().school_id
        )


def _confirmed() -> list[Confirmed]:
    """The steps of the form; those left undecided are passed over. Raises FormError."""
    choices = {each.value: each for each in Carry}
    found = []
    for name, value in request.form.items():
        if name.startswith(FIELD) and value:
            old, _, new = name.removeprefix(FIELD).partition("|")
            if value not in choices:
                raise FormError("reason", gettext("Choose what becomes of each requirement."))
            target = RequirementKey.parse(new) if new else None
            found.append(Confirmed(RequirementKey.parse(old), target, choices[value]))
    return found


def field_of(step: PlannedStep) -> str:
    """The name of a step's field."""
    return f"{FIELD}{step.old}|{step.new or ''}"


def _page(shown: RevisionShown, errors: Mapping[str, str] | None = None) -> str:
    standard = shown.new.standard
    return render_template(
        "equivalence/revision.html",
        page=page_of(shown.school, standard),
        shown=shown,
        sections=[(kind, shown.of_kind(kind)) for kind in ORDER if shown.of_kind(kind)],
        errors=errors or {},
        typed=request.form,
        field_of=field_of,
        pieces=pieces,
        name_of=name_of,
        kind_words=_kind_words(),
        carries=_carry_words(),
    )


def _kind_words() -> Mapping[ChangeKind, str]:
    return {
        ChangeKind.SAME: gettext("Same"),
        ChangeKind.REWORDED: gettext("Reworded"),
        ChangeKind.MOVED: gettext("Moved"),
        ChangeKind.SPLIT: gettext("Split"),
        ChangeKind.NEW: gettext("New"),
        ChangeKind.WITHDRAWN: gettext("Withdrawn"),
    }


def _carry_words() -> Mapping[str, str]:
    return {
        Carry.CARRIED.value: gettext("carried over"),
        Carry.LOOK.value: gettext("to be looked at"),
        Carry.LEFT.value: gettext("not carried over"),
    }
