"""All links of a standard at a school: what is proposed, what was decided, what is in force."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import UnknownRequirementError
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.show_links import school_links_yaml
from lti_tool.web.access import member, reading, requires
from lti_tool.web.wiring import wired

from .frame import DECIDERS, blueprint, page_of, shown_links
from .words import address_of, kind_words, name_of, tag_choices, tag_words, verdict_words

AT_ONCE = 20
"""So many proposals stand on the page; deciding on them brings the next."""


@blueprint.get("/")
@requires(*DECIDERS)
def first() -> ResponseReturnValue:
    """The newest standard."""
    newest = wired().catalogue.standards[-1].standard
    return redirect(url_for("equivalence.overview", standard_id=newest.id), 303)


@blueprint.get("/<standard_id>")
@requires(*DECIDERS)
def overview(standard_id: str) -> ResponseReturnValue:
    """The links of a standard."""
    shown = shown_links(standard_id)
    return render_template(
        "equivalence/overview.html",
        page=page_of(shown.school, shown.bundle.standard, waiting=len(shown.proposals)),
        shown=shown,
        proposals=shown.proposals[:AT_ONCE],
        standards=[each.standard for each in wired().catalogue.standards],
        address_of=address_of,
        kind_words=kind_words,
        name_of=name_of,
        tag_choices=tag_choices,
        tag_words=tag_words,
        verdict_words=verdict_words,
    )


@blueprint.get("/<standard_id>/compare")
@requires(*DECIDERS)
def compare(standard_id: str) -> ResponseReturnValue:
    """Go to the page of the two requirements chosen, whichever was named first."""
    standard = wired().catalogue.find(standard_id).standard
    chosen = [RequirementKey.parse(request.args.get(name, "")) for name in ("one", "other")]
    keys = [standard.requirement(each).key for each in chosen]
    one, other = sorted(keys, key=lambda each: standard.rank(each.level))
    if one.level == other.level:
        raise UnknownRequirementError(f"{one}, {other}")
    return redirect(address_of(standard, (one, other)), 303)


@blueprint.get("/<standard_id>/equivalence.yaml")
@requires(*DECIDERS)
def as_yaml(standard_id: str) -> ResponseReturnValue:
    """The links in force at the school, as a file for ``mappings/``."""
    bundle = wired().catalogue.find(standard_id)
    with reading() as session:
        content = school_links_yaml(
            session, bundle, school_id=member().school_id, zone=wired().zone
        )
    disposition = {"Content-Disposition": "attachment; filename=equivalence.yaml"}
    return Response(content, mimetype="application/yaml", headers=disposition)
