"""One line an event on standard error, as JSON or for eyes, and nobody's data in it.

Code logs events with stable keys, never what people are called or sent. What foreign libraries
say is masked besides, and an exception is told by its type and place: the words of a database's
error hold values, those of a parser the text it failed on.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor

HANDLER = "lti_tool"
MASKS = (
    (re.compile(r"/(s|enter|lti/register)/[\w~-]{8,}"), r"/\1/…"),
    (re.compile(r"\beyJ[\w-]{8,}(\.[\w-]*){0,2}"), "[token]"),
    (re.compile(r"\b(Bearer|Basic) +\S+", re.IGNORECASE), r"\1 …"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[address]"),
    (re.compile(r"(https?://[^\s?\"']+|/[\w./~…-]+)\?[^\s\"']+"), r"\1?…"),
)
"""Session and one-time links, tokens, mail addresses, and what stands behind a question mark."""
SUSPECT = re.compile(r"[/@]|eyJ|bearer|basic", re.IGNORECASE)
"""What every text has that one of the masks could fit; most have nothing of it."""
OF_THE_CODE = (TypeError, AttributeError, NameError, ImportError)
"""Exceptions whose words speak of the program, not of what it was given."""
QUIET = {"urllib3": logging.ERROR, "alembic": logging.WARNING}
"""urllib3 names whole addresses when it tries again, which delivery logs by itself."""
DEEPEST = 20


def configure_log(*, as_json: bool = True, least: int = logging.INFO) -> None:
    """Send our events and those of libraries to standard error in one form, those of at least
    this level."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        exception_place,
        mask,
    ]
    structlog.configure(
        processors=[*chain, last],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        # Asked for at every line: whoever redirects standard error later gets the lines, too.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _listen_to_libraries(chain, last)


def _listen_to_libraries(chain: list[Processor], last: Processor) -> None:
    root = logging.getLogger()
    for each in [each for each in root.handlers if each.name == HANDLER]:
        root.removeHandler(each)
    handler = _StandardError()
    handler.name = HANDLER
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *chain],
        )
    )
    root.addHandler(handler)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


class _StandardError(logging.StreamHandler[Any]):
    """Writes to what standard error is at the moment."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.stream = sys.stderr
        super().emit(record)


def exception_place(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and by where it happened, cause by cause."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = [_told(each) for each in _causes(error)]
    return event


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, at most a few."""
    here: BaseException | None = error
    for _ in range(DEEPEST):
        if here is None:
            return
        yield here
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)


def _told(error: BaseException) -> dict[str, object]:
    kind = type(error)
    told: dict[str, object] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, OF_THE_CODE):
        told["words"] = str(error)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        told["sqlstate"] = state
    told["at"] = _frames(error.__traceback__)
    return told


def _frames(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{each.filename}:{each.lineno} {each.name}" for each in found]


def mask(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Take out of every text what could let somebody in or name somebody."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _masked(value)
    # Arguments of a library's message are put into its text already.
    event.pop("positional_args", None)
    return event


def _masked(text: str) -> str:
    if SUSPECT.search(text):
        for pattern, instead in MASKS:
            text = pattern.sub(instead, text)
    return text
