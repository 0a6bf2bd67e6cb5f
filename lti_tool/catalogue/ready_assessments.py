"""Turns the files of ready assessments into domain values, once checked.

Not here: what the product does with them, and how good their words are (``report``).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence, Set

from lti_tool.domain.errors import UnknownRequirementError
from lti_tool.domain.ready_assessment import (
    Material,
    MaterialKind,
    ReadyAssessment,
    ReadyAssessments,
    codes_named,
    table_faults,
    table_rows,
    turns,
)
from lti_tool.domain.standard import SourceStatus, Standard, Text, WorkTask

from .problems import Problem
from .schemas import (
    AssessmentEntry,
    AssessmentFile,
    BothLanguages,
    LinesInBoth,
    MaterialEntry,
    TitleInBoth,
)
from .standards import unknown
from .validation import Parsed

Found = tuple[tuple[str | int, ...], Text]
"""A place inside an entry, and what is wrong there."""


def assessment_problems(
    files: Sequence[Parsed[AssessmentFile]], standard: Standard
) -> Iterator[Problem]:
    """Assessments of tasks the standard lacks or that stand twice, and faults of their material."""
    written: set[tuple[str, str]] = set()
    for file in files:
        tasks = _tasks(standard, file.value.level)
        if tasks is None:
            yield file.problem(unknown(file.value.level), "level")
            continue
        for index, entry in enumerate(file.value.assessments):
            key = (file.value.level, entry.task)
            place = ("assessments", index)
            if key in written:
                reason = Text(f"{entry.task} 出现了两次", f"{entry.task} stands here twice")
                yield file.problem(reason, *place, "task")
            written.add(key)
            for inner, reason in _entry_problems(entry, tasks):
                yield file.problem(reason, *place, *inner)


def build_assessments(files: Iterable[AssessmentFile]) -> ReadyAssessments:
    """The ready assessments of files that have no problems, by level key and task code."""
    return {(file.level, each.task): _built(each) for file in files for each in file.assessments}


def _tasks(standard: Standard, level: str) -> dict[str, WorkTask] | None:
    try:
        return {each.code: each for each in standard.level(level).tasks}
    except UnknownRequirementError:
        return None


def _entry_problems(entry: AssessmentEntry, tasks: dict[str, WorkTask]) -> Iterator[Found]:
    task = tasks.get(entry.task)
    if task is None:
        yield ("task",), unknown(entry.task)
    else:
        every = task.requirements
        codes = {each.code for each in every if each.status is not SourceStatus.LOST}
        yield from _code_problems("instructions", entry.instructions, codes)
        yield from _code_problems("assessor", entry.assessor, codes)
    for index, material in enumerate(entry.material):
        for place, reason in _material_problems(material):
            yield ("material", index, *place), reason


def _code_problems(name: str, words: LinesInBoth, codes: Set[str]) -> Iterator[Found]:
    for language, text in (("zh", words.zh), ("en", words.en)):
        for code in sorted(codes_named(text) - codes):
            reason = Text(
                f"{code} 不是这项任务的职业技能要求", f"{code} is no requirement of this task"
            )
            yield (name, language), reason


def _material_problems(material: MaterialEntry) -> Iterator[Found]:
    texts = (("zh", material.text.zh), ("en", material.text.en))
    if material.kind is MaterialKind.TRANSCRIPT:
        for language, words in texts:
            if not any(each.speaker for each in turns(words)):
                reason = Text("没有一行写明说话人", "no line names a speaker")
                yield ("text", language), reason
    if material.kind is MaterialKind.TABLE:
        for language, words in texts:
            for reason in table_faults(words):
                yield ("text", language), reason
        yield from _pair_problems(material)


def _pair_problems(material: MaterialEntry) -> Iterator[Found]:
    """Where the Chinese and the English table cannot be the same one."""
    try:
        shapes = [
            (len(rows), len(rows[0]))
            for rows in (table_rows(material.text.zh), table_rows(material.text.en))
        ]
    except csv.Error:
        return  # said by table_faults
    if shapes[0] != shapes[1]:
        reason = Text("中英文表格的行数或列数不同", "the two languages differ in rows or columns")
        yield ("text",), reason


def _built(entry: AssessmentEntry) -> ReadyAssessment:
    return ReadyAssessment(
        task=entry.task,
        title=_text(entry.title),
        method=entry.method,
        minutes=entry.minutes,
        scenario=_text(entry.scenario),
        instructions=_text(entry.instructions),
        material=tuple(
            Material(_text(each.title), each.kind, _text(each.text)) for each in entry.material
        ),
        assessor=_text(entry.assessor),
    )


def _text(words: BothLanguages | LinesInBoth | TitleInBoth) -> Text:
    return Text(words.zh, words.en)
