"""What a score post does to a gradebook cell, by the rules of a manner. Pure.

Sources: AGS 2.0 section 3.4; each manner's own rules are its data. Not here: HTTP
(``gradebook``), keeping the cell (``state``).
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from lti_tool.sandbox.course import Grade, LineItem
from lti_tool.sandbox.manners import ScoreRules

CANVAS_SUBMISSION: Final = "https://canvas.instructure.com/lti/submission"


class ScoreRefused(Exception):
    """The platform does not take this score; ``status`` and reason of its answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Score:
    """A score as it was posted. ``given`` None: no ``scoreGiven``."""

    user_id: str
    given: float | None
    maximum: float | None
    comment: str | None
    grading_progress: str
    timestamp: datetime
    preserve: bool


def read_score(body: str, rules: ScoreRules) -> Score:
    """The score in a request body. Raises ``ScoreRefused`` for one that is not well formed."""
    try:
        return _read(body, rules)
    except ScoreRefused as refused:
        if refused.status == 400 and rules.forgives_pretty_print and "\n" in body.strip():
            raise ScoreRefused(200, refused.reason) from refused
        raise


def _read(body: str, rules: ScoreRules) -> Score:
    data = _parsed(body)
    missing = [name for name in rules.required if data.get(name) in (None, "")]
    if missing:
        raise ScoreRefused(400, f"Missing required fields: {', '.join(missing)}")
    given, maximum = _number(data, "scoreGiven"), _number(data, "scoreMaximum")
    if given is not None and maximum is None:
        raise ScoreRefused(400, "scoreMaximum is required with scoreGiven")
    user_id = str(data["userId"])
    if not re.fullmatch(rules.user_pattern, user_id):
        raise ScoreRefused(rules.broken_user_status, "User not found")
    extension = data.get(CANVAS_SUBMISSION)
    comment = data.get("comment")
    return Score(
        user_id=user_id,
        given=given,
        maximum=maximum,
        comment=str(comment) if comment else None,
        grading_progress=str(data["gradingProgress"]),
        timestamp=_time(str(data["timestamp"])),
        preserve=isinstance(extension, Mapping) and extension.get("preserve_score") is True,
    )


def _parsed(body: str) -> Mapping[str, object]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise ScoreRefused(400, "Invalid JSON") from error
    if not isinstance(data, dict):
        raise ScoreRefused(400, "Not a score")
    return data


def _number(data: Mapping[str, object], name: str) -> float | None:
    """A number, or a text that is one: Moodle takes both (observed)."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ScoreRefused(400, f"{name} is not a number")
    try:
        number = float(value)
    except ValueError as error:
        raise ScoreRefused(400, f"{name} is not a number") from error
    if not math.isfinite(number):
        raise ScoreRefused(400, f"{name} is not a number")
    return number


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ScoreRefused(400, "timestamp is not ISO 8601") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def graded(
    score: Score, item: LineItem, old: Grade | None, rules: ScoreRules, now: datetime
) -> Grade:
    """The cell after ``score``. Raises ``ScoreRefused`` for a stale one or a locked cell."""
    if old is not None:
        _check_newer(score, item, old, rules)
        if old.locked:
            raise ScoreRefused(rules.locked_status, "The grade is locked")
        if old.overridden and item.activity_id is not None:
            return old
    return Grade(
        user_id=score.user_id,
        score=_kept(score, item, old, rules),
        comments=_comments(score, old, rules),
        timestamp=score.timestamp,
        received=now,
        progress=score.grading_progress,
    )


def _check_newer(score: Score, item: LineItem, old: Grade, rules: ScoreRules) -> None:
    own = item.activity_id is not None
    last = old.received if own and rules.own_column_by_receipt else old.timestamp
    new = score.timestamp
    if rules.whole_seconds:
        last, new = _second(last), _second(new)
    if new < last or (new == last and rules.equal_is_stale):
        raise ScoreRefused(rules.stale_status, "timestamp is not newer than the last score's")


def _second(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(microsecond=0)


def _kept(score: Score, item: LineItem, old: Grade | None, rules: ScoreRules) -> float | None:
    if score.preserve:
        return old.score if old else None
    if score.given is None or score.grading_progress not in rules.counting:
        return None
    value = score.given
    if score.maximum:
        value = value * item.maximum / score.maximum
    if rules.caps:
        value = min(max(value, 0.0), item.maximum)
    return round(value, 5)


def _comments(score: Score, old: Grade | None, rules: ScoreRules) -> tuple[str, ...]:
    new = (score.comment,) if score.comment else ()
    if rules.appends_comments:
        return (*(old.comments if old else ()), *new)
    return new if score.grading_progress in rules.counting and score.given is not None else ()


def overridden(cell: Grade | None, user_id: str, score: float, now: datetime) -> Grade:
    """The cell after a teacher typed ``score`` into the gradebook."""
    if cell is None:
        return Grade(user_id, score, (), now, now, overridden=True)
    return replace(cell, score=score, received=now, overridden=True)
