"""The comment bank: sentences that a teacher keeps to use again, by requirement.

Not here: the comments of ratings (``rating``), which stay as they were given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .errors import BadCommentError
from .standard import RequirementKey

MAX_TEXT = 1000
MAX_OWN = 30
"""So many of their own a teacher may keep for one requirement: more cannot be surveyed."""


@dataclass(frozen=True, slots=True)
class BankComment:
    """A kept sentence. Its owner has it in every course; ``shared`` lends it to the teachers of
    ``course_id``. ``removed_at`` None: it is in use."""

    id: str
    owner_id: int
    course_id: int
    standard_id: str
    requirement: RequirementKey
    text: str
    shared: bool
    created_at: datetime
    removed_at: datetime | None = None


def checked(text: str, others: Iterable[BankComment], *, owner_id: int) -> str:
    """The sentence without space around it, if it may be kept beside ``others``, those in use for
    the same requirement.

    Raises BadCommentError: ``missing``, ``too_long``, ``known`` for one that is there already, or
    ``too_many``.
    """
    clean = text.strip()
    if not clean:
        raise BadCommentError("missing")
    if len(clean) > MAX_TEXT:
        raise BadCommentError("too_long")
    own = [each for each in others if each.owner_id == owner_id]
    if any(each.text == clean for each in own):
        raise BadCommentError("known")
    if len(own) >= MAX_OWN:
        raise BadCommentError("too_many")
    return clean


def in_order(found: Iterable[BankComment], owner_id: int) -> list[BankComment]:
    """As a page offers them: the reader's own first, each part oldest first, so that the key of a
    sentence stays the same."""
    return sorted(found, key=lambda each: (each.owner_id != owner_id, each.created_at, each.id))
