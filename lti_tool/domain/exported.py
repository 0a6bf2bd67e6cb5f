"""What was handed out: one learner's level as a line of an export, its fingerprint, and what
differs between two exports.

A line repeats what was stored when the export was made, so that the same file can be made again
whatever happened since. Not here: file formats (``lti_tool.exchange.outcomes``).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum

from .attainment import AttainmentState
from .mastery import MasteryState


class ExportKind(StrEnum):
    """The forms in which outcomes leave the tool."""

    CSV = "csv"
    XLSX = "xlsx"
    ONE_ROSTER = "oneroster"
    """OneRoster 1.2 CSV files in a ZIP."""
    TRANSCRIPT = "transcript"
    """Paper for one learner."""
    CREDENTIAL = "credential"
    """A signed credential of one level of one learner."""

    @property
    def is_list(self) -> bool:
        """Whether it lists outcomes, rather than being about one learner."""
        return self in {ExportKind.CSV, ExportKind.XLSX, ExportKind.ONE_ROSTER}


CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is mistaken for a figure."""
CODE_LENGTH = 16
MISREAD = str.maketrans("OIL", "011")


def verification_code(random_id: str) -> str:
    """The code of a paper, which nobody can guess (80 bits): 16 letters and figures, made of a
    random id."""
    number = int.from_bytes(hashlib.sha256(random_id.encode()).digest()[:10])
    return "".join(CODE_LETTERS[number >> 5 * at & 31] for at in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """The code that somebody typed from paper, with whatever between its groups; empty where it
    cannot be one."""
    letters = "".join(each for each in typed.upper() if each.isalnum()).translate(MISREAD)
    fits = len(letters) == CODE_LENGTH and set(letters) <= set(CODE_LETTERS)
    return letters if fits else ""


LETTERS: Mapping[MasteryState, str] = {
    MasteryState.NO_EVIDENCE: ".",
    MasteryState.INSUFFICIENT: "i",
    MasteryState.BELOW: "b",
    MasteryState.MASTERED: "m",
    MasteryState.EXPIRED: "e",
    MasteryState.UNDER_REVIEW: "r",
    MasteryState.RED_LINE: "x",
}
"""How the states of many requirements are kept in a short text."""
STATES: Mapping[str, MasteryState] = {letter: state for state, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose level it is, as the LMS named them then. ``latin_name`` is the name in Latin letters
    where the LMS told it beside the Chinese one; empty otherwise, never guessed. Everything but
    the id is empty once the learner was erased."""

    learner_id: int
    student_number: str
    name: str
    latin_name: str = ""


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A work area of a level: how many requirements are mastered, needed, there."""

    level: str
    area: str
    mastered: int
    needed: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One learner and one level (its key). ``decision_id`` and ``decided_at`` are the newest
    decision's, empty and None where nobody decided. ``masteries`` has a letter (``LETTERS``) for
    each objective of the level, in its order; empty where the export lists no requirements. Term,
    programme and class are as the registrar's lists put the learner, empty where none does."""

    holder: Holder
    level: str
    state: AttainmentState
    mastered: int
    total: int
    rule_version: str
    changed_at: datetime
    decision_id: str = ""
    decided_at: datetime | None = None
    courses: tuple[str, ...] = ()
    term: str = ""
    programme: str = ""
    class_name: str = ""
    masteries: str = ""
    areas: tuple[AreaLine, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """The learner and the level."""
        return self.holder.learner_id, self.level


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """A level in the language of the export. ``objectives`` are the identifiers of its
    requirements in CASE, where the export lists them."""

    key: str
    name: str
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What the whole export says: words as they were, in its language (``zh`` or ``en``), dates in
    its time zone. ``rights`` is the notice of the standard's publisher."""

    school_id: int
    school: str
    standard_id: str
    code: str
    version: str
    title: str
    rights: str
    language: str
    zone: str
    levels: tuple[LevelFacts, ...]

    def level(self, key: str) -> LevelFacts:
        """The level of this key."""
        return next(each for each in self.levels if each.key == key)


@dataclass(frozen=True, slots=True)
class ExportContent:
    """Everything that is in an export."""

    facts: ExportFacts
    lines: tuple[ExportLine, ...]

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of everything in it: the same content gives the same digest
        anywhere."""
        found = hashlib.sha256(_canonical(astuple(self.facts)))
        for each in self.lines:
            found.update(b"\n" + _canonical(_told(each)))
        return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that says something else than before."""

    before: ExportLine
    after: ExportLine


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two exports, each in the order of its export."""

    new: tuple[ExportLine, ...] = ()
    changed: tuple[Changed, ...] = ()
    gone: tuple[ExportLine, ...] = ()

    @property
    def count(self) -> int:
        """How many lines are new, changed or gone."""
        return len(self.new) + len(self.changed) + len(self.gone)


def changes(before: Iterable[ExportLine], after: Iterable[ExportLine]) -> Changes:
    """What the later lines say otherwise than the earlier ones about state, figures, decision or
    student number. The names of courses, and which requirements stand behind a figure, are no
    change."""
    then = {each.key: each for each in before}
    new, changed = [], []
    for each in after:
        old = then.pop(each.key, None)
        if old is None:
            new.append(each)
        elif _figures(old) != _figures(each):
            changed.append(Changed(old, each))
    return Changes(tuple(new), tuple(changed), tuple(then.values()))


def _figures(line: ExportLine) -> tuple[object, ...]:
    number = line.holder.student_number
    return line.state, line.mastered, line.total, line.rule_version, line.decision_id, number


def _told(line: ExportLine) -> tuple[object, ...]:
    holder = line.holder
    return (
        (holder.learner_id, holder.student_number, holder.name, holder.latin_name),
        (line.level, line.state.value, line.mastered, line.total, line.rule_version),
        (line.changed_at.isoformat(), line.decision_id, _when(line.decided_at)),
        (line.courses, line.term, line.programme, line.class_name, line.masteries),
        [astuple(each) for each in line.areas],
    )


def _when(when: datetime | None) -> str:
    return when.isoformat() if when is not None else ""


def _canonical(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
