"""A school's links between requirements of different levels: proposed, decided, and shipped.

Not here: deciding (``link_requirements``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from lti_tool.catalogue import Catalogue, StandardBundle, links_yaml
from lti_tool.domain.equivalence import (
    LinkConflict,
    LinkDecision,
    Pair,
    conflicts,
    decided,
    kept_apart,
    links_in_force,
)
from lti_tool.domain.link_proposals import Proposal, compared, propose
from lti_tool.domain.mapping import EquivalenceLink
from lti_tool.persistence import link_decisions, people, recomputations, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.persistence.schools import School


@dataclass(frozen=True, slots=True)
class Links:
    """The page. ``made`` are the decisions from the newest to the oldest, ``in_force`` those that
    count by pair, ``links`` what counts at the school, shipped links included."""

    school: School
    bundle: StandardBundle
    proposals: tuple[Proposal, ...]
    made: tuple[LinkDecision, ...]
    in_force: Mapping[Pair, LinkDecision]
    links: tuple[EquivalenceLink, ...]
    conflicts: tuple[LinkConflict, ...]
    people: Mapping[int, Account]
    progress: Recomputation | None

    @property
    def seen(self) -> int:
        """How many decisions the page knows of."""
        return len(self.made)

    @property
    def sharing(self) -> int:
        """How many links let their pair share evidence."""
        return sum(each.shares_evidence for each in self.links)

    def current(self, decision: LinkDecision) -> bool:
        """Whether this decision is in force on its pair."""
        return self.in_force.get(decision.pair) == decision

    def link_of(self, pair: Pair) -> EquivalenceLink | None:
        """The link in force between two requirements; None without one."""
        return next((each for each in self.links if (each.lower, each.higher) == pair), None)

    def shipped(self, pair: Pair) -> EquivalenceLink | None:
        """The link shipped between two requirements, whatever the school decided."""
        found = (each for each in self.bundle.links if (each.lower, each.higher) == pair)
        return next(found, None)

    def of_pair(self, pair: Pair) -> tuple[LinkDecision, ...]:
        """The decisions on one pair, newest first."""
        return tuple(each for each in self.made if each.pair == pair)

    def compared(self, pair: Pair) -> Proposal:
        """Two requirements compared. Raises UnknownRequirementError."""
        return compared(self.bundle.standard, *pair)


def show_links(
    session: Session, catalogue: Catalogue, standard_id: str, *, school_id: int
) -> Links:
    """Everything about the links of a standard at a school. Raises UnknownStandardError."""
    bundle = catalogue.find(standard_id)
    standard = bundle.standard
    made = link_decisions.link_decisions_of(session, school_id, standard.id)
    links, apart = links_in_force(bundle.links, made), kept_apart(made)
    return Links(
        school=schools.school(session, school_id),
        bundle=bundle,
        proposals=propose(standard, links, apart),
        made=tuple(reversed(made)),
        in_force=decided(made),
        links=links,
        conflicts=conflicts(standard, links, apart),
        people=people.accounts(session, {each.decided_by for each in made}),
        progress=recomputations.newest(session, school_id, standard.id),
    )


def school_links_yaml(
    session: Session, bundle: StandardBundle, *, school_id: int, zone: ZoneInfo
) -> str:
    """The school's links as an ``equivalence.yaml``; days of review are in ``zone``."""
    made = link_decisions.link_decisions_of(session, school_id, bundle.standard.id)
    return links_yaml(bundle.standard, links_in_force(bundle.links, _at_home(made, zone)))


def _at_home(made: Sequence[LinkDecision], zone: ZoneInfo) -> Sequence[LinkDecision]:
    return [replace(each, decided_at=each.decided_at.astimezone(zone)) for each in made]
