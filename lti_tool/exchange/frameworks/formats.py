"""The formats by name. Not here: writing and reading them."""

from enum import StrEnum

from .case_objects import CaseVersion


class Format(StrEnum):
    """A format a standard can be handed out in, by the name a person gives."""

    MOODLE = "moodle"
    CANVAS_OUTCOMES = "canvas-outcomes"
    CANVAS_RUBRICS = "canvas-rubric"
    CASE_1_0 = "case-1.0"
    CASE_1_1 = "case-1.1"

    @property
    def is_case(self) -> bool:
        """Whether it is CASE, in whatever version."""
        return self in {Format.CASE_1_0, Format.CASE_1_1}

    @property
    def case_version(self) -> CaseVersion:
        """The version of CASE."""
        return CaseVersion.V1P0 if self is Format.CASE_1_0 else CaseVersion.V1P1

    @property
    def extension(self) -> str:
        """How its files' names end, without the dot."""
        return "json" if self.is_case else "csv"
