"""Why a learner has or has not attained a level: the rule clause by clause, what is missing,
the ratings behind every requirement, who decided what, and what the LMS was told.

The last sign-off is recomputed from the very ratings it rests on and compared. Not here:
deciding (``sign_off_attainment``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.attainment import Attainment, AttainmentState, Decision, attainment_state
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.domain.standard import Level
from lti_tool.persistence import (
    courses,
    decisions,
    learners,
    line_items,
    people,
    schools,
    scores,
)
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.schools import School
from lti_tool.persistence.scores import Delivery
from lti_tool.services.standing import (
    evidence_digest,
    level_rule,
    masteries_of,
    rules_then,
)
from lti_tool.services.work import as_in_force, ratings_of, rubrics_of

from .clauses import Clause, ClauseKind, clauses_of
from .replay import Replay, last_sign_off, replay_of
from .requirements import AreaShown, GapShown, areas_of, gaps_of
from .subject import Subject

__all__ = ["ClauseKind", "DecisionExplained", "explain_decision"]


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision and who made it."""

    decision: Decision
    by: Account | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the gradebook of one course was told about the level."""

    course: Course
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class DecisionExplained:
    """The page. ``digest`` covers the evidence shown; a sign-off names it.

    ``trail`` runs from the newest decision to the oldest.
    """

    school: School
    learner: Account
    courses: tuple[Course, ...]
    bundle: StandardBundle
    rule: AttainmentRule
    level: Level
    attainment: Attainment
    state: AttainmentState
    digest: str
    clauses: tuple[Clause, ...]
    gaps: tuple[GapShown, ...]
    areas: tuple[AreaShown, ...]
    trail: tuple[DecisionShown, ...]
    replay: Replay | None
    told: tuple[Told, ...]

    @property
    def last(self) -> DecisionShown | None:
        """The newest decision, None if there was none."""
        return self.trail[0] if self.trail else None

    @property
    def can_sign_off(self) -> bool:
        """Whether the rule proposes the level and no sign-off is in force; also after one was
        revoked."""
        signed = self.state is AttainmentState.ATTAINED
        return self.attainment.met and not signed and self.state is not AttainmentState.NO_EVIDENCE


def explain_decision(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    level: str,
    *,
    learner_id: int,
    school_id: int,
    now: datetime,
) -> DecisionExplained:
    """Everything about one level of one learner of the school, whichever of their accounts is
    asked for.

    Raises NotFoundError for anybody who is no learner of this school, UnknownStandardError,
    UnknownRequirementError for a level the standard does not have.
    """
    learner = _of_school(session, learner_id, school_id)
    subject = _subject(session, catalogue.find(standard_id), level, learner, now)
    standard = subject.bundle.standard
    trail = _trail(session, subject)
    made = [each.decision for each in trail]
    last = made[0] if made else None
    areas = areas_of(session, subject)
    return DecisionExplained(
        school=schools.school(session, school_id),
        learner=learner,
        courses=tuple(_courses(session, learner)),
        bundle=subject.bundle,
        rule=subject.rules.rule,
        level=subject.level,
        attainment=subject.attainment,
        state=attainment_state(subject.attainment, has_evidence=bool(subject.evidence), last=last),
        digest=evidence_digest(subject.rules, learner.id, subject.level.key, subject.masteries),
        clauses=tuple(clauses_of(subject, areas, last)),
        gaps=gaps_of(subject, areas),
        areas=areas,
        trail=trail,
        replay=_replay(session, subject, made),
        told=tuple(_told(session, learner, f"{standard.id}/{subject.level.key}")),
    )


def _subject(
    session: Session, bundle: StandardBundle, level: str, learner: Account, now: datetime
) -> Subject:
    found = bundle.standard.level(level)
    rules = level_rule(session, bundle, learner.school_id)
    masteries = masteries_of(session, bundle, rules, learner.id, now)
    if not masteries and not _courses(session, learner):
        raise NotFoundError
    given = [rating for each in masteries.values() for rating in each.ratings]
    rubrics = rubrics_of(session, bundle, given)
    rubric = as_in_force(session, bundle, learner.school_id).rubric
    return Subject(bundle, rubric, rubrics, found, learner, masteries, rules)


def _courses(session: Session, learner: Account) -> Sequence[Course]:
    accounts = learners.accounts_of(session, [learner.id])[learner.id]
    found = (each for one in accounts for each in courses.courses_of_student(session, one))
    return sorted(dict.fromkeys(found), key=lambda each: each.id)


def _of_school(session: Session, learner_id: int, school_id: int) -> Account:
    learner = people.account(session, learners.learner_of(session, learner_id))
    if learner.school_id != school_id:
        raise NotFoundError
    return learner


def _replay(session: Session, subject: Subject, made: Iterable[Decision]) -> Replay | None:
    signed = last_sign_off(made)
    if signed is None:
        return None
    bundle, learner = subject.bundle, subject.learner
    found = ratings_of(
        session,
        bundle,
        [learner.id],
        school_id=learner.school_id,
        up_to=signed.carried or 0,
        ever=True,
    )
    stored = found.get(learner.id, ())
    rules = rules_then(session, bundle, learner.school_id, signed)
    return replay_of(subject, signed, stored, rubrics_of(session, bundle, stored), rules)


def _trail(session: Session, subject: Subject) -> tuple[DecisionShown, ...]:
    made = decisions.decisions_of(session, subject.learner.id, subject.bundle.standard.id)
    own = [each for each in made if each.level == subject.level.key]
    persons = people.accounts(session, {each.decided_by for each in own})
    return tuple(DecisionShown(each, persons.get(each.decided_by)) for each in reversed(own))


def _told(session: Session, learner: Account, resource_id: str) -> Iterable[Told]:
    for account in learners.accounts_of(session, [learner.id])[learner.id]:
        for delivery in scores.deliveries_to(session, account, resource_id):
            item = line_items.line_item(session, delivery.line_item_id)
            if item is not None:
                yield Told(courses.course(session, item.course_id), delivery)
