"""What of the class a page is asked for, and the states of a cell in words. No page itself."""

from collections.abc import Mapping

from flask import request

from lti_tool.domain.mastery import MasteryState
from lti_tool.services.show_class import ClassOrder, ClassView
from lti_tool.web.localisation import gettext


def asked_view() -> ClassView:
    """The view that the address asks for."""
    asked = request.args
    order = asked.get("order", "")
    return ClassView(
        standard_id=asked.get("standard") or None,
        level=asked.get("level") or None,
        area=asked.get("area") or None,
        cumulative=asked.get("cumulative") == "1",
        group=asked.get("group", type=int),
        order=ClassOrder(order) if order in set(ClassOrder) else ClassOrder.NUMBER,
    )


def state_words() -> Mapping[MasteryState | None, str]:
    """Each state in the page's language; None is that of a cell without evidence."""
    return {
        None: gettext("No evidence"),
        MasteryState.NO_EVIDENCE: gettext("No evidence"),
        MasteryState.INSUFFICIENT: gettext("Insufficient evidence"),
        MasteryState.BELOW: gettext("Below standard"),
        MasteryState.MASTERED: gettext("Mastered"),
        MasteryState.RED_LINE: gettext("Red line"),
        MasteryState.EXPIRED: gettext("Expired"),
        MasteryState.UNDER_REVIEW: gettext("Under review"),
    }
