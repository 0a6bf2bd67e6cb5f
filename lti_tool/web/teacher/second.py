"""The second marking of one work: where it stands, both ratings side by side, and settling where
they differ. Not here: marking it (``rate``, which is the same work), and what waits (``queue``)."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadRatingError, SecondMarkingRefusedError, StaleRatingError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Submission
from lti_tool.persistence import assessments, submissions
from lti_tool.services.second_mark import Settlement, join_first, put_back, settle
from lti_tool.services.show_second_marking import CodeCompared, SecondShown, show_second
from lti_tool.services.work import Work
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember
from .rating_words import sentence

MAX_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why settling was refused: of which code, at which field (``level``, ``comment``,
    ``reason``)."""

    code: str
    field: str
    message: str


@blueprint.get("/second/<submission_id>")
@requires(Role.TEACHER)
def second(submission_id: str) -> ResponseReturnValue:
    """Where it stands; once both have rated, every code with both ratings."""
    return _page(_shown(submission_id), None)


@blueprint.post("/second/<submission_id>/settle")
@requires(Role.TEACHER)
def second_settle(submission_id: str) -> ResponseReturnValue:
    """Give the level that is right for one code, with the reason."""
    shown = _shown(submission_id)
    code = request.form.get("code", "")
    asked = next((each for each in shown.open if each.code == code), None)
    if asked is None:
        raise SecondMarkingRefusedError("settled")
    try:
        settlement = _settlement(asked, shown.cut)
        _act(
            submission_id,
            lambda work, submission, task: settle(work, submission, task, settlement),
        )
    except FormError as error:
        return _page(shown, Refusal(code, error.field, error.message)), 422
    except BadRatingError as error:
        return _page(shown, Refusal(code, "level", sentence(error))), 422
    except StaleRatingError as error:
        return _page(_shown(submission_id), Refusal(code, "level", sentence(error))), 409
    left = len(_shown(submission_id).open)
    flash(gettext("Settled.") if left else gettext("Settled: the work can be released now."), "ok")
    return redirect(url_for("teacher.second", submission_id=submission_id), 303)


@blueprint.post("/second/<submission_id>/put-back")
@requires(Role.TEACHER)
def second_put_back(submission_id: str) -> ResponseReturnValue:
    """Let somebody else mark it."""
    _act(submission_id, lambda work, submission, _: put_back(work, submission))
    flash(gettext("Put back: another teacher may mark it now."), "ok")
    return redirect(url_for("teacher.second", submission_id=submission_id), 303)


@blueprint.post("/second/<submission_id>/join")
@requires(Role.TEACHER)
def second_join(submission_id: str) -> ResponseReturnValue:
    """Rate it together with the first rater instead."""
    _act(submission_id, join_first)
    return redirect(url_for("teacher.rate", submission_id=submission_id), 303)


def _act(submission_id: str, act: Callable[[Work, Submission, Assessment], object]) -> None:
    """Do it in one transaction. Raises NotFoundError for another course's work."""
    with working() as work:
        submission = submissions.submission_of(work.session, submission_id)
        assessment = assessments.assessment(
            work.session, submission.assessment_id, course_id=member().course_id
        )
        act(work, submission, assessment)


def _settlement(asked: CodeCompared, cut: int) -> Settlement:
    """What was typed. Raises FormError, BadRatingError for a breach that is not confirmed."""
    number = whole_number("level", least=1, most=99)
    if number is None:
        raise FormError("level", gettext("Choose the level that is right."))
    reason = text("reason", MAX_COMMENT, required=True)
    comment = text("comment", MAX_COMMENT)
    if asked.criterion.red_line and number < cut and "confirmed" not in request.form:
        raise BadRatingError(asked.code, "not_confirmed")
    return Settlement(asked.code, number, comment, reason)


def _shown(submission_id: str) -> SecondShown:
    with reading() as session:
        return show_second(
            session,
            wired().catalogue,
            submission_id,
            course_id=member().course_id,
            viewer_id=member().id,
        )


def _page(shown: SecondShown, refusal: Refusal | None) -> str:
    remember(shown.assessment.id)
    standard = wired().catalogue.find(shown.standard_id).standard
    return render_template(
        "teacher/second.html",
        page=frame(Place.QUEUE, standard=standard),
        shown=shown,
        level=standard.level(shown.level),
        refusal=refusal,
        typed=request.form,
        most_comment=MAX_COMMENT,
    )
