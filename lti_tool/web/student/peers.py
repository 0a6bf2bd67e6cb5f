"""Peer rating as the student meets it: the example, others' works, what peers said of the own one.

Nobody is named here. Not here: the teacher's plan and sight (``teacher.peers``).
"""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadRatingError, PeerRefusedError
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.peer import MAX_COMMENT
from lti_tool.domain.submission import Evidence
from lti_tool.persistence import assessments, peer_ratings
from lti_tool.services.rate_peers import rate_example, rate_work, take_work
from lti_tool.services.show_peers import (
    StudentPeers,
    TaskShown,
    piece_of_task,
    show_student_peers,
    show_task,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.evidence_files import send_evidence, send_page, send_preview
from lti_tool.web.forms import FormError
from lti_tool.web.localisation import gettext
from lti_tool.web.notifications import seen
from lti_tool.web.peer_form import Problem, judged, problem_of, typed
from lti_tool.web.wiring import wired

from .frame import blueprint, frame

PAGE = "student.peers"


@blueprint.get("/assessments/<assessment_id>/peers")
@requires(Role.STUDENT)
def peers(assessment_id: str) -> ResponseReturnValue:
    """What there is to do, and what peers said."""
    seen(assessment_id, NotificationKind.PEER_RATED)
    return _page(_shown(assessment_id), None, {})


@blueprint.post("/assessments/<assessment_id>/peers/example")
@requires(Role.STUDENT)
def rate_an_example(assessment_id: str) -> ResponseReturnValue:
    """Rate the example; the teacher's levels and reasons show after that."""
    shown = _shown(assessment_id)
    try:
        levels = {
            code: each.performance_level
            for code, each in judged(_codes(shown), MAX_COMMENT).items()
        }
        with working() as work:
            rate_example(work, shown.frame.assessment, levels)
    except (BadRatingError, FormError) as refused:
        return _page(shown, problem_of(refused), request.form), 422
    except PeerRefusedError as refused:
        return _refused(assessment_id, refused)
    return redirect(url_for(PAGE, assessment_id=assessment_id, _anchor="example"), 303)


@blueprint.post("/assessments/<assessment_id>/peers/next")
@requires(Role.STUDENT)
def take(assessment_id: str) -> ResponseReturnValue:
    """Take the next work and go to it."""
    try:
        with working() as work:
            found = assessments.assessment(
                work.session, assessment_id, course_id=member().course_id
            )
            task = take_work(work, found)
    except PeerRefusedError as refused:
        return _refused(assessment_id, refused)
    return redirect(url_for("student.peer_work", task_id=task.id), 303)


@blueprint.get("/peers/<task_id>")
@requires(Role.STUDENT)
def peer_work(task_id: str) -> ResponseReturnValue:
    """Somebody's work, and what the student says of it."""
    shown = _task(task_id)
    return _work_page(shown, None, typed(shown.task.given))


@blueprint.post("/peers/<task_id>")
@requires(Role.STUDENT)
def rate_peer(task_id: str) -> ResponseReturnValue:
    """Keep what was said so far, or finish."""
    shown = _task(task_id)
    finish = "finish" in request.form
    try:
        given = judged([each.code for each in shown.frame.codes], MAX_COMMENT)
        with working() as work:
            task = peer_ratings.task_of(work.session, task_id)
            rate_work(work, task, shown.frame.assessment, given, finish=finish)
    except (BadRatingError, FormError) as refused:
        return _work_page(shown, problem_of(refused), request.form), 422
    except PeerRefusedError as refused:
        problem = Problem("main", _sentence(refused))
        return _work_page(_task(task_id), problem, request.form), 409
    if not finish:
        flash(gettext("Kept. Finish it when you are ready; until then nobody sees it."), "ok")
        return redirect(url_for("student.peer_work", task_id=task_id), 303)
    flash(gettext("Thank you: the author reads it, without your name."), "ok")
    return redirect(url_for(PAGE, assessment_id=shown.frame.assessment.id), 303)


@blueprint.get("/peers/<task_id>/evidence/<evidence_id>")
@requires(Role.STUDENT)
def peer_file(task_id: str, evidence_id: str) -> ResponseReturnValue:
    """A file of the work, under a name that tells nothing."""
    return send_evidence(*_piece(task_id, evidence_id))


@blueprint.get("/peers/<task_id>/evidence/<evidence_id>/preview")
@requires(Role.STUDENT)
def peer_file_preview(task_id: str, evidence_id: str) -> ResponseReturnValue:
    """The words of a text, or a PDF page by page."""
    return send_preview(*_piece(task_id, evidence_id), request.args.get("page", 1, type=int))


@blueprint.get("/peers/<task_id>/evidence/<evidence_id>/pages/<int:number>")
@requires(Role.STUDENT)
def peer_file_page(task_id: str, evidence_id: str, number: int) -> ResponseReturnValue:
    """The picture of a page of a PDF."""
    return send_page(*_piece(task_id, evidence_id), number)


def _piece(task_id: str, evidence_id: str) -> tuple[Evidence, str]:
    who = member()
    with reading() as session:
        return piece_of_task(
            session, task_id, evidence_id, learner_id=who.id, course_id=who.course_id
        )


def _shown(assessment_id: str) -> StudentPeers:
    who, wiring = member(), wired()
    with reading() as session:
        return show_student_peers(
            session,
            wiring.catalogue,
            assessment_id,
            learner_id=who.id,
            course_id=who.course_id,
            now=wiring.clock(),
        )


def _task(task_id: str) -> TaskShown:
    who, wiring = member(), wired()
    with reading() as session:
        return show_task(
            session,
            wiring.catalogue,
            task_id,
            learner_id=who.id,
            course_id=who.course_id,
            now=wiring.clock(),
        )


def _codes(shown: StudentPeers) -> list[str]:
    return [each.code for each in shown.frame.codes]


def _page(shown: StudentPeers, problem: Problem | None, form: Mapping[str, str]) -> str:
    found = shown.frame
    return render_template(
        "student/peers.html",
        page=frame(PAGE, assessment_id=found.assessment.id, standard=found.standard),
        shown=shown,
        frame=found,
        problem=problem,
        typed=form,
    )


def _work_page(shown: TaskShown, problem: Problem | None, form: Mapping[str, str]) -> str:
    found = shown.frame
    return render_template(
        "student/peer_work.html",
        page=frame(PAGE, assessment_id=found.assessment.id, standard=found.standard),
        shown=shown,
        frame=found,
        problem=problem,
        typed=form,
        most_comment=MAX_COMMENT,
    )


def _refused(assessment_id: str, refused: PeerRefusedError) -> ResponseReturnValue:
    return _page(_shown(assessment_id), Problem("main", _sentence(refused)), {}), 409


def _sentence(refused: PeerRefusedError) -> str:
    sentences = {
        "closed": gettext("Peer rating is closed. Nothing was changed."),
        "own_first": gettext("Hand in your own work first."),
        "example_first": gettext("Rate the example first."),
        "enough": gettext("You have all your works already."),
        "no_work": gettext(
            "There is no work for you just now. Come back when more students have handed in."
        ),
        "done": gettext("You have finished this work already. Nothing was changed."),
        "gone": gettext("Its author is revising this work. What you kept is still there."),
    }
    return sentences[refused.reason]
