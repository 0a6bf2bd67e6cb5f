"""A page that shows every component in every state, for people who build or check pages.

The application registers it in the demo only. Requirements are the first installed standard's;
people, marks and evidence are invented. Not for anything a school uses.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.standard import Requirement, SourceStatus
from lti_tool.domain.submission import Evidence, EvidenceKind

from . import charts
from .access import open_to_all
from .page import Page, Tab
from .wiring import wired

blueprint = Blueprint("design", __name__)

STATES = (*(state.value for state in MasteryState), "lost", "waived")
RADAR_CUT = 80


@dataclass(frozen=True, slots=True)
class Shown:
    """A requirement with how it is judged."""

    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]


@blueprint.get("/design")
@open_to_all
def components() -> ResponseReturnValue:
    """All components on one page."""
    wiring = wired()
    bundle, now = wiring.catalogue.standards[0], wiring.clock()
    areas = [(area.title, len(area.requirements)) for area in bundle.standard.levels[0].areas]
    return render_template(
        "components.html",
        page=_frame(),
        standard=bundle.standard,
        rubric=bundle.rubric,
        described=_first(bundle, lambda each: bool(each.criterion.descriptors)),
        bare=_first(bundle, lambda each: not each.criterion.descriptors),
        red_line=_first(bundle, lambda each: each.criterion.red_line),
        inferred=_first(bundle, lambda each: each.requirement.status is SourceStatus.INFERRED),
        lost=_first(bundle, lambda each: each.requirement.status is SourceStatus.LOST),
        states=STATES,
        areas=areas,
        evidence=_evidence(now),
        due_at=now + timedelta(days=3, hours=4),
        overdue_at=now - timedelta(hours=5),
        saved_at=now,
        charts=charts,
        radar_cut=RADAR_CUT,
    )


def _frame() -> Page:
    tabs = (Tab("1", "#main", current=True), Tab("2", "#main", count=3), Tab("3", "#main"))
    return Page(tabs=tabs, switch_language=False)


def _first(bundle: StandardBundle, wanted: Callable[[Shown], bool]) -> Shown | None:
    """The first requirement of this kind, None where the standard has none."""
    return next((each for each in _shown(bundle) if wanted(each)), None)


def _shown(bundle: StandardBundle) -> Iterable[Shown]:
    for requirement in bundle.standard.requirements():
        key = requirement.key
        yield Shown(requirement, bundle.rubric.criterion(key), bundle.rubric.choices(key))


def _evidence(now: datetime) -> tuple[Evidence, ...]:
    codes = frozenset({"2.1.2", "2.2.1"})
    return (
        Evidence("1", EvidenceKind.FILE, "沟通记录.txt", codes, now, size=12_288),
        Evidence("2", EvidenceKind.LINK, "", codes, now, url="https://example.com/chat/1"),
        Evidence("3", EvidenceKind.TEXT, "方案说明", frozenset(), now, text="先安抚，再补发。"),
    )
