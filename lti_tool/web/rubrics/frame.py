"""The blueprint of the rubric's pages, the frame around each, and who may write. No page itself."""

from collections.abc import Mapping
from enum import StrEnum

from flask import request, url_for

from lti_tool.domain.launch import Role
from lti_tool.services.author_rubric import Authoring, show_authoring
from lti_tool.web.access import audience, member, reading
from lti_tool.web.forms import whole_number
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.page import Page, Tab
from lti_tool.web.wiring import wired

blueprint = audience("rubrics", __name__)

WRITERS = (Role.REGISTRAR, Role.ADMINISTRATOR)
READERS = (Role.TEACHER, *WRITERS)
HOMES: Mapping[Role, str] = {
    Role.REGISTRAR: "registrar.outcomes",
    Role.ADMINISTRATOR: "admin.platforms",
    Role.TEACHER: "teacher.home",
}
"""Where somebody came from, by role; the first that fits."""
LAST_REVISION = 2**31 - 1


class Place(StrEnum):
    """The tabs."""

    RUBRIC = "rubric"
    CHANGES = "changes"


def may_write() -> bool:
    """Whether the member may change and publish the school's rubric."""
    return bool(member().roles & set(WRITERS))


def shown_rubric(standard_id: str) -> Authoring:
    """The school's rubric as the member sees it. Raises UnknownStandardError."""
    with reading() as session:
        return show_authoring(session, wired().catalogue, standard_id, school_id=member().school_id)


def seen_revision() -> int:
    """The draft's revision that the form was made from, 0 for none. Raises FormError."""
    return whole_number("revision", least=0, most=LAST_REVISION) or 0


def page_of(shown: Authoring, here: Place | None = None) -> Page:
    """The frame of a page at this tab, None for a page below one."""
    standard = shown.bundle.standard
    whole = url_for("rubrics.overview", standard_id=standard.id)
    tabs = [_home(), Tab(gettext("Rubric"), whole, here is Place.RUBRIC)]
    if may_write() and shown.draft:
        href = url_for("rubrics.changes", standard_id=standard.id)
        count = len(shown.changes) or None
        tabs.append(Tab(gettext("Draft"), href, here is Place.CHANGES, count))
    return Page(
        tabs=tuple(tabs),
        context=(shown.school.name, f"{standard.code} · {standard.version}"),
        standard_notice=in_page_language(standard.rights_notice),
    )


def _home() -> Tab:
    role = next(each for each in HOMES if each in member().roles)
    labels = {
        Role.REGISTRAR: gettext("Outcomes"),
        Role.ADMINISTRATOR: gettext("Connect"),
        Role.TEACHER: gettext("Assessments"),
    }
    return Tab(labels[role], url_for(HOMES[role]))


def typed_cells() -> dict[str, str]:
    """The form's fields that are cells, as they were typed."""
    own = {"csrf_token", "revision", "red_line"}
    return {name: value for name, value in request.form.items() if name not in own}
