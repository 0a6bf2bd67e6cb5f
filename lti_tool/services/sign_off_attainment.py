"""A registrar signs off a level that the rule proposes, or revokes a sign-off with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.attainment import (
    Decision,
    DecisionKind,
    in_scope,
    sign_offs_in_force,
    waived_in,
)
from lti_tool.domain.errors import (
    NotFoundError,
    NotMetError,
    NotSignedOffError,
    ReasonMissingError,
    StaleFormError,
)
from lti_tool.persistence import (
    carry_decisions,
    decisions,
    learners,
    link_decisions,
    people,
    standings,
)
from lti_tool.persistence.people import Account

from .standing import evidence_digest, level_rule, masteries_of, update_standing
from .work import Work


@dataclass(frozen=True, slots=True)
class LevelOf:
    """One level of one learner."""

    learner_id: int
    standard_id: str
    level: str


def sign_off_attainment(
    work: Work, subject: LevelOf, *, seen_digest: str, school_id: int
) -> Decision:
    """Record that the learner has attained the level, on the evidence the page showed.

    ``seen_digest`` covers that evidence. Raises NotFoundError for a learner of another
    school, StaleFormError when the evidence changed or the level is signed off already,
    NotMetError when the rule is not met.
    """
    learner = _of_school(work, subject.learner_id, school_id)
    if _in_force(work, subject):
        raise StaleFormError
    decision = _decision(work, learner, subject, kind=DecisionKind.SIGN_OFF, reason="")
    if decision.digest != seen_digest:
        raise StaleFormError
    return _decide(work, learner, [decision])


def revoke_attainment(work: Work, subject: LevelOf, *, reason: str, school_id: int) -> Decision:
    """Take a sign-off back, on whichever of the learner's accounts it was made: there it stays
    revoked, should that account be parted again. The reason is kept with the decision.

    Raises NotFoundError for a learner of another school, NotSignedOffError when nothing is
    in force, ReasonMissingError for an empty reason.
    """
    learner = _of_school(work, subject.learner_id, school_id)
    signed = _in_force(work, subject)
    if not signed:
        raise NotSignedOffError
    if not reason.strip():
        raise ReasonMissingError
    kind, words = DecisionKind.REVOKE, reason.strip()
    ids = sorted({each.learner_id for each in signed})
    owners = [people.account(work.session, each) for each in ids]
    made = [_decision(work, each, subject, kind=kind, reason=words) for each in owners]
    return _decide(work, learner, made)


def _of_school(work: Work, learner_id: int, school_id: int) -> Account:
    """Of two who decide at once the second sees what the first decided."""
    standings.lock_learner(work.session, learner_id)
    learner = people.account(work.session, learners.learner_of(work.session, learner_id))
    if learner.school_id != school_id:
        raise NotFoundError
    return learner


def _in_force(work: Work, subject: LevelOf) -> tuple[Decision, ...]:
    """The sign-offs that stand; several where accounts with one each were merged."""
    made = decisions.decisions_of(work.session, subject.learner_id, subject.standard_id)
    return sign_offs_in_force(made).get(subject.level, ())


def _decision(
    work: Work, learner: Account, subject: LevelOf, *, kind: DecisionKind, reason: str
) -> Decision:
    bundle = work.bundle(subject.standard_id)
    rules = level_rule(work.session, bundle, learner.school_id)
    masteries = masteries_of(work.session, bundle, rules, learner.id, work.now)
    attainment = rules.evaluate(subject.level, masteries)
    if kind is DecisionKind.SIGN_OFF and not attainment.met:
        raise NotMetError
    resting_on = in_scope(rules.scope(subject.level), masteries)
    return Decision(
        id=work.new_id(),
        learner_id=learner.id,
        standard_id=bundle.standard.id,
        level=subject.level,
        kind=kind,
        rule_version=rules.rule.version,
        mastered=attainment.mastered,
        total=attainment.total,
        rating_ids=tuple(rating.id for each in resting_on for rating in each.ratings),
        digest=evidence_digest(rules, learner.id, subject.level, masteries),
        decided_by=work.actor_id,
        decided_at=work.now,
        reason=reason,
        waived=waived_in(rules.scope(subject.level), rules.waived),
        links=link_decisions.last_number(work.session, learner.school_id, bundle.standard.id),
        carried=carry_decisions.last_number(work.session, learner.school_id, bundle.standard.id),
    )


def _decide(work: Work, learner: Account, made: Sequence[Decision]) -> Decision:
    for each in made:
        decisions.add_decision(work.session, each)
        about = f"attainment:{each.learner_id}/{each.standard_id}/{each.level}"
        work.note(each.kind.value, about, each.digest)
    bundle = work.bundle(made[0].standard_id)
    rules = level_rule(work.session, bundle, learner.school_id)
    update_standing(work, bundle, learner, rules)
    return made[0]
