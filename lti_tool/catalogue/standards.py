"""Puts a standard together from its head and its level files, after checking that they fit.

Not here: reading (``validation``), rubric and mappings of the standard.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain

from lti_tool.domain.standard import (
    Level,
    Programmes,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    Term,
    Text,
    WorkArea,
    WorkTask,
)

from .problems import Problem
from .schemas import (
    ChineseFirst,
    LevelFile,
    LevelHead,
    ProgrammesFile,
    RequirementEntry,
    StandardFile,
    TaskEntry,
)
from .validation import Parsed

Entries = Mapping[RequirementKey, RequirementEntry]


def standard_problems(
    head: Parsed[StandardFile], levels: Sequence[Parsed[LevelFile]]
) -> Iterator[Problem]:
    """What does not fit within a standard. Level files that could not be read are left out."""
    yield from _head_problems(head)
    entries = _entries(levels)
    unread = set(head.value.levels_once()) - {each.value.level for each in levels}
    for level in levels:
        for place, entry in _requirements(level.value):
            for reason in _source_problems(entry):
                yield level.problem(reason, *place)
            for reason in _inference_problems(entry, entries, unread):
                yield level.problem(reason, *place)


def level_problems(level: Parsed[LevelFile], key: str) -> Iterator[Problem]:
    """What does not fit within the file of the level ``key``."""
    if level.value.level != key:
        yield level.problem(Text(f"这里应为 {key}", f"must be {key} here"), "level")
    yield from _code_problems(level)


def build_standard(
    head: StandardFile, levels: Iterable[LevelFile], programmes: ProgrammesFile
) -> Standard:
    """The standard of files that have no problems."""
    files = {each.level: each for each in levels}
    english = _translations(files.values())
    return Standard(
        code=head.code,
        version=head.version,
        title=text(head.title),
        publisher=text(head.publisher),
        published=head.published,
        rights_notice=_rights_notice(head),
        levels=tuple(_level(each, files[each.key], english) for each in head.levels),
        terms=tuple(Term(each.code, each.term, each.definition) for each in head.terms),
        programmes=tuple(
            Programmes(each.catalogue, each.school_kind, tuple(each.names))
            for each in programmes.programmes
        ),
    )


def text(words: ChineseFirst) -> Text:
    """Words of a file as words of the domain."""
    return Text(words.zh, words.en)


# --- Checks ---------------------------------------------------------------------------------------


def _head_problems(head: Parsed[StandardFile]) -> Iterator[Problem]:
    folder = head.document.file.parent.name
    if f"{head.value.code}-{head.value.version}" != folder:
        reason = Text(
            f"代码和版本应与文件夹名 {folder} 一致",
            f"code and version must give the folder {folder}",
        )
        yield head.problem(reason, "version")
    keys = [each.key for each in head.value.levels]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield head.problem(_twice(key), "levels", index, "key")


def _code_problems(level: Parsed[LevelFile]) -> Iterator[Problem]:
    """Codes that stand twice in the level, or under the wrong area or task."""
    seen: set[str] = set()
    for place, code, parent in _codes(level.value):
        if code in seen:
            yield level.problem(_twice(code), *place, "code")
        seen.add(code)
        if parent is not None and not code.startswith(f"{parent}."):
            reason = Text(f"{code} 不属于 {parent}", f"{code} does not belong under {parent}")
            yield level.problem(reason, *place, "code")


def _codes(level: LevelFile) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
    for i, area in enumerate(level.areas):
        yield ("areas", i), area.code, None
        for j, task in enumerate(area.tasks):
            yield ("areas", i, "tasks", j), task.code, area.code
            for k, entry in enumerate(task.requirements):
                yield ("areas", i, "tasks", j, "requirements", k), entry.code, task.code


def _requirements(level: LevelFile) -> Iterator[tuple[tuple[str | int, ...], RequirementEntry]]:
    for i, area in enumerate(level.areas):
        for j, task in enumerate(area.tasks):
            for k, entry in enumerate(task.requirements):
                yield ("areas", i, "tasks", j, "requirements", k), entry


def _entries(levels: Iterable[Parsed[LevelFile]]) -> Entries:
    return {
        RequirementKey(level.value.level, entry.code): entry
        for level in levels
        for _, entry in _requirements(level.value)
    }


def _source_problems(entry: RequirementEntry) -> Iterator[Text]:
    """Where a requirement's fields contradict how it is said to stand in the source."""
    if entry.status is SourceStatus.LOST and (entry.text or entry.english):
        yield Text("原文缺失的条目不得有文字", "a requirement lost in source must have no text")
    if entry.status is not SourceStatus.LOST and entry.text is None:
        yield Text("缺少条文", "the text is missing")
    if (entry.status is SourceStatus.MENDED) != (entry.printed is not None):
        yield Text(
            "仅修正标点的条目保留原样（printed）",
            "the printed form belongs to mended requirements, and to no other",
        )
    if entry.printed and entry.text and not _differ_in_punctuation(entry.printed, entry.text):
        yield Text("只能修正标点，不得改字", "only punctuation may be mended, no word changed")


def _differ_in_punctuation(printed: str, mended: str) -> bool:
    def words(form: str) -> str:
        return "".join(each for each in form if each.isalnum())

    return printed != mended and words(printed) == words(mended)


def _inference_problems(
    entry: RequirementEntry, entries: Entries, unread: Set[str]
) -> Iterator[Text]:
    if (entry.status is SourceStatus.INFERRED) != (entry.inferred_from is not None):
        yield Text(
            "仅推定的条目写明来源（inferred_from）",
            "inferred_from belongs to inferred requirements, and to no other",
        )
    if entry.inferred_from is None:
        return
    key = RequirementKey.parse(entry.inferred_from)
    origin = entries.get(key)
    if origin is None:
        if key.level not in unread:
            yield unknown(key)
    elif origin.status in {SourceStatus.LOST, SourceStatus.INFERRED}:
        yield Text("不得由未印出的条目推定", "cannot be inferred from what is not printed either")
    elif origin.text != entry.text:
        yield Text("推定的文字应与来源逐字相同", "the inferred text must equal its source's")


def unknown(key: object) -> Text:
    """The reason for naming a requirement that the standard does not have."""
    return Text(f"标准中没有 {key}", f"the standard has no {key}")


def _twice(code: str) -> Text:
    return Text(f"{code} 出现了两次", f"{code} stands here twice")


# --- Building -------------------------------------------------------------------------------------


def _rights_notice(head: StandardFile) -> Text:
    english = [each for each in (head.declaration.en, head.disclaimer.en) if each]
    return Text(head.declaration.zh + head.disclaimer.zh, " ".join(english) or None)


def _translations(levels: Iterable[LevelFile]) -> Mapping[str, str]:
    """Translations by Chinese text: words printed at two levels are translated once."""
    entries = chain.from_iterable(_requirements(each) for each in levels)
    return {each.text: each.english for _, each in entries if each.text and each.english}


def _level(head: LevelHead, file: LevelFile, english: Mapping[str, str]) -> Level:
    areas = tuple(
        WorkArea(
            area.code,
            text(area.title),
            tuple(_task(file.level, task, english) for task in area.tasks),
        )
        for area in file.areas
    )
    roles = tuple(text(each) for each in head.job_roles)
    return Level(head.key, text(head.name), text(head.scope), roles, areas)


def _task(level: str, task: TaskEntry, english: Mapping[str, str]) -> WorkTask:
    requirements = tuple(_requirement(level, each, english) for each in task.requirements)
    return WorkTask(task.code, text(task.title), requirements, task.status)


def _requirement(level: str, entry: RequirementEntry, english: Mapping[str, str]) -> Requirement:
    origin = entry.inferred_from
    return Requirement(
        key=RequirementKey(level, entry.code),
        text=entry.text,
        status=entry.status,
        printed=entry.printed,
        inferred_from=RequirementKey.parse(origin) if origin else None,
        english=entry.english or (english.get(entry.text) if entry.text else None),
    )
