"""Turns a standard's equivalence file into links, once checked; checks the programmes.

Not here: what a link means (``lti_tool.domain.mapping``), the attainment rule (``rules``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lti_tool.domain.equivalence import conflicts, pair_faults
from lti_tool.domain.mapping import EquivalenceLink
from lti_tool.domain.standard import Requirement, RequirementKey, Standard, Text

from .problems import Problem
from .schemas import EquivalenceFile, LinkEntry, ProgrammesFile
from .standards import unknown
from .validation import Parsed

Known = Mapping[RequirementKey, Requirement]


def link_problems(file: Parsed[EquivalenceFile], standard: Standard) -> Iterator[Problem]:
    """What is wrong with the links, held against the standard's own texts and each other."""
    found = list(_problems_by_link(file, standard))
    yield from found or _contradictions(file, standard)


def _problems_by_link(file: Parsed[EquivalenceFile], standard: Standard) -> Iterator[Problem]:
    known = {each.key: each for each in standard.requirements()}
    seen: set[tuple[str, str]] = set()
    for index, link in enumerate(file.value.links):
        reasons = [*_review_problems(link), *_pair_problems(link, standard, known)]
        if (link.lower, link.higher) in seen:
            reasons.append(Text("这一对已在上文列出", "this pair stands above already"))
        seen.add((link.lower, link.higher))
        for reason in reasons:
            yield file.problem(reason, "links", index)


def _contradictions(file: Parsed[EquivalenceFile], standard: Standard) -> Iterator[Problem]:
    """Links that cannot all be true, told at the last link it takes; the words name the others."""
    links = build_links(file.value)
    for each in conflicts(standard, links):
        involved = {*each.path, each.against}
        places = [index for index, link in enumerate(links) if link in involved]
        words = each.words(standard)
        named = ", ".join(f"links[{index}]" for index in places)
        reason = Text(f"{words.zh}（{named}）", f"{words.en} ({named})")
        yield file.problem(reason, "links", places[-1])


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
    lower, higher = RequirementKey.parse(link.lower), RequirementKey.parse(link.higher)
    missing = [key for key in (lower, higher) if key not in known]
    yield from map(unknown, missing)
    if not missing:
        yield from pair_faults(standard, lower, higher, link.tags[0])
