"""The teacher's blueprint and the frame around each page: tabs and course line. No page itself."""

from enum import StrEnum

from flask import session, url_for

from lti_tool.domain.standard import Standard
from lti_tool.web.access import audience, member
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.page import Page, Tab

blueprint = audience("teacher", __name__)

CURRENT = "teacher_assessment"
"""Where the session keeps the id of the assessment whose queue was opened last."""


class Place(StrEnum):
    """The tabs."""

    HOME = "home"
    QUEUE = "queue"
    BY_CODE = "by_code"
    CLASS = "class"
    GRADES = "grades"


def frame(place: Place, *, standard: Standard | None = None, waiting: int | None = None) -> Page:
    """The frame of a page at this tab; ``waiting`` is the count beside the queue's."""
    course = member().course
    tabs = [_tab(Place.HOME, gettext("Assessments"), url_for("teacher.home"), place)]
    current = session.get(CURRENT)
    if isinstance(current, str):
        href = url_for("teacher.queue", assessment_id=current)
        tabs.append(_tab(Place.QUEUE, gettext("To rate"), href, place, waiting))
        href = url_for("teacher.by_code", assessment_id=current)
        tabs.append(_tab(Place.BY_CODE, gettext("Rate by code"), href, place))
    tabs += [
        _tab(Place.CLASS, gettext("Class"), url_for("teacher.class_map"), place),
        _tab(Place.GRADES, gettext("Grades in the LMS"), url_for("teacher.grades"), place),
    ]
    return Page(
        tabs=tuple(tabs),
        context=tuple(each for each in (_course_words(), _standard_words(standard)) if each)
        if course
        else (),
        standard_notice=in_page_language(standard.rights_notice) if standard else "",
    )


def remember(assessment_id: str) -> None:
    """Keep which assessment the teacher is at, for the queue's tab."""
    if session.get(CURRENT) != assessment_id:
        session[CURRENT] = assessment_id


def _tab(place: Place, label: str, href: str, current: Place, count: int | None = None) -> Tab:
    return Tab(label, href, place is current, count or None)


def _course_words() -> str:
    course = member().course
    return (course.title or course.label) if course else ""


def _standard_words(standard: Standard | None) -> str:
    return f"{standard.code} · {standard.version}" if standard else ""
