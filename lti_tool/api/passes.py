"""Going through a list by time, page after page and again on another day, without missing what is
committed late. Not here: what a cursor looks like (``cursors``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .cursors import SETTLED, Part, decoded, encoded, from_moment, to_moment

FRESH = 0
"""Stands for the beginning of a pass that begins with the request."""
KEYS: Mapping[str, tuple[type[Part], ...]] = {
    "outcomes": (int, str),
    "decisions": (str,),
    "assessments": (str,),
}
"""What tells entries of one moment apart, by kind of list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The place of an entry: its time, and what tells it from others of that moment."""

    at: datetime
    key: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """A way through a list: when it began, and the entry after which it goes on; None: it goes on
    from the first."""

    kind: str
    began: datetime
    after: Entry | None

    def cursor(self, last: Entry) -> str:
        """Where this pass goes on after an entry."""
        return encoded(self.kind, from_moment(self.began), from_moment(last.at), *last.key)

    def place(self, last: Entry) -> str:
        """The same place, whenever the pass began."""
        return encoded(self.kind, FRESH, from_moment(last.at), *last.key)

    def changes_cursor(self, last: Entry | None) -> str | None:
        """Where another pass begins once this one is through; ``last`` is its last entry, None
        where the last page is empty. It begins no later than what had settled when this one began.
        None: from the first."""
        reached = last or self.after
        if reached is None:
            return None
        settled = self.began - SETTLED
        if reached.at > settled:
            reached = Entry(settled, tuple(each() for each in KEYS[self.kind]))
        return self.place(reached)


def pass_of(kind: str, cursor: str | None, now: datetime) -> Pass:
    """The pass that a cursor belongs to, a new one for None. Raises ProblemError."""
    if cursor is None:
        return Pass(kind, now, None)
    began, at, *key = decoded(kind, cursor, int, int, *KEYS[kind])
    after = Entry(to_moment(at), tuple(key))
    return Pass(kind, now if began == FRESH else to_moment(began), after)
