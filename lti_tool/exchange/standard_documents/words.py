"""What the importer says: notes of a draft and refusals of a file, in Chinese and English.

Not here: who is told (the command line, the administrator's page).
"""

from collections.abc import Mapping

from lti_tool.domain.standard import Text
from lti_tool.domain.standard_draft import Note, NoteKind, Place

from .blocks import NotAStandardError

NOTES: Mapping[NoteKind, Text] = {
    NoteKind.REPEATED_HEAD: Text(
        "跨页重复的表头，已略过", "a head repeated at a page break, skipped"
    ),
    NoteKind.REPEATED_TITLE: Text("跨页重复印出，只计一次", "printed again, counted once"),
    NoteKind.LATE_TITLE: Text(
        "名称印在下页，已归位", "the title is printed on the next page; put in its place"
    ),
    NoteKind.CARRIED: Text(
        "续页未印上级，沿用前页", "the page goes on without parents; carried over"
    ),
    NoteKind.JOINED: Text("跨页断开的文字，已接上", "cut at a page break, joined"),
    NoteKind.SHIFTED: Text(
        "单元格错列，按内容认定", "cells in another column than the head's, known by content"
    ),
    NoteKind.SPLIT: Text("一格多条，已拆开", "several in one cell, taken apart"),
    NoteKind.CODE_MADE: Text("原文没有完整代码，已编", "no full code in print; made here"),
    NoteKind.SPACES: Text("字间空格，已去掉", "spaces between characters, taken out"),
    NoteKind.FULL_WIDTH: Text("代码用全角数字，已改半角", "codes in full-width digits, made plain"),
    NoteKind.NO_SPACE: Text(
        "代码与文中数字相连，按顺序断开", "a code ran into a number of the text; parted by order"
    ),
    NoteKind.EXTRA_COLUMN: Text("多出的栏目，未收", "an extra column, left out"),
    NoteKind.LOST: Text("原文缺失", "lost in source"),
    NoteKind.LOST_TASK: Text(
        "代码有缺口，或其下没有要求", "a gap in the codes, or nothing stands under it"
    ),
    NoteKind.MISSING: Text("文件中未找到", "not found in the document"),
    NoteKind.LAYOUT_LEVELS: Text(
        "文中所列等级与表格不符", "the levels named and the levels with a table differ"
    ),
    NoteKind.DUPLICATE: Text(
        "代码重复而文字不同，另编了代码", "a code twice with other words; given another code"
    ),
    NoteKind.MISPLACED: Text(
        "代码与所在任务不符，以代码为准", "stands in another task than its code says; code believed"
    ),
    NoteKind.UNCERTAIN: Text(
        "续页首行没有代码，请核对是否接上页", "first row of a page without codes; does it go on?"
    ),
    NoteKind.UNPLACED: Text("无法归类，未收", "fits nowhere, left out"),
    NoteKind.RED_LINE: Text(
        "禁止性要求，建议作一票否决项", "a prohibition, proposed as a red line"
    ),
}

FIELDS: Mapping[str, Text] = {
    "title": Text("标准名称", "title"),
    "code": Text("标准代码", "standard code"),
    "version": Text("版本", "version"),
    "publisher": Text("制定单位", "publisher"),
    "published": Text("发布年月", "month of publication"),
    "declaration": Text("权利声明", "declaration of rights"),
    "area": Text("工作领域", "work areas"),
    "task": Text("工作任务", "work tasks"),
    "requirement": Text("职业技能要求", "requirements"),
}

REFUSALS: Mapping[str, Text] = {
    "kind": Text(
        "只能读取文本、Markdown、HTML、DOCX、PDF，Moodle 和 Canvas 的 CSV，CASE 的 JSON",
        "only text, Markdown, HTML, DOCX and PDF files can be read, CSV of Moodle and Canvas, "
        "and JSON of CASE",
    ),
    "empty": Text("文件是空的", "the file is empty"),
    "not_text": Text("不是文本文件，或编码无法识别", "no text, or its encoding is not known"),
    "not_docx": Text("不是完好的 DOCX 文件", "no sound DOCX file"),
    "not_pdf": Text("不是完好的 PDF 文件", "no sound PDF file"),
    "not_html": Text("不是完好的 HTML 文件", "no sound HTML file"),
    "locked": Text("文件有密码保护", "the file is protected by a password"),
    "no_text": Text(
        "文件里没有文字；扫描件须先识别成文字",
        "the file holds no text; a scan must be turned into text first",
    ),
    "no_requirements": Text(
        "没有找到职业技能要求：应有“工作领域、工作任务、职业技能要求”的表格，或逐级编号的条文",
        "no requirements were found: there should be a table of work areas, work tasks and "
        "requirements, or lines numbered down to requirements",
    ),
    "too_large": Text("文件或其内容过大", "the file or what it holds is too large"),
    "too_long": Text("读取超过时限，已停止", "reading took too long and was stopped"),
    "too_much": Text("读取占用的内存过多，已停止", "reading took too much memory and was stopped"),
    "table": Text("不是能读取的 CSV 表格", "no CSV table that can be read"),
    "unknown": Text(
        "不认识这个表头：应为 Moodle 能力框架、Canvas 学习成果或 Canvas 评分量规的 CSV",
        "the head of this table is not known: it should be that of Moodle's competency framework, "
        "or of Canvas's outcomes or rubrics",
    ),
    "no_items": Text("文件里没有任何条目", "there is no item in the file"),
    "no_framework_row": Text(
        "没有 Is framework 为 1 的行", "no row says that it is the framework (Is framework = 1)"
    ),
    "id_twice": Text("ID number 重复", "an ID number stands there twice"),
    "guid_twice": Text("vendor_guid 重复", "a vendor_guid stands there twice"),
    "ratings": Text(
        "这一行的分值不是数字，或没有由高到低",
        "the points of this row are no numbers, or do not fall",
    ),
    "points": Text("这一行的分值不是数字", "the points of this row are no numbers"),
    "case": Text("不是完好的 CASE 文件", "no sound CASE file"),
    "broken": Text("文件已损坏，读取中断", "the file is damaged; reading it broke off"),
}


def place_words(place: Place | None) -> Text:
    """Where something stands; empty where nobody knows."""
    if place is None:
        return Text("", "")
    parts = (
        (place.page, "第 {} 页", "page {}"),
        (place.table, "表 {}", "table {}"),
        (place.row, "第 {} 行", "row {}"),
        (place.line, "第 {} 行", "line {}"),
    )
    zh = [words.format(number) for number, words, _ in parts if number is not None]
    en = [words.format(number) for number, _, words in parts if number is not None]
    return Text(" ".join(zh), ", ".join(en))


def note_words(note: Note) -> Text:
    """A note as one line without its level and place."""
    said = NOTES[note.kind]
    subject = FIELDS.get(note.subject, Text(note.subject, note.subject))
    detail = FIELDS.get(note.detail, Text(note.detail, note.detail))
    times_zh = f" ×{note.times}" if note.times > 1 else ""
    return Text(
        _line(subject.zh, said.zh, detail.zh, "：", "（{}）") + times_zh,
        _line(subject.en or "", said.en or "", detail.en or "", ": ", " ({})") + times_zh,
    )


def _line(subject: str, said: str, detail: str, colon: str, brackets: str) -> str:
    before = f"{subject}{colon}" if subject else ""
    return before + said + (brackets.format(detail) if detail else "")


def refusal_words(error: NotAStandardError) -> Text:
    """Why a file is refused, and what was found instead."""
    said = REFUSALS[error.reason]
    if not error.detail:
        return said
    return Text(f"{said.zh}（读到的是“{error.detail}”）", f"{said.en} (it reads {error.detail!r})")
