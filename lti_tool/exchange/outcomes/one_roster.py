"""Outcomes as OneRoster 1.2 CSV files in a ZIP: a line item for each level, a result for each
learner, and mastery of each requirement as a learning objective of that result.

Columns and their order: OneRoster CSV Binding 1.2.1 (1EdTech), section 4. Every key that a file
names stands in a file of the bundle (the binding's appendix A on what bulk files depend on): the
school, one class of the standard with its course, a term that spans the outcomes, and the students,
who are known by their student number (the LMS's person_sourcedid). Who has none cannot be listed.
These describe the outcomes, not the school: a student system that has its own takes the line items
and results alone. No cell is altered for spreadsheets, since programs compare the keys.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import STATES as MASTERY_OF
from lti_tool.domain.exported import ExportContent, ExportLine, LevelFacts
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import Text

from .table import day
from .words import MASTERIES, NOT_X, STATES, notice

COMMON = ("sourcedId", "status", "dateLastModified")
"""How every row begins; in bulk files status and date are empty (section 3.2)."""
HEADS: Mapping[str, Sequence[str]] = {
    "orgs": (*COMMON, "name", "type", "identifier", "parentSourcedId"),
    "academicSessions": (
        *(*COMMON, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    ),
    "courses": (
        *(*COMMON, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId"),
        *("subjects", "subjectCodes"),
    ),
    "classes": (
        *(*COMMON, "title", "grades", "courseSourcedId", "classCode", "classType", "location"),
        *("schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods"),
    ),
    "users": (
        *(*COMMON, "enabledUser", "username", "userIds", "givenName", "familyName", "middleName"),
        *("identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"),
        *("userMasterIdentifier", "preferredGivenName", "preferredMiddleName"),
        *("preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
    ),
    "roles": (
        *(*COMMON, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
        "userProfileSourcedId",
    ),
    "enrollments": (
        *(*COMMON, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary"),
        *("beginDate", "endDate"),
    ),
    "categories": (*COMMON, "title", "weight"),
    "lineItems": (
        *(*COMMON, "title", "description", "assignDate", "dueDate", "classSourcedId"),
        *("categorySourcedId", "academicSessionSourcedId", "resultValueMin", "resultValueMax"),
        "schoolSourcedId",
    ),
    "lineItemLearningObjectiveIds": (*COMMON, "lineItemSourcedId", "source", "learningObjectiveId"),
    "results": (
        *(*COMMON, "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate"),
        *("comment", "textScore", "classSourcedId", "inProgress", "incomplete", "late", "missing"),
    ),
    "resultLearningObjectiveIds": (
        *(*COMMON, "resultSourcedId", "source", "learningObjectiveId", "score", "textScore"),
    ),
}
"""The files this tool writes, in the order they are written."""
EVERY_FILE = (
    *("academicSessions", "categories", "classes", "classResources", "courses"),
    *("courseResources", "demographics", "enrollments", "lineItemLearningObjectiveIds"),
    *("lineItems", "lineItemScoreScales", "orgs", "resources", "resultLearningObjectiveIds"),
    *("results", "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources"),
    "users",
)
"""The files that a manifest names, present or absent."""
SOURCE = "case"
NO_FAMILY_NAME = "-"
"""Both parts of a name are wanted (section 4.13), but what is kept is the whole name, which is not
parted by guesses."""
TERM = Text("本次导出的达成结果所在期间", "The time of these outcomes")
NEW_SCHOOL_YEAR = 8
"""From this month on a day belongs to the school year that ends in the next year."""
GRADED, IN_PART = "fully graded", "partially graded"
NEVER = (1980, 1, 1, 0, 0, 0)
"""The same content gives the same bytes: no file carries the time of writing."""

Row = Sequence[str]


def write_one_roster(content: ExportContent, out: BinaryIO) -> None:
    """Write the ZIP, a row at a time."""
    known = [each for each in content.lines if each.holder.student_number]
    maker = _Maker(content, known)
    parts: Mapping[str, Callable[[], Iterable[Row]]] = {
        "orgs": maker.orgs,
        "academicSessions": maker.sessions,
        "courses": maker.courses,
        "classes": maker.classes,
        "users": maker.users,
        "roles": maker.roles,
        "enrollments": maker.enrollments,
        "categories": maker.categories,
        "lineItems": maker.line_items,
        "lineItemLearningObjectiveIds": maker.line_item_objectives,
        "results": maker.results,
        "resultLearningObjectiveIds": maker.result_objectives,
    }
    with ZipFile(out, "w") as archive:
        _write(archive, "manifest", ("propertyName", "value"), _manifest())
        for name, columns in HEADS.items():
            _write(archive, name, columns, parts[name]())


def _write(archive: ZipFile, name: str, columns: Row, rows: Iterable[Row]) -> None:
    entry = ZipInfo(f"{name}.csv", NEVER)
    entry.compress_type = ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as part:
        stream = io.TextIOWrapper(part, encoding="utf-8", newline="")
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)
        stream.flush()
        stream.detach()


def _manifest() -> Iterator[Row]:
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.2"
    for name in EVERY_FILE:
        yield f"file.{name}", "bulk" if name in HEADS else "absent"
    yield "source.systemName", "Dabiao"
    yield "source.systemCode", "dabiao"


@dataclass(frozen=True)
class _Maker:
    """Makes the rows of each file. ``lines`` are those of learners with a student number."""

    content: ExportContent
    lines: Sequence[ExportLine]

    def orgs(self) -> Iterator[Row]:
        yield self._school, "", "", self.content.facts.school, "school", "", ""

    def sessions(self) -> Iterator[Row]:
        """The last day is the first one after it (section 4.1)."""
        if not self.lines:
            return
        days = sorted(_when(each).astimezone(self._zone).date() for each in self.lines)
        year = days[-1].year + (days[-1].month >= NEW_SCHOOL_YEAR)
        title = TERM.in_language(self.content.facts.language)
        end = days[-1] + timedelta(days=1)
        yield self._term, "", "", title, "term", str(days[0]), str(end), "", str(year)

    def courses(self) -> Iterator[Row]:
        code = self.content.facts.code
        yield f"{self._class}-course", "", "", "", self._title(), code, "", self._school, "", ""

    def classes(self) -> Iterator[Row]:
        yield (
            *(self._class, "", "", self._title(), "", f"{self._class}-course"),
            *(self.content.facts.code, "scheduled", "", self._school),
            *(self._term if self.lines else "", "", "", ""),
        )

    def users(self) -> Iterator[Row]:
        for number, name in self._students().items():
            names = name or number, NO_FAMILY_NAME, ""
            nothing = [""] * 10
            yield (
                *(number, "", "", "true", number, "", *names, number, *nothing),
                *(self._school, ""),
            )

    def roles(self) -> Iterator[Row]:
        for each in self._students():
            key = f"{self._school}-student-{each}"
            yield key, "", "", each, "primary", "student", "", "", self._school, ""

    def enrollments(self) -> Iterator[Row]:
        for each in self._students():
            key = f"{self._class}-{each}"
            yield key, "", "", self._class, self._school, each, "student", "false", "", ""

    def categories(self) -> Iterator[Row]:
        yield self._category, "", "", self._title(), ""

    def line_items(self) -> Iterator[Row]:
        facts, zone = self.content.facts, self._zone
        for level in self._levels():
            times = [each.changed_at for each in self.lines if each.level == level.key]
            yield (
                *(self._item(level.key), "", "", f"{facts.code} {level.name}", notice(facts)),
                *(day(min(times), zone), day(max(times), zone), self._class, self._category),
                *(self._term, "0", "1", self._school),
            )

    def line_item_objectives(self) -> Iterator[Row]:
        for level in self._levels():
            item = self._item(level.key)
            for number, identifier in enumerate(level.objectives, start=1):
                yield f"{item}-{number}", "", "", item, SOURCE, identifier

    def results(self) -> Iterator[Row]:
        language, zone = self.content.facts.language, self._zone
        states = {state: words.in_language(language) for state, words in STATES.items()}
        said = NOT_X.in_language(language)
        for line in self.lines:
            attained = line.state is AttainmentState.ATTAINED
            status = GRADED if line.decided_at is not None else IN_PART
            yield (
                *(self._result(line), "", "", self._item(line.level), line.holder.student_number),
                *(status, "1" if attained else "0", _day_of(line, zone), said, states[line.state]),
                *(self._class, "", "", "", ""),
            )

    def result_objectives(self) -> Iterator[Row]:
        language = self.content.facts.language
        states = {letter: MASTERIES[state] for letter, state in MASTERY_OF.items()}
        words = {letter: each.in_language(language) for letter, each in states.items()}
        objectives = {each.key: each.objectives for each in self.content.facts.levels}
        for line in self.lines:
            result = self._result(line)
            pairs = zip(objectives[line.level], line.masteries, strict=True)
            for number, (identifier, letter) in enumerate(pairs, start=1):
                if MASTERY_OF[letter] is MasteryState.NO_EVIDENCE:
                    continue  # no evidence is never zero
                score = "1" if MASTERY_OF[letter] is MasteryState.MASTERED else "0"
                yield f"{result}-{number}", "", "", result, SOURCE, identifier, score, words[letter]

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.content.facts.zone)

    @property
    def _school(self) -> str:
        return f"dabiao-school-{self.content.facts.school_id}"

    @property
    def _class(self) -> str:
        return f"dabiao-{self.content.facts.school_id}-{self.content.facts.standard_id}"

    @property
    def _term(self) -> str:
        return f"{self._class}-term"

    @property
    def _category(self) -> str:
        return f"{self._class}-level-attainment"

    def _students(self) -> Mapping[str, str]:
        """Their names by student number; one with two accounts that nobody merged is one."""
        return {each.holder.student_number: each.holder.name for each in self.lines}

    def _levels(self) -> Sequence[LevelFacts]:
        used = {each.level for each in self.lines}
        return [each for each in self.content.facts.levels if each.key in used]

    def _title(self) -> str:
        facts = self.content.facts
        return f"{facts.code} {facts.title} ({facts.version})"

    def _item(self, level: str) -> str:
        return f"{self._class}-{level}"

    def _result(self, line: ExportLine) -> str:
        return f"{self._item(line.level)}-{line.holder.learner_id}"


def _day_of(line: ExportLine, zone: ZoneInfo) -> str:
    return day(_when(line), zone)


def _when(line: ExportLine) -> datetime:
    return line.decided_at or line.changed_at
