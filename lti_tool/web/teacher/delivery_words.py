"""Why a grade has not arrived, and what to do, in words a teacher can act on. No page itself.

The keys are those delivery records; what each means at a platform was observed on Moodle 4.5 and
taken from Canvas's documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from lti_tool.persistence.scores import Delivery, DeliveryState


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, and what to do; ``todo`` is empty where waiting is enough."""

    happened: LazyString | str
    todo: LazyString | str = ""


ASK_ADMINISTRATOR = _("Tell your administrator, with the reason above.")
REOPEN = _("Open the activity once more from your course page, then send again.")

REASONS: Mapping[str, Words] = {
    "unreachable": Words(
        _("The LMS does not answer."), _("If it stays so, tell your administrator.")
    ),
    "server_error": Words(
        _("The LMS answered with an error of its own."),
        _("Moodle answers like this when a grade or column is locked: unlock it in the gradebook."),
    ),
    "unavailable": Words(
        _("The LMS says that it is closed or overloaded, as during maintenance."),
        _("If it stays so, tell your administrator."),
    ),
    "rate_limited": Words(_("The LMS asked to slow down.")),
    "token_refused": Words(
        _("The LMS refuses the key this tool signs in to its gradebook with."),
        _("Tell your administrator. Once the key is accepted, the grades go out by themselves."),
    ),
    "clock_wrong": Words(
        _("The clocks of the LMS and of this tool differ, so the LMS does not let it sign in."),
        _("Tell your administrator. Once the clock is right, the grades go out by themselves."),
    ),
    "not_authorized": Words(
        _("The LMS does not let this tool write into the gradebook of this course."),
        _("Ask your administrator whether the tool is still set up for the course."),
    ),
    "no_scope": Words(
        _("The LMS does not allow this tool to write grades."),
        _("The administrator allows grade services for this tool in the LMS, then send again."),
    ),
    "no_grade_service": Words(
        _("The LMS offers no gradebook for this course."),
        _("The administrator turns on grade services for this tool. Then open the activity once."),
    ),
    "user_left": Words(
        _("The student has left the course, or is no student there."),
        _("Enrol the student again, then send again. The grade is kept here."),
    ),
    "unpublished": Words(
        _("The assignment is not published in the LMS, so it takes no grades."),
        _("Publish the assignment, then send again."),
    ),
    "bad_request": Words(
        _("The LMS refused the grade. The usual cause: the student is not enrolled any more."),
        _("Enrol the student again, then send again. The grade is kept here."),
    ),
    "unprocessable": Words(
        _("The LMS refused the grade. The usual cause: the student is not enrolled any more."),
        _("Enrol the student again, then send again. The grade is kept here."),
    ),
    "grade_locked": Words(
        _("The grade or its column is locked in the gradebook."),
        _("Unlock it in the gradebook, then send again."),
    ),
    "forbidden": Words(
        _("The LMS does not allow writing this grade: the course may have ended."),
        _("Reopen the course or its grading, then send again."),
    ),
    "line_item_gone": Words(
        _("The column was deleted in the gradebook."),
        _("Send again: the column is made anew."),
    ),
    "not_newer_conflict": Words(
        _("The LMS holds another grade and does not take this one."),
        _("Look in the gradebook for a grade changed by hand and remove it, then send again."),
    ),
    "not_recorded": Words(
        _("The LMS answered as if all were well, but did not record the grade."), REOPEN
    ),
    "tool_error": Words(
        _("Something went wrong in this tool itself. It is tried again."),
        _("If it stays so, tell your administrator."),
    ),
    "column_removed": Words(
        _("You had this column deleted."), _("Make the column again to send its grades.")
    ),
    "column_in_the_making": Words(_("The column is just being made in the gradebook.")),
    "too_long": Words(
        _("The assessment's title is too long for the gradebook."),
        _("Shorten the title, then send again."),
    ),
    "address_forbidden": Words(
        _("The LMS named an address that this tool must not call."), ASK_ADMINISTRATOR
    ),
}
REFUSED = Words(_("The LMS refused the grade."), ASK_ADMINISTRATOR)


def words_for(delivery: Delivery) -> Words | None:
    """The reason of a delivery in words; None where there is nothing to explain."""
    if delivery.state is DeliveryState.DELIVERED or not delivery.reason:
        return None
    return REASONS.get(delivery.reason, REFUSED)
