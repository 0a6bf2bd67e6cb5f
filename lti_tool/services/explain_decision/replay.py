"""The last sign-off computed again from the very ratings it rests on, and compared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lti_tool.domain.attainment import Decision, DecisionKind
from lti_tool.domain.mastery import Mastery, mastery_of
from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey

from .subject import Subject

Digest = Callable[[Mapping[RequirementKey, Mastery]], str]


@dataclass(frozen=True, slots=True)
class Replay:
    """The sign-off in force or last revoked, computed again from the ratings it rests on.

    ``same``: rule, waivers and ratings still give its digest. ``same_rule`` is False when the
    rule has another version since, and no longer gives it. ``unchanged``: today's ratings are
    those very ratings. ``added`` and ``gone`` count the ratings that differ.
    """

    decision: Decision
    same: bool
    same_rule: bool
    unchanged: bool
    added: int
    gone: int


def replay_of(
    subject: Subject, decisions: Iterable[Decision], ratings: Iterable[Rating], *, digest: Digest
) -> Replay | None:
    """The comparison for the newest sign-off among the decisions (newest first); None without.

    ``ratings`` are all that the learner has under the standard; ``digest`` is that of what a
    decision on such masteries would rest on today.
    """
    signed = (each for each in decisions if each.kind is DecisionKind.SIGN_OFF)
    decision = next(signed, None)
    if decision is None:
        return None
    then = frozenset(decision.rating_ids)
    now = {rating.id for each in subject.evidence for rating in each.ratings}
    masteries = _masteries_from(subject, decision, ratings)
    return Replay(
        decision=decision,
        same=digest(masteries) == decision.digest,
        same_rule=decision.rule_version == subject.rules.rule.version,
        unchanged=then == now,
        added=len(now - then),
        gone=len(then - now),
    )


def _masteries_from(
    subject: Subject, decision: Decision, ratings: Iterable[Rating]
) -> Mapping[RequirementKey, Mastery]:
    """Mastery, on its day, from exactly the decision's ratings, whatever came since."""
    bundle = subject.bundle
    by_class: dict[RequirementKey, list[Rating]] = {}
    for each in sorted(ratings, key=lambda rating: (rating.performed_at, rating.rated_at)):
        if each.id in decision.rating_ids:
            by_class.setdefault(bundle.classes.class_of(each.requirement).key, []).append(each)
    return {
        key: mastery_of(
            key,
            group,
            rule=subject.rules.rule.mastery,
            rubric=bundle.rubric,
            now=decision.decided_at,
        )
        for key, group in by_class.items()
    }
