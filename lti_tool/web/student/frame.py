"""What all pages for students share: the blueprint and the frame around a page. No page itself."""

from flask import url_for

from lti_tool.domain.standard import Standard
from lti_tool.persistence import peer_ratings
from lti_tool.persistence.database import Session
from lti_tool.services.show_assessment import assessment_of_link
from lti_tool.web.access import audience, member, reading
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.page import Page, Tab

blueprint = audience("student", __name__)


def frame(current: str, *, assessment_id: str | None, standard: Standard | None) -> Page:
    """The frame with the tab of endpoint ``current`` marked.

    Without an assessment there is only the progress tab, without a standard no rights notice.
    """
    tabs = [_tab("student.progress", gettext("My progress"), current)]
    if assessment_id is not None:
        tabs = [
            _tab("student.assessment", gettext("This assessment"), current, assessment_id),
            _tab("student.feedback", gettext("Feedback"), current, assessment_id),
            *_peers(current, assessment_id),
            *tabs,
        ]
    course = member().course
    parts = (
        (course.title or course.label) if course else "",
        f"{standard.code} · {standard.version}" if standard else "",
    )
    return Page(
        tabs=tuple(tabs),
        context=tuple(each for each in parts if each),
        standard_notice=in_page_language(standard.rights_notice) if standard else "",
    )


def linked_assessment(session: Session) -> str | None:
    """The assessment that the link opens which the student came by; None without one."""
    link_id = member().data.get("link_id")
    if not isinstance(link_id, int):
        return None
    return assessment_of_link(session, link_id, course_id=member().course_id)


def _peers(current: str, assessment_id: str) -> list[Tab]:
    with reading() as session:
        on = peer_ratings.is_on(session, assessment_id)
    return [_tab("student.peers", gettext("Peers"), current, assessment_id)] if on else []


def _tab(endpoint: str, label: str, current: str, assessment_id: str | None = None) -> Tab:
    href = url_for(endpoint, assessment_id=assessment_id) if assessment_id else url_for(endpoint)
    return Tab(label, href, current=endpoint == current)
