"""One student and one requirement: every rating that counts, and why it stands as it does.

Not here: the whole class (``show_class``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.domain.mastery import Mastery, mastery_of
from lti_tool.domain.mastery_methods import power_law
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.rubric import Criterion, PerformanceLevel, Rubric, Rubrics
from lti_tool.domain.standard import Level, Requirement, RequirementKey
from lti_tool.persistence import assessments, courses, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .standing import level_rule
from .work import as_in_force, ratings_of, rubrics_of


@dataclass(frozen=True, slots=True)
class RatingInHistory:
    """A rating in force. ``assessment`` is None for one given in another course, whose comment
    stays there; ``decides`` marks those within the rule's window."""

    rating: Rating
    level: PerformanceLevel
    breach: bool
    rater: Account | None
    assessment: Assessment | None
    decides: bool

    @property
    def at(self) -> datetime:
        """When the work was done."""
        return self.rating.performed_at


@dataclass(frozen=True, slots=True)
class History:
    """One student and one requirement: what was rated and why it stands as it does."""

    learner: Account
    level: Level
    requirement: Requirement
    criterion: Criterion
    rule: AttainmentRule
    rubric: Rubric
    mastery: Mastery
    ratings: tuple[RatingInHistory, ...]
    """Newest first."""

    @property
    def trend(self) -> float | None:
        """The power law through the performance levels; None under three ratings. It decides
        nothing."""
        return power_law([each.level.number for each in reversed(self.ratings)])


def show_history(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    key: RequirementKey,
    *,
    learner_id: int,
    course_id: int,
    now: datetime,
) -> History:
    """The history of a student of the course under one requirement and its equals.

    Raises NotFoundError for anybody else, UnknownStandardError, UnknownRequirementError.
    """
    if not courses.is_student(session, course_id, learner_id):
        raise NotFoundError
    bundle = catalogue.find(standard_id)
    requirement = bundle.standard.requirement(key)
    learner = people.account(session, learner_id)
    rules = level_rule(session, bundle, learner.school_id)
    rule, members = rules.rule, frozenset(rules.classes.class_of(key).members)
    given = ratings_of(session, bundle, [learner_id], school_id=learner.school_id)
    stored = given.get(learner_id, ())
    counted = [each for each in in_force(stored) if each.requirement in members]
    rubrics = rubrics_of(session, bundle, stored)
    mastery = mastery_of(key, counted, rule=rule.mastery, rubric=rubrics, now=now)
    rubric = as_in_force(session, bundle, learner.school_id).rubric
    here = {each.id: each for each in assessments.assessments_of(session, course_id)}
    raters = people.accounts(session, {each.rater_id for each in counted})
    return History(
        learner=learner,
        level=bundle.standard.level(key.level),
        requirement=requirement,
        criterion=rubric.criterion(key),
        rule=rule,
        rubric=rubric,
        mastery=mastery,
        ratings=tuple(_in_history(rubrics, each, mastery, here, raters) for each in counted[::-1]),
    )


def _in_history(
    rubrics: Rubrics,
    rating: Rating,
    mastery: Mastery,
    here: Mapping[str, Assessment],
    raters: Mapping[int, Account],
) -> RatingInHistory:
    rubric, number = rubrics.of(rating.assessment_id), rating.performance_level
    assessment = here.get(rating.assessment_id)
    return RatingInHistory(
        rating,
        next(each for each in rubric.performance_levels if each.number == number),
        rubric.is_breach(rating.judged, number),
        raters.get(rating.rater_id) if assessment else None,
        assessment,
        rating in mastery.ratings,
    )
