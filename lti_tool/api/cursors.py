"""Places in a list, as a program hands them back: opaque, and checked when they come in.

Lists go by a key that only grows (an id, or when something changed), so that what is added or
changes meanwhile is neither left out nor makes anything else be left out.
"""

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta

from lti_tool.domain.standard import Text

from .problems import ProblemError, bad_parameter
from .queries import LAST_ID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
SETTLED = timedelta(seconds=60)
"""What was written longer ago than this has been committed: no transaction takes as long. Changes
can be committed in another order than they were made in, so whoever asks what is new is given the
last minute again rather than left without what came late."""
LONGEST_WORD = 100

Part = int | str


def encoded(kind: str, *parts: Part) -> str:
    """A cursor of a kind of list, as the text that stands in an address."""
    plain = json.dumps([kind, *parts], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def decoded(kind: str, cursor: str, *wanted: type[Part]) -> list[Part]:
    """The parts of a cursor. Raises ProblemError for what is no cursor of this kind of list."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _refused() from error
    if not isinstance(parts, list) or len(parts) != len(wanted) + 1 or parts[0] != kind:
        raise _refused()
    if not all(_fits(*each) for each in zip(parts[1:], wanted, strict=True)):
        raise _refused()
    return parts[1:]


def from_moment(moment: datetime) -> int:
    """A moment as a whole number, for a cursor."""
    return (moment - EPOCH) // MICROSECOND


def to_moment(number: Part) -> datetime:
    """The moment again."""
    return EPOCH + int(number) * MICROSECOND


def known_id(number: Part) -> int:
    """An id from a cursor. Raises ProblemError for one that cannot be."""
    if int(number) > LAST_ID:
        raise _refused()
    return int(number)


def _fits(part: object, wanted: type[Part]) -> bool:
    if wanted is str:
        return isinstance(part, str) and len(part) <= LONGEST_WORD and part.isprintable()
    return isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= LATEST


def _refused() -> ProblemError:
    return bad_parameter(
        "cursor",
        Text("不是本列表给出的游标。", "This is no cursor that this list has given out."),
    )
