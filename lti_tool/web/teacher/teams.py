"""Who hands in together: the teams of an assessment, and one act for all members of one. Not here:
the groups of the LMS (``queue`` filters by them)."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadRatingError, SecondMarkingRefusedError, TransitionError
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments
from lti_tool.services.rate_submission import rate_team
from lti_tool.services.set_teams import set_teams, show_teams
from lti_tool.services.show_work import submission_to_rate
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext, ngettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame

PAGE = "teacher.teams"
FIELD = "team-"
"""What the name of a student's field begins with; their id follows."""
MAX_NAME = 100


@blueprint.get("/assessments/<assessment_id>/teams")
@requires(Role.TEACHER)
def teams(assessment_id: str) -> ResponseReturnValue:
    """Who is in which team; filled in from the groups of the course where that is asked for."""
    return _page(assessment_id)


@blueprint.post("/assessments/<assessment_id>/teams")
@requires(Role.TEACHER)
def save_teams(assessment_id: str) -> ResponseReturnValue:
    """Let these be the teams."""
    try:
        wanted = _wanted()
        course_id = member().course_id
        with working() as work:
            found = assessments.assessment(work.session, assessment_id, course_id=course_id)
            set_teams(work, found, wanted, course_id=course_id)
    except FormError as error:
        return _page(assessment_id, error), 422
    flash(gettext("Saved: who hands in from now on does so for their group."), "ok")
    return redirect(url_for("teacher.queue", assessment_id=assessment_id), 303)


@blueprint.post("/work/<submission_id>/team")
@requires(Role.TEACHER)
def rate_mates(submission_id: str) -> ResponseReturnValue:
    """Give the others of the team what this member was given, where they are not rated yet."""
    try:
        with working() as work:
            found = submission_to_rate(work.session, submission_id, course_id=member().course_id)
            count = rate_team(work, *found)
    except (BadRatingError, SecondMarkingRefusedError, TransitionError):
        flash(gettext("Not possible for all of them now: rate them one by one."), "warn")
    else:
        flash(
            ngettext(
                "%(num)s rating given to the others of the group.",
                "%(num)s ratings given to the others of the group.",
                count,
            ),
            "ok",
        )
    return redirect(url_for("teacher.rate", submission_id=submission_id), 303)


def _wanted() -> Mapping[int, str]:
    """The name of the team by student. Raises FormError for a name that is too long."""
    found: dict[int, str] = {}
    for field in request.form:
        number = field.removeprefix(FIELD)
        if field.startswith(FIELD) and number.isascii() and number.isdecimal():
            found[int(number[:9])] = text(field, MAX_NAME)
    return found


def _page(assessment_id: str, refused: FormError | None = None) -> str:
    with reading() as session:
        shown = show_teams(session, assessment_id, course_id=member().course_id)
    standard = wired().catalogue.find(shown.assessment.standard_id).standard
    taken = shown.from_course if request.args.get("from") == "course" else shown.now
    typed = {name.removeprefix(FIELD): value for name, value in request.form.items()}
    names = {each.id: typed.get(str(each.id), taken.get(each.id, "")) for each in shown.students}
    return render_template(
        "teacher/teams.html",
        page=frame(Place.QUEUE, standard=standard),
        shown=shown,
        names=names,
        refused=refused,
        prefilled=taken is shown.from_course,
        most_name=MAX_NAME,
    )
