"""Two accounts of one student: those that look like it, merged with a reason, parted again."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import ReasonMissingError, StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.persistence import schools
from lti_tool.persistence.merges import MOST
from lti_tool.services.merge_accounts import merge_accounts, show_merges, undo_merge
from lti_tool.services.note_look import of_list
from lti_tool.services.work import Work
from lti_tool.web.access import member, note_access, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

LONGEST_REASON = 1000
LONGEST_SEARCH = 100
LAST_ID = 2**31 - 1


@blueprint.get("/accounts")
@requires(Role.REGISTRAR)
def accounts() -> ResponseReturnValue:
    """Students who look like one, a search for others, and every merge so far."""
    return _page()


@blueprint.post("/accounts/merge")
@requires(Role.REGISTRAR)
def merge() -> ResponseReturnValue:
    """Let two accounts be one learner's."""

    def act(work: Work, reason: str) -> None:
        kept, merged = _chosen("kept"), _chosen("merged")
        merge_accounts(work, kept, merged, reason=reason, school_id=member().school_id)

    stale = gettext("These are one learner already, or twice the same account. Nothing changed.")
    return _with_reason(act, gettext("Merged. The ratings of both count for one learner."), stale)


@blueprint.post("/accounts/merges/<int:merge_id>/undo")
@requires(Role.REGISTRAR)
def part(merge_id: int) -> ResponseReturnValue:
    """Take a merge back."""

    def act(work: Work, reason: str) -> None:
        undo_merge(work, merge_id, reason=reason, school_id=member().school_id)

    stale = gettext("This merge was taken back already.")
    return _with_reason(act, gettext("Parted. Each account stands for itself again."), stale)


def _with_reason(act: Callable[[Work, str], None], done: str, stale: str) -> ResponseReturnValue:
    try:
        reason = text("reason", LONGEST_REASON)
        with working() as work:
            act(work, reason)
    except FormError as refused:
        return _page(refused.message, status=422)
    except ReasonMissingError:
        return _page(gettext("Say why: the reason is kept with the merge."), status=422)
    except StaleFormError:
        return _page(stale, status=409)
    flash(done, "ok")
    return redirect(url_for("registrar.accounts"), 303)


def _chosen(field: str) -> int:
    """The account of a field. Raises FormError where none is chosen."""
    found = whole_number(field, least=1, most=LAST_ID)
    if found is None:
        raise FormError(field, gettext("Choose the account to keep, and the other one."))
    return found


def _page(problem: str = "", *, status: int = 200) -> ResponseReturnValue:
    search = request.values.get("search", "").strip()[:LONGEST_SEARCH]
    with reading() as session:
        shown = show_merges(session, member().school_id, search=search)
        school = schools.school(session, member().school_id)
    note_access(of_list("accounts"))
    body = render_template(
        "registrar/accounts.html",
        page=frame(school, wired().catalogue.standards[-1].standard, Place.LISTS),
        shown=shown,
        most=MOST,
        search=search,
        typed=request.form,
        problem=problem,
    )
    return body, status
