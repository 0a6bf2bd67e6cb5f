"""The course's assessments, and in one of them: who is waiting to be rated?"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments, groups, rosters
from lti_tool.services.release_ratings import Released, release_all
from lti_tool.services.show_queue import QueueState, show_assessments, show_queue
from lti_tool.services.show_review import reviews_to_answer
from lti_tool.services.show_second_marking import second_lines
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import gettext, ngettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember


@blueprint.get("/")
@requires(Role.TEACHER)
def home() -> ResponseReturnValue:
    """Every assessment of the course, with how many wait."""
    with reading() as session:
        queues = show_assessments(session, course_id=member().course_id)
    catalogue = wired().catalogue
    standards = {each.standard.id: each.standard for each in catalogue.standards}
    return render_template(
        "teacher/home.html",
        page=frame(Place.HOME),
        queues=queues,
        standards=standards,
        states=QueueState,
    )


@blueprint.get("/assessments/<assessment_id>")
@requires(Role.TEACHER)
def queue(assessment_id: str) -> ResponseReturnValue:
    """Who has handed in, oldest first, and who has not."""
    with reading() as session:
        group = request.args.get("group", type=int)
        course_id = member().course_id
        found = show_queue(session, assessment_id, course_id=course_id, group_id=group)
        in_course = groups.groups_of(session, course_id)
        class_list = rosters.roster_of(session, member().course_id)
        asked = reviews_to_answer(session, found.assessment)
        seconds = second_lines(session, found.assessment, viewer_id=member().id)
    remember(found.assessment.id)
    bundle = wired().catalogue.find(found.assessment.standard_id)
    only = _asked_state()
    return render_template(
        "teacher/queue.html",
        page=frame(
            Place.QUEUE,
            standard=bundle.standard,
            waiting=found.waiting if group is None else None,
        ),
        queue=found,
        rows=found.only(only),
        class_list=class_list,
        reviews=asked,
        seconds=seconds,
        groups=in_course,
        group=group,
        only=only,
        states=QueueState,
        level=bundle.standard.level(found.assessment.level),
    )


@blueprint.post("/assessments/<assessment_id>/release")
@requires(Role.TEACHER)
def release_everything(assessment_id: str) -> ResponseReturnValue:
    """Release every student whose codes are all rated, and say how many."""
    with working() as work:
        found = assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        outcome = release_all(work, found)
    flash(_words(outcome), "ok" if outcome.released else "warn")
    return redirect(url_for("teacher.queue", assessment_id=assessment_id), 303)


def _asked_state() -> QueueState | None:
    asked = request.args.get("state", "")
    return QueueState(asked) if asked in set(QueueState) else None


def _words(outcome: Released) -> str:
    """What was released, and what was not and why."""
    left = (
        ngettext(
            "%(num)s more is not rated completely and waits.",
            "%(num)s more are not rated completely and wait.",
            outcome.incomplete,
        )
        if outcome.incomplete
        else "",
        ngettext(
            "%(num)s is held for second marking.",
            "%(num)s are held for second marking.",
            outcome.held,
        )
        if outcome.held
        else "",
    )
    released = ngettext(
        "Released to %(num)s student.", "Released to %(num)s students.", outcome.released
    )
    waits = any(left) and not outcome.released
    said = gettext("Nothing to release.") if waits else released
    return " ".join(each for each in (said, *left) if each)
