"""A school decides which requirements of different levels count as one: accept, reject, undo.

Nothing is linked by text alone: every decision is a person's, with a reason, and is kept. Not
here: what is proposed (``show_links``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.equivalence import (
    LinkDecision,
    LinksRefusedError,
    Pair,
    Verdict,
    conflicts,
    decided,
    kept_apart,
    links_in_force,
    pair_faults,
)
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.domain.mapping import LinkTag
from lti_tool.persistence import link_decisions
from lti_tool.persistence.recomputations import Recomputation

from .recompute import recompute_school
from .work import Work


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decides about a pair. ``seen`` is how many decisions the page knew of; ``tag``
    goes with an acceptance alone."""

    pair: Pair
    verdict: Verdict
    reason: str
    seen: int
    tag: LinkTag | None = None


def decide_link(
    work: Work, standard_id: str, judgement: Judgement, *, school_id: int
) -> Recomputation:
    """Keep the decision and compute everybody's standing by the links that are then in force.

    Sign-offs in force stay as they are. Raises ReasonMissingError; LinksRefusedError where it
    would contradict the texts or other links; StaleFormError when somebody decided meanwhile;
    NotFoundError for an undo without a decision; UnknownRequirementError, UnknownStandardError.
    """
    bundle = work.bundle(standard_id)
    if not judgement.reason.strip():
        raise ReasonMissingError
    made = link_decisions.link_decisions_of(work.session, school_id, bundle.standard.id)
    if len(made) != judgement.seen:
        raise StaleFormError
    decision = _decision(work, judgement)
    _check(bundle, made, decision)
    link_decisions.add_link_decision(
        work.session, decision, school_id=school_id, standard_id=bundle.standard.id
    )
    _note(work, bundle, decision, school_id)
    return recompute_school(work, bundle.standard.id, school_id)


def _decision(work: Work, judgement: Judgement) -> LinkDecision:
    accepts = judgement.verdict is Verdict.ACCEPT
    if accepts and judgement.tag is None:
        raise LinksRefusedError
    return LinkDecision(
        number=judgement.seen + 1,
        lower=judgement.pair[0],
        higher=judgement.pair[1],
        verdict=judgement.verdict,
        tag=judgement.tag if accepts else None,
        reason=judgement.reason.strip(),
        decided_by=work.actor_id,
        decided_at=work.now,
    )


def _check(bundle: StandardBundle, made: Sequence[LinkDecision], decision: LinkDecision) -> None:
    """Refuse what contradicts the texts, or makes links contradict that did not before."""
    standard = bundle.standard
    faults = list(pair_faults(standard, *decision.pair, decision.tag or LinkTag.JUDGEMENT))
    if faults:
        raise LinksRefusedError(faults=faults)
    if decision.verdict is Verdict.UNDO and decision.pair not in decided(made):
        raise NotFoundError
    before, after = (
        conflicts(standard, links_in_force(bundle.links, known), kept_apart(known))
        for known in (made, [*made, decision])
    )
    known = {each.about for each in before}
    fresh = [each for each in after if each.about not in known]
    if fresh:
        raise LinksRefusedError(fresh)


def _note(work: Work, bundle: StandardBundle, decision: LinkDecision, school_id: int) -> None:
    lower, higher = decision.pair
    tag = f" [{decision.tag}]" if decision.tag else ""
    detail = f"{decision.number}: {lower} - {higher}{tag}"
    work.note(f"{decision.verdict}_link", f"links:{school_id}/{bundle.standard.id}", detail)
