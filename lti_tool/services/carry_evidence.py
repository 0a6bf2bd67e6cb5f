"""A school confirms, requirement by requirement, what becomes of evidence for an older version.

Ratings stay as they are; a decision lets them count for the new version, too, or takes that back.
Levels signed off are not touched. Not here: comparing the versions (``show_revision``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.carrying import Carry, CarryDecision
from lti_tool.domain.errors import (
    NotFoundError,
    ReasonMissingError,
    StaleFormError,
    UnknownRequirementError,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import carry_decisions
from lti_tool.persistence.recomputations import Recomputation

from .recompute import recompute_school
from .work import Work


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What somebody confirmed about one step: ``new`` None, or ``carry`` LEFT or LOOK: the
    evidence does not count there."""

    old: RequirementKey
    new: RequirementKey | None
    carry: Carry


@dataclass(frozen=True, slots=True)
class Versions:
    """An older version of a standard and the newer one, by their ids."""

    old: str
    new: str


def carry_evidence(
    work: Work,
    versions: Versions,
    confirmed: Sequence[Confirmed],
    *,
    reason: str,
    seen: int,
    school_id: int,
) -> Recomputation | None:
    """Keep what differs from what was decided before, and compute everybody's standing under the
    new version; None where nothing differs, so that nothing was done.

    ``seen`` is how many decisions towards the new version the page knew of. Raises
    ReasonMissingError, StaleFormError when somebody decided meanwhile, NotFoundError for versions
    of different standards, UnknownRequirementError, UnknownStandardError.
    """
    old, new = work.bundle(versions.old), work.bundle(versions.new)
    if old.standard.code != new.standard.code or old.standard.id == new.standard.id:
        raise NotFoundError
    if not reason.strip():
        raise ReasonMissingError
    made = carry_decisions.carry_decisions_of(work.session, school_id, new.standard.id)
    if len(made) != seen:
        raise StaleFormError
    _check(old, new, confirmed)
    fresh = list(_fresh(work, old, made, confirmed, reason.strip()))
    if not fresh:
        return None
    carry_decisions.add_carry_decisions(
        work.session, fresh, school_id=school_id, standard_id=new.standard.id
    )
    detail = f"{old.standard.id}: {fresh[0].number}-{fresh[-1].number}"
    work.note("carry_evidence", f"carrying:{school_id}/{new.standard.id}", detail)
    return recompute_school(work, new.standard.id, school_id)


def _check(old: StandardBundle, new: StandardBundle, confirmed: Sequence[Confirmed]) -> None:
    for each in confirmed:
        old.standard.requirement(each.old)
        if each.new is not None:
            new.standard.requirement(each.new)
        elif each.carry is Carry.CARRIED:
            raise UnknownRequirementError(str(each.old))


def _fresh(
    work: Work,
    old: StandardBundle,
    made: Sequence[CarryDecision],
    confirmed: Sequence[Confirmed],
    reason: str,
) -> Iterator[CarryDecision]:
    before = {(each.old_standard, *each.step): each.carry for each in made}
    number = len(made)
    for each in {(one.old, one.new): one for one in confirmed}.values():
        if before.get((old.standard.id, each.old, each.new)) is not each.carry:
            number += 1
            yield CarryDecision(
                number=number,
                old_standard=old.standard.id,
                old=each.old,
                new=each.new,
                carry=each.carry,
                reason=reason,
                decided_by=work.actor_id,
                decided_at=work.now,
            )
