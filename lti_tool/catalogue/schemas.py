"""The schemas of the files in ``rubrics/`` and ``mappings/``: strict, and nothing unknown passes.

A schema says what one file may hold. What must fit between files is checked where they are put
together (``standards``, ``rubrics``, ``mappings``).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lti_tool.domain.mapping import LinkTag, LostPolicy
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.ready_assessment import (
    LEAST_MINUTES,
    MOST_MINUTES,
    TITLE_LENGTH,
    MaterialKind,
)
from lti_tool.domain.rubric import AssessmentMethod
from lti_tool.domain.standard import SourceStatus

_CODE = r"[0-9]{1,4}(\.[0-9]{1,4}){0,5}"
_LEVEL = r"[a-z][a-z0-9_]{0,31}"

Words = Annotated[str, StringConstraints(strict=True, min_length=1, pattern=r"^\S(.*\S)?$")]
"""One line of text without space around it."""
Lines = Annotated[str, StringConstraints(strict=True, min_length=1, pattern=r"(?s)^\S(.*\S)?$")]
"""One or more lines of text without space around the whole."""
Code = Annotated[str, StringConstraints(strict=True, pattern=rf"^{_CODE}$")]
"""A dotted code. Always in quotes in a file: YAML reads a bare 4.20 as the number 4.2."""
LevelKey = Annotated[str, StringConstraints(strict=True, pattern=rf"^{_LEVEL}$")]
Key = Annotated[str, StringConstraints(strict=True, pattern=rf"^{_LEVEL}/{_CODE}$")]
"""A requirement of a level, ``elementary/2.1.1``."""
Identifier = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]*$")]
YearMonth = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Count = Annotated[int, Field(strict=True, ge=1, le=20)]


Minutes = Annotated[int, Field(strict=True, ge=LEAST_MINUTES, le=MOST_MINUTES)]
Title = Annotated[Words, StringConstraints(max_length=TITLE_LENGTH)]


# YAML has only plain strings for an enum's members, so these are not strict.
Status = Annotated[SourceStatus, Field(strict=False)]
Tag = Annotated[LinkTag, Field(strict=False)]
Policy = Annotated[LostPolicy, Field(strict=False)]
Method = Annotated[AssessmentMethod, Field(strict=False)]
Kind = Annotated[MaterialKind, Field(strict=False)]


class _Schema(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class BothLanguages(_Schema):
    """Words that must be there in Chinese and in English."""

    zh: Words
    en: Words


class LinesInBoth(_Schema):
    """One or more lines that must be there in Chinese and in English."""

    zh: Lines
    en: Lines


class ChineseFirst(_Schema):
    """Words of a source: Chinese always, English where somebody translated them."""

    zh: Words
    en: Words | None = None


class OfStandard(_Schema):
    """A file that names the standard and version it belongs to, its folder's name."""

    standard: Identifier


class LevelHead(_Schema):
    """A level of the standard without its requirements (技能等级)."""

    key: LevelKey
    name: ChineseFirst
    scope: ChineseFirst
    job_roles: list[ChineseFirst]


class TermEntry(_Schema):
    """A term and its definition (术语和定义)."""

    code: Code
    term: Words
    definition: Words


class StandardFile(_Schema):
    """``rubrics/<id>/standard.yaml``: what the standard is, without its requirements."""

    code: Identifier
    version: Identifier
    title: ChineseFirst
    publisher: ChineseFirst
    published: YearMonth
    declaration: ChineseFirst
    disclaimer: ChineseFirst
    levels: Annotated[list[LevelHead], Field(min_length=1)]
    terms: list[TermEntry] = []

    def levels_once(self) -> list[str]:
        """The level keys in order, a key that stands twice only once."""
        return list(dict.fromkeys(each.key for each in self.levels))


class RequirementEntry(_Schema):
    """A 职业技能要求. ``text`` is word for word the source's; see SourceStatus for the rest."""

    code: Code
    text: Words | None = None
    status: Status
    printed: Words | None = None
    inferred_from: Key | None = None
    english: Words | None = None


class TaskEntry(_Schema):
    """A 工作任务; ``status`` says how its title stands in the source."""

    code: Code
    title: ChineseFirst
    status: Status = SourceStatus.PRINTED
    requirements: Annotated[list[RequirementEntry], Field(min_length=1)]


class AreaEntry(_Schema):
    """A 工作领域."""

    code: Code
    title: ChineseFirst
    tasks: Annotated[list[TaskEntry], Field(min_length=1)]


class LevelFile(OfStandard):
    """``rubrics/<id>/level-<key>.yaml``: the work areas, tasks and requirements of one level."""

    level: LevelKey
    areas: Annotated[list[AreaEntry], Field(min_length=1)]


class PerformanceLevelEntry(_Schema):
    """A 表现水平 and its share of the points."""

    number: Count
    name: ChineseFirst
    percent: Percent


class RubricFile(OfStandard):
    """``rubrics/<id>/rubric.yaml``: performance levels, cut and red lines.

    ``languages`` are those in which every word of the rubric must be there; a rubric that came from
    elsewhere may be in Chinese alone.
    """

    languages: Annotated[list[Literal["zh", "en"]], Field(min_length=1)] = ["zh", "en"]
    cut: Count
    performance_levels: Annotated[list[PerformanceLevelEntry], Field(min_length=2)]
    red_lines: list[Key] = []


class DescriptorEntry(_Schema):
    """The descriptors of one requirement, by performance level number."""

    code: Code
    method: Method | None = None
    weight: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    descriptors: dict[int, ChineseFirst]
    evidence: ChineseFirst | None = None


class DescriptorFile(OfStandard):
    """``rubrics/<id>/descriptors-<key>.yaml``: observable words for requirements of one level."""

    level: LevelKey
    criteria: list[DescriptorEntry]


class TitleInBoth(_Schema):
    """A title that must be there in Chinese and in English."""

    zh: Title
    en: Title


class MaterialEntry(_Schema):
    """What the student works with."""

    title: BothLanguages
    kind: Kind
    text: LinesInBoth


class AssessmentEntry(_Schema):
    """The ready assessment of one work task."""

    task: Code
    title: TitleInBoth
    method: Method
    minutes: Minutes
    scenario: LinesInBoth
    instructions: LinesInBoth
    material: Annotated[list[MaterialEntry], Field(min_length=1)]
    assessor: LinesInBoth


class AssessmentFile(OfStandard):
    """``rubrics/<id>/assessments-<key>.yaml``: ready assessments of tasks of one level."""

    level: LevelKey
    assessments: list[AssessmentEntry]


class LinkEntry(_Schema):
    """One reviewed or proposed link; the first tag decides."""

    lower: Key
    higher: Key
    tags: Annotated[list[Tag], Field(min_length=1)]
    note: Words
    reviewer: Words | None = None
    reviewed: date | None = None


class EquivalenceFile(OfStandard):
    """``mappings/<id>/equivalence.yaml``."""

    links: list[LinkEntry]


class MasteryEntry(_Schema):
    """When a requirement is mastered; see ``lti_tool.domain.mapping.MasteryRule``."""

    method: Annotated[MasteryMethod, Field(strict=False)] = MasteryMethod.N_OF_M
    needed: Count = 2
    window: Count = 3
    rate: Annotated[int, Field(strict=True, ge=1, le=99)] = 65
    minimum_evidence: Count = 1
    minimum_raters: Count = 1
    expires_months: Annotated[int, Field(strict=True, ge=1, le=120)] | None = None


class LostEntry(_Schema):
    """What a lost requirement means; a waiver needs a reason."""

    policy: Policy
    reason: BothLanguages | None = None


class CriticalEntry(_Schema):
    """A requirement that must be mastered, and why."""

    code: Code
    reason: BothLanguages


class PartEntry(_Schema):
    """A part of a weighted total: whole work areas, single requirements, or both."""

    name: BothLanguages
    weight: Percent
    minimum: Percent = 0
    areas: list[Code] = []
    codes: list[Code] = []


class TotalEntry(_Schema):
    """The weighted total a level needs."""

    minimum: Percent
    parts: Annotated[list[PartEntry], Field(min_length=1)]


class AttainmentFile(OfStandard):
    """``mappings/<id>/attainment.yaml``; see ``lti_tool.domain.mapping.AttainmentRule``."""

    version: Identifier
    origin: BothLanguages
    area_cut: Percent
    mastery: MasteryEntry
    lost: LostEntry
    critical: dict[LevelKey, list[CriticalEntry]]
    area_cuts: dict[LevelKey, dict[Code, Percent]] = {}
    totals: dict[LevelKey, TotalEntry] = {}
    downward_credit: bool = False


class ProgrammesEntry(_Schema):
    """The programmes of one kind of school in one edition of the catalogue."""

    catalogue: Literal["old", "new"]
    school_kind: Words
    names: Annotated[list[Words], Field(min_length=1)]


class ProgrammesFile(OfStandard):
    """``mappings/<id>/programmes.yaml``."""

    programmes: list[ProgrammesEntry]
