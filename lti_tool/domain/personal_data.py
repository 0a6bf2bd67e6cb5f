"""What becomes of a person's data when they are to be forgotten, and what may stand against it.

Not here: where the data lie (``lti_tool.persistence.personal_data``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """What an erasure does to a kind of data."""

    REMOVED = "removed"
    """It is gone."""
    EMPTIED = "emptied"
    """The row stays, under a number that leads to nobody; what was written in it is gone."""
    KEPT = "kept"
    """It stays as it is, under that number."""


class Ground(StrEnum):
    """Why data stay when their person is forgotten."""

    LEVEL = "level"
    """A level that was decided rests on it: it must be possible to compute the decision again."""
    RECORD = "record"
    """It says who did what in this tool, and is sealed."""
    COURSE = "course"
    """It says how many took part in a course; nobody can be told by it."""


class Refusal(StrEnum):
    """Why a person cannot be erased."""

    ERASED = "erased"
    """They are erased already."""
    STAFF = "staff"
    """They rated, decided or set something up: others' levels rest on it."""
    SENDING = "sending"
    """A grade of theirs is on its way to the LMS this minute."""


class Occasion(StrEnum):
    """Why somebody is erased."""

    ASKED = "asked"
    """They asked for it, or their guardian did."""
    RETENTION = "retention"
    """Nothing was heard of them for as long as the school keeps data."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much there is of one kind of data, named by its table, and what becomes of it.
    ``ground`` is None for what is removed."""

    kind: str
    count: int
    fate: Fate
    ground: Ground | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure. ``files`` and ``parts`` are the keys of files still to be removed;
    ``finished_at`` is None until they are. ``asked_by`` None: by the command line."""

    id: int
    person_id: int
    school_id: int
    occasion: Occasion
    asked_by: int | None
    erased_at: datetime
    finished_at: datetime | None
    files: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionProposal:
    """A learner nothing was heard of for long. ``kept_until``: a person decided, for the reason
    given, that their data stay until then; None: nobody has decided."""

    person_id: int
    school_id: int
    proposed_at: datetime
    last_active: datetime
    kept_until: datetime | None
    reason: str
