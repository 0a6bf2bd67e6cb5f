"""Outcomes as one table, a row for each learner and level: what CSV and XLSX have in common."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from lti_tool.domain.exported import ExportContent
from lti_tool.domain.standard import Text

from .words import STATES, notice

COLUMNS: Sequence[tuple[Text, int]] = (
    (Text("学校", "School"), 18),
    (Text("学号", "Student number"), 16),
    (Text("学生姓名", "Name"), 14),
    (Text("姓名拼音", "Name in pinyin"), 18),
    (Text("学期", "Term"), 12),
    (Text("专业", "Programme"), 18),
    (Text("班级", "Class"), 16),
    (Text("课程", "Courses"), 28),
    (Text("标准代码", "Standard"), 12),
    (Text("标准版本", "Version"), 12),
    (Text("标准名称", "Title of the standard"), 28),
    (Text("技能等级", "Level"), 10),
    (Text("状态", "State"), 12),
    (Text("已掌握要求数", "Requirements mastered"), 12),
    (Text("要求总数", "Requirements in all"), 12),
    (Text("认定或撤销日期", "Decided on"), 14),
    (Text("规则版本", "Rule version"), 14),
    (Text("认定编号", "Decision"), 26),
    (Text("状态自", "State since"), 14),
    (Text("声明", "Notice"), 40),
)
"""Heads, and how wide a column is in characters. The student number is the key."""
NUMBERS = frozenset({13, 14})
"""The columns that hold numbers, from 0."""


def heads(language: str) -> list[str]:
    """The head of each column."""
    return [each.in_language(language) for each, _ in COLUMNS]


def rows(content: ExportContent) -> Iterator[list[str]]:
    """A row for each line."""
    facts = content.facts
    names = {each.key: each.name for each in facts.levels}
    states = {state: words.in_language(facts.language) for state, words in STATES.items()}
    zone = ZoneInfo(facts.zone)
    said = notice(facts)
    between = "；" if facts.language == "zh" else "; "
    for line in content.lines:
        holder = line.holder
        yield [
            *(facts.school, holder.student_number, holder.name, holder.latin_name),
            *(line.term, line.programme, line.class_name, between.join(line.courses)),
            *(facts.code, facts.version, facts.title),
            *(names[line.level], states[line.state]),
            *(str(line.mastered), str(line.total), day(line.decided_at, zone)),
            *(line.rule_version, line.decision_id, day(line.changed_at, zone), said),
        ]


def about(export_id: str, made_at: datetime, content: ExportContent) -> Iterator[tuple[str, str]]:
    """What there is to know about the export as a whole, in pairs of name and value."""
    facts = content.facts
    zone = ZoneInfo(facts.zone)
    pairs = (
        (Text("声明", "Notice"), notice(facts)),
        (Text("学校", "School"), facts.school),
        (Text("标准", "Standard"), f"{facts.code} {facts.title} ({facts.version})"),
        (Text("导出编号", "Export"), export_id),
        (
            Text("导出时间", "Exported at"),
            f"{made_at.astimezone(zone):%Y-%m-%d %H:%M} {facts.zone}",
        ),
        (Text("行数", "Rows"), str(len(content.lines))),
        (Text("内容摘要 (SHA-256)", "Digest of the content (SHA-256)"), content.digest),
    )
    for name, value in pairs:
        yield name.in_language(facts.language), value


def day(when: datetime | None, zone: ZoneInfo) -> str:
    """The date in a zone; empty where there is none."""
    return f"{when.astimezone(zone):%Y-%m-%d}" if when is not None else ""
