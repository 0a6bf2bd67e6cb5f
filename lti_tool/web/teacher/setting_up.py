"""Storing what a teacher chose, once for each form, and going on from there. No page itself."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.brief import Brief
from lti_tool.persistence import assessments, courses
from lti_tool.persistence.database import Session
from lti_tool.services.set_up_assessment import Choice, Conditions, set_up_assessment
from lti_tool.web import deep_link
from lti_tool.web.access import member, working

FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,40}")
"""What ``wired().new_id`` makes: each form carries the id its assessment will have."""


def store(
    choice: Choice, conditions: Conditions, *, number: int = 0, brief: Brief | None = None
) -> Assessment:
    """The form's assessment of this number; sent twice, the same form gives the same one."""
    form_id = request.form.get("form_id", "") + (f"-{number}" if number else "")
    with working() as work:
        made = _made_before(work.session, form_id)
        if made is not None:
            return made
        return set_up_assessment(
            replace(work, new_id=lambda: form_id) if FORM_ID.fullmatch(form_id) else work,
            choice,
            conditions,
            course_id=member().course_id,
            link_id=open_link(work.session),
            brief=brief,
        )


def done(chosen: Sequence[Assessment]) -> ResponseReturnValue:
    """On to the LMS in deep linking, else to the queue of the first."""
    if deep_link.is_asked():
        return deep_link.answer(chosen)
    return redirect(url_for("teacher.queue", assessment_id=chosen[0].id), 303)


def open_link(session: Session) -> int | None:
    """The launched link while it opens nothing yet; one that does is never bent to another."""
    link_id = cast("int | None", member().data.get("link_id"))
    if link_id is None or courses.link(session, link_id).assessment_id is not None:
        return None
    return link_id


def _made_before(session: Session, form_id: str) -> Assessment | None:
    """What this form made; None if nothing yet. Raises NotFoundError for another course's."""
    if not assessments.titles_of(session, {form_id}):
        return None
    return assessments.assessment(session, form_id, course_id=member().course_id)
