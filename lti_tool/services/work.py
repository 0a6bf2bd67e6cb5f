"""What every use case that changes something works with, the ratings that count for a standard and
the rubrics they are read on. Not a use case itself."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.carrying import carried, carried_steps
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import RubricShelf
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import (
    audit_log,
    carry_decisions,
    learners,
    merges,
    ratings,
    reviews,
    rubric_versions,
)
from lti_tool.persistence.database import Session


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way: an open transaction, the standards, who acts, and when.

    ``zone`` is the school's, for the dates a gradebook shows; ``new_id`` makes random ids.
    ``bulk``: it decides on many at once, so that grades decided one by one reach the LMS first.
    """

    session: Session
    catalogue: Catalogue
    actor_id: int
    now: datetime
    zone: ZoneInfo
    new_id: Callable[[], str]
    bulk: bool = False

    def bundle(self, standard_id: str) -> StandardBundle:
        """The standard with its rubric, classes and rule. Raises UnknownStandardError."""
        return self.catalogue.find(standard_id)

    def day(self, when: datetime) -> date:
        """The date of a point in time in the school's zone."""
        return when.astimezone(self.zone).date()

    def note(self, action: str, subject: str, detail: str = "") -> None:
        """Write an entry of the audit log in the actor's name."""
        audit_log.note(
            self.session, action, subject, actor_id=self.actor_id, now=self.now, detail=detail
        )


def rated_with(session: Session, bundle: StandardBundle, assessment_id: str) -> StandardBundle:
    """The standard with the rubric that an assessment is rated with: the version in force when it
    was set up, whatever was published since."""
    shelf = rubric_versions.shelf(session, bundle.rubric, [assessment_id])
    return replace(bundle, rubric=shelf.of(assessment_id))


def as_in_force(session: Session, bundle: StandardBundle, school_id: int) -> StandardBundle:
    """The standard with the rubric that is in force at a school: its own, or the shipped one."""
    newest = rubric_versions.newest_id(session, school_id, bundle.standard.id)
    if newest is None:
        return bundle
    return replace(bundle, rubric=rubric_versions.rubric_of(session, newest))


def ratings_of(
    session: Session,
    bundle: StandardBundle,
    learner_ids: Collection[int],
    *,
    school_id: int,
    up_to: int | None = None,
    ever: bool = False,
) -> Mapping[int, Sequence[Rating]]:
    """All ratings of some learners of a school that bear on a standard, by learner, drafts
    included: those under it, and those of older versions that the school decided to carry over;
    ``up_to``: after so many of its decisions. A learner without any is missing.

    Those for any account of a learner count; with ``ever`` for any that was a learner's once, for
    a decision of then is replayed from ratings that it names.
    """
    standard = bundle.standard
    accounts = learners.accounts_of(session, learner_ids)
    if ever:
        accounts = {each: tuple(merges.ever_of(session, each)) for each in learner_ids}
    under_it = ratings.ratings_of_learners(session, accounts, standard.id)
    found = {learner_id: list(given) for learner_id, given in under_it.items()}
    made = carry_decisions.carry_decisions_of(session, school_id, standard.id, up_to=up_to)
    steps = carried_steps(made)
    for older in steps:
        theirs = ratings.ratings_of_learners(session, accounts, older)
        for learner_id, given in theirs.items():
            counted = carried(given, steps, standard)
            if counted:
                found.setdefault(learner_id, []).extend(counted)
    return found


def reviewed_of(
    session: Session,
    bundle: StandardBundle,
    learner_ids: Collection[int],
    *,
    school_id: int,
    but: str = "",
) -> Mapping[int, frozenset[RequirementKey]]:
    """The requirements of a standard that are frozen by a review, by learner: one of a carried
    rating freezes what it is carried to. ``but`` is the id of a review to pass over."""
    accounts = learners.accounts_of(session, learner_ids)
    found = dict(reviews.under_review(session, accounts, bundle.standard.id, but=but))
    made = carry_decisions.carry_decisions_of(session, school_id, bundle.standard.id)
    for older, steps in carried_steps(made).items():
        theirs = reviews.under_review(session, accounts, older, but=but)
        for learner_id, keys in theirs.items():
            targets = frozenset(target for key in keys for target in steps.get(key, ()))
            found[learner_id] = found.get(learner_id, frozenset()) | targets
    return found


def rubrics_of(session: Session, bundle: StandardBundle, given: Iterable[Rating]) -> RubricShelf:
    """The rubrics that these ratings were given with, those carried over from other versions of
    the standard included."""
    known = {each.assessment_id: each.standard_id for each in given}
    shelf = rubric_versions.shelf(session, bundle.rubric, known.keys())
    theirs = {id_: bundle.others[name] for id_, name in known.items() if name in bundle.others}
    return replace(shelf, by_assessment={**theirs, **shelf.by_assessment}) if theirs else shelf
