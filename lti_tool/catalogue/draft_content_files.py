"""What a draft brings beyond the printed standard, as values for the files of a standard.

A person may have corrected the draft since it was read: what no longer fits the corrected texts is
left out here, so that the files always hold together. Not here: the printed standard and the files
themselves (``draft_files``).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from lti_tool.domain.mapping import EquivalenceLink, LinkTag
from lti_tool.domain.rubric import BREACH, Criterion
from lti_tool.domain.standard import RequirementKey, SourceStatus, Text
from lti_tool.domain.standard_draft import DraftLevel, DraftRequirement, NoteKind, StandardDraft

Value: TypeAlias = "str | int | date | Mapping[str, Value] | Mapping[int, Value] | Sequence[Value]"
Known = Mapping[RequirementKey, DraftRequirement]

PERFORMANCE = (
    (1, "未达标", "Not yet", 0),
    (2, "接近达标", "Approaching", 50),
    (3, "达标", "Meets", 80),
    (4, "优秀", "Exceeds", 100),
)
"""The performance levels this tool proposes where the file has none."""
CUT = 3
UNPRINTED = (SourceStatus.LOST, SourceStatus.INFERRED)


def words(draft: StandardDraft, zh: str, place: str) -> Mapping[str, Value]:
    """Words of a place in Chinese, and in English where the draft has it."""
    english = draft.content.english.get(place)
    return {"zh": zh, **({"en": english} if english else {})}


def known_requirements(draft: StandardDraft) -> Known:
    """The draft's requirements as they are now."""
    return {RequirementKey(level.key, each.code): each for level, each in draft.requirements}


def requirement_value(draft: StandardDraft, level: DraftLevel, each: DraftRequirement) -> Value:
    """A requirement with how it stands in the source, and its English."""
    key = RequirementKey(level.key, each.code)
    text: Mapping[str, Value] = {} if each.text is None else {"text": each.text}
    english = draft.content.english.get(str(key)) if each.text is not None else None
    return {
        "code": each.code,
        **text,
        **_source(draft, key, each),
        **({"english": english} if english else {}),
    }


def _source(
    draft: StandardDraft, key: RequirementKey, each: DraftRequirement
) -> Mapping[str, Value]:
    """The status; that a text is mended or inferred needs what it was made from."""
    printed = draft.content.printed.get(str(key), "")
    origin = draft.content.inferred_from.get(str(key), "")
    if each.status is SourceStatus.MENDED and _only_punctuation(printed, each.text or ""):
        return {"status": each.status.value, "printed": printed}
    if each.status is SourceStatus.INFERRED and _is_origin(draft, origin, each.text):
        return {"status": each.status.value, "inferred_from": origin}
    plain = each.status not in {SourceStatus.MENDED, SourceStatus.INFERRED}
    return {"status": (each.status if plain else SourceStatus.PRINTED).value}


def _only_punctuation(printed: str, mended: str) -> bool:
    kept = ["".join(one for one in form if one.isalnum()) for form in (printed, mended)]
    return printed != mended and kept[0] == kept[1]


def _is_origin(draft: StandardDraft, origin: str, text: str | None) -> bool:
    found = next(
        (each for level, each in draft.requirements if f"{level.key}/{each.code}" == origin), None
    )
    return found is not None and found.text == text and found.status not in UNPRINTED


# --- Links ----------------------------------------------------------------------------------------


def sound_links(draft: StandardDraft) -> tuple[EquivalenceLink, ...]:
    """The links that agree with the texts as they are now, each pair once."""
    known, ranks = known_requirements(draft), [level.key for level in draft.levels]
    found: dict[tuple[RequirementKey, RequirementKey], EquivalenceLink] = {}
    for each in draft.content.links:
        ends = known.get(each.lower), known.get(each.higher)
        if ends[0] is None or ends[1] is None or not each.note:
            continue
        rises = ranks.index(each.lower.level) < ranks.index(each.higher.level)
        if rises and _agrees(draft, each, ends[0].text, ends[1].text):
            found.setdefault((each.lower, each.higher), each)
    return tuple(found.values())


def _agrees(
    draft: StandardDraft, link: EquivalenceLink, lower: str | None, higher: str | None
) -> bool:
    equal = lower is not None and lower == higher
    origins = draft.content.inferred_from
    inferred = origins.get(str(link.higher)) == str(link.lower) or origins.get(
        str(link.lower)
    ) == str(link.higher)
    rule = {LinkTag.SAME: equal, LinkTag.DIFF: not equal, LinkTag.INFERRED: inferred and equal}
    return rule.get(link.tags[0], True)


def link_value(link: EquivalenceLink) -> Value:
    """A link; a review only with its day."""
    review: Mapping[str, Value] = {}
    if link.reviewer is not None and link.reviewed is not None:
        review = {"reviewer": link.reviewer, "reviewed": link.reviewed}
    ends = {"lower": str(link.lower), "higher": str(link.higher)}
    return {**ends, "tags": [each.value for each in link.tags], "note": link.note, **review}


# --- Rubric ---------------------------------------------------------------------------------------


def rubric_value(draft: StandardDraft) -> Mapping[str, Value]:
    """Performance levels, cut and red lines: the file's, or this tool's proposal."""
    content = draft.content
    if not content.performance_levels:
        levels: list[Value] = [
            {"number": number, "name": {"zh": zh, "en": en}, "percent": percent}
            for number, zh, en, percent in PERFORMANCE
        ]
        lines = [
            f"{each.level}/{each.subject}" for each in draft.notes if each.kind is NoteKind.RED_LINE
        ]
        return {"cut": CUT, "performance_levels": levels, "red_lines": lines}
    levels = [
        {"number": each.number, "name": _text(each.name), "percent": each.percent}
        for each in content.performance_levels
    ]
    lines = [str(each.requirement) for each in _first_of_classes(draft) if each.red_line]
    return {
        "cut": content.cut,
        "performance_levels": levels,
        "red_lines": lines,
        **({} if _in_both_languages(draft) else {"languages": ["zh"]}),
    }


def _in_both_languages(draft: StandardDraft) -> bool:
    content = draft.content
    said = [each.name for each in content.performance_levels]
    for each in content.criteria:
        said += [*(each.descriptors or {}).values(), *([each.evidence] if each.evidence else [])]
    return all(each.en for each in said)


def descriptor_values(draft: StandardDraft) -> Iterator[tuple[str, Sequence[Value]]]:
    """The descriptors of each level that has some, by level key."""
    known = known_requirements(draft)
    every = {each.number for each in draft.content.performance_levels}
    criteria = [
        each
        for each in _first_of_classes(draft)
        if known[each.requirement].text is not None
        and set(each.descriptors or {}) == ({BREACH, draft.content.cut} if each.red_line else every)
    ]
    for level in draft.levels:
        own = [_criterion(each) for each in criteria if each.requirement.level == level.key]
        if own:
            yield level.key, own


def _first_of_classes(draft: StandardDraft) -> list[Criterion]:
    """The criteria in the order of the source, one for each class of linked requirements: files
    describe a class once."""
    known = known_requirements(draft)
    group = {key: {key} for key in known}
    for link in sound_links(draft):
        if link.shares_evidence:
            merged = group[link.lower] | group[link.higher]
            group.update(dict.fromkeys(merged, merged))
    criteria = {each.requirement: each for each in draft.content.criteria}
    taken: set[RequirementKey] = set()
    found = []
    for key in known:
        if key in criteria and key not in taken:
            found.append(criteria[key])
            taken |= group[key]
    return found


def _criterion(each: Criterion) -> Value:
    optional: dict[str, Value] = {"method": each.method.value} if each.method else {}
    if each.weight != 1:
        optional["weight"] = each.weight
    descriptors = {number: _text(said) for number, said in sorted((each.descriptors or {}).items())}
    evidence = {"evidence": _text(each.evidence)} if each.evidence else {}
    return {"code": each.requirement.code, **optional, "descriptors": descriptors, **evidence}


def _text(said: Text) -> Value:
    return {"zh": said.zh, **({"en": said.en} if said.en else {})}
