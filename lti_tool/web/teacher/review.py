"""One review of a rating: what the student asked, the rating it is about, and another teacher's
answer. Not here: the first rating (``rate``), and which reviews wait (``queue``)."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadRatingError, ReviewRefusedError
from lti_tool.domain.launch import Role
from lti_tool.services.review_rating import Found, answer_review
from lti_tool.services.show_review import ReviewShown, show_review
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember
from .rating_words import sentence

MAX_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer was refused; ``field`` is ``level``, ``comment`` or ``review``."""

    field: str
    message: str


@blueprint.get("/reviews/<review_id>")
@requires(Role.TEACHER)
def review(review_id: str) -> ResponseReturnValue:
    """The request beside the rating, the evidence and the levels; the answer if there is one."""
    return _page(_shown(review_id), None)


@blueprint.post("/reviews/<review_id>/answer")
@requires(Role.TEACHER)
def answer(review_id: str) -> ResponseReturnValue:
    """Uphold the rating or give another level, with a comment that the student reads."""
    shown = _shown(review_id)
    try:
        found = _found(shown)
        with working() as work:
            answer_review(work, review_id, found, course_id=member().course_id)
    except FormError as error:
        return _page(shown, Refusal(error.field, error.message)), 422
    except BadRatingError as error:
        return _page(shown, Refusal("level", sentence(error))), 422
    except ReviewRefusedError as error:
        return _page(_shown(review_id), Refusal("review", _sentence(error))), 409
    flash(gettext("Answered: the student sees it, and what it changes is in force."), "ok")
    return redirect(url_for("teacher.review", review_id=review_id), 303)


def _shown(review_id: str) -> ReviewShown:
    with reading() as session:
        return show_review(session, wired().catalogue, review_id, course_id=member().course_id)


def _found(shown: ReviewShown) -> Found:
    number = whole_number("level", least=1, most=99)
    if number is None:
        raise FormError("level", gettext("Choose the level that is right."))
    found = Found(number, text("comment", MAX_COMMENT, required=True))
    changed = number != shown.given.performance_level
    breach = shown.criterion.red_line and number < shown.cut
    if changed and breach and "confirmed" not in request.form:
        raise BadRatingError(shown.review.code, "not_confirmed")
    return found


def _page(shown: ReviewShown, refusal: Refusal | None) -> str:
    remember(shown.assessment.id)
    return render_template(
        "teacher/review.html",
        page=frame(Place.QUEUE, standard=shown.standard),
        shown=shown,
        own=shown.rater.id == member().id,
        refusal=refusal,
        typed=request.form,
        most_comment=MAX_COMMENT,
    )


def _sentence(error: ReviewRefusedError) -> str:
    if error.reason == "own":
        return gettext("You gave this rating: another teacher of the course answers.")
    return gettext("This review was answered meanwhile; the answer is shown.")
