"""The class map as a file: what the page shows, a row for each student. Not here: the page
(``class_map``)."""

from collections.abc import Mapping, Sequence

from flask import Response
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.domain.mastery import MasteryState
from lti_tool.exchange.spreadsheets import csv_file, xlsx_file
from lti_tool.persistence.standings import Standing
from lti_tool.services.show_class import ClassMap, ClassRow, Column, show_class
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import gettext, in_page_language, language
from lti_tool.web.wiring import wired

from .class_view import asked_view, state_words
from .frame import blueprint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Words = Mapping[MasteryState | None, str]


@blueprint.get("/class.csv")
@requires(Role.TEACHER)
def class_as_csv() -> ResponseReturnValue:
    """The map as CSV."""
    return _file(csv_file(_rows(_found())), "text/csv; charset=utf-8", "csv")


@blueprint.get("/class.xlsx")
@requires(Role.TEACHER)
def class_as_xlsx() -> ResponseReturnValue:
    """The map as a workbook."""
    return _file(xlsx_file(_rows(_found()), gettext("Class")), XLSX, "xlsx")


def _found() -> ClassMap:
    with reading() as session:
        return show_class(session, wired().catalogue, asked_view(), course_id=member().course_id)


def _rows(found: ClassMap) -> list[list[str]]:
    """Head, the requirements in words, the students, and last what it says and whose text it is."""
    columns, words = found.columns, state_words()
    head = [gettext("Student number"), gettext("Student"), gettext("Missing")]
    codes = [
        f"{in_page_language(found.standard.level(each.requirement.key.level).name)} "
        f"{each.requirement.code}"
        for each in columns
    ]
    texts = [each.requirement.wording(language()) or gettext("Lost in source") for each in columns]
    explained = gettext("State, newest performance level, and how many ratings count.")
    notice = in_page_language(found.standard.rights_notice)
    no_certificate = gettext("An attainment in this tool is not an X certificate.")
    return [
        [*head, *codes],
        ["", "", "", *texts],
        *(_row(each, columns, words) for each in found.rows),
        ["#", f"{explained} {notice} {no_certificate}"],
    ]


def _row(row: ClassRow, columns: Sequence[Column], words: Words) -> list[str]:
    cells = [
        "" if column.is_lost else _cell(standing, words)
        for column, standing in zip(columns, row.cells, strict=True)
    ]
    return [row.learner.student_number, row.learner.label, str(row.missing), *cells]


def _cell(standing: Standing | None, words: Words) -> str:
    """Empty without evidence: that is no 0."""
    if standing is None:
        return ""
    return f"{words[standing.state]} {standing.newest} ({standing.ratings})"


def _file(content: bytes, kind: str, ending: str) -> Response:
    day = wired().clock().astimezone(wired().zone).strftime("%Y%m%d")
    headers = {"Content-Disposition": f'attachment; filename="class-{day}.{ending}"'}
    with working() as work:
        work.note("export", f"course:{member().course_id}", f"class {ending}")
    return Response(content, content_type=kind, headers=headers)
