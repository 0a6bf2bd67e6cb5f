"""The blueprint of the pages about equivalence and the frame around each. No page itself."""

from collections.abc import Mapping

from flask import url_for

from lti_tool.domain.launch import Role
from lti_tool.domain.standard import Standard
from lti_tool.persistence.schools import School
from lti_tool.services.show_links import Links, show_links
from lti_tool.web.access import audience, member, reading
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.page import Page, Tab
from lti_tool.web.wiring import wired

blueprint = audience("equivalence", __name__)

DECIDERS = (Role.REGISTRAR, Role.ADMINISTRATOR)
HOMES: Mapping[Role, str] = {
    Role.REGISTRAR: "registrar.outcomes",
    Role.ADMINISTRATOR: "admin.platforms",
}
"""Where somebody came from, by role; the first that fits."""


def shown_links(standard_id: str) -> Links:
    """The links of the member's school. Raises UnknownStandardError."""
    with reading() as session:
        return show_links(session, wired().catalogue, standard_id, school_id=member().school_id)


def page_of(school: School, standard: Standard, *, waiting: int | None = None) -> Page:
    """The frame of a page about a standard; ``waiting`` pairs are to be compared, None below the
    overview."""
    here = url_for("equivalence.overview", standard_id=standard.id)
    return Page(
        tabs=(_home(), Tab(gettext("Equivalence"), here, waiting is not None, waiting or None)),
        context=(school.name, f"{standard.code} · {standard.version}"),
        standard_notice=in_page_language(standard.rights_notice),
    )


def _home() -> Tab:
    role = next(each for each in HOMES if each in member().roles)
    labels = {Role.REGISTRAR: gettext("Outcomes"), Role.ADMINISTRATOR: gettext("Connect")}
    return Tab(labels[role], url_for(HOMES[role]))
