"""Mail of one person: stopped by the link in it, without a session, and taken up again.

A mail program may follow the link by itself or post to it (RFC 8058), so looking changes nothing.
The page names nobody: whoever has the link sees it. Not here: sending (``lti_tool.delivery``).
"""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.persistence import mailings

from .access import member, open_to_all, reading, requires, working
from .notifications import PEOPLE_OF_A_COURSE
from .notifications import blueprint as inbox
from .page import Page
from .wiring import wired

blueprint = Blueprint("mail", __name__)


@blueprint.get("/mail/<token>")
@open_to_all
def ask(token: str) -> ResponseReturnValue:
    """Whether to stop mail, or to send it again."""
    return _page(token)


@blueprint.post("/mail/<token>")
@open_to_all
def decide(token: str) -> ResponseReturnValue:
    """Stop mail, or with ``again`` send it again; asking twice changes nothing."""
    wiring = wired()
    stopped_at = None if "again" in request.form else wiring.clock()
    with wiring.database.transaction() as session:
        person_id = mailings.person_of(session, token)
        mailings.set_stopped(session, person_id, stopped_at=stopped_at)
    return _page(token)


@inbox.post("/mail")
@requires(*PEOPLE_OF_A_COURSE)
def change() -> ResponseReturnValue:
    """Stop mail or send it again, from the inbox."""
    person_id, new_id = member().id, wired().new_id()
    with working() as work:
        mailings.note_person(work.session, person_id, new_id)
        stopped_at = work.now if "stop" in request.form else None
        mailings.set_stopped(work.session, person_id, stopped_at=stopped_at)
    return redirect(url_for("notifications.inbox", _anchor="mail"), 303)


def _page(token: str) -> str:
    with reading() as session:
        person_id = mailings.person_of(session, token)
        found = mailings.addressee(session, person_id)
    return render_template(
        "notifications/stop.html", page=Page(switch_language=False), person=found, token=token
    )
