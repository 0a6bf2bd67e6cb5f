"""A vocational skill-level standard: levels, work areas, work tasks and requirements.

Not here: how a requirement is judged (``rubric``) and which requirements count as one
(``mapping``). The first standard is 530050 (2021 v2.0); nothing in this module knows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .errors import UnknownRequirementError


@dataclass(frozen=True, slots=True)
class Text:
    """Words in Chinese and English. ``en`` is None where nobody has translated them."""

    zh: str
    en: str | None = None

    def in_language(self, language: str) -> str:
        """The words for a language tag such as ``en`` or ``zh_Hans_CN``; Chinese if missing."""
        return self.en if language.startswith("en") and self.en else self.zh


@dataclass(frozen=True, slots=True, order=True)
class RequirementKey:
    """A requirement within one standard and version: its level key and its code.

    A bare code is ambiguous: 初级 4.1.1 and 中级 4.1.1 of 530050 are different requirements.
    """

    level: str
    code: str

    def __str__(self) -> str:
        return f"{self.level}/{self.code}"

    @classmethod
    def parse(cls, text: str) -> "RequirementKey":
        """Read ``elementary/2.1.1``. Raises UnknownRequirementError on any other shape."""
        level, slash, code = text.partition("/")
        if not (level and slash and code):
            raise UnknownRequirementError(text)
        return cls(level, code)

    @property
    def sort_key(self) -> tuple[str, tuple[int, ...]]:
        """Orders codes by number, so that 2.10.1 follows 2.9.1."""
        return self.level, code_order(self.code)


def code_order(code: str) -> tuple[int, ...]:
    """The numbers of a dotted code, for sorting. Parts that are no numbers count as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in code.split("."))


class SourceStatus(StrEnum):
    """How a requirement's text stands in the source document."""

    PRINTED = "printed"
    """Word for word as printed."""
    JOINED = "joined"
    """Printed in two pieces over a page break, joined here."""
    MENDED = "mended"
    """Punctuation mended; ``printed`` keeps the printed form."""
    INFERRED = "inferred"
    """Lost in this place, inferred from the requirement in ``inferred_from`` (推定)."""
    LOST = "lost"
    """Lost in source and not recoverable (原文缺失): ``text`` is None, never invented."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One 职业技能要求. ``text`` is the standard's own Chinese text, None when lost in source."""

    key: RequirementKey
    text: str | None
    status: SourceStatus = SourceStatus.PRINTED
    printed: str | None = None
    inferred_from: RequirementKey | None = None
    english: str | None = None
    """Our unofficial translation; None where there is none yet."""

    @property
    def code(self) -> str:
        return self.key.code

    def wording(self, language: str) -> str | None:
        """The text to show in a language: the unofficial translation or the Chinese original."""
        return self.english if language.startswith("en") and self.english else self.text


@dataclass(frozen=True, slots=True)
class WorkTask:
    """A 工作任务 with its requirements in the order of the source."""

    code: str
    title: Text
    requirements: tuple[Requirement, ...]
    status: SourceStatus = SourceStatus.PRINTED
    """How the title stands in the source: as printed, or joined over a page break."""


@dataclass(frozen=True, slots=True)
class WorkArea:
    """A 工作领域 with its work tasks in the order of the source."""

    code: str
    title: Text
    tasks: tuple[WorkTask, ...]

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """All of the area's, in the order of the source."""
        return tuple(each for task in self.tasks for each in task.requirements)


@dataclass(frozen=True, slots=True)
class Level:
    """A 技能等级 of the standard, never to be confused with a rubric's performance level.

    ``key`` is ASCII (``elementary``), ``name`` the printed name (初级).
    """

    key: str
    name: Text
    scope: Text
    job_roles: tuple[Text, ...]
    areas: tuple[WorkArea, ...]

    @property
    def tasks(self) -> tuple[WorkTask, ...]:
        """All of the level's, in the order of the source."""
        return tuple(task for area in self.areas for task in area.tasks)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """All of the level's, in the order of the source; those lost there included."""
        return tuple(each for area in self.areas for each in area.requirements)


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its definition (section 3 of the source)."""

    code: str
    term: str
    definition: str


@dataclass(frozen=True, slots=True)
class Programmes:
    """School programmes a standard suits, by kind of school, in one edition of the catalogue."""

    catalogue: str
    """``old`` or ``new``: 参照原版专业目录, 参照新版职业教育专业目录."""
    school_kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a 职业技能等级标准. ``levels`` run from the lowest to the highest."""

    code: str
    version: str
    title: Text
    publisher: Text
    published: str
    """Year and month as printed, ``2021-12``."""
    rights_notice: Text
    levels: tuple[Level, ...]
    terms: tuple[Term, ...] = ()
    programmes: tuple[Programmes, ...] = ()

    @property
    def id(self) -> str:
        """Code and version, ``530050-2021-2.0``: the folder name and the stored reference."""
        return f"{self.code}-{self.version}"

    def level(self, key: str) -> Level:
        """The level of this key. Raises UnknownRequirementError."""
        for level in self.levels:
            if level.key == key:
                return level
        raise UnknownRequirementError(key)

    def rank(self, key: str) -> int:
        """The level's place from 0 (lowest). Raises UnknownRequirementError."""
        return self.levels.index(self.level(key))

    def up_to(self, key: str) -> tuple[Level, ...]:
        """The level and all below it, lowest first: a higher level covers the lower ones (6.1)."""
        return self.levels[: self.rank(key) + 1]

    def requirement(self, key: RequirementKey) -> Requirement:
        """The requirement of this key. Raises UnknownRequirementError."""
        for each in self.level(key.level).requirements:
            if each.key == key:
                return each
        raise UnknownRequirementError(str(key))

    def requirements(self) -> Iterator[Requirement]:
        """Every requirement of every level, in the order of the source."""
        for level in self.levels:
            yield from level.requirements


def requirements_by_code(level: Level) -> Mapping[str, Requirement]:
    """The level's requirements under their bare codes, which are unique within one level."""
    return {each.code: each for each in level.requirements}
