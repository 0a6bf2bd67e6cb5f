"""The audit log for administrators: who did what and when, and whether the log is whole.

An administrator reads the entries by people of their school, and those of the command line. A
learner shows by number only. Whoever looks for the entries about one is in the log, too.
"""

from datetime import date, datetime, time, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.domain.launch import Role
from lti_tool.services.note_look import of_list
from lti_tool.services.seal_audit import OVERDUE, SUBJECT, Fault, seal_key, verify_newest
from lti_tool.services.show_audit import AuditFilter, seal_state, show_audit

from .access import audience, member, note_access, reading, requires
from .admin_audit_words import BY_SORT, SORTS, WORDS, Sort, subject_words
from .admin_tabs import admin_page
from .wiring import wired

CHECKED = 500
"""So many of the newest seals are checked whenever the page is opened."""
LONGEST = 100
LAST_ID = 2**31 - 1
FIELDS = ("who", "what", "about", "since", "until")
FAULTS = {
    Fault.CHANGED: _("the entry is not what was sealed"),
    Fault.REMOVED: _("the entry was removed"),
    Fault.GAP: _("a seal before it is missing"),
    Fault.UNKNOWN_KEY: _("it was sealed with a key that is not among the tool's secret keys"),
    Fault.UNSEALED: _("entries after it were never sealed"),
}

blueprint = audience("audit", __name__)


@blueprint.get("/")
@requires(Role.ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """The newest entries, or those before one, as far as the filter leaves them."""
    asked = {name: request.args.get(name, "").strip()[:LONGEST] for name in FIELDS}
    with reading() as session:
        shown = show_audit(session, _filter(asked), school_id=member().school_id, before=_before())
        seals = seal_state(session, SUBJECT)
        keys = [seal_key(each) for each in wired().secret_keys]
        verdict, checked = verify_newest(session, keys, most=CHECKED)
    if asked["about"]:
        note_access(of_list("audit"))
    return render_template(
        "admin/audit.html",
        page=admin_page("audit.log"),
        shown=shown,
        asked=asked,
        query={name: value for name, value in asked.items() if value},
        sorts=SORTS,
        words=WORDS,
        subject_words=subject_words,
        seals=seals,
        verdict=verdict,
        checked=checked,
        faults=FAULTS,
        late=seals.since is not None and wired().clock() - seals.since > OVERDUE,
    )


def _filter(asked: dict[str, str]) -> AuditFilter:
    """What the address asks for; what makes no sense in it is passed over."""
    what = asked["what"]
    until = _midnight(asked["until"])
    return AuditFilter(
        who=asked["who"],
        actions=frozenset(BY_SORT[Sort(what)]) if what in set(Sort) else None,
        about=asked["about"],
        since=_midnight(asked["since"]),
        until=until + timedelta(days=1) if until else None,
    )


def _midnight(typed: str) -> datetime | None:
    """The beginning of a day in the school's zone; None where none was typed."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return datetime.combine(day, time(), wired().zone) if 2000 <= day.year < 9999 else None


def _before() -> int | None:
    found = request.args.get("before", type=int)
    return found if found is not None and 0 < found <= LAST_ID else None
