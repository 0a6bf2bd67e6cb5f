"""Keeps typed text that no form has brought yet, and says which form has arrived.

A browser keeps what is typed itself (``static/store.js``). Where it keeps nothing of a framed page,
the tool does, under a sealed address that every page carries: it takes text also after the session
has ended, shows nothing, and what it took is read by its person in their next session alone. A form
carries a mark, and the page after one that arrived repeats it, so that what was kept is forgotten.

Not here: drafts and ratings, which save by themselves.
"""

from datetime import UTC, datetime, timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    g,
    get_flashed_messages,
    jsonify,
    request,
)
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.persistence import typed_texts
from lti_tool.persistence.typed_texts import MAX_NAME, MAX_TEXT

from .access import Member, audience, member, open_to_all, reading, requires
from .limits import count_typed
from .sealing import seal
from .wiring import wired

FIELD = "typed_mark"
ARRIVED = "arrived"
LONGEST_MARK = 40
PURPOSE = "typed"
LIVES = timedelta(days=7)
"""How long a page that stays open may bring text."""

blueprint = audience("typed", __name__)
keeper = Blueprint("keeper", __name__)


@blueprint.get("/")
@requires(*Role)
def texts() -> ResponseReturnValue:
    """What is kept for the person, by name."""
    with reading() as session:
        return jsonify(dict(typed_texts.texts_of(session, member().id)))


@keeper.post("/typed/<sealed>")
@open_to_all
def keep(sealed: str) -> ResponseReturnValue:
    """Keep a text for the person who was given the address."""
    person_id = _opened(sealed)
    count_typed(person_id)
    name, text = request.form.get("name", ""), request.form.get("text", "").replace("\0", "")
    if not 0 < len(name) <= MAX_NAME or len(text) > MAX_TEXT or "\0" in name:
        abort(413)
    wiring = wired()
    with wiring.database.transaction() as session:
        typed_texts.keep_text(session, person_id, name, text, now=wiring.clock())
    return "", 204


def init_typed(app: Flask) -> None:
    """Give templates ``kept_for()``, what a page tells its scripts about this, and ``arrived()``,
    the mark of the form that led to the page (empty: none)."""
    app.jinja_env.globals["kept_for"] = _kept_for
    app.jinja_env.globals["arrived"] = _arrived
    app.after_request(_note)
    app.register_blueprint(keeper)


def _kept_for() -> dict[str, str] | None:
    """Under whom text is kept, where it is brought and read; None where nobody is signed in."""
    found = g.get("member")
    if not isinstance(found, Member):
        return None
    sealed = seal(PURPOSE).dumps([found.id, int((wired().clock() + LIVES).timestamp())])
    return {
        "person": str(found.id),
        "keeper": address_of("keeper.keep", sealed=sealed),
        "typed": address_of("typed.texts"),
    }


def _opened(sealed: str) -> int:
    """Whose the address is. Raises NotFoundError for one that is not ours or too old."""
    try:
        person_id, until = seal(PURPOSE).loads(sealed)
    except BadSignature as wrong:
        raise NotFoundError from wrong
    if datetime.fromtimestamp(until, UTC) < wired().clock():
        raise NotFoundError
    return int(person_id)


def _note(response: Response) -> Response:
    if request.method == "POST" and response.status_code == 303 and _mark():
        flash(_mark(), ARRIVED)
    return response


def _mark() -> str:
    return request.form.get(FIELD, "")[:LONGEST_MARK]


def _arrived() -> str:
    """A form that is answered by a page of its own, not by going on, says so itself."""
    told = get_flashed_messages(category_filter=[ARRIVED])
    return str(told[-1]) if told else ""
