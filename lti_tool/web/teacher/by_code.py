"""One requirement for the whole group: the grid for the workshop floor, and its sheet for print.

The page's script sends each tap by itself and asks for JSON; without scripts the whole grid is one
form. A cell that cannot be saved shows why in its row, with what was chosen. Not here: the table of
all codes as a file (``rating_table``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating
from lti_tool.persistence import assessments, groups, people
from lti_tool.services.rate_by_code import (
    Cell,
    CellOutcome,
    CellState,
    FloorRow,
    give_cells,
    show_floor,
)
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext
from lti_tool.web.wiring import wired

from .frame import Place, blueprint, frame, remember
from .rating_words import sentence

MAX_COMMENT = 4000
LEVEL = "level-"
HIGHEST = 99
STATUS = {CellState.CONFLICT: 409, CellState.REFUSED: 422}


@dataclass(frozen=True, slots=True)
class Line:
    """A student's row as drawn. ``chosen`` is the level that is ticked, None for none; ``word``
    the rating that stands; ``outcome`` None unless the cell could not be saved."""

    row: FloorRow
    chosen: int | None
    word: Rating | None
    frozen: bool
    comment: str
    outcome: CellOutcome | None


@blueprint.get("/assessments/<assessment_id>/by-code")
@requires(Role.TEACHER)
def by_code(assessment_id: str) -> ResponseReturnValue:
    """The grid of one code, the first unless asked for another."""
    return _page(assessment_id, request.args.get("code", ""), {})


@blueprint.post("/assessments/<assessment_id>/cells")
@requires(Role.TEACHER)
def give_by_code(assessment_id: str) -> ResponseReturnValue:
    """Save the cells of one code that were sent, each by itself."""
    code = request.form.get("code", "")
    with working() as work:
        found = assessments.assessment(work.session, assessment_id, course_id=member().course_id)
        found.key(code)
        outcomes = give_cells(work, found, _cells(code), course_id=member().course_id)
        raters = people.accounts(
            work.session, {each.word.rater_id for each in outcomes if each.word}
        )
    if request.accept_mimetypes.best == "application/json":
        names = {number: each.label for number, each in raters.items()}
        return jsonify({"cells": [_told(each, names) for each in outcomes]})
    left = {each.cell.learner_id: each for each in outcomes if each.state in STATUS}
    if left:
        first = next(iter(left.values()))
        return _page(assessment_id, code, left), STATUS[first.state]
    flash(gettext("Saved."), "ok")
    where = url_for("teacher.by_code", assessment_id=assessment_id, code=code, group=_group())
    return redirect(where, 303)


def _page(assessment_id: str, asked: str, left: Mapping[int, CellOutcome]) -> str:
    course_id = member().course_id
    with reading() as session:
        found = show_floor(
            session,
            wired().catalogue,
            assessment_id,
            course_id=course_id,
            viewer_id=member().id,
            group_id=_group(),
        )
        in_course = groups.groups_of(session, course_id)
    remember(found.assessment.id)
    codes = found.assessment.codes
    code = asked if asked in codes else codes[0]
    place = codes.index(code)
    standard, key = found.bundle.standard, found.assessment.key(code)
    level = standard.level(found.assessment.level)
    return render_template(
        "teacher/by_code.html",
        page=frame(Place.BY_CODE, standard=standard),
        floor=found,
        code=code,
        requirement=standard.requirement(key),
        criterion=found.rubric.criterion(key),
        choices=found.rubric.choices(key),
        cut=found.rubric.cut,
        level=level,
        task=next(task for task in level.tasks if key in {r.key for r in task.requirements}),
        previous=codes[place - 1] if place else None,
        following=codes[place + 1] if place + 1 < len(codes) else None,
        lines=[_line(each, code, left.get(each.learner.id)) for each in found.rows],
        words_of=_words_of(left),
        owner=member().id,
        groups=in_course,
        group=_group(),
    )


def _line(row: FloorRow, code: str, left: CellOutcome | None) -> Line:
    word = row.words.get(code)
    standing = word.performance_level if word else None
    return Line(
        row=row,
        chosen=left.cell.level if left else standing,
        word=word,
        frozen=code in row.frozen or row.lock is not None,
        comment=(left.cell.comment if left else None) or (word.comment if word else ""),
        outcome=left,
    )


def _words_of(left: Mapping[int, CellOutcome]) -> Mapping[int, str]:
    """Why the cells of these learners were refused."""
    refused = [each for each in left.values() if each.state is CellState.REFUSED]
    return {each.cell.learner_id: refusal(each) for each in refused}


def refusal(outcome: CellOutcome) -> str:
    """A refused cell in the teacher's words."""
    if outcome.reason == "returned":
        return gettext("Given back for revision: rate it once it is handed in again.")
    if outcome.reason == "second":
        return gettext("Marked by a second rater: neither shown nor changed here.")
    if outcome.reason == "not_yours":
        return gettext("Somebody else gave this rating: give another level, or leave it.")
    return sentence(BadRatingError(outcome.cell.code, outcome.reason))


def _cells(code: str) -> Sequence[Cell]:
    """What was sent, by learner; a row that stands as the page showed it is left out."""
    names = [name.removeprefix(LEVEL) for name in request.form if name.startswith(LEVEL)]
    sent = [_cell(code, name) for name in names if name.isascii() and name.isdecimal()]
    return [each for each in sent if each is not None]


def _cell(code: str, learner: str) -> Cell | None:
    try:
        level = whole_number(f"{LEVEL}{learner}", least=0, most=HIGHEST) or None
        comment = text(f"comment-{learner}", MAX_COMMENT) if _has(f"comment-{learner}") else None
    except FormError as error:
        raise BadRatingError(code, "performance_level") from error
    seen, _, shown = request.form.get(f"seen-{learner}", "").partition(":")
    if shown == str(level or 0) and not comment:
        return None
    tries = request.form.get(f"sent-{learner}", "").split()
    return Cell(
        learner_id=int(learner),
        code=code,
        level=level,
        comment=comment or None,
        seen=seen or None,
        sent=frozenset(int(each) for each in tries if each.isascii() and each.isdecimal()),
        confirmed=_has(f"confirmed-{learner}"),
    )


def _has(name: str) -> bool:
    return name in request.form


def _group() -> int | None:
    return request.values.get("group", type=int)


def _told(outcome: CellOutcome, names: Mapping[int, str]) -> Mapping[str, object]:
    """What the page's script is told about a cell."""
    word = outcome.word
    refused = outcome.state is CellState.REFUSED
    return {
        "learner": outcome.cell.learner_id,
        "state": outcome.state.value,
        "id": word.id if word else "",
        "level": word.performance_level if word else 0,
        "own": word is not None and word.rater_id == member().id,
        "rater": names.get(word.rater_id, "") if word else "",
        "at": word.rated_at.astimezone(wired().zone).strftime("%H:%M") if word else "",
        "message": refusal(outcome) if refused else "",
    }
