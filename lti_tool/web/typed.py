"""Tells a browser which form has arrived, so that it forgets what it kept of it
(``static/kept.js``): the mark a form carried stands on the page after it.

Not here: drafts and ratings, which save by themselves.
"""

from flask import Flask, Response, flash, g, get_flashed_messages, request

from .access import Member

FIELD = "typed_mark"
ARRIVED = "arrived"
LONGEST = 40


def init_typed(app: Flask) -> None:
    """Give templates ``reader_id()``, under which a browser keeps what is typed (None where nobody
    is signed in), and ``arrived()``, the mark of the form that led to the page (empty: none)."""
    app.jinja_env.globals["reader_id"] = _reader_id
    app.jinja_env.globals["arrived"] = _arrived
    app.after_request(_note)


def _note(response: Response) -> Response:
    if request.method == "POST" and response.status_code == 303 and _mark():
        flash(_mark(), ARRIVED)
    return response


def _mark() -> str:
    return request.form.get(FIELD, "")[:LONGEST]


def _reader_id() -> int | None:
    found = g.get("member")
    return found.account.id if isinstance(found, Member) else None


def _arrived() -> str:
    """A form that is answered by a page of its own, not by going on, says so itself."""
    told: list[str] = get_flashed_messages(category_filter=[ARRIVED])
    return told[-1] if told else ""
