"""Did every grade arrive in the LMS? Per column and student, with reasons in plain words."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.persistence import column_errands
from lti_tool.services.reconcile_grades import show_reports
from lti_tool.services.remove_column import remove_column, restore_column
from lti_tool.services.resend_score import resend_column, resend_score
from lti_tool.services.show_deliveries import DeliveryGroup, show_deliveries
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import gettext, ngettext

from .delivery_words import words_for
from .frame import Place, blueprint, frame


@blueprint.get("/grades")
@requires(Role.TEACHER)
def grades() -> ResponseReturnValue:
    """One column of the gradebook, those that need somebody first."""
    asked = request.args.get("column", type=int)
    with reading() as session:
        found = show_deliveries(session, course_id=member().course_id, line_item_id=asked)
        errand = column_errands.column_errand(session, found.shown.item.id) if found.shown else None
        reports = show_reports(session, member().course_id)
    return render_template(
        "teacher/grades.html",
        page=frame(Place.GRADES),
        deliveries=found,
        column=found.shown,
        errand=errand,
        compared=reports[0] if reports else None,
        groups=DeliveryGroup,
        words_for=words_for,
    )


@blueprint.post("/grades/columns/<int:line_item_id>/read")
@requires(Role.TEACHER)
def read_results(line_item_id: int) -> ResponseReturnValue:
    """Have what the LMS holds in a column read in the background."""
    with working() as work:
        show_deliveries(work.session, course_id=member().course_id, line_item_id=line_item_id)
        column_errands.ask(work.session, line_item_id, now=work.now, results=True)
    flash(gettext("The grades are being read from the LMS. Look again in a few seconds."), "ok")
    return redirect(url_for("teacher.grades", column=line_item_id), 303)


@blueprint.post("/grades/<int:delivery_id>/resend")
@requires(Role.TEACHER)
def resend(delivery_id: int) -> ResponseReturnValue:
    """Send one grade again."""
    with working() as work:
        column = resend_score(work, delivery_id, course_id=member().course_id)
    flash(gettext("The grade will be sent again within a few seconds."), "ok")
    return redirect(url_for("teacher.grades", column=column), 303)


@blueprint.post("/grades/columns/<int:line_item_id>/resend")
@requires(Role.TEACHER)
def resend_all(line_item_id: int) -> ResponseReturnValue:
    """Send every grade of a column again that failed."""
    with working() as work:
        count = resend_column(work, line_item_id, course_id=member().course_id)
    words = ngettext(
        "%(num)s grade will be sent again within a few seconds.",
        "%(num)s grades will be sent again within a few seconds.",
        count,
    )
    flash(words if count else gettext("Nothing to send again."), "ok" if count else "")
    return redirect(url_for("teacher.grades", column=line_item_id), 303)


@blueprint.post("/grades/columns/<int:line_item_id>/remove")
@requires(Role.TEACHER)
def remove(line_item_id: int) -> ResponseReturnValue:
    """Have a column deleted in the LMS, once the teacher has said that this is meant."""
    if request.form.get("confirmed") != "1":
        flash(gettext("Nothing was deleted: tick the box to confirm it."), "warn")
        return redirect(url_for("teacher.grades", column=line_item_id), 303)
    with working() as work:
        remove_column(work, line_item_id, course_id=member().course_id)
    flash(gettext("The column is being deleted in the LMS. The grades stay here."), "ok")
    return redirect(url_for("teacher.grades", column=line_item_id), 303)


@blueprint.post("/grades/columns/<int:line_item_id>/restore")
@requires(Role.TEACHER)
def restore(line_item_id: int) -> ResponseReturnValue:
    """Have a deleted column made again, with all its grades."""
    with working() as work:
        count = restore_column(work, line_item_id, course_id=member().course_id)
    words = ngettext(
        "The column is made again, and %(num)s grade is sent within a few seconds.",
        "The column is made again, and %(num)s grades are sent within a few seconds.",
        count,
    )
    flash(words if count else gettext("The column is made again with its first grade."), "ok")
    return redirect(url_for("teacher.grades", column=line_item_id), 303)
