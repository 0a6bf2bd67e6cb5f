"""Turns an attainment file into the rule, once checked against its standard.

Not here: what a rule means (``lti_tool.domain.mapping``), equivalence links (``mappings``).
"""

from collections.abc import Iterator, Mapping

from lti_tool.domain.mapping import (
    AttainmentRule,
    LostPolicy,
    MasteryRule,
    TotalPart,
    TotalRule,
)
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import Level, RequirementKey, Standard, Text

from .problems import Problem
from .schemas import AttainmentFile, BothLanguages, PartEntry
from .standards import unknown
from .validation import Parsed

COUNTED = {
    "needed": Text("“达到合格线的次数”", "“ratings that reach the cut”"),
    "minimum_evidence": Text("“最少评分次数”", "“ratings at the least”"),
    "minimum_raters": Text("“最少考评员人数”", "“raters at the least”"),
}
"""What a rule counts among the last ratings, as the page of the rule calls it."""
FULL_WEIGHT = 100


def rule_problems(file: Parsed[AttainmentFile], standard: Standard) -> Iterator[Problem]:
    """What is wrong with the attainment rule, held against the standard."""
    rule = file.value
    yield from _mastery_problems(file)
    if rule.lost.policy is LostPolicy.WAIVE and rule.lost.reason is None:
        reason = Text("免除须写明理由", "a waiver needs a reason")
        yield file.problem(reason, "lost")
    levels = {each.key: each for each in standard.levels}
    for field in ("critical", "area_cuts", "totals"):
        for level in getattr(rule, field):
            if level not in levels:
                yield file.problem(unknown(level), field, level)
    yield from _critical_problems(file, levels)
    yield from _cut_problems(file, levels)
    yield from _total_problems(file, levels)


def build_rule(file: AttainmentFile, standard: Standard) -> AttainmentRule:
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
        area_cuts={
            (level, area): cut
            for level, cuts in file.area_cuts.items()
            for area, cut in cuts.items()
        },
        totals={
            key: TotalRule(
                each.minimum, tuple(_part(standard.level(key), part) for part in each.parts)
            )
            for key, each in file.totals.items()
        },
        downward_credit=file.downward_credit,
    )


def _part(level: Level, part: PartEntry) -> TotalPart:
    keys = tuple(
        requirement.key
        for area in level.areas
        for requirement in area.requirements
        if area.code in part.areas or requirement.key.code in part.codes
    )
    return TotalPart(_text(part.name), part.weight, part.minimum, keys)


def _mastery_problems(file: Parsed[AttainmentFile]) -> Iterator[Problem]:
    """Counts that the method's own window can never reach."""
    mastery = file.value.mastery
    if mastery.method is not MasteryMethod.N_OF_M:
        return
    for field, counted in COUNTED.items():
        if getattr(mastery, field) > mastery.window:
            reason = Text(
                f"{counted.zh}不得大于“最近评分次数”（{mastery.window}）",
                f"{counted.en} must not be more than the last ratings looked at ({mastery.window})",
            )
            yield file.problem(reason, "mastery", field)


def _critical_problems(
    file: Parsed[AttainmentFile], levels: Mapping[str, Level]
) -> Iterator[Problem]:
    for level, entries in file.value.critical.items():
        if level not in levels:
            continue
        known = {each.code for each in levels[level].requirements}
        codes = [each.code for each in entries]
        for index, code in enumerate(codes):
            place = ("critical", level, index, "code")
            if code not in known:
                yield file.problem(unknown(f"{level}/{code}"), *place)
            if code in codes[:index]:
                reason = Text(f"{code} 出现了两次", f"{code} stands here twice")
                yield file.problem(reason, *place)


def _cut_problems(file: Parsed[AttainmentFile], levels: Mapping[str, Level]) -> Iterator[Problem]:
    for level, cuts in file.value.area_cuts.items():
        known = {each.code for each in levels[level].areas} if level in levels else set(cuts)
        for area in cuts:
            if area not in known:
                yield file.problem(unknown(f"{level}/{area}"), "area_cuts", level, area)


def _total_problems(file: Parsed[AttainmentFile], levels: Mapping[str, Level]) -> Iterator[Problem]:
    for key, total in file.value.totals.items():
        weights = sum(each.weight for each in total.parts)
        if weights != FULL_WEIGHT:
            wrong = Text(f"权重合计为 {weights}，应为 100", f"weights add up to {weights}, not 100")
            yield file.problem(wrong, "totals", key, "parts")
        if key not in levels:
            continue
        taken: set[RequirementKey] = set()
        for index, part in enumerate(total.parts):
            for reason in _part_problems(part, levels[key], taken):
                yield file.problem(reason, "totals", key, "parts", index)
            taken.update(_part(levels[key], part).requirements)


def _part_problems(part: PartEntry, level: Level, taken: set[RequirementKey]) -> Iterator[Text]:
    areas = {each.code for each in level.areas}
    codes = {each.code for each in level.requirements}
    yield from (unknown(f"{level.key}/{each}") for each in part.areas if each not in areas)
    yield from (unknown(f"{level.key}/{each}") for each in part.codes if each not in codes)
    covered = _part(level, part).requirements
    if not covered:
        yield Text("这一部分没有任何要求", "this part has no requirement")
    for each in covered:
        if each in taken:
            yield Text(f"{each} 已属于前一部分", f"{each} is in an earlier part already")


def _text(words: BothLanguages) -> Text:
    return Text(words.zh, words.en)
