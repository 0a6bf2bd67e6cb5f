"""Having the class list read from the LMS anew, from the pages that show the class."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments, rosters
from lti_tool.web.access import member, requires, working
from lti_tool.web.localisation import gettext

from .frame import blueprint


@blueprint.post("/class-list/refresh")
@requires(Role.TEACHER)
def refresh_class_list() -> ResponseReturnValue:
    """Have it read in the background, then show the page the button was on."""
    with working() as work:
        if not rosters.ask_refresh(work.session, member().course_id, now=work.now):
            raise NotFoundError
        shown = request.form.get("assessment", "")
        if shown:
            assessments.assessment(work.session, shown, course_id=member().course_id)
    flash(gettext("The class list is being read from the LMS. Look again in a few seconds."), "ok")
    page = url_for("teacher.queue", assessment_id=shown) if shown else url_for("teacher.class_map")
    return redirect(page, 303)
