"""How gunicorn serves the pages: ``gunicorn -c deploy/gunicorn.conf.py``.

WEB_CONCURRENCY sets the number of workers, GUNICORN_CMD_ARGS anything else. Where systemd hands
over a socket, ``bind`` does not count. Delivery is another process.
"""

import logging
import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from lti_tool.telemetry.log import configure_log

wsgi_app = "lti_tool.app:from_environment()"
bind = "127.0.0.1:8080"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", str(min(4, (os.cpu_count() or 1) + 1))))
threads = 8
timeout = 120
"""A worker without a sign of life for so long is replaced; its threads' uploads do not count."""
graceful_timeout = 30
"""Requests under way when the service stops have so long; systemd and compose wait longer."""
keepalive = 5
"""Longer than a reverse proxy rests between two requests of a page."""
limit_request_line = 8190
accesslog = None
"""The tool logs each request itself, without its address: that holds the token of a session."""
proc_name = "dabiao"

configure_log()


class OneFormLogger(Logger):
    """Lets gunicorn's own words go the way of all others, as JSON lines."""

    def setup(self, cfg: Config) -> None:
        """Leave them to the handler that stands already."""
        self.loglevel = logging.INFO
        self.error_log.handlers.clear()
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        self.access_log.disabled = True


logger_class = OneFormLogger
