"""The page of progress towards the levels of a standard. Not here: one assessment's feedback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.attainment import AreaStanding
from lti_tool.domain.launch import Role
from lti_tool.domain.standard import Standard
from lti_tool.services.show_progress import (
    History,
    LevelProgress,
    ProgressShown,
    Standing,
    show_progress,
    standards_of_course,
)
from lti_tool.web import charts
from lti_tool.web.access import member, reading, requires
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.wiring import wired

from .frame import blueprint, frame, linked_assessment

PAGE = "student.progress"
MOST_POINTS = 6
"""How many ratings the chart of one requirement shows, the newest ones."""

RulerPart = tuple[str, str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The charts of the page; each stands beside the same figures in words."""

    ruler: list[RulerPart]
    """Per level: name, figures, and the state of each requirement it adds, by work area."""
    rings: Mapping[str, charts.Ring]
    radar: charts.Radar | None
    history: charts.History | None
    days: list[str]
    """The day under each point of ``history``."""

    @property
    def states(self) -> list[str]:
        """The states that occur, for the legend."""
        found = (state for _, _, groups in self.ruler for group in groups for state in group)
        return list(dict.fromkeys(found))


@blueprint.get("/progress")
@requires(Role.STUDENT)
def progress() -> ResponseReturnValue:
    """How far each level is: of the course's first standard, or of the one asked for."""
    course_id = member().course_id
    with reading() as session:
        linked = linked_assessment(session)
        standards = standards_of_course(session, wired().catalogue, course_id)
        chosen = _chosen(standards, request.args.get("standard"))
        page = frame(PAGE, assessment_id=linked, standard=chosen)
        if chosen is None:
            return render_template("student/no_progress.html", page=page)
        shown = show_progress(
            session,
            wired().catalogue,
            chosen.id,
            learner_id=member().id,
            course_id=course_id,
            now=wired().clock(),
            chosen=request.args.get("requirement"),
        )
    return render_template(
        "student/progress.html", page=page, shown=shown, standards=standards, drawn=_drawn(shown)
    )


def _chosen(standards: Sequence[Standard], wish: str | None) -> Standard | None:
    """The standard wished for, else the first; None where the course assesses none."""
    wished = (each for each in standards if each.id == wish)
    return next(wished, standards[0] if standards else None)


def _drawn(shown: ProgressShown) -> Drawn:
    areas = [
        (
            _short_name(shown, standing),
            standing.mastered,
            standing.total,
            shown.rules.rule.cut_of(standing.level, standing.area),
        )
        for _, standing in shown.areas
    ]
    return Drawn(
        ruler=[_ruler_part(each) for each in shown.levels],
        rings={
            each.level.key: charts.ring(each.attainment.mastered, each.attainment.total)
            for each in shown.levels
        },
        radar=charts.radar(areas),
        history=_history(shown.history, shown) if shown.history else None,
        days=_days(shown.history) if shown.history else [],
    )


def _short_name(shown: ProgressShown, area: AreaStanding) -> str:
    """An area as the chart labels it; its title, too long for a chart, stands in the table."""
    return f"{in_page_language(shown.standard.level(area.level).name)} {area.area}"


def _ruler_part(progress: LevelProgress) -> RulerPart:
    figures = gettext(
        "%(mastered)s of %(total)s", mastered=progress.added_mastered, total=progress.added_total
    )
    groups = [[_tick(each) for each in area] for area in progress.added]
    return in_page_language(progress.level.name), figures, groups


def _tick(standing: Standing) -> str:
    if standing.waived:
        return "waived"
    return "lost" if standing.lost else standing.state.value


def _history(history: History, shown: ProgressShown) -> charts.History:
    newest = reversed(history.entries[:MOST_POINTS])
    numbers = [each.rating.performance_level for each in newest]
    levels = shown.rubric.performance_levels
    return charts.history(numbers, levels=len(levels), cut=shown.rubric.cut)


def _days(history: History) -> list[str]:
    newest = reversed(history.entries[:MOST_POINTS])
    performed = (each.rating.performed_at.astimezone(wired().zone) for each in newest)
    return [f"{each.month}/{each.day}" for each in performed]
