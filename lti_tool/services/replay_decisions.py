"""Every decision of every school computed again from what it rests on; differences reported."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import Decision
from lti_tool.domain.errors import UnknownStandardError
from lti_tool.domain.replay import same_again
from lti_tool.persistence import decisions, people
from lti_tool.persistence.database import Session

from .standing import rules_then
from .work import ratings_of, rubrics_of


class Outcome(StrEnum):
    """What came of a decision computed again."""

    SAME = "same"
    """The same digest, and a sign-off's level is met again."""
    DIFFERENT = "different"
    """Another digest, or a signed-off level that is not met: the record was tampered with, or the
    standard's classes have changed since."""
    RULE_GONE = "rule_gone"
    """The rule version it names is not installed any more, so nothing can be said."""
    STANDARD_GONE = "standard_gone"
    """The standard is not installed any more."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision and what came of it."""

    decision: Decision
    outcome: Outcome


def replay_decisions(session: Session, catalogue: Catalogue) -> Iterator[Replayed]:
    """Replay all decisions, oldest first, one at a time: memory does not grow with them."""
    for each in decisions.every_decision(session):
        yield Replayed(each, replay(session, catalogue, each))


def replay(session: Session, catalogue: Catalogue, decision: Decision) -> Outcome:
    """What comes of one decision computed again."""
    try:
        bundle = catalogue.find(decision.standard_id)
    except UnknownStandardError:
        return Outcome.STANDARD_GONE
    learner = people.account(session, decision.learner_id)
    rules = rules_then(session, bundle, learner.school_id, decision)
    if rules is None:
        return Outcome.RULE_GONE
    upto = decision.carried or 0
    found = ratings_of(
        session, bundle, [learner.id], school_id=learner.school_id, up_to=upto, ever=True
    )
    stored = found.get(learner.id, ())
    same = same_again(decision, stored, rules, rubrics_of(session, bundle, stored))
    return Outcome.SAME if same else Outcome.DIFFERENT
