"""What a teacher sets up: the requirements an assessment covers and its conditions.

Not here: what a learner hands in (``submission``) and what a rater gives (``rating``).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from .errors import BadAssessmentError, NotInAssessmentError
from .standard import RequirementKey

MAX_TITLE = 200
MAX_WEIGHT = 100
MAX_POINTS = Decimal(1000)
MAX_ATTEMPTS = 20
MAX_REVIEW_DAYS = 60
MAX_PERCENT = 100
DEFAULT_REVIEW_DAYS = 7
"""How long after its release a rating may be asked about, unless the assessment says otherwise."""
CENT = Decimal("0.01")
"""What points and scores are rounded to."""


class ReleaseMode(StrEnum):
    """When ratings take effect and are shown to the student."""

    AT_ONCE = "at_once"
    """Each rating is released as it is saved."""
    HELD = "held"
    """Ratings are drafts until the teacher releases them; drafts count nowhere."""


@dataclass(frozen=True, slots=True)
class AssessedRequirement:
    """A requirement in an assessment. ``weight`` is a whole number from 1 to 100."""

    key: RequirementKey
    weight: int = 1

    @property
    def code(self) -> str:
        return self.key.code


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of one level of one standard, in one course.

    ``points`` is the score maximum in the LMS, with two decimals at most. ``due_at`` None: no
    due time; ``attempts`` None: as often as the learner likes. All requirements belong to
    ``level``, so within an assessment the bare code identifies a requirement.
    """

    id: str
    standard_id: str
    level: str
    title: str
    instructions: str
    requirements: tuple[AssessedRequirement, ...]
    points: Decimal
    due_at: datetime | None = None
    accepts_late: bool = True
    attempts: int | None = None
    release: ReleaseMode = ReleaseMode.HELD
    review_days: int = DEFAULT_REVIEW_DAYS
    """For so many days after its release a student may ask for a review of a rating; 0: never."""
    second_percent: int = 0
    """The share of works that a second rater marks unseen, in percent (``second_marking``)."""
    anonymous: bool = False
    """Whether raters see no names before release (``anonymity``)."""
    seed: str = ""
    """What is drawn by lot in it is drawn by this, so that it can be drawn again; never shown."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The bare codes, in the order of the requirements."""
        return tuple(each.code for each in self.requirements)

    def key(self, code: str) -> RequirementKey:
        """The requirement of a bare code. Raises NotInAssessmentError."""
        if code not in self.codes:
            raise NotInAssessmentError(code)
        return RequirementKey(self.level, code)

    def is_late(self, at: datetime) -> bool:
        """Whether work handed in at this time is past the due time."""
        return self.due_at is not None and at > self.due_at


def checked(assessment: Assessment) -> Assessment:
    """The assessment itself if it may be set up. Raises BadAssessmentError naming the field."""
    if not assessment.title.strip():
        raise BadAssessmentError("title", "missing")
    if len(assessment.title) > MAX_TITLE:
        raise BadAssessmentError("title", "too_long")
    _check_requirements(assessment)
    _check_points(assessment.points)
    if assessment.attempts is not None and not 1 <= assessment.attempts <= MAX_ATTEMPTS:
        raise BadAssessmentError("attempts", "out_of_range")
    if not 0 <= assessment.review_days <= MAX_REVIEW_DAYS:
        raise BadAssessmentError("review_days", "out_of_range")
    _check_second_marking(assessment)
    return assessment


def extended(assessment: Assessment, until: datetime | None) -> Assessment:
    """The assessment as it is for a learner who may hand in until then; None, or a time that is not
    later than everybody's, changes nothing."""
    due = assessment.due_at
    if until is None or due is None or until <= due:
        return assessment
    return replace(assessment, due_at=until)


def check_extension(assessment: Assessment, until: datetime) -> None:
    """Raise BadAssessmentError unless a learner gains time by this."""
    if assessment.due_at is None:
        raise BadAssessmentError("due", "missing")
    if until <= assessment.due_at:
        raise BadAssessmentError("due", "not_later")


def _check_requirements(assessment: Assessment) -> None:
    if not assessment.requirements:
        raise BadAssessmentError("codes", "missing")
    if any(each.key.level != assessment.level for each in assessment.requirements):
        raise BadAssessmentError("codes", "other_level")
    if len(set(assessment.codes)) != len(assessment.codes):
        raise BadAssessmentError("codes", "repeated")
    if not all(1 <= each.weight <= MAX_WEIGHT for each in assessment.requirements):
        raise BadAssessmentError("weight", "out_of_range")


def _check_second_marking(assessment: Assessment) -> None:
    """What is released at once cannot be held until a second rater has marked it."""
    if not 0 <= assessment.second_percent <= MAX_PERCENT:
        raise BadAssessmentError("second_percent", "out_of_range")
    if assessment.second_percent and assessment.release is ReleaseMode.AT_ONCE:
        raise BadAssessmentError("second_percent", "at_once")


def _check_points(points: Decimal) -> None:
    """Two decimals at most: scores are rounded to these, and must not pass the maximum."""
    if not points.is_finite() or not 0 < points <= MAX_POINTS:
        raise BadAssessmentError("points", "out_of_range")
    if points != points.quantize(CENT):
        raise BadAssessmentError("points", "too_precise")
