"""The form of an assessment's conditions: what is typed, and the values read from it.

Used where an assessment is set up and where it is changed. No page itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import request

from lti_tool.domain.assessment import (
    DEFAULT_REVIEW_DAYS,
    MAX_ATTEMPTS,
    MAX_PERCENT,
    MAX_POINTS,
    MAX_REVIEW_DAYS,
    MAX_TITLE,
    Assessment,
    ReleaseMode,
)
from lti_tool.domain.errors import BadAssessmentError
from lti_tool.services.set_up_assessment import Conditions
from lti_tool.web.forms import (
    FormError,
    FormReader,
    as_typed,
    decimal_number,
    local_datetime,
    text,
    whole_number,
)
from lti_tool.web.localisation import format_number, gettext
from lti_tool.web.wiring import wired

MAX_INSTRUCTIONS = 10_000
DEFAULT_POINTS = "20"
DEFAULT_ATTEMPTS = "3"


@dataclass(frozen=True, slots=True)
class Typed:
    """The conditions as they stand in the form's fields: shown again just so when one is wrong."""

    title: str = ""
    instructions: str = ""
    points: str = DEFAULT_POINTS
    due: str = ""
    late: bool = True
    attempts: str = DEFAULT_ATTEMPTS
    release: str = ReleaseMode.HELD.value
    review_days: str = str(DEFAULT_REVIEW_DAYS)
    second_percent: str = "0"
    anonymous: bool = False


def typed_before(assessment: Assessment) -> Typed:
    """An assessment's conditions, to be changed."""
    return Typed(
        title=assessment.title,
        instructions=assessment.instructions,
        points=format_number(assessment.points).replace(",", ""),
        due=as_typed(assessment.due_at, wired().zone),
        late=assessment.accepts_late,
        attempts="" if assessment.attempts is None else str(assessment.attempts),
        release=assessment.release.value,
        review_days=str(assessment.review_days),
        second_percent=str(assessment.second_percent),
        anonymous=assessment.anonymous,
    )


def typed_now() -> Typed:
    """What the request's form holds."""
    form = request.form
    return Typed(
        title=form.get("title", ""),
        instructions=form.get("instructions", ""),
        points=form.get("points", ""),
        due=form.get("due", ""),
        late="late" in form,
        attempts=form.get("attempts", ""),
        release=form.get("release", ReleaseMode.HELD.value),
        review_days=form.get("review_days", str(DEFAULT_REVIEW_DAYS)),
        second_percent=form.get("second_percent", "0"),
        anonymous="anonymous" in form,
    )


def read_conditions(reader: FormReader, *, title: str = "") -> Conditions:
    """The conditions of the request's form; ``title`` stands in where none is typed.

    What is wrong is noted in the reader, whose errors the caller looks at.
    """
    zone = wired().zone
    return Conditions(
        title=reader.read(lambda: text("title", MAX_TITLE), "") or title,
        instructions=reader.read(lambda: text("instructions", MAX_INSTRUCTIONS), ""),
        points=reader.read(_points, Decimal(1)),
        due_at=reader.read(lambda: local_datetime("due", zone), None),
        accepts_late="late" in request.form,
        attempts=reader.read(_attempts, None),
        release=reader.read(_release, ReleaseMode.HELD),
        review_days=reader.read(_review_days, DEFAULT_REVIEW_DAYS),
        second_percent=reader.read(_second_percent, 0),
        anonymous="anonymous" in request.form,
    )


def words_of(error: BadAssessmentError) -> Mapping[str, str]:
    """A rule of the domain as a sentence, by the field it is about."""
    return {error.field: _sentence(error)}


def _points() -> Decimal:
    points = decimal_number("points")
    if points is None:
        raise FormError("points", gettext("This must be filled in."))
    return points


def _attempts() -> int | None:
    return whole_number("attempts", least=1, most=MAX_ATTEMPTS)


def _review_days() -> int:
    """Empty is none at all; a form without the field leaves what is usual."""
    if "review_days" not in request.form:
        return DEFAULT_REVIEW_DAYS
    return whole_number("review_days", least=0, most=MAX_REVIEW_DAYS) or 0


def _second_percent() -> int:
    return whole_number("second_percent", least=0, most=MAX_PERCENT) or 0


def _release() -> ReleaseMode:
    try:
        return ReleaseMode(request.form.get("release", ReleaseMode.HELD.value))
    except ValueError as unknown:
        raise FormError("release", gettext("Choose one of the two.")) from unknown


def _sentence(error: BadAssessmentError) -> str:
    sentences = {
        ("title", "missing"): gettext("Give it a title."),
        ("title", "too_long"): gettext("At most %(most)s characters.", most=MAX_TITLE),
        ("codes", "missing"): gettext("Choose at least one requirement."),
        ("codes", "unknown"): gettext("The standard has no such requirement."),
        ("codes", "lost"): gettext("A requirement lost in source cannot be assessed."),
        ("points", "out_of_range"): gettext("More than 0 and at most %(most)s.", most=MAX_POINTS),
        ("points", "too_precise"): gettext("At most two decimals."),
        ("weight", "out_of_range"): gettext("A weight is a whole number from 1 to 100."),
        ("review_days", "out_of_range"): gettext("From 0 to %(most)s days.", most=MAX_REVIEW_DAYS),
        ("second_percent", "out_of_range"): gettext("From 0 to 100 percent."),
        ("second_percent", "at_once"): gettext(
            "What is released at once cannot be marked a second time first: choose to release "
            "yourself, or 0."
        ),
        ("attempts", "out_of_range"): gettext("From 1 to %(most)s attempts.", most=MAX_ATTEMPTS),
    }
    known = sentences.get((error.field, error.reason))
    return known or gettext("The assessment cannot be set up like this.")
