"""A registrar sets the school's own attainment rule; every version is kept."""

from lti_tool.catalogue import Content, content_of, rule_from
from lti_tool.domain.errors import ReasonMissingError, StaleFormError
from lti_tool.domain.mapping import AttainmentRule
from lti_tool.persistence import school_rules
from lti_tool.persistence.school_rules import StoredRule

from .recompute import recompute_school
from .standing import rule_in_force
from .work import Work


def change_rule(
    work: Work, standard_id: str, content: Content, *, reason: str, seen: str, school_id: int
) -> AttainmentRule:
    """Set a new version of the school's rule and compute everybody's standing by it.

    ``content`` is that of ``attainment.yaml``; its version and standard are set here. ``seen`` is
    the version the page showed. Sign-offs in force stay as they are. Raises CatalogueError
    listing what is wrong with the rule, StaleFormError when somebody set another meanwhile,
    ReasonMissingError without a reason, UnknownStandardError.
    """
    bundle = work.bundle(standard_id)
    standard = bundle.standard
    if rule_in_force(work.session, bundle, school_id).version != seen:
        raise StaleFormError
    if not reason.strip():
        raise ReasonMissingError
    kept = school_rules.rules_of(work.session, school_id, standard.id)
    version = f"school-{len(kept) + 1}"
    rule = rule_from({**content, "standard": standard.id, "version": version}, standard)
    stored = StoredRule(version, content_of(rule), reason.strip(), work.actor_id, work.now)
    school_rules.add_rule(work.session, stored, school_id=school_id, standard_id=standard.id)
    work.note("change_rule", f"rule:{school_id}/{standard.id}", version)
    recompute_school(work, standard.id, school_id)
    return rule
