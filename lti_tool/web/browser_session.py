"""Flask's ``session`` for pages under ``/s/<token>/``: kept in the session's own row.

Flask-WTF keeps its CSRF secret there and the pages their language. A page outside a session
has an empty one that is not kept. Not here: who is signed in (``access``).
"""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin

from lti_tool.persistence import sessions

from .access import session_token, token_in
from .wiring import wiring_of


class RowSessionInterface(SessionInterface):
    """Reads the data of the session named in the URL and keeps it there; sets no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """The stored data, or an empty session for a token that is unknown or expired."""
        token = token_in(request.path)
        if token is None:
            return SecureCookieSession()
        wiring = wiring_of(app)
        with wiring.database.reading() as session:
            found = sessions.signed_in(session, token, now=wiring.clock())
        return SecureCookieSession(found.data if found else None)

    def save_session(self, app: Flask, session: SessionMixin, _response: Response) -> None:
        """Keep the data where a page changed it."""
        token = session_token()
        if token is not None and session.modified:
            with wiring_of(app).database.transaction() as transaction:
                sessions.keep_data(transaction, token, dict(session))
