"""Whether a gradebook holds what was sent to it, and if not, what may have happened. Pure.

Not here: reading a gradebook (``lti_tool.delivery``), what is done about it (``services``).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

HALF_CENT = Decimal("0.005")
"""Gradebooks keep two decimals at least; what rounding to them changes is no difference."""


class Finding(StrEnum):
    """What a comparison of one student's cell found."""

    AGREES = "agrees"
    """The gradebook holds the grade."""
    RESCALED = "rescaled"
    """It holds the grade on another scale: the column's maximum differs, the share is the same."""
    UNDER_WAY = "under_way"
    """The grade has not arrived yet, so there is nothing to compare."""
    OVERRIDDEN = "overridden"
    """The grade arrived, and the gradebook holds another: somebody changed it there."""
    CAPPED = "capped"
    """It holds the column's maximum, which is below the points given."""
    MAXIMUM_CHANGED = "maximum_changed"
    """It holds the same number of points, out of another maximum: the column was changed and its
    grades were not rescaled."""
    MISSING = "missing"
    """The grade arrived, and the gradebook holds none: somebody removed it there."""
    CONFLICT = "conflict"
    """The gradebook holds a grade of a later time and refuses this one."""
    COLUMN_GONE = "column_gone"
    """The column was deleted in the gradebook."""
    FOREIGN = "foreign"
    """The gradebook holds a grade for a student for whom nothing was sent."""
    UNREADABLE = "unreadable"
    """The LMS does not let the column be read, so nothing is known."""


HARMLESS = frozenset({Finding.AGREES, Finding.RESCALED, Finding.UNDER_WAY})
"""Nobody needs to do anything."""
REPAIRABLE = frozenset(
    {
        Finding.OVERRIDDEN,
        Finding.CAPPED,
        Finding.MAXIMUM_CHANGED,
        Finding.MISSING,
        Finding.CONFLICT,
        Finding.COLUMN_GONE,
    }
)
"""Sending the grade again, and bringing the column back to our maximum, may mend it."""


@dataclass(frozen=True, slots=True)
class Ours:
    """The grade in our ledger. ``arrived``: the LMS took it. ``refused_as_older``: it did not,
    because it holds one of a later time."""

    given: Decimal
    maximum: Decimal
    arrived: bool
    refused_as_older: bool = False


@dataclass(frozen=True, slots=True)
class Theirs:
    """A cell of the gradebook; ``score`` None: it holds no grade. ``maximum`` is what the score is
    out of."""

    score: Decimal | None
    maximum: Decimal


def compared(ours: Ours | None, theirs: Theirs | None) -> Finding:
    """What became of one student's grade. None: nothing was sent, or the LMS names no cell."""
    held = None if theirs is None or theirs.score is None else theirs
    if ours is None:
        return Finding.AGREES if held is None else Finding.FOREIGN
    if ours.refused_as_older:
        return Finding.CONFLICT
    if not ours.arrived:
        return Finding.UNDER_WAY
    if held is None or held.score is None:
        return Finding.MISSING
    return _difference(ours, held.score, held.maximum)


def _difference(ours: Ours, score: Decimal, maximum: Decimal) -> Finding:
    if abs(score - ours.given / ours.maximum * maximum) <= HALF_CENT:
        return Finding.AGREES if maximum == ours.maximum else Finding.RESCALED
    if score == maximum and ours.given > maximum:
        return Finding.CAPPED
    if maximum != ours.maximum and abs(score - ours.given) <= HALF_CENT:
        return Finding.MAXIMUM_CHANGED
    return Finding.OVERRIDDEN
