"""Turns a standard's mapping files into equivalence links and the attainment rule, once checked.

Not here: what a link or a rule means (``lti_tool.domain.mapping``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lti_tool.domain.mapping import (
    AttainmentRule,
    EquivalenceLink,
    LinkTag,
    LostPolicy,
    MasteryRule,
)
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import Requirement, RequirementKey, Standard, Text

from .problems import Problem
from .schemas import AttainmentFile, BothLanguages, EquivalenceFile, LinkEntry, ProgrammesFile
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


def rule_problems(file: Parsed[AttainmentFile], standard: Standard) -> Iterator[Problem]:
    """What is wrong with the attainment rule, held against the standard."""
    rule = file.value
    yield from _mastery_problems(file)
    if rule.lost.policy is LostPolicy.WAIVE and rule.lost.reason is None:
        reason = Text("免除须写明理由", "a waiver needs a reason")
        yield file.problem(reason, "lost")
    yield from _critical_problems(file, standard)


def build_rule(file: AttainmentFile) -> AttainmentRule:
    """The rule of a file that has no problems."""
    critical = {
        level: {RequirementKey(level, each.code): _text(each.reason) for each in entries}
        for level, entries in file.critical.items()
    }
    return AttainmentRule(
        standard_id=file.standard,
        version=file.version,
        critical={level: frozenset(reasons) for level, reasons in critical.items()},
        area_cut=file.area_cut,
        mastery=MasteryRule(**file.mastery.model_dump()),
        lost=file.lost.policy,
        lost_reason=_text(file.lost.reason) if file.lost.reason else Text(""),
        origin=_text(file.origin),
        reasons={key: reason for each in critical.values() for key, reason in each.items()},
    )


def programmes_problems(file: Parsed[ProgrammesFile]) -> Iterator[Problem]:
    """Kinds of school that stand twice under one catalogue."""
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(file.value.programmes):
        if (each.catalogue, each.school_kind) in seen:
            reason = Text(f"{each.school_kind} 出现了两次", f"{each.school_kind} stands here twice")
            yield file.problem(reason, "programmes", index, "school_kind")
        seen.add((each.catalogue, each.school_kind))


def _mastery_problems(file: Parsed[AttainmentFile]) -> Iterator[Problem]:
    """Counts that the method's own window can never reach."""
    mastery = file.value.mastery
    if mastery.method is not MasteryMethod.N_OF_M:
        return
    for field in ("needed", "minimum_evidence", "minimum_raters"):
        if getattr(mastery, field) > mastery.window:
            reason = Text(f"{field} 不得大于 window", f"{field} must not be more than window")
            yield file.problem(reason, "mastery", field)


def _text(words: BothLanguages) -> Text:
    return Text(words.zh, words.en)


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


def _critical_problems(file: Parsed[AttainmentFile], standard: Standard) -> Iterator[Problem]:
    levels = {each.key: {one.code for one in each.requirements} for each in standard.levels}
    for level, entries in file.value.critical.items():
        if level not in levels:
            yield file.problem(unknown(level), "critical", level)
            continue
        codes = [each.code for each in entries]
        for index, code in enumerate(codes):
            place = ("critical", level, index, "code")
            if code not in levels[level]:
                yield file.problem(unknown(f"{level}/{code}"), *place)
            if code in codes[:index]:
                reason = Text(f"{code} 出现了两次", f"{code} stands here twice")
                yield file.problem(reason, *place)
