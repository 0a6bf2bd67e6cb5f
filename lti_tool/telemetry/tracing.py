"""The id of the request under way: from the proxy, through the log, to every call to an LMS.

It is kept per thread and task by structlog, so that each log line carries it. A score that is
delivered later, by another process, is its own request.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    clear_contextvars,
    get_contextvars,
)

HEADER = "X-Request-Id"
FIELD = "request_id"
GOOD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{7,63}")
"""What a proxy may hand on: nothing that could break a header or a log line."""


def begin_request(given: str | None, fresh: str) -> str:
    """Let all that this thread logs and sends from now on carry ``given``, or ``fresh`` where
    none or none of the good form was given; returns the one."""
    chosen = given if given is not None and GOOD.fullmatch(given) else fresh
    clear_contextvars()
    bind_contextvars(**{FIELD: chosen})
    return chosen


@contextmanager
def request_of(name: str) -> Iterator[None]:
    """While the block runs, all that is logged and sent carries this id."""
    with bound_contextvars(**{FIELD: name}):
        yield


def request_id() -> str | None:
    """The id of the request under way; None outside of any."""
    found = get_contextvars().get(FIELD)
    return found if isinstance(found, str) else None


def request_header() -> Mapping[str, str]:
    """The header that hands the id on; empty outside of any request."""
    found = request_id()
    return {} if found is None else {HEADER: found}
