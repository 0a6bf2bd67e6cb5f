"""Two versions of a standard compared, and a school's plan for the evidence it has.

Not here: confirming the plan (``carry_evidence``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.carrying import Carry, PlannedStep, plan
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.revision import Change, ChangeKind, Revision, revision
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import carry_decisions, people, ratings, recomputations, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.persistence.schools import School


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """The page. ``learners`` counts who has a released rating, by requirement of the old version;
    ``seen`` is how many decisions the page knows of; ``people`` made them, by id."""

    school: School
    old: StandardBundle
    new: StandardBundle
    revision: Revision
    steps: tuple[PlannedStep, ...]
    learners: Mapping[RequirementKey, int]
    seen: int
    people: Mapping[int, Account]
    progress: Recomputation | None

    def of_kind(self, kind: ChangeKind) -> tuple[PlannedStep, ...]:
        """The steps of one kind of change, in the order of the source."""
        return tuple(each for each in self.steps if each.change.kind is kind)

    @property
    def fresh(self) -> tuple[Change, ...]:
        """What is new in the new version."""
        return tuple(each for each in self.revision.changes if each.kind is ChangeKind.NEW)

    @property
    def undecided(self) -> int:
        """How many steps nobody has confirmed."""
        return sum(each.decision is None for each in self.steps)

    def count(self, carry: Carry) -> int:
        """How many steps stand so now."""
        return sum(each.carry is carry for each in self.steps)


def show_revision(
    session: Session, catalogue: Catalogue, old_id: str, new_id: str, *, school_id: int
) -> RevisionShown:
    """The comparison and the plan. Raises UnknownStandardError, NotFoundError for versions of
    different standards or twice the same."""
    old, new = catalogue.find(old_id), catalogue.find(new_id)
    if old.standard.code != new.standard.code or old.standard.id == new.standard.id:
        raise NotFoundError
    compared = revision(old.standard, new.standard)
    made = carry_decisions.carry_decisions_of(session, school_id, new.standard.id)
    own = [each for each in made if each.old_standard == old.standard.id]
    return RevisionShown(
        school=schools.school(session, school_id),
        old=old,
        new=new,
        revision=compared,
        steps=plan(compared.changes, own),
        learners=ratings.learners_rated(session, school_id, old.standard.id),
        seen=len(made),
        people=people.accounts(session, {each.decided_by for each in own}),
        progress=recomputations.newest(session, school_id, new.standard.id),
    )
