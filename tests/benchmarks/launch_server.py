"""What gunicorn serves while launches are timed: the tool, and beside it a bare Flask application.

The bare application also does the least that any launch must, and asks whether nothing is in order:
how near to the bare rate a launch with its state in PostgreSQL could come at all. ``gunicorn
'tests.benchmarks.launch_server:application()'``, told by the environment as any tool.
"""

import os
import secrets
import threading
from typing import Any

import jwt
import psycopg
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lti_tool.app import from_environment

BARE = "/bare"
TABLE = "CREATE TABLE IF NOT EXISTS least (word text PRIMARY KEY)"
KEEP = "INSERT INTO least VALUES (%s) RETURNING word"
USE_UP = "DELETE FROM least WHERE word = %s RETURNING word"


def application() -> DispatcherMiddleware:
    """The tool, and at ``/bare`` a Flask application with one view that answers ``ok`` and two that
    do the least of a login and of a launch."""
    bare = Flask("bare")
    bare.add_url_rule("/", "ok", lambda: "ok", methods=["GET", "POST"])
    least = Least(os.environ["LTI_TOOL_DATABASE_URL"].replace("+psycopg", ""))
    bare.add_url_rule("/least/login", "login", least.login)
    bare.add_url_rule("/least/launch", "launch", least.launch)
    return DispatcherMiddleware(from_environment(), {BARE: bare})


class Least:
    """A login keeps its state; a launch uses one up, verifies a token and opens a session. Each
    thread has its own connection, and each statement is its own transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._here = threading.local()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._token = jwt.encode({"sub": "1", "roles": ["Learner"] * 30}, key, algorithm="RS256")
        self._key = key.public_key()
        self._run(TABLE)

    def login(self) -> str:
        """One statement."""
        self._run(KEEP, secrets.token_urlsafe(32))
        return "ok"

    def launch(self) -> str:
        """Two statements and a signature."""
        self._run(USE_UP, secrets.token_urlsafe(32))
        jwt.decode(self._token, self._key, algorithms=["RS256"])
        self._run(KEEP, secrets.token_urlsafe(32))
        return "ok"

    def _run(self, statement: str, *values: str) -> None:
        found: psycopg.Cursor[Any] | None = getattr(self._here, "cursor", None)
        if found is None:
            found = psycopg.connect(self._url, autocommit=True, prepare_threshold=2).cursor()
            self._here.cursor = found
        found.execute(statement, values)
