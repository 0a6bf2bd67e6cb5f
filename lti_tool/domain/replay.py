"""A decision computed again from the very ratings it rests on, as of the day it was made.

Not here: finding the ratings and the rule of that day (``lti_tool.services``).
"""

from collections.abc import Iterable

from .attainment import Decision, DecisionKind, digest_of, in_scope, waived_in
from .level_rule import LevelRule
from .rating import Rating
from .rubric import Rubrics


def same_again(
    decision: Decision, ratings: Iterable[Rating], rules: LevelRule, rubric: Rubrics
) -> bool:
    """Whether rule, waivers and ratings of that day give the decision's digest, and for a
    sign-off meet the level again. ``ratings`` are all the learner has under the standard;
    ``rules`` is the rule that the decision names, with its waivers."""
    ordered = sorted(ratings, key=lambda each: each.order)
    own = [each for each in ordered if each.id in decision.rating_ids]
    masteries = rules.masteries(own, rubric, now=decision.decided_at)
    scope = rules.scope(decision.level)
    digest = digest_of(
        learner_id=decision.learner_id,
        level=decision.level,
        rule=rules.rule,
        masteries=in_scope(scope, masteries),
        waived=waived_in(scope, rules.waived),
    )
    if digest != decision.digest:
        return False
    met = rules.evaluate(decision.level, masteries).met
    return met or decision.kind is not DecisionKind.SIGN_OFF
