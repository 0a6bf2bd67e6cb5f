"""The registrar's blueprint and the frame around each page: its tabs. No page itself."""

from enum import StrEnum

from flask import url_for

from lti_tool.domain.standard import Standard
from lti_tool.persistence.schools import School
from lti_tool.web.access import audience
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.page import Page, Tab

blueprint = audience("registrar", __name__)


class Place(StrEnum):
    """The tabs."""

    OUTCOMES = "outcomes"
    LISTS = "lists"
    RULE = "rule"
    AGREEMENT = "agreement"


def frame(
    school: School, standard: Standard, here: Place | None = None, *, waiting: int | None = None
) -> Page:
    """The frame of a page at this tab, None for a page below one; ``waiting`` is the count beside
    the outcomes."""
    outcomes = url_for("registrar.outcomes", standard=standard.id)
    rule = url_for("registrar.rule", standard_id=standard.id)
    return Page(
        tabs=(
            Tab(gettext("Outcomes"), outcomes, here is Place.OUTCOMES, waiting or None),
            Tab(gettext("Students"), url_for("registrar.lists"), here is Place.LISTS),
            Tab(gettext("Rule"), rule, here is Place.RULE),
            Tab(gettext("Rubric"), url_for("rubrics.overview", standard_id=standard.id)),
            Tab(
                gettext("Agreement"),
                url_for("registrar.agreement", standard_id=standard.id),
                here is Place.AGREEMENT,
            ),
            Tab(gettext("Equivalence"), url_for("equivalence.overview", standard_id=standard.id)),
            Tab(gettext("Access tokens"), url_for("tokens.listed")),
        ),
        context=(school.name, f"{standard.code} · {standard.version}"),
        standard_notice=in_page_language(standard.rights_notice),
    )
