"""The last sign-off computed again from the very ratings it rests on, and compared."""

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.domain.attainment import Decision, DecisionKind
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.rating import Rating
from lti_tool.domain.replay import same_again
from lti_tool.domain.rubric import Rubrics

from .subject import Subject


@dataclass(frozen=True, slots=True)
class Replay:
    """The sign-off in force or last revoked, computed again from the ratings it rests on.

    ``same``: its rule, waivers and ratings still give its digest; None where that rule is not
    kept. ``same_rule``: it is the rule of today. ``unchanged``: today's ratings are those very
    ratings. ``added`` and ``gone`` count the ratings that differ.
    """

    decision: Decision
    same: bool | None
    same_rule: bool
    unchanged: bool
    added: int
    gone: int


def replay_of(
    subject: Subject,
    signed: Decision,
    ratings: Iterable[Rating],
    rubrics: Rubrics,
    rules: LevelRule | None,
) -> Replay:
    """The comparison for a sign-off.

    ``ratings`` are all that the learner has under the standard, given with ``rubrics``; ``rules``
    what the decision was made under, None where it is not kept.
    """
    then = frozenset(signed.rating_ids)
    now = {rating.id for each in subject.evidence for rating in each.ratings}
    return Replay(
        decision=signed,
        same=None if rules is None else same_again(signed, ratings, rules, rubrics),
        same_rule=signed.rule_version == subject.rules.rule.version,
        unchanged=then == now,
        added=len(now - then),
        gone=len(then - now),
    )


def last_sign_off(decisions: Iterable[Decision]) -> Decision | None:
    """The newest sign-off among decisions (newest first); None without one."""
    return next((each for each in decisions if each.kind is DecisionKind.SIGN_OFF), None)
