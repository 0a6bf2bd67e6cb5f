"""The ratings of an assessment as a table, out and back: students down, a level and a comment for
each code across.

Each row says when it was taken out, so that back again it is known which cells were changed in the
file, which in the tool meanwhile, and which in both. Nothing is stored here, and an empty cell says
nothing. Not here: CSV and XLSX as files (``spreadsheets``).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.standard import Text
from lti_tool.persistence.people import Account
from lti_tool.services.rate_by_code import Floor, FloorRow

from .spreadsheets import CellProblem, Rows, address

MAX_COMMENT = 4000
FORMULA = ("=", "＝")
REMARK = "#"
"""A row that begins so says something and holds nothing."""

_NUMBER = Text("学号", "student number")
_NAME = Text("姓名", "name")
_COMMENT = Text("评语", "comment")
_TAKEN = Text("导出时间（勿改）", "taken out (leave as it is)")
_KEY = Text("行号（勿改）", "row (leave as it is)")
_WORDS = "comment "
"""Before a code, what the column of its comments is called here."""
_NOT_AN_X_CERTIFICATE = Text(
    "本工具的“等级达成”不是 X 证书。", "An attainment in this tool is not an X certificate."
)

REASONS: Mapping[str, Text] = {
    "performance_level": Text("没有这个表现水平", "there is no such performance level"),
    "reason_missing": Text(
        "评为违反须在评语里写明理由", "a proven breach needs its reason in the comment"
    ),
    "returned": Text(
        "已退回修改，重新提交后再评", "given back: rate it once it is handed in again"
    ),
    "second": Text("正在复评，这里不能更改", "marked by a second rater: not changed here"),
    "under_review": Text("复核中，只能由复核结论更改", "under review: only its answer changes it"),
    "in_the_future": Text(
        "提交时间晚于现在：请先校准服务器时钟",
        "handed in later than now: put the server's clock right first",
    ),
    "taken_later": Text("导出时间晚于现在", "taken out later than now"),
}


class ChangeKind(StrEnum):
    """What a cell of the file would do."""

    NEW = "new"
    """It rates what is not rated yet."""
    CHANGED = "changed"
    """It corrects what stood there when the file was taken out."""
    CONFLICT = "conflict"
    """It says other than what was given in the tool since."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that says something new. ``current`` is what stands in the tool, None for nothing;
    ``breach``: it says that a red line was broken. ``place`` is as a spreadsheet names it."""

    learner: Account
    code: str
    level: int
    comment: str
    current: Rating | None
    kind: ChangeKind
    breach: bool
    place: str


@dataclass(slots=True)
class TablePlan:
    """What a file would do, and what is wrong in it. ``absent`` are students without a row: they
    stay as they are. ``same`` counts the cells that say nothing new."""

    changes: list[Change] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    absent: list[Account] = field(default_factory=list)
    same: int = 0


# --- Out ------------------------------------------------------------------------------------------


def rating_rows(floor: Floor, language: str, *, now: datetime) -> list[list[str]]:
    """The table in a language, its head first, remarks last: the levels, whose text it is."""
    codes = floor.assessment.codes
    heads = [_NUMBER.in_language(language), _NAME.in_language(language)]
    for code in codes:
        heads += [code, f"{code} {_COMMENT.in_language(language)}"]
    heads += [_TAKEN.in_language(language), _KEY.in_language(language)]
    taken = now.astimezone(UTC).isoformat(timespec="microseconds")
    rows = [_row(each, codes, taken) for each in floor.rows]
    return [heads, *rows, *_remarks(floor, language)]


def _row(row: FloorRow, codes: Sequence[str], taken: str) -> list[str]:
    cells = [row.learner.student_number, row.learner.label]
    for code in codes:
        word = row.words.get(code)
        cells += [str(word.performance_level), word.comment] if word else ["", ""]
    return [*cells, taken, _key(row)]


def _key(row: FloorRow) -> str:
    """Names the student and the attempt that the row is about; 0: none is begun."""
    return f"{row.learner.id}-{row.attempt.attempt if row.attempt else 0}"


def _remarks(floor: Floor, language: str) -> Iterator[list[str]]:
    levels = floor.rubric.performance_levels
    words = ", ".join(f"{each.number} {each.name.in_language(language)}" for each in levels)
    yield [REMARK, words]
    notice = floor.bundle.standard.rights_notice.in_language(language)
    yield [REMARK, f"{notice} {_NOT_AN_X_CERTIFICATE.in_language(language)}"]


# --- Back -----------------------------------------------------------------------------------------


def plan_of(rows: Rows, floor: Floor, *, now: datetime) -> TablePlan:
    """What the rows of a file would change, cell by cell, and every problem. Stores nothing."""
    table = _Table(rows, floor, now)
    seen: set[int] = set()
    for number in table.numbers():
        row = table.student(number)
        if row is None:
            continue
        if row.learner.id in seen:
            table.refuse(
                number, "key", Text("这名学生出现了两次", "this student stands here twice")
            )
            continue
        seen.add(row.learner.id)
        base = table.base(number, row)
        if base is not None:
            for code in table.codes:
                table.take(number, row, code, base)
    table.plan.absent = [
        each.learner for each in floor.rows if table.codes and each.learner.id not in seen
    ]
    return table.plan


class _Table:
    """A table read back: where each column is, and what it would do."""

    def __init__(self, rows: Rows, floor: Floor, now: datetime) -> None:
        self.rows, self.floor, self.plan = rows, floor, TablePlan()
        self._now = now
        self._head = [_plain(each) for each in rows[0]] if rows else []
        columns = {"number": _NUMBER, "name": _NAME, "taken": _TAKEN, "key": _KEY}
        wanted = {name: (words.zh, words.en or "") for name, words in columns.items()}
        for code in floor.assessment.codes:
            wanted[code] = (code, code)
            wanted[f"{_WORDS}{code}"] = (f"{code} {_COMMENT.zh}", f"{code} {_COMMENT.en}")
        known = {_plain(word): name for name, words in wanted.items() for word in words}
        self._places: dict[str, int] = {}
        for place, word in enumerate(self._head):
            name = known.get(word)
            if word and (name is None or name in self._places):
                self.plan.problems.append(CellProblem(address(0, place), word, word, _HEAD))
            elif name is not None:
                self._places[name] = place
        self.codes = [each for each in floor.assessment.codes if each in self._places]
        self._check_head()
        self._by_id = {each.learner.id: each for each in floor.rows}

    def _check_head(self) -> None:
        if not {"key", "number"} & set(self._places):
            reason = Text(
                "没有“学号”或“行号”这一列", "there is no column “student number” or “row”"
            )
            self.plan.problems.append(CellProblem("", "", "", reason))
            self.codes = []
        elif not self.codes:
            reason = Text("没有本次考核的观测点", "there is no code of this assessment")
            self.plan.problems.append(CellProblem("", "", "", reason))

    def numbers(self) -> Iterator[int]:
        """The rows that are about a student; empty ones and remarks left out."""
        for number in range(1, len(self.rows) if self.codes else 0):
            cells = self.rows[number]
            if any(each.strip() for each in cells) and not cells[0].startswith(REMARK):
                yield number

    def student(self, number: int) -> FloorRow | None:
        """Whom a row is about; None where nobody fits, which is noted."""
        key, name = self._at(number, "key"), self._at(number, "name")
        found = self._by_key(number, key) if key else self._by_number(number)
        if found is not None and key and name and name != _plain(found.learner.label):
            reason = Text(
                "姓名与行号不符：是否只排序了部分列？",
                "name and row do not fit: were only some columns sorted?",
            )
            self.refuse(number, "name", reason)
            return None
        return found

    def _by_key(self, number: int, key: str) -> FloorRow | None:
        learner, _, attempt = key.partition("-")
        found = self._by_id.get(_whole(learner) or 0)
        if found is None:
            self.refuse(number, "key", _NOBODY)
            return None
        now = found.attempt.attempt if found.attempt else 0
        if _whole(attempt) is None or _whole(attempt) not in (0, now):
            reason = Text(
                "这名学生已开始另一次考核，请重新导出",
                "the student has begun another attempt: take the table out again",
            )
            self.refuse(number, "key", reason)
            return None
        return found

    def _by_number(self, number: int) -> FloorRow | None:
        words = self._at(number, "number")
        found = [each for each in self.floor.rows if words == _plain(each.learner.student_number)]
        if words and len(found) == 1:
            return found[0]
        self.refuse(number, "number", _NOBODY)
        return None

    def base(self, number: int, row: FloorRow) -> Mapping[str, Rating] | None:
        """What stood in the tool when the row was taken out; nothing where it does not say when,
        None where it cannot be read, which is noted. A time to come would hide every conflict."""
        words = self._at(number, "taken")
        if not words:
            return {}
        try:
            taken = datetime.fromisoformat(words)
        except ValueError:
            taken = None
        if taken is None or taken.tzinfo is None:
            reason = Text("导出时间被改动了", "the time it was taken out was changed")
            self.refuse(number, "taken", reason)
            return None
        if taken > self._now:
            self.refuse(number, "taken", REASONS["taken_later"])
            return None
        return latest(each for each in row.given if each.rated_at <= taken)

    def take(self, number: int, row: FloorRow, code: str, base: Mapping[str, Rating]) -> None:
        """Note what a student's cells of a code say."""
        level, comment = self._at(number, code), self._at(number, f"{_WORDS}{code}")
        current, old = row.words.get(code), base.get(code)
        if not level and not comment:
            return
        if not comment:
            comment = current.comment if current else ""
        given = self._level(level) if level or current is None else current.performance_level
        if _says(old, given, comment) or _says(current, given, comment):
            self.plan.same += 1
            return
        reason = self._refusal(row, code, given, comment)
        if reason is not None:
            self.refuse(number, code, reason)
            return
        kind = ChangeKind.NEW if current is None else ChangeKind.CHANGED
        if (old.id if old else None) != (current.id if current else None):
            kind = ChangeKind.CONFLICT if current else ChangeKind.NEW
        breach = self.floor.rubric.is_breach(self.floor.assessment.key(code), given or 0)
        place = address(number, self._places[code])
        self.plan.changes.append(
            Change(row.learner, code, given or 0, comment, current, kind, breach, place)
        )

    def _refusal(self, row: FloorRow, code: str, level: int | None, comment: str) -> Text | None:
        if level is None:
            return REASONS["performance_level"]
        if row.lock is not None or code in row.frozen:
            return REASONS[row.lock.value if row.lock else "under_review"]
        if row.attempt and (row.attempt.submitted_at or self._now) > self._now:
            return REASONS["in_the_future"]
        if (fault := _comment_fault(comment)) is not None:
            return fault
        try:
            self.floor.rubric.check(self.floor.assessment.key(code), level, comment)
        except BadRatingError as error:
            return REASONS[error.reason]
        return None

    def _level(self, words: str) -> int | None:
        """A level by its number or its name; None for anything else."""
        plain = words.removesuffix(".0")
        for each in self.floor.rubric.performance_levels:
            if plain.casefold() in {
                str(each.number),
                each.name.zh,
                (each.name.en or "").casefold(),
            }:
                return each.number
        return None

    def _at(self, number: int, column: str) -> str:
        """The words of a cell; empty where the row is too short or the column is not there."""
        place, row = self._places.get(column), self.rows[number]
        if place is None or place >= len(row):
            return ""
        return (
            row[place].replace("\r\n", "\n").strip()
            if column.startswith(_WORDS)
            else _plain(row[place])
        )

    def refuse(self, number: int, column: str, reason: Text) -> None:
        """Note a problem of a cell."""
        place = self._places.get(column, 0)
        words = self.rows[number][place] if place < len(self.rows[number]) else ""
        self.plan.problems.append(
            CellProblem(address(number, place), self._head[place], words, reason)
        )


_HEAD = Text("不认识这一列，或它出现了两次", "this column is not known, or stands here twice")
_NOBODY = Text("课程里没有这名学生", "no such student in the course")


def _says(word: Rating | None, level: int | None, comment: str) -> bool:
    return word is not None and (word.performance_level, word.comment) == (level, comment)


def _comment_fault(comment: str) -> Text | None:
    if comment.startswith(FORMULA):
        return Text("评语像公式；请换个开头", "the comment is like a formula: begin otherwise")
    if len(comment) > MAX_COMMENT:
        return Text(f"评语超过 {MAX_COMMENT} 字", f"longer than {MAX_COMMENT} characters")
    return None


def _plain(words: str) -> str:
    """Without space around it, full-width figures as ordinary ones."""
    return unicodedata.normalize("NFKC", words).strip()


def _whole(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 12 else None


def shown_first(changes: Iterable[Change]) -> list[Change]:
    """Conflicts first, then breaches, then what changes, then what is new; each as in the file."""
    order = {ChangeKind.CONFLICT: 0, ChangeKind.CHANGED: 2, ChangeKind.NEW: 3}
    return sorted(changes, key=lambda each: min(order[each.kind], 1 if each.breach else 9))
