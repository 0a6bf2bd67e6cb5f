"""Does the gradebook still hold what was sent? A dated report per course, repairs on request."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.domain.reconciliation import HARMLESS
from lti_tool.services.reconcile_grades import (
    ask_reconciliation,
    repair,
    show_report,
    show_reports,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import gettext, ngettext

from .finding_words import FINDINGS
from .frame import Place, blueprint, frame


@blueprint.post("/grades/compare")
@requires(Role.TEACHER)
def compare_grades() -> ResponseReturnValue:
    """Have the course's whole gradebook compared in the background."""
    with working() as work:
        asked = ask_reconciliation(work, member().course_id)
    return redirect(url_for("teacher.grade_report", reconciliation_id=asked), 303)


@blueprint.get("/grades/reports/<int:reconciliation_id>")
@requires(Role.TEACHER)
def grade_report(reconciliation_id: int) -> ResponseReturnValue:
    """One comparison; while it is under way, that it is."""
    course_id = member().course_id
    with reading() as session:
        report = show_report(session, reconciliation_id, course_id=course_id)
        earlier = show_reports(session, course_id)
    return render_template(
        "teacher/grade_report.html",
        page=frame(Place.GRADES),
        report=report,
        asked=report.reconciliation,
        earlier=earlier,
        harmless=HARMLESS,
        words=FINDINGS,
    )


@blueprint.post("/grades/reports/<int:reconciliation_id>/repair")
@requires(Role.TEACHER)
def repair_all(reconciliation_id: int) -> ResponseReturnValue:
    """Repair every difference of a report that can be."""
    return _repaired(reconciliation_id, None)


@blueprint.post("/grades/reports/<int:reconciliation_id>/repair/<int:finding_id>")
@requires(Role.TEACHER)
def repair_one(reconciliation_id: int, finding_id: int) -> ResponseReturnValue:
    """Repair one difference."""
    return _repaired(reconciliation_id, finding_id)


def _repaired(reconciliation_id: int, finding_id: int | None) -> ResponseReturnValue:
    with working() as work:
        course_id = member().course_id
        count = repair(work, reconciliation_id, course_id=course_id, finding_id=finding_id)
    words = ngettext(
        "%(num)s grade will be sent again within a few seconds.",
        "%(num)s grades will be sent again within a few seconds.",
        count,
    )
    flash(words if count else gettext("Nothing to send again."), "ok" if count else "")
    return redirect(url_for("teacher.grade_report", reconciliation_id=reconciliation_id), 303)
