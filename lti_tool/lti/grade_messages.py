"""What is said to and by a gradebook, as values and as JSON (AGS 2.0, section 3).

Not here: sending it (``grades``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from .http import HttpAnswer
from .urls import is_web_url

LINE_ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
"""Moodle 4.5 answers only to exactly these."""

MOST_LABEL = 255
MOST_RESOURCE_ID = 512
"""Longer ones make Moodle 4.5 answer 502 and may leave an orphan column behind."""


@dataclass(frozen=True, slots=True)
class NewLineItem:
    """A column to be made. Found again by ``resource_id`` and ``tag`` together, so that a copied
    course does not get doubles; ``resource_link_id`` None for a column of no link."""

    label: str
    maximum: Decimal
    resource_id: str
    tag: str
    resource_link_id: str | None = None


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column in the gradebook. ``raw`` is all the platform said, to be sent back in a PUT."""

    url: str
    label: str
    maximum: Decimal
    resource_id: str
    tag: str
    resource_link_id: str | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ScoreToSend:
    """One learner's score. ``comment`` None leaves it out, which on Moodle erases the old one.
    ``at`` must be later than any sent before for this column and learner, and stay the same
    over retries."""

    user_id: str
    given: Decimal
    maximum: Decimal
    comment: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What the gradebook holds for a learner; ``score`` None when it holds no grade. The
    platform may have scaled it: compare shares of ``maximum`` (None means 1). ``at`` is its
    time where the platform tells it, as Moodle does; AGS 2.0 has no such field."""

    user_id: str
    score: Decimal | None
    maximum: Decimal | None
    comment: str
    at: datetime | None = None


def is_too_long(*, label: str = "", resource_id: str = "", tag: str = "") -> bool:
    """Whether a column's texts are beyond what platforms store."""
    return max(len(label), len(tag)) > MOST_LABEL or len(resource_id) > MOST_RESOURCE_ID


def line_item_json(item: NewLineItem) -> dict[str, Any]:
    """The body that creates a column."""
    body: dict[str, Any] = {
        "label": item.label,
        "scoreMaximum": number(item.maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.resource_link_id is not None:
        body["resourceLinkId"] = item.resource_link_id
    return body


def score_json(score: ScoreToSend, *, extension: Mapping[str, object]) -> dict[str, Any]:
    """The body of a score, with the platform's own fields (``Profile.score_extension``).
    FullyGraded with scoreGiven only: on Moodle and Canvas anything else wipes the grade."""
    body: dict[str, Any] = {
        "userId": score.user_id,
        "scoreGiven": number(score.given),
        "scoreMaximum": number(score.maximum),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": timestamp(score.at),
    }
    if score.comment is not None:
        body["comment"] = score.comment
    return body | dict(extension)


def one_line(body: Mapping[str, Any]) -> bytes:
    """JSON on one line in ASCII: Moodle 4.5 answers 200 to a score on several lines and does
    not store it."""
    return json.dumps(body, ensure_ascii=True, allow_nan=False).encode()


def number(value: Decimal) -> int | float:
    """A JSON number, whole where it can be."""
    return int(value) if value == value.to_integral_value() else float(value)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds (AGS 2.0, section 3.4.8: sub-second precision)."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def line_items(answer: HttpAnswer) -> tuple[LineItem, ...] | None:
    """The columns of a container page, unreadable entries left out; None when it is no list."""
    entries = _list(answer)
    if entries is None:
        return None
    found = (_line_item(each) for each in entries)
    return tuple(each for each in found if each is not None)


def line_item(answer: HttpAnswer) -> LineItem | None:
    """One column; None when the answer is none."""
    try:
        return _line_item(answer.json())
    except ValueError:
        return None


def results(answer: HttpAnswer) -> tuple[Result, ...] | None:
    """The results of an answer; None when it is no list."""
    entries = _list(answer)
    if entries is None:
        return None
    found = (_result(each) for each in entries)
    return tuple(each for each in found if each is not None)


def _list(answer: HttpAnswer) -> list[Any] | None:
    """A JSON array; Moodle and others answer an empty body or object where there is nothing."""
    if not answer.body.strip():
        return []
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, list) else None


def _line_item(entry: Any) -> LineItem | None:
    if not isinstance(entry, dict):
        return None
    url, maximum = entry.get("id"), _decimal(entry.get("scoreMaximum"))
    if not isinstance(url, str) or not is_web_url(url) or maximum is None:
        return None
    return LineItem(
        url=url,
        label=_text(entry.get("label")),
        maximum=maximum,
        resource_id=_text(entry.get("resourceId")),
        tag=_text(entry.get("tag")),
        resource_link_id=_text(entry.get("resourceLinkId")) or None,
        raw=entry,
    )


def _result(entry: Any) -> Result | None:
    """Ids are texts, yet some write them as numbers."""
    if not isinstance(entry, dict) or not _text(entry.get("userId")):
        return None
    return Result(
        user_id=_text(entry["userId"]),
        score=_decimal(entry.get("resultScore")),
        maximum=_decimal(entry.get("resultMaximum")),
        comment=_text(entry.get("comment")),
        at=_moment(entry.get("timestamp")),
    )


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() else None


def _moment(value: object) -> datetime | None:
    """A time with its zone; one without cannot be compared."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
