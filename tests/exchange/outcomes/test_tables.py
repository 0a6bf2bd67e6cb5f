"""Outcomes as CSV and XLSX: nothing runs, everything says what it is not."""

import csv
import io
import zipfile

import pytest
from openpyxl import load_workbook

from lti_tool.domain.exported import ExportKind
from lti_tool.exchange.outcomes import write_list
from lti_tool.exchange.spreadsheets import RISKY
from tests.exchange.outcomes.sample import kept

NOT_X = "本工具的“等级达成”不是 X 证书。"
RIGHTS = "标准文本的权利属于其发布机构。"


def written(kind: ExportKind, language: str = "zh") -> bytes:
    out = io.BytesIO()
    write_list(kept(kind, language=language), out)
    return out.getvalue()


def csv_rows(language: str = "zh") -> list[dict[str, str]]:
    text = written(ExportKind.CSV, language).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_says_who_what_when_and_under_which_rule() -> None:
    first = csv_rows()[0]
    notice = first.pop("声明")
    assert first == {
        "学校": "某职业学院",
        "学号": "2024030101",
        "学生姓名": "黄嘉怡",
        "姓名拼音": "Huang Jiayi",
        "学期": "2026秋",
        "专业": "电子商务",
        "班级": "电商2401",
        "课程": "客服实训；直播运营",
        "标准代码": "530050",
        "标准版本": "2021-2.0",
        "标准名称": "电子商务客户服务",
        "技能等级": "初级",
        "状态": "已认定",
        "已掌握要求数": "48",
        "要求总数": "49",
        "认定或撤销日期": "2026-09-02",
        "规则版本": "1",
        "认定编号": "d-1",
        "状态自": "2026-09-02",
    }
    assert notice == f"{NOT_X} {RIGHTS}"


def test_csv_begins_with_a_byte_order_mark_for_spreadsheets() -> None:
    assert written(ExportKind.CSV).startswith(b"\xef\xbb\xbf")


def test_no_cell_of_the_csv_is_run_by_a_spreadsheet() -> None:
    cells = [cell for row in csv_rows() for cell in row.values()]
    assert [each for each in cells if each.startswith(RISKY) and not each.startswith("'")] == []
    assert csv_rows()[1]["学号"] == "'=1+1"


def test_the_workbook_holds_strings_and_numbers_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(written(ExportKind.XLSX)))
    rows = list(book["等级达成"].iter_rows())
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "inlineStr"}
    assert [cell.value for cell in rows[2]][1:3] == ["=1+1", "@SUM(A1)"]
    assert rows[1][13].value == 48
    with zipfile.ZipFile(io.BytesIO(written(ExportKind.XLSX))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_workbook_says_what_it_is_about() -> None:
    sheet = load_workbook(io.BytesIO(written(ExportKind.XLSX)))["说明"]
    told = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert told["声明"] == f"{NOT_X} {RIGHTS}"
    assert told["导出时间"] == "2026-09-02 00:30 Asia/Shanghai"
    assert told["内容摘要 (SHA-256)"] == kept(ExportKind.XLSX).content.digest


def test_an_english_export_is_english() -> None:
    row = csv_rows("en")[0]
    assert (row["Student number"], row["State"]) == ("2024030101", "Signed off")
    assert row["Notice"].startswith("An attainment in this tool is not an X certificate.")


@pytest.mark.parametrize("kind", [each for each in ExportKind if each.is_list])
def test_the_same_content_gives_the_same_bytes(kind: ExportKind) -> None:
    assert written(kind) == written(kind)


@pytest.mark.parametrize("kind", [ExportKind.TRANSCRIPT, ExportKind.CREDENTIAL])
def test_what_is_no_list_is_not_written_as_one(kind: ExportKind) -> None:
    with pytest.raises(ValueError, match=kind.value):
        write_list(kept(kind), io.BytesIO())
