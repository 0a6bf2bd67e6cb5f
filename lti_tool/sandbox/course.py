"""What a sandbox course holds: activities, gradebook columns, grades. Values only.

Not here: the rules by which a platform changes them (``scores``), nor where they are kept
(``state``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha1


@dataclass(frozen=True)
class Course:
    """A course of a platform. ``context_type`` is the claim's ``type`` as it is sent; ``history``
    the context ids of the courses it was copied from, the nearest first."""

    id: str
    context_id: str
    label: str
    title: str
    sourced_id: str
    context_type: str
    history: tuple[str, ...] = ()


def copy_of(course: Course, number: int) -> Course:
    """The ``number``-th copy of a course. A platform whose contexts are called as its courses goes
    on doing so; the others' are opaque."""
    new_id = str(int(course.id) + number)
    opaque = sha1(f"{course.context_id} {new_id}".encode(), usedforsecurity=False).hexdigest()
    return replace(
        course,
        id=new_id,
        context_id=new_id if course.context_id == course.id else opaque,
        label=f"{course.label}-{number + 1}",
        title=f"{course.title} copy {number}",
        sourced_id=f"{course.sourced_id}-{number + 1}",
        history=(course.context_id, *course.history),
    )


@dataclass(frozen=True)
class Activity:
    """A link to the tool on the course page.

    ``custom`` holds what deep linking gave, unresolved; empty for a link made by pasting the
    launch URL. ``published`` is False until the teacher publishes it, on platforms that ask.
    ``graded`` says whether it was made with a column of its own.
    """

    id: int
    resource_link_id: str
    title: str
    text: str
    url: str
    custom: Mapping[str, str]
    published: bool
    graded: bool


@dataclass(frozen=True)
class LineItem:
    """A gradebook column.

    ``activity_id`` is the activity whose own column it is, None for a column the tool made.
    ``resource_link_id`` is what the grade service tells and lets change. ``in_gradebook`` is False
    for a column that takes scores but is not shown.
    """

    id: int
    label: str
    maximum: float
    resource_id: str = ""
    tag: str = ""
    resource_link_id: str | None = None
    activity_id: int | None = None
    in_gradebook: bool = True


@dataclass(frozen=True)
class Grade:
    """One cell of the gradebook.

    ``score`` is on the column's scale; None means a row without a grade (a wiped one).
    ``timestamp`` is what the newest accepted score said, ``received`` when the cell last changed.
    ``overridden`` and ``locked`` are what a teacher can do to a cell in the gradebook.
    """

    user_id: str
    score: float | None
    comments: tuple[str, ...]
    timestamp: datetime
    received: datetime
    overridden: bool = False
    locked: bool = False
    progress: str = ""


@dataclass(frozen=True)
class Term:
    """A school term, from the first day to the last, in ISO 8601 with offset as Moodle sends it."""

    begin: str
    end: str


def term_at(now: datetime) -> Term:
    """The Chinese school term that ``now`` falls in: from September, or from February."""
    autumn = now.month >= 9 or now.month == 1
    if not autumn:
        return Term(f"{now.year}-02-01T00:00:00+00:00", f"{now.year}-08-31T00:00:00+00:00")
    first = now.year - 1 if now.month == 1 else now.year
    return Term(f"{first}-09-01T00:00:00+00:00", f"{first + 1}-01-31T00:00:00+00:00")


def plain(number: float) -> float | int:
    """``number`` as JSON of most platforms has it: 80, not 80.0."""
    return int(number) if number == int(number) else number
