"""Numbers that Word makes itself are read as if they were printed."""

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from lti_tool.exchange.standard_documents.blocks import Row
from lti_tool.exchange.standard_documents.docx import read_docx

DEPTH = (
    '<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
    '<w:lvlText w:val="{text}"/></w:lvl>'
)


def cells(**forms: str) -> list[str]:
    """The first cells of rows numbered by Word at depths 0, 1, 1, 0 and 1."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    depths = DEPTH.format(depth=0, form=forms["outer"], text=forms["first"])
    depths += DEPTH.format(depth=1, form=forms["inner"], text=forms["second"])
    listed = f'<w:abstractNum w:abstractNumId="90" {nsdecls("w")}>{depths}</w:abstractNum>'
    numbering.insert(0, parse_xml(listed))
    number = f'<w:num w:numId="90" {nsdecls("w")}><w:abstractNumId w:val="90"/></w:num>'
    numbering.append(parse_xml(number))
    table = made.add_table(rows=5, cols=1)
    for row, depth in zip(table.rows, (0, 1, 1, 0, 1), strict=True):
        paragraph = row.cells[0].paragraphs[0]
        paragraph.add_run("能够")
        named = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(named))
    stream = io.BytesIO()
    made.save(stream)
    return [each.cells[0] for each in read_docx(stream.getvalue()) if isinstance(each, Row)]


@pytest.mark.parametrize(
    ("forms", "read"),
    [
        (
            {"outer": "decimal", "first": "%1.", "inner": "decimal", "second": "%1.%2"},
            ["1. 能够", "1.1 能够", "1.2 能够", "2. 能够", "2.1 能够"],
        ),
        (
            {
                "outer": "chineseCounting",
                "first": "%1、",
                "inner": "decimalEnclosedCircle",
                "second": "%2",
            },
            ["一、 能够", "① 能够", "② 能够", "二、 能够", "① 能够"],
        ),
        (
            {"outer": "chineseCounting", "first": "（%1）", "inner": "bullet", "second": "·"},
            ["（一） 能够", "能够", "能够", "（二） 能够", "能够"],
        ),
    ],
    ids=["decimal", "han-and-circles", "bullets"],
)
def test_word_numbers_are_read(forms: dict[str, str], read: list[str]) -> None:
    assert cells(**forms) == read
