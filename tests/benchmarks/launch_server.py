"""What gunicorn serves while launches are timed: the tool, and beside it a bare Flask application.

``gunicorn 'tests.benchmarks.launch_server:application()'``, told by the environment as any tool.
"""

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lti_tool.app import from_environment

BARE = "/bare"


def application() -> DispatcherMiddleware:
    """The tool, and at ``/bare`` a Flask application with one view that answers ``ok``."""
    bare = Flask("bare")
    bare.add_url_rule("/", "ok", lambda: "ok", methods=["GET", "POST"])
    return DispatcherMiddleware(from_environment(), {BARE: bare})
