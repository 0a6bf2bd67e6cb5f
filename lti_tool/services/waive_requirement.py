"""A school leaves a requirement that is lost in source out of its level, with a reason."""

from lti_tool.domain.errors import NotFoundError, ReasonMissingError
from lti_tool.domain.standard import RequirementKey, SourceStatus
from lti_tool.persistence import decisions
from lti_tool.persistence.decisions import Waiver

from .recompute import recompute_school
from .work import Work


def waive_requirement(
    work: Work, standard_id: str, requirement: RequirementKey, *, reason: str, school_id: int
) -> None:
    """Leave the requirement out for this school. Everybody's standing is computed anew.

    Raises NotFoundError unless the requirement is lost in source (nothing else can be
    waived), ReasonMissingError without a reason, UnknownRequirementError.
    """
    standard = work.bundle(standard_id).standard
    if standard.requirement(requirement).status is not SourceStatus.LOST:
        raise NotFoundError
    if not reason.strip():
        raise ReasonMissingError
    waiver = Waiver(requirement, reason.strip(), work.actor_id, work.now)
    decisions.add_waiver(work.session, school_id=school_id, standard_id=standard.id, waiver=waiver)
    work.note("waive", f"requirement:{standard.id}/{requirement}", waiver.reason)
    recompute_school(work, standard.id, school_id)


def take_waiver_back(
    work: Work, standard_id: str, requirement: RequirementKey, *, school_id: int
) -> None:
    """Let the requirement block its level again. Sign-offs in force stay as they are."""
    standard = work.bundle(standard_id).standard
    decisions.remove_waiver(
        work.session, school_id=school_id, standard_id=standard.id, requirement=requirement
    )
    work.note("take_waiver_back", f"requirement:{standard.id}/{requirement}")
    recompute_school(work, standard.id, school_id)
