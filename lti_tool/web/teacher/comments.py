"""The comment bank of an assessment: sentences by code, added, changed, shared, removed and brought
back. The rating page takes them from there and adds to them. Not here: that page (``rate``).
"""

from dataclasses import dataclass

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.comment_bank import MAX_OWN, MAX_TEXT
from lti_tool.domain.errors import BadCommentError
from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments
from lti_tool.services.keep_comments import (
    change_comment,
    keep_comment,
    remove_comment,
    restore_comment,
    show_bank,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember

LONGEST = 4000
"""What is read of a form; what may be kept is shorter, and is said so."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sentence was not kept; ``comment_id`` empty: a new one."""

    comment_id: str
    message: str


@blueprint.get("/assessments/<assessment_id>/comments")
@requires(Role.TEACHER)
def comments(assessment_id: str) -> ResponseReturnValue:
    """The bank, opened at the code asked for."""
    return _page(assessment_id, request.args.get("code", ""), None)


@blueprint.post("/assessments/<assessment_id>/comments")
@requires(Role.TEACHER)
def keep_new_comment(assessment_id: str) -> ResponseReturnValue:
    """Keep a sentence; the rating page's script asks for JSON."""
    code = request.form.get("code", "")
    try:
        with working() as work:
            kept = keep_comment(
                work,
                assessments.assessment(work.session, assessment_id, course_id=member().course_id),
                code,
                text("text", LONGEST),
                shared="shared" in request.form,
                course_id=member().course_id,
            )
    except (BadCommentError, FormError) as error:
        return _refused(assessment_id, code, Refusal("", _sentence(error)))
    if _wants_json():
        return jsonify({"id": kept.id, "text": kept.text})
    return _back(assessment_id, code)


@blueprint.post("/assessments/<assessment_id>/comments/<comment_id>")
@requires(Role.TEACHER)
def change_kept_comment(assessment_id: str, comment_id: str) -> ResponseReturnValue:
    """Give an own sentence other words, or share it."""
    code = request.form.get("code", "")
    try:
        with working() as work:
            change_comment(
                work,
                assessments.assessment(work.session, assessment_id, course_id=member().course_id),
                comment_id,
                text("text", LONGEST),
                shared="shared" in request.form,
                course_id=member().course_id,
            )
    except (BadCommentError, FormError) as error:
        return _refused(assessment_id, code, Refusal(comment_id, _sentence(error)))
    return _back(assessment_id, code)


@blueprint.post("/assessments/<assessment_id>/comments/<comment_id>/remove")
@requires(Role.TEACHER)
def remove_kept_comment(assessment_id: str, comment_id: str) -> ResponseReturnValue:
    """Take an own sentence out; the page offers to bring it back."""
    with working() as work:
        assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        kept = remove_comment(work, comment_id)
    return _back(assessment_id, kept.requirement.code, removed=kept.id)


@blueprint.post("/assessments/<assessment_id>/comments/<comment_id>/restore")
@requires(Role.TEACHER)
def restore_kept_comment(assessment_id: str, comment_id: str) -> ResponseReturnValue:
    """Bring back what was removed."""
    with working() as work:
        assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        kept = restore_comment(work, comment_id)
    return _back(assessment_id, kept.requirement.code)


def _page(assessment_id: str, code: str, refusal: Refusal | None) -> str:
    course_id, viewer = member().course_id, member().id
    with reading() as session:
        found = assessments.assessment(session, assessment_id, course_id=course_id)
        bank = show_bank(session, found, viewer_id=viewer, course_id=course_id)
    remember(found.id)
    standard = wired().catalogue.find(found.standard_id).standard
    return render_template(
        "teacher/comments.html",
        page=frame(Place.QUEUE, standard=standard),
        assessment=found,
        requirements=[standard.requirement(each.key) for each in found.requirements],
        bank=bank,
        viewer=viewer,
        course_id=course_id,
        code=code if code in found.codes else found.codes[0],
        removed=request.args.get("removed", ""),
        refusal=refusal,
        typed=request.form,
        most=MAX_TEXT,
    )


def _refused(assessment_id: str, code: str, refusal: Refusal) -> ResponseReturnValue:
    if _wants_json():
        return jsonify({"error": refusal.message}), 422
    return _page(assessment_id, code, refusal), 422


def _sentence(error: BadCommentError | FormError) -> str:
    if isinstance(error, FormError):
        return error.message
    sentences = {
        "missing": gettext("Write the comment first."),
        "too_long": gettext("At most %(most)s characters.", most=MAX_TEXT),
        "known": gettext("This comment is kept already."),
        "too_many": gettext("At most %(most)s of your own for a requirement.", most=MAX_OWN),
    }
    return sentences[error.reason]


def _back(assessment_id: str, code: str, *, removed: str = "") -> ResponseReturnValue:
    where = url_for(
        "teacher.comments",
        assessment_id=assessment_id,
        code=code,
        removed=removed or None,
        _anchor=f"b-{code}",
    )
    return redirect(where, 303)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
