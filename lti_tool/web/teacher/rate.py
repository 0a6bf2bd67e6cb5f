"""Rating one submission: evidence beside the rubric, each rating saved as it is given.

Every act works as a plain form; the page's script sends the same forms and asks for JSON. What
was typed comes back with every refusal. Not here: who waits (``queue``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import (
    BadRatingError,
    SecondMarkingRefusedError,
    StaleFormError,
    StaleRatingError,
    TransitionError,
)
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings
from lti_tool.services.keep_comments import Bank, show_bank
from lti_tool.services.rate_submission import Judgement, rate_submission, take_back_draft
from lti_tool.services.release_ratings import release_submission
from lti_tool.services.return_submission import return_submission
from lti_tool.services.second_mark import (
    SecondJudgement,
    check_marking,
    finish_second,
    mark_second,
    take_back_second,
)
from lti_tool.services.show_same_files import SameFile, show_same_files
from lti_tool.services.show_second_marking import show_second
from lti_tool.services.show_team import Mate, show_mates
from lti_tool.services.show_work import WorkToRate, show_work, submission_to_rate
from lti_tool.services.unseen import is_hidden_from
from lti_tool.services.work import Work, rated_with
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember
from .rating_words import answer, sentence

MAX_COMMENT = 4000
MAX_NOTE = 4000
FIRST_ACTS = {"give": "teacher.give", "undo": "teacher.undo", "finish": "teacher.release"}
SECOND_ACTS = {
    "give": "teacher.mark_again_give",
    "undo": "teacher.mark_again_undo",
    "finish": "teacher.mark_again_finish",
}
SHOWN_HERE = frozenset({"held", "frozen"})
"""Why the second marking refuses what a first rater asks for, said beside the ratings."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act was refused, shown beside ``field``: a code, ``note`` or ``release``."""

    field: str
    message: str
    status: int


@blueprint.get("/work/<submission_id>")
@requires(Role.TEACHER)
def rate(submission_id: str) -> ResponseReturnValue:
    """One student's work and the rubric."""
    if _work(submission_id).is_hidden:
        return redirect(url_for("teacher.second", submission_id=submission_id), 303)
    return _page(submission_id)


@blueprint.get("/work/<submission_id>/second")
@requires(Role.TEACHER)
def mark_again(submission_id: str) -> ResponseReturnValue:
    """The same page for who marks a work a second time: their own ratings only."""
    course_id, catalogue = member().course_id, wired().catalogue
    with reading() as session:
        found = show_second(
            session, catalogue, submission_id, course_id=course_id, viewer_id=member().id
        )
    if not found.may_mark:
        return redirect(url_for("teacher.second", submission_id=submission_id), 303)
    return _page(submission_id)


@blueprint.post("/work/<submission_id>/ratings")
@requires(Role.TEACHER)
def give(submission_id: str) -> ResponseReturnValue:
    """Save one rating with its comment."""
    code = request.form.get("code", "")

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        _refuse_changed(submission)
        rate_submission(work, submission, assessment, _confirmed(work, assessment, code))

    return _acted(submission_id, code, act)


@blueprint.post("/work/<submission_id>/second/ratings")
@requires(Role.TEACHER)
def mark_again_give(submission_id: str) -> ResponseReturnValue:
    """Save one rating of the second rater."""
    code = request.form.get("code", "")

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        given = _confirmed(work, assessment, code)
        level, comment, seen = given.performance_level, given.comment, given.seen
        mark_second(work, submission, assessment, SecondJudgement(code, level, comment, seen))

    return _acted(submission_id, code, act)


@blueprint.post("/work/<submission_id>/second/undo")
@requires(Role.TEACHER)
def mark_again_undo(submission_id: str) -> ResponseReturnValue:
    """Take back what the second rater gave last for a code."""
    code, seen = request.form.get("code", ""), request.form.get("seen", "")

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        take_back_second(work, submission, assessment, seen)

    return _acted(submission_id, code, act)


@blueprint.post("/work/<submission_id>/second/finish")
@requires(Role.TEACHER)
def mark_again_finish(submission_id: str) -> ResponseReturnValue:
    """Hold both ratings beside each other."""

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        finish_second(work, submission, assessment)

    return _acted(submission_id, "release", act, then="teacher.second")


@blueprint.post("/work/<submission_id>/undo")
@requires(Role.TEACHER)
def undo(submission_id: str) -> ResponseReturnValue:
    """Take the rating back that this teacher gave last for a code."""
    code = request.form.get("code", "")

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        stored = {r.id: r for r in ratings.ratings_of_submission(work.session, submission.id)}
        given = stored.get(request.form.get("seen", ""))
        if given is None or given.rater_id != member().id:
            raise StaleRatingError(code)
        if given.released_at is None:
            take_back_draft(work, submission, given.id)
        else:
            _give_former(work, submission, assessment, given, stored.get(given.supersedes or ""))

    return _acted(submission_id, code, act)


@blueprint.post("/work/<submission_id>/release")
@requires(Role.TEACHER)
def release(submission_id: str) -> ResponseReturnValue:
    """Release this student's ratings."""

    def act(work: Work, submission: Submission, assessment: Assessment) -> None:
        _refuse_changed(submission)
        release_submission(work, submission, assessment)
        flash(gettext("Released: the student sees the result, the grade is on its way."), "ok")

    return _acted(submission_id, "release", act)


@blueprint.post("/work/<submission_id>/return")
@requires(Role.TEACHER)
def give_back(submission_id: str) -> ResponseReturnValue:
    """Give the work back for revision, with a note that says what to do."""

    def act(work: Work, submission: Submission, _assessment: Assessment) -> None:
        _refuse_changed(submission)
        return_submission(work, submission, text("note", MAX_NOTE, required=True))
        flash(gettext("Given back for revision, with your note."), "ok")

    return _acted(submission_id, "note", act)


Act = Callable[[Work, Submission, Assessment], None]


def _acted(submission_id: str, field: str, act: Act, *, then: str = "") -> ResponseReturnValue:
    """Do it in one transaction and show where the work stands now, on this page or the one that
    ``then`` names; a refusal shows beside its field, with everything that was typed."""
    course_id = member().course_id
    try:
        with working() as work:
            found = submission_to_rate(work.session, submission_id, course_id=course_id)
            _admit(work, *found)
            act(work, *found)
    except FormError as error:
        return _refused(submission_id, Refusal(field, error.message, 422))
    except BadRatingError as error:
        place = "release" if error.reason == "not_rated" else field
        return _refused(submission_id, Refusal(place, sentence(error), 422))
    except (
        SecondMarkingRefusedError,
        StaleRatingError,
        StaleFormError,
        TransitionError,
    ) as error:
        if isinstance(error, SecondMarkingRefusedError) and error.reason not in SHOWN_HERE:
            raise
        return _refused(submission_id, Refusal(field, sentence(error), 409))
    if _wants_json() and not then:
        return jsonify(answer(_work(submission_id), field))
    onward = url_for(then, submission_id=submission_id) if then else _back(submission_id, field)
    return redirect(onward, 303)


def _admit(work: Work, submission: Submission, assessment: Assessment) -> None:
    """Raises SecondMarkingRefusedError for who must not see what this page answers with: the first
    ratings, or somebody else's second ones."""
    if _is_second():
        check_marking(work, submission, assessment)
        return
    given = ratings.ratings_of_submission(work.session, submission.id)
    if is_hidden_from(work.session, work.actor_id, assessment, submission, given):
        raise SecondMarkingRefusedError("hidden")


def _is_second() -> bool:
    return (request.endpoint or "").startswith("teacher.mark_again")


def _refused(submission_id: str, refusal: Refusal) -> ResponseReturnValue:
    if _wants_json():
        told = answer(_work(submission_id), refusal.field) | {"error": refusal.message}
        return jsonify(told), refusal.status
    return _page(submission_id, refusal), refusal.status


def _page(submission_id: str, refusal: Refusal | None = None) -> str:
    found = _work(submission_id)
    remember(found.assessment.id)
    standard = wired().catalogue.find(found.assessment.standard_id).standard
    return render_template(
        "teacher/rate.html",
        page=frame(Place.QUEUE, standard=standard),
        work=found,
        level=standard.level(found.assessment.level),
        at_once=found.assessment.release is ReleaseMode.AT_ONCE,
        open_code=_open_code(found, refusal),
        refusal=refusal,
        typed=request.form,
        most_comment=MAX_COMMENT,
        bank=_bank(found.assessment),
        viewer=member().id,
        same_files=_same_files(found),
        mates=_mates(found),
        acts=SECOND_ACTS if found.is_second else FIRST_ACTS,
    )


def _mates(found: WorkToRate) -> tuple[Mate, ...]:
    with reading() as session:
        return show_mates(session, found.submission, found.assessment)


def _same_files(found: WorkToRate) -> Mapping[str, Sequence[SameFile]]:
    with reading() as session:
        return show_same_files(
            session,
            found.submission,
            found.assessment,
            course_id=member().course_id,
            school_id=member().school_id,
        )


def _work(submission_id: str) -> WorkToRate:
    with reading() as session:
        return show_work(
            session,
            wired().catalogue,
            submission_id,
            course_id=member().course_id,
            viewer_id=member().id,
            second=_is_second(),
        )


def _confirmed(work: Work, assessment: Assessment, code: str) -> Judgement:
    """What was given; a breach of a red line only with its confirmation."""
    given = _judgement(code)
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    breach = rubric.is_breach(assessment.key(code), given.performance_level)
    if breach and given.comment and "confirmed" not in request.form:
        raise BadRatingError(code, "not_confirmed")
    return given


def _bank(assessment: Assessment) -> Bank:
    course_id = member().course_id
    with reading() as session:
        return show_bank(session, assessment, viewer_id=member().id, course_id=course_id)


def _judgement(code: str) -> Judgement:
    number = whole_number("level", least=1, most=99)
    if number is None:
        raise FormError("level", gettext("Choose a level first; your comment is still here."))
    comment = text("comment", MAX_COMMENT)
    return Judgement(code, number, comment, request.form.get("seen") or None)


def _give_former(
    work: Work, submission: Submission, assessment: Assessment, given: Rating, former: Rating | None
) -> None:
    """A released rating stays on record; the one before it is given once more."""
    code = given.requirement.code
    if former is None:
        raise BadRatingError(code, "released_first")
    again = Judgement(code, former.performance_level, former.comment, given.id)
    rate_submission(work, submission, assessment, again)


def _refuse_changed(submission: Submission) -> None:
    """Raise StaleFormError when the work is another than the page showed."""
    seen = whole_number("version", least=1, most=10**9)
    if seen != submission.version:
        raise StaleFormError


def _open_code(found: WorkToRate, refusal: Refusal | None) -> str:
    """The one open criterion: the refused, the asked for, else the first without a rating."""
    codes = found.assessment.codes
    asked = refusal.field if refusal else request.args.get("code", "")
    if asked in codes:
        return asked
    unrated = (each.code for each in found.criteria if each.newest is None)
    return next(unrated, codes[0])


def _back(submission_id: str, field: str) -> str:
    """The page again, at the next code after a rating."""
    found = _work(submission_id)
    codes = found.assessment.codes
    here = "teacher.mark_again" if found.is_second else "teacher.rate"
    if field not in codes:
        return url_for(here, submission_id=submission_id)
    place = codes.index(field)
    following = codes[min(place + 1, len(codes) - 1)]
    shown = field if request.path.endswith("/undo") else following
    return url_for(here, submission_id=submission_id, code=shown, _anchor=f"c-{shown}")


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
