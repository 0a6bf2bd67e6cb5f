"""Puts a rubric together: performance levels, red lines and descriptors, once checked.

Descriptors are written once for an equivalence class and count for every member of it. Not here:
what a performance level means for a score (``lti_tool.domain.score``).
"""

from collections.abc import Iterator, Mapping, Sequence

from lti_tool.domain.mapping import EquivalenceClasses
from lti_tool.domain.rubric import BREACH, Criterion, PerformanceLevel, Rubric
from lti_tool.domain.standard import RequirementKey, SourceStatus, Standard, Text

from .problems import Problem
from .schemas import DescriptorEntry, DescriptorFile, RubricFile
from .standards import unknown
from .validation import Parsed

MISSING = Text("缺少这一项", "this is missing")


def scale_problems(file: Parsed[RubricFile]) -> Iterator[Problem]:
    """What is wrong with performance levels and cut. The other checks rest on these."""
    levels = file.value.performance_levels
    for index, level in enumerate(levels):
        if level.number != index + 1:
            reason = Text(f"这里的编号应为 {index + 1}", f"the number here must be {index + 1}")
            yield file.problem(reason, "performance_levels", index, "number")
        if index and level.percent <= levels[index - 1].percent:
            reason = Text("百分比应逐级升高", "percents must rise from level to level")
            yield file.problem(reason, "performance_levels", index, "percent")
        if level.name.en is None and "en" in file.value.languages:
            yield file.problem(MISSING, "performance_levels", index, "name", "en")
    if not BREACH < file.value.cut <= len(levels):
        reason = Text(
            "合格线应为最低水平以上的一个编号", "the cut must be a number above the lowest level"
        )
        yield file.problem(reason, "cut")


def red_line_problems(file: Parsed[RubricFile], standard: Standard) -> Iterator[Problem]:
    """Red lines that the standard does not have, or that stand twice."""
    keys = {str(each.key) for each in standard.requirements()}
    for index, key in enumerate(file.value.red_lines):
        if key not in keys:
            yield file.problem(unknown(key), "red_lines", index)
        if key in file.value.red_lines[:index]:
            reason = Text(f"{key} 出现了两次", f"{key} stands here twice")
            yield file.problem(reason, "red_lines", index)


def descriptor_problems(
    files: Sequence[Parsed[DescriptorFile]],
    rubric: RubricFile,
    standard: Standard,
    classes: EquivalenceClasses,
) -> Iterator[Problem]:
    """Descriptors of what the standard lacks, written twice for a class, or not for all levels."""
    red = _red_lines(rubric, classes)
    sources = {each.key: each.status for each in standard.requirements()}
    written: set[RequirementKey] = set()
    for file in files:
        for index, entry in enumerate(file.value.criteria):
            key = RequirementKey(file.value.level, entry.code)
            place = ("criteria", index)
            if sources.get(key, SourceStatus.LOST) is SourceStatus.LOST:
                reason = Text(f"标准中没有 {key} 的条文", f"the standard has no text of {key}")
                yield file.problem(reason, *place, "code")
                continue
            if classes.class_of(key).key in written:
                reason = Text(
                    f"{key} 所属的等价类已有描述", f"the class of {key} has descriptors already"
                )
                yield file.problem(reason, *place, "code")
            written.add(classes.class_of(key).key)
            expected = _numbers(rubric, red_line=key in red)
            for reason in _entry_problems(entry, expected):
                yield file.problem(reason, *place, "descriptors")
            if "en" in rubric.languages:
                for part in _without_english(entry):
                    yield file.problem(MISSING, *place, *part, "en")


def build_rubric(
    file: RubricFile, descriptors: Sequence[DescriptorFile], classes: EquivalenceClasses
) -> Rubric:
    """The rubric of files that have no problems: a criterion for every member of a class."""
    red = _red_lines(file, classes)
    criteria = {key: Criterion(key, red_line=True) for key in red}
    for each in descriptors:
        for entry in each.criteria:
            for key in classes.class_of(RequirementKey(each.level, entry.code)).members:
                criteria[key] = _criterion(key, entry, red_line=key in red)
    levels = tuple(
        PerformanceLevel(each.number, Text(each.name.zh, each.name.en), each.percent)
        for each in file.performance_levels
    )
    return Rubric(file.standard, levels, file.cut, criteria)


def _red_lines(rubric: RubricFile, classes: EquivalenceClasses) -> frozenset[RequirementKey]:
    keys = map(RequirementKey.parse, rubric.red_lines)
    return frozenset(member for key in keys for member in classes.class_of(key).members)


def _numbers(rubric: RubricFile, *, red_line: bool) -> set[int]:
    every = {each.number for each in rubric.performance_levels}
    return {BREACH, rubric.cut} if red_line else every


def _entry_problems(entry: DescriptorEntry, expected: set[int]) -> Iterator[Text]:
    if set(entry.descriptors) != expected:
        numbers = ", ".join(str(each) for each in sorted(expected))
        yield Text(f"应恰好描述表现水平 {numbers}", f"must describe exactly the levels {numbers}")
    words: Mapping[str, list[str]] = {
        "zh": [each.zh for each in entry.descriptors.values()],
        "en": [each.en for each in entry.descriptors.values() if each.en],
    }
    for language, texts in words.items():
        if len(set(texts)) < len(texts):
            yield Text(
                f"两个表现水平的描述相同（{language}）", f"two levels read the same ({language})"
            )


def _without_english(entry: DescriptorEntry) -> Iterator[tuple[str | int, ...]]:
    """Where the entry has Chinese words only."""
    for number, said in entry.descriptors.items():
        if said.en is None:
            yield ("descriptors", number)
    if entry.evidence is not None and entry.evidence.en is None:
        yield ("evidence",)


def _criterion(key: RequirementKey, entry: DescriptorEntry, *, red_line: bool) -> Criterion:
    descriptors = {number: Text(each.zh, each.en) for number, each in entry.descriptors.items()}
    evidence = Text(entry.evidence.zh, entry.evidence.en) if entry.evidence else None
    return Criterion(key, red_line, descriptors, evidence, entry.method, entry.weight)
