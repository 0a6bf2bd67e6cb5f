"""What a school's courses assess, by requirement, for other systems."""

from collections.abc import Sequence
from dataclasses import replace

from lti_tool.catalogue import Catalogue
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import school_assessments
from lti_tool.persistence.database import Session
from lti_tool.persistence.school_assessments import AssessmentFilter, AssessmentListed, Place

from .standing import classes_of

__all__ = ["AssessmentFilter", "AssessmentListed", "list_assessments"]


def list_assessments(
    session: Session,
    catalogue: Catalogue,
    wanted: AssessmentFilter,
    *,
    school_id: int,
    covering: RequirementKey | None,
    after: Place | None,
    most: int,
) -> Sequence[AssessmentListed]:
    """Assessments made after this place, at most so many, oldest first; ``covering`` leaves those
    that ask for this requirement of the filter's standard or for one that counts as it here.

    Raises UnknownStandardError, UnknownRequirementError.
    """
    if wanted.standard_id is not None:
        bundle = catalogue.find(wanted.standard_id)
        if wanted.level is not None:
            bundle.standard.level(wanted.level)
        if covering is not None:
            key = bundle.standard.requirement(covering).key
            same = classes_of(session, bundle, school_id).class_of(key).members
            wanted = replace(wanted, asking=tuple(same))
    return school_assessments.assessments_after(session, school_id, wanted, after=after, most=most)
