"""Peer rating as the teacher sees it: the plan with its example, how far everybody is, what was
said, and hiding a comment that is unfit. Not here: what students see (``student.peers``)."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadPeerPlanError
from lti_tool.domain.launch import Role
from lti_tool.domain.peer import MAX_COMMENT, MAX_EXAMPLE, MAX_WORKS, Example, PeerPlan
from lti_tool.domain.submission import MAX_LINK
from lti_tool.lti.urls import is_web_url
from lti_tool.persistence import peer_ratings
from lti_tool.services.rate_peers import hide_comment, plan_peers
from lti_tool.services.show_peers import TeacherPeers, show_teacher_peers
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, as_typed, local_datetime, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.peer_form import Problem, judged, problem_of, typed
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember


@blueprint.get("/assessments/<assessment_id>/peers")
@requires(Role.TEACHER)
def peers(assessment_id: str) -> ResponseReturnValue:
    """The plan, everybody's progress, and what was said."""
    shown = _shown(assessment_id)
    return _page(shown, _typed(shown.frame.plan), None)


@blueprint.post("/assessments/<assessment_id>/peers")
@requires(Role.TEACHER)
def plan(assessment_id: str) -> ResponseReturnValue:
    """Change the plan."""
    shown = _shown(assessment_id)
    try:
        wanted = _plan(shown)
        with working() as work:
            plan_peers(work, wanted, course_id=member().course_id)
    except FormError as refused:
        return _page(shown, request.form, problem_of(refused)), 422
    except BadPeerPlanError as refused:
        return _page(shown, request.form, _problem(refused)), 422
    flash(gettext("Saved."), "ok")
    return redirect(url_for("teacher.peers", assessment_id=assessment_id), 303)


@blueprint.post("/peers/<task_id>/<code>")
@requires(Role.TEACHER)
def hide(task_id: str, code: str) -> ResponseReturnValue:
    """Hide a peer's comment from the author, or show it again."""
    with working() as work:
        task = peer_ratings.task_of(work.session, task_id)
        hidden = "hide" in request.form
        hide_comment(work, task, code, hidden=hidden, course_id=member().course_id)
    there = url_for(
        "teacher.peers", assessment_id=task.assessment_id, _anchor=f"said-{task_id}-{code}"
    )
    return redirect(there, 303)


def _shown(assessment_id: str) -> TeacherPeers:
    wiring = wired()
    with reading() as session:
        return show_teacher_peers(
            session,
            wiring.catalogue,
            assessment_id,
            course_id=member().course_id,
            now=wiring.clock(),
        )


def _page(shown: TeacherPeers, form: Mapping[str, str], problem: Problem | None) -> str:
    found = shown.frame
    remember(found.assessment.id)
    return render_template(
        "teacher/peers.html",
        page=frame(Place.QUEUE, standard=found.standard),
        shown=shown,
        frame=found,
        typed=form,
        problem=problem,
        most_works=MAX_WORKS,
        most_comment=MAX_COMMENT,
        most_example=MAX_EXAMPLE,
    )


def _plan(shown: TeacherPeers) -> PeerPlan:
    """What the form says. The example is left as it is once it is used. Raises FormError."""
    before = shown.frame.plan
    works = whole_number("works", least=0, most=MAX_WORKS) or 0
    closes_at = local_datetime("closes", wired().zone)
    example = before.example if shown.example_used else _example(shown)
    return replace(before, works=works, closes_at=closes_at, example=example)


def _example(shown: TeacherPeers) -> Example | None:
    """The example of the form; None where nothing of it is filled in. Raises FormError."""
    words = text("text", MAX_EXAMPLE)
    url = text("url", MAX_LINK)
    if url and not is_web_url(url):
        raise FormError("url", gettext("An address that begins with https:// and names a site."))
    given = judged([each.code for each in shown.frame.codes], MAX_COMMENT)
    if not words and not url and not given:
        return None
    return Example(words, url, given)


def _typed(plan: PeerPlan) -> Mapping[str, str]:
    example = plan.example
    fields = {
        "works": str(plan.works),
        "closes": as_typed(plan.closes_at, wired().zone),
        "text": example.text if example else "",
        "url": example.url if example else "",
    }
    return {**fields, **(typed(example.ratings) if example else {})}


def _problem(refused: BadPeerPlanError) -> Problem:
    sentences = {
        "out_of_range": gettext("From 0 to %(most)s works.", most=MAX_WORKS),
        "red_lines_only": gettext("This assessment has only red lines, which peers do not rate."),
        "missing": gettext("An example needs a text or a link."),
        "too_long": gettext("The example is too long."),
        "used": gettext("Somebody has rated the example, so it stays as it is."),
        "level_missing": gettext("%(code)s: give the example a level.", code=refused.field),
        "reason_missing": gettext("%(code)s: say why it is this level.", code=refused.field),
    }
    at_code = refused.reason in {"level_missing", "reason_missing"}
    return Problem(f"c-{refused.field}" if at_code else refused.field, sentences[refused.reason])
