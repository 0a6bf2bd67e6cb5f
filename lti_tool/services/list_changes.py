"""A school's outcomes in the order of their last change, so that other systems read what is new.

Not here: the page of outcomes (``show_outcomes``).
"""

from collections.abc import Collection, Sequence

from lti_tool.catalogue import Catalogue
from lti_tool.persistence import learners, outcomes
from lti_tool.persistence.database import Session
from lti_tool.persistence.outcomes import Change, Found, Ledger, OutcomeFilter

__all__ = ["Change", "Found", "OutcomeFilter", "list_changes"]


def list_changes(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    wanted: OutcomeFilter,
    *,
    school_id: int,
    learner_id: int | None,
    after: Change | None,
    most: int,
) -> Sequence[Found]:
    """The outcomes under a standard that changed after this place, at most so many;
    ``learner_id`` None: of everybody.

    Raises UnknownStandardError, UnknownRequirementError for a level the standard does not have.
    """
    standard = catalogue.find(standard_id).standard
    if wanted.level is not None:
        standard.level(wanted.level)
    ledger = Ledger(school_id, standard.id, tuple(each.key for each in standard.levels))
    whose: Collection[int] = ()
    if learner_id is not None:
        whose = {learner_id, learners.learner_of(session, learner_id)}
    return outcomes.changed_after(
        session, ledger, wanted, learner_ids=whose, after=after, most=most
    )
