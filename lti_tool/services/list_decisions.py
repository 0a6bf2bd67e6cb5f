"""A school's sign-offs and revocations for other systems, and the ratings that one rests on.

Not here: computing one again (``replay_decisions``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue
from lti_tool.domain.attainment import Decision
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.rating import Rating
from lti_tool.persistence import assessments, decision_lists, learners, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.decision_lists import DecisionFilter, Place
from lti_tool.persistence.people import Account

from .work import ratings_of

__all__ = ["DecisionFilter", "DecisionListed", "Evidence", "list_decisions", "one_decision"]


@dataclass(frozen=True, slots=True)
class DecisionListed:
    """A decision, about whom (by the account they go by today) and by whom."""

    decision: Decision
    learner: Account
    by: Account | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The ratings a decision rests on, oldest performance first; raters and the titles of
    assessments by their ids. Empty where the standard is not installed any more."""

    ratings: tuple[Rating, ...]
    raters: Mapping[int, Account]
    titles: Mapping[str, str]


def list_decisions(
    session: Session, wanted: DecisionFilter, *, school_id: int, after: Place | None, most: int
) -> Sequence[DecisionListed]:
    """Decisions made after this place, at most so many, oldest first."""
    found = decision_lists.decisions_after(session, school_id, wanted, after=after, most=most)
    return _with_people(session, found)


def one_decision(
    session: Session, catalogue: Catalogue, decision_id: str, *, school_id: int
) -> tuple[DecisionListed, Evidence]:
    """A decision with its evidence. Raises NotFoundError for one of another school."""
    found = decision_lists.decision_of_school(session, school_id, decision_id)
    if found is None:
        raise NotFoundError
    listed = _with_people(session, [found])[0]
    bundle = catalogue.installed(found.standard_id)
    if bundle is None:
        return listed, Evidence((), {}, {})
    upto = found.carried or 0
    given = ratings_of(
        session, bundle, [found.learner_id], school_id=school_id, up_to=upto, ever=True
    )
    named = frozenset(found.rating_ids)
    own = [each for each in given.get(found.learner_id, ()) if each.id in named]
    return listed, Evidence(
        ratings=tuple(sorted(own, key=lambda each: (each.order, each.requirement))),
        raters=people.accounts(session, {each.rater_id for each in own}),
        titles=assessments.titles_of(session, {each.assessment_id for each in own}),
    )


def _with_people(session: Session, found: Sequence[Decision]) -> Sequence[DecisionListed]:
    accounts = learners.accounts_of(session, {each.learner_id for each in found})
    today = {account: own[0] for account, own in accounts.items()}
    known = people.accounts(session, {*today.values(), *(each.decided_by for each in found)})
    return [
        DecisionListed(each, known[today[each.learner_id]], known.get(each.decided_by))
        for each in found
    ]
