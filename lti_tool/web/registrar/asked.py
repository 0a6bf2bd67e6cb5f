"""What part of the outcomes an address or a form asks for, and the same in words. Not here: what is
found."""

from collections.abc import Iterable, Iterator, Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from lti_tool.domain.attainment import AttainmentState
from lti_tool.persistence.courses import Course
from lti_tool.services.show_outcomes import OutcomeFilter

LONGEST_SEARCH = 100
LONGEST = 100
"""Characters of any other parameter: no key of ours is longer."""

STATES: Mapping[str, LazyString] = {
    AttainmentState.NO_EVIDENCE: _("No evidence"),
    AttainmentState.NOT_MET: _("Not attained"),
    AttainmentState.PROPOSED: _("Awaiting sign-off"),
    AttainmentState.ATTAINED: _("Signed off"),
    AttainmentState.REVOKED: _("Revoked"),
}


def asked_filter(asked: MultiDict[str, str]) -> OutcomeFilter:
    """The filter that these parameters name; what makes no sense among them is passed over."""
    states = {each.value: each for each in AttainmentState}
    return OutcomeFilter(
        standard_id=asked.get("standard") or None,
        level=asked.get("level", "")[:LONGEST] or None,
        state=states.get(asked.get("state", "")),
        course_id=asked.get("course", type=int),
        search=asked.get("search", "").strip()[:LONGEST_SEARCH],
        page=asked.get("page", default=1, type=int),
        term=asked.get("term", "")[:LONGEST] or None,
        programme=asked.get("programme", "")[:LONGEST] or None,
        class_name=asked.get("class", "")[:LONGEST] or None,
    )


def in_words(
    given: Mapping[str, str], levels: Mapping[str, str], courses: Iterable[Course]
) -> Iterator[str]:
    """What these parameters ask for, each in a word or two. ``levels`` are the names of levels by
    key; a key, state or course that is not known any more stands as it is."""
    titles = {str(each.id): each.title or each.label for each in courses}
    for name, value in given.items():
        if name == "level":
            yield levels.get(value, value)
        elif name == "state":
            yield str(STATES.get(value, value))
        elif name == "course":
            yield titles.get(value, value)
        else:
            yield value
