"""What a second reader should look at in the content of a standard.

Finds what a machine can find: sentences filled in many times, texts that are nearly equal,
performance levels told apart by words of degree alone, what is missing or in the wrong language.
Not here: whether a descriptor is right, which takes a reader who knows the trade.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from lti_tool.domain.ready_assessment import ReadyAssessment, codes_named
from lti_tool.domain.rubric import Criterion
from lti_tool.domain.standard import Requirement, Text, WorkTask

from .bundle import StandardBundle
from .wording import (
    LANGUAGES,
    blanked,
    clauses,
    has_number,
    is_written_in,
    likeness,
    pairs,
    units,
    without_degrees,
)

NEARLY_EQUAL = 0.6
"""Two texts of different requirements that share more neighbours than this say the same. Texts
written each for itself stay below 0.45."""
HARDLY_TOLD_APART = 0.85
"""Two levels of one requirement this alike must differ in a number."""
CLAUSE_LENGTH: Mapping[str, int] = {"zh": 8, "en": 6}
"""Units from which a clause is a pattern of its own and no idiom."""
CLAUSE_USES = 3
OPENING_LENGTH: Mapping[str, int] = {"zh": 6, "en": 5}
OPENING_USES = 6


class FindingKind(StrEnum):
    """What is found."""

    NEARLY_EQUAL = "nearly_equal"
    """Two texts are the same but for numbers, codes, quoted words or little else."""
    REPEATED_CLAUSE = "repeated_clause"
    """One clause stands in the descriptors of several requirements."""
    REPEATED_OPENING = "repeated_opening"
    """The descriptors of many requirements begin alike."""
    DEGREE_ONLY = "degree_only"
    """Two levels of one requirement differ in words of degree alone, or in hardly a word."""
    WRONG_LANGUAGE = "wrong_language"
    """A text is not in the language it should be in."""
    NO_DESCRIPTORS = "no_descriptors"
    NO_METHOD = "no_method"
    NO_EVIDENCE = "no_evidence"
    NO_ENGLISH = "no_english"
    """A requirement has no translation."""
    NO_ASSESSMENT = "no_assessment"
    """A task has no ready assessment."""
    CODE_NOT_NAMED = "code_not_named"
    """Neither the instructions nor the assessor's notes say where a code shows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``places`` are such as ``elementary/2.1.1:3``; ``words`` is what was found
    there, empty where something is missing."""

    kind: FindingKind
    places: tuple[str, ...]
    language: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text with its place; ``owner`` is the requirement or task it belongs to."""

    owner: str
    place: str
    text: Text

    def words(self, language: str) -> str:
        return (self.text.en or "") if language == "en" else self.text.zh


def content_report(bundle: StandardBundle) -> tuple[Finding, ...]:
    """Everything found, the worst first: patterns, then levels, then what is missing."""
    criteria = _criteria(bundle)
    descriptors = [piece for each in criteria for piece in _descriptors(each)]
    evidence = [piece for each in criteria for piece in _evidence(each)]
    return (
        *_patterns(descriptors),
        *_nearly_equal(evidence),
        *(found for each in criteria for found in _levels_alike(each)),
        *_assessment_findings(bundle),
        *_wrong_language([*descriptors, *evidence]),
        *(found for each in criteria for found in _missing_of_criterion(each)),
        *_missing_english(bundle),
    )


def _criteria(bundle: StandardBundle) -> Sequence[Criterion]:
    """One criterion for each class with a text."""
    keys = (each.key for each in bundle.standard.requirements() if each.text is not None)
    homes = (key for key in keys if bundle.classes.class_of(key).key == key)
    return [bundle.rubric.criterion(each) for each in homes]


def _descriptors(criterion: Criterion) -> Iterator[_Piece]:
    key = str(criterion.requirement)
    for number, text in sorted((criterion.descriptors or {}).items()):
        yield _Piece(key, f"{key}:{number}", text)


def _evidence(criterion: Criterion) -> Iterator[_Piece]:
    if criterion.evidence:
        key = str(criterion.requirement)
        yield _Piece(key, f"{key}:evidence", criterion.evidence)


# --- Patterns -------------------------------------------------------------------------------------


def _patterns(pieces: Sequence[_Piece]) -> Iterator[Finding]:
    yield from _nearly_equal(pieces)
    for language in LANGUAGES:
        yield from _recurring(
            FindingKind.REPEATED_CLAUSE, language, _by_clause(pieces, language), CLAUSE_USES
        )
        yield from _recurring(
            FindingKind.REPEATED_OPENING, language, _by_opening(pieces, language), OPENING_USES
        )


def _nearly_equal(pieces: Sequence[_Piece]) -> Iterator[Finding]:
    """Texts of different owners that are the same once numbers and quoted words are blanked."""
    for language in LANGUAGES:
        known = [(each, pairs(units(blanked(each.words(language)), language))) for each in pieces]
        for (one, its), (other, others) in combinations(known, 2):
            if one.owner != other.owner and likeness(its, others) >= NEARLY_EQUAL:
                words = f"{one.words(language)} | {other.words(language)}"
                yield Finding(FindingKind.NEARLY_EQUAL, (one.place, other.place), language, words)


def _by_clause(pieces: Iterable[_Piece], language: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for each in pieces:
        for clause in clauses(blanked(each.words(language))):
            if len(units(clause, language)) >= CLAUSE_LENGTH[language]:
                found[clause].add(each.owner)
    return found


def _by_opening(pieces: Iterable[_Piece], language: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for each in pieces:
        opening = units(blanked(each.words(language)), language)[: OPENING_LENGTH[language]]
        found[("" if language == "zh" else " ").join(opening)].add(each.owner)
    return found


def _recurring(
    kind: FindingKind, language: str, found: Mapping[str, set[str]], uses: int
) -> Iterator[Finding]:
    for words, owners in found.items():
        if len(owners) >= uses:
            yield Finding(kind, tuple(sorted(owners)), language, words)


# --- Levels of one requirement --------------------------------------------------------------------


def _levels_alike(criterion: Criterion) -> Iterator[Finding]:
    for one, other in combinations(_descriptors(criterion), 2):
        for language in LANGUAGES:
            first, second = one.words(language), other.words(language)
            if _differ_in_degree_only(first, second, language):
                words = f"{first} | {second}"
                places = (one.place, other.place)
                yield Finding(FindingKind.DEGREE_ONLY, places, language, words)


def _differ_in_degree_only(one: str, other: str, language: str) -> bool:
    first, second = without_degrees(one, language), without_degrees(other, language)
    if first == second:
        return True
    difference = set(first) ^ set(second)
    alike = likeness(pairs(first), pairs(second)) >= HARDLY_TOLD_APART
    return alike and not has_number(difference)


# --- Ready assessments ----------------------------------------------------------------------------


def _assessment_findings(bundle: StandardBundle) -> Iterator[Finding]:
    pieces: dict[str, list[_Piece]] = defaultdict(list)
    for level in bundle.standard.levels:
        for task in level.tasks:
            place = f"{level.key}/{task.code}"
            ready = bundle.ready.get((level.key, task.code))
            if ready is None:
                yield Finding(FindingKind.NO_ASSESSMENT, (place,))
                continue
            yield from _codes_not_named(place, task, ready)
            for part, text in _parts(ready):
                pieces[part].append(_Piece(place, f"{place}:{part}", text))
    for same_part in pieces.values():
        yield from _nearly_equal(same_part)
        yield from _wrong_language(same_part)


def _parts(ready: ReadyAssessment) -> Iterator[tuple[str, Text]]:
    yield "title", ready.title
    yield "scenario", ready.scenario
    yield "instructions", ready.instructions
    yield "assessor", ready.assessor
    for material in ready.material:
        yield "material", material.text


def _codes_not_named(place: str, task: WorkTask, ready: ReadyAssessment) -> Iterator[Finding]:
    for language in LANGUAGES:
        parts = (ready.instructions, ready.assessor)
        named = codes_named("\n".join(each.in_language(language) for each in parts))
        for each in task.requirements:
            if each.text is not None and each.code not in named:
                yield Finding(FindingKind.CODE_NOT_NAMED, (place,), language, each.code)


# --- Missing --------------------------------------------------------------------------------------


def _wrong_language(pieces: Iterable[_Piece]) -> Iterator[Finding]:
    for each in pieces:
        for language in LANGUAGES:
            words = each.words(language)
            if not words or not is_written_in(words, language):
                yield Finding(FindingKind.WRONG_LANGUAGE, (each.place,), language, words)


def _missing_of_criterion(criterion: Criterion) -> Iterator[Finding]:
    places = (str(criterion.requirement),)
    if not criterion.descriptors:
        yield Finding(FindingKind.NO_DESCRIPTORS, places)
    if criterion.method is None:
        yield Finding(FindingKind.NO_METHOD, places)
    if criterion.evidence is None:
        yield Finding(FindingKind.NO_EVIDENCE, places)


def _missing_english(bundle: StandardBundle) -> Iterator[Finding]:
    for each in bundle.standard.requirements():
        if each.text is not None and not _translated(each):
            yield Finding(FindingKind.NO_ENGLISH, (str(each.key),), "en", each.english or "")


def _translated(requirement: Requirement) -> bool:
    return requirement.english is not None and is_written_in(requirement.english, "en")
