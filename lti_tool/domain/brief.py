"""What an assessment gives to work with: situation, material, and notes for the assessor.

A copy: what was set stays as it was set when the ready assessment it came from is changed later.
Not here: ready assessments themselves (``ready_assessment``), instructions and conditions
(``assessment``).
"""

from dataclasses import dataclass

from .errors import BadAssessmentError
from .ready_assessment import (
    MaterialKind,
    ReadyAssessment,
    Turn,
    codes_named,
    table_faults,
    table_rows,
    turns,
)
from .rubric import AssessmentMethod

MAX_WORDS = 10_000
"""Characters of the situation, of the notes, and of each piece of material."""
MAX_MATERIAL_TITLE = 120
MAX_MATERIAL = 8


@dataclass(frozen=True, slots=True)
class SetMaterial:
    """A piece of material as it was set, in the words of one language."""

    title: str
    kind: MaterialKind
    words: str

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of a transcript."""
        return turns(self.words)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows of a table, the head first. Raises csv.Error for words that are no table."""
        return table_rows(self.words)


@dataclass(frozen=True, slots=True)
class Brief:
    """What was set. Empty texts are left out on every page."""

    scenario: str = ""
    material: tuple[SetMaterial, ...] = ()
    assessor: str = ""
    """For those who rate alone, never shown to students."""
    method: AssessmentMethod | None = None
    minutes: int | None = None
    """How long the student needs; None where nobody said."""
    origin: str = ""
    """The task whose ready assessment it was copied from (``elementary/2.1``); empty for none."""

    def notes_on(self, code: str) -> tuple[str, ...]:
        """The lines of the notes that name a requirement: ``[2.1.1]``."""
        return tuple(each for each in self.assessor.splitlines() if code in codes_named(each))


def copy_of(ready: ReadyAssessment, level: str, language: str) -> Brief:
    """A ready assessment of a level in one language, as a first draft."""
    return Brief(
        scenario=ready.scenario.in_language(language),
        material=tuple(
            SetMaterial(
                each.title.in_language(language), each.kind, each.text.in_language(language)
            )
            for each in ready.material
        ),
        assessor=ready.assessor.in_language(language),
        method=ready.method,
        minutes=ready.minutes,
        origin=f"{level}/{ready.task}",
    )


def checked_brief(brief: Brief) -> Brief:
    """The brief itself if it may be set. Raises BadAssessmentError naming the field."""
    for field, words in (("scenario", brief.scenario), ("assessor", brief.assessor)):
        if len(words) > MAX_WORDS:
            raise BadAssessmentError(field, "too_long")
    if len(brief.material) > MAX_MATERIAL:
        raise BadAssessmentError("material", "too_many")
    for number, each in enumerate(brief.material):
        _check_material(f"material.{number}", each)
    return brief


def _check_material(field: str, material: SetMaterial) -> None:
    if not material.title.strip():
        raise BadAssessmentError(f"{field}.title", "missing")
    if not material.words.strip():
        raise BadAssessmentError(f"{field}.words", "missing")
    if len(material.title) > MAX_MATERIAL_TITLE:
        raise BadAssessmentError(f"{field}.title", "too_long")
    if len(material.words) > MAX_WORDS:
        raise BadAssessmentError(f"{field}.words", "too_long")
    if material.kind is MaterialKind.TABLE and any(table_faults(material.words)):
        raise BadAssessmentError(f"{field}.words", "bad_table")
