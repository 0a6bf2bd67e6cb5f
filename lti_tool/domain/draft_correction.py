"""What a person changes in a draft before confirming it, one thing at a time.

A correction names its place by the code that stands there when it is made, so that corrections are
applied in their order. Not here: storing and undoing them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .standard import SourceStatus, code_order
from .standard_draft import (
    BadDraftError,
    DraftArea,
    DraftLevel,
    DraftRequirement,
    DraftTask,
    Note,
    NoteKind,
    StandardDraft,
)

LONGEST_TEXT = 2_000
STATUSES = (SourceStatus.PRINTED, SourceStatus.JOINED, SourceStatus.LOST)
"""What a person may say of a text. That one is mended or inferred needs what it was made from, and
is said in the files of the standard."""


class CorrectionKind(StrEnum):
    """What is corrected."""

    FACTS = "facts"
    """Facts of the head, by field."""
    TITLE = "title"
    """The ``title`` of an area or task."""
    REQUIREMENT = "requirement"
    """The ``code``, ``text`` and ``status`` of a requirement."""
    REMOVAL = "removal"
    """A requirement that is none is taken out."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One change. ``level`` and ``code`` say where; both are empty for facts of the head."""

    kind: CorrectionKind
    level: str = ""
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def corrected(draft: StandardDraft, correction: Correction) -> StandardDraft:
    """The draft after a correction.

    Raises BadDraftError: ``not_a_code`` or ``not_a_month`` (a fact, or a code that fits nowhere in
    its level), ``code_taken``, ``text_missing``, ``text_with_lost``, ``title_missing``,
    ``too_long``, ``gone`` (nothing stands there any more), ``last`` (a task needs a requirement).
    """
    if any(len(each) > LONGEST_TEXT for each in correction.values.values()):
        raise BadDraftError("too_long")
    if correction.kind is CorrectionKind.FACTS:
        return draft.with_facts(correction.values)
    at = next((n for n, each in enumerate(draft.levels) if each.key == correction.level), None)
    if at is None:
        raise BadDraftError("gone", correction.level)
    change = {
        CorrectionKind.TITLE: _with_title,
        CorrectionKind.REQUIREMENT: _with_requirement,
        CorrectionKind.REMOVAL: _without,
    }[correction.kind]
    levels = (*draft.levels[:at], change(draft.levels[at], correction), *draft.levels[at + 1 :])
    return _noted(replace(draft, levels=levels), correction)


# --- Titles ---------------------------------------------------------------------------------------


def _with_title(level: DraftLevel, correction: Correction) -> DraftLevel:
    title = correction.values.get("title", "").strip()
    if not title:
        raise BadDraftError("title_missing")
    known = {each.code for each in level.areas} | {
        task.code for each in level.areas for task in each.tasks
    }
    if correction.code not in known:
        raise BadDraftError("gone", correction.code)
    return replace(
        level, areas=tuple(_titled(each, correction.code, title) for each in level.areas)
    )


def _titled(area: DraftArea, code: str, title: str) -> DraftArea:
    if area.code == code:
        return replace(area, title=title)
    tasks = tuple(
        replace(task, title=title, status=SourceStatus.PRINTED) if task.code == code else task
        for task in area.tasks
    )
    return replace(area, tasks=tasks)


# --- Requirements ---------------------------------------------------------------------------------


def _with_requirement(level: DraftLevel, correction: Correction) -> DraftLevel:
    old = _find(level, correction.code)
    new = _changed(old, correction.values)
    task, _, number = new.code.rpartition(".")
    tasks = {each.code for area in level.areas for each in area.tasks}
    if task not in tasks or not (number.isascii() and number.isdecimal() and len(number) < 5):
        raise BadDraftError("not_a_code", new.code)
    taken = {each.code for each in level.requirements} - {old.code}
    if new.code in taken:
        raise BadDraftError("code_taken", new.code)
    return _rebuilt(level, lambda each: _placed(each, old, new))


def _changed(old: DraftRequirement, values: Mapping[str, str]) -> DraftRequirement:
    status = values.get("status", old.status.value)
    text = values.get("text", old.text or "").strip()
    allowed = {each.value for each in STATUSES} | {old.status.value}
    if status not in allowed:
        raise BadDraftError("not_a_status", status)
    lost = status == SourceStatus.LOST.value
    if lost and text:
        raise BadDraftError("text_with_lost")
    if not lost and not text:
        raise BadDraftError("text_missing")
    code = values.get("code", old.code).strip()
    return replace(old, code=code, text=text or None, status=SourceStatus(status))


def _placed(task: DraftTask, old: DraftRequirement, new: DraftRequirement) -> DraftTask:
    """The task without the old requirement, and with the new one if its code is of this task."""
    rest = [each for each in task.requirements if each.code != old.code]
    if new.code.rpartition(".")[0] == task.code:
        rest = sorted([*rest, new], key=lambda each: code_order(each.code))
    if not rest:
        raise BadDraftError("last", task.code)
    return replace(task, requirements=tuple(rest))


def _without(level: DraftLevel, correction: Correction) -> DraftLevel:
    _find(level, correction.code)

    def shortened(task: DraftTask) -> DraftTask:
        rest = tuple(each for each in task.requirements if each.code != correction.code)
        if not rest:
            raise BadDraftError("last", task.code)
        return replace(task, requirements=rest)

    return _rebuilt(level, shortened)


def _find(level: DraftLevel, code: str) -> DraftRequirement:
    found = next((each for each in level.requirements if each.code == code), None)
    if found is None:
        raise BadDraftError("gone", code)
    return found


def _rebuilt(level: DraftLevel, change: Callable[[DraftTask], DraftTask]) -> DraftLevel:
    areas = tuple(
        replace(area, tasks=tuple(change(task) for task in area.tasks)) for area in level.areas
    )
    return replace(level, areas=areas)


# --- Notes ----------------------------------------------------------------------------------------


def _noted(draft: StandardDraft, correction: Correction) -> StandardDraft:
    """The draft whose notes of lost requirements are those it still has."""
    lost = {
        (level.key, each.code)
        for level, each in draft.requirements
        if each.status is SourceStatus.LOST
    }
    kept = [
        each
        for each in draft.notes
        if each.kind is not NoteKind.LOST or (each.level, each.subject) in lost
    ]
    known = {(each.level, each.subject) for each in kept if each.kind is NoteKind.LOST}
    own = (correction.level, correction.values.get("code", correction.code))
    if own in lost and own not in known:
        kept.append(Note(NoteKind.LOST, own[0], own[1]))
    return replace(draft, notes=tuple(kept))
