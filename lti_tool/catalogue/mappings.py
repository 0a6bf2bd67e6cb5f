"""Turns a standard's equivalence file into links, once checked; checks the programmes.

Not here: what a link means (``lti_tool.domain.mapping``), the attainment rule (``rules``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lti_tool.domain.mapping import EquivalenceLink, LinkTag
from lti_tool.domain.standard import Requirement, RequirementKey, Standard, Text

from .problems import Problem
from .schemas import EquivalenceFile, LinkEntry, ProgrammesFile
from .standards import unknown
from .validation import Parsed

Known = Mapping[RequirementKey, Requirement]


def link_problems(file: Parsed[EquivalenceFile], standard: Standard) -> Iterator[Problem]:
    """What is wrong with the links, held against the standard's own texts."""
    known = {each.key: each for each in standard.requirements()}
    seen: set[tuple[str, str]] = set()
    for index, link in enumerate(file.value.links):
        reasons = [*_review_problems(link), *_pair_problems(link, standard, known)]
        if (link.lower, link.higher) in seen:
            reasons.append(Text("这一对已在上文列出", "this pair stands above already"))
        seen.add((link.lower, link.higher))
        for reason in reasons:
            yield file.problem(reason, "links", index)


def build_links(file: EquivalenceFile) -> tuple[EquivalenceLink, ...]:
    """The links of a file that has no problems, in its order."""
    return tuple(
        EquivalenceLink(
            lower=RequirementKey.parse(each.lower),
            higher=RequirementKey.parse(each.higher),
            tags=tuple(each.tags),
            note=each.note,
            reviewer=each.reviewer,
            reviewed=each.reviewed,
        )
        for each in file.links
    )


def programmes_problems(file: Parsed[ProgrammesFile]) -> Iterator[Problem]:
    """Kinds of school that stand twice under one catalogue."""
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(file.value.programmes):
        if (each.catalogue, each.school_kind) in seen:
            reason = Text(f"{each.school_kind} 出现了两次", f"{each.school_kind} stands here twice")
            yield file.problem(reason, "programmes", index, "school_kind")
        seen.add((each.catalogue, each.school_kind))


def _review_problems(link: LinkEntry) -> Iterator[Text]:
    if (link.reviewer is None) != (link.reviewed is None):
        yield Text("复核人和复核日期须同时填写", "reviewer and day of review belong together")
    if max(Counter(link.tags).values()) > 1:
        yield Text("标签重复", "a tag stands here twice")


def _pair_problems(link: LinkEntry, standard: Standard, known: Known) -> Iterator[Text]:
    keys = [RequirementKey.parse(link.lower), RequirementKey.parse(link.higher)]
    missing = [key for key in keys if key not in known]
    yield from map(unknown, missing)
    if missing:
        return
    lower, higher = (known[key] for key in keys)
    if standard.rank(lower.key.level) >= standard.rank(higher.key.level):
        yield Text("lower 的等级应低于 higher", "lower must be of a lower level than higher")
    yield from _tag_problems(link.tags[0], lower, higher)


def _tag_problems(tag: LinkTag, lower: Requirement, higher: Requirement) -> Iterator[Text]:
    """Where the first tag, which decides, does not agree with the texts."""
    equal = lower.text is not None and lower.text == higher.text
    if tag is LinkTag.SAME and not equal:
        yield Text("标为 same，但两条文字不同", "tagged same, but the two texts differ")
    if tag is LinkTag.DIFF and equal:
        yield Text("标为 diff，但两条文字相同", "tagged diff, but the two texts are equal")
    inferred = higher.inferred_from == lower.key or lower.inferred_from == higher.key
    if tag is LinkTag.INFERRED and not inferred:
        yield Text("标为 inferred，但并非推定关系", "tagged inferred, but neither is inferred so")
