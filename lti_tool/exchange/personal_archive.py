"""Everything that is kept about a person as one ZIP: a page to read, the same as JSON, their files.

Not here: gathering it (``lti_tool.services.export_person``).
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from markupsafe import Markup, escape

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.standard import Text
from lti_tool.services.export_person import PersonalData

from .personal_words import COLUMNS, TABLES

PAGE, DATA, FILES = "overview.html", "data.json", "files"
LONGEST_NAME = 120
NOTHING: tuple[object, ...] = (None, "", [], {})
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
STYLE = (
    "body{font:15px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:70rem;"
    "padding:0 1rem}table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{border:1px "
    "solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "h2{margin:2rem 0 0}@media print{body{margin:0}}"
)
TITLE = Text("我的数据", "My data")
ABOUT = Text(
    "本工具保存的、与您有关的全部数据。其他人以编号出现；尚未发布的评分不在其中。",
    "Everything this tool keeps about you. Other people appear as numbers; ratings that are not "
    "released yet are left out.",
)
NO_CERTIFICATE = Text(
    "本工具中的等级达成不是 X 证书。技能等级标准的文字归其发布者所有。",
    "A level attained in this tool is not an X certificate. The text of a standard belongs to its "
    "publisher.",
)


def write_archive(
    stream: IO[bytes], found: PersonalData, open_file: Callable[[str], BinaryIO]
) -> None:
    """Write the ZIP; ``open_file`` opens the content of a file by its key. A file that is gone from
    the store is left out; the page says which there are."""
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        names = dict(_written(archive, found.files, open_file))
        archive.writestr(DATA, _json(found, names))
        archive.writestr(PAGE, _page(found, names))


def _written(
    archive: ZipFile, files: Mapping[str, str], open_file: Callable[[str], BinaryIO]
) -> Iterator[tuple[str, str]]:
    """Copies files into the archive; yields their keys and their names there."""
    for number, (key, title) in enumerate(files.items(), start=1):
        name = f"{FILES}/{number:03} {UNSAFE.sub('_', title)[-LONGEST_NAME:]}"
        try:
            content = open_file(key)
        except NotFoundError:
            continue
        with content, archive.open(name, "w") as copy:
            shutil.copyfileobj(content, copy)
        yield key, name


def _json(found: PersonalData, names: Mapping[str, str]) -> str:
    content = {
        "about": [ABOUT.zh, ABOUT.en, NO_CERTIFICATE.zh, NO_CERTIFICATE.en],
        "made_at": found.made_at.isoformat(),
        "person": found.person.id,
        "files": {key: names.get(key) for key in found.files},
        "data": {name: [dict(row) for row in rows] for name, rows in found.told.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _page(found: PersonalData, names: Mapping[str, str]) -> str:
    head = Markup(
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{} {}</title>'
        '<meta name="viewport" content="width=device-width"><style>{}</style></head><body>'
        "<h1>{} {}</h1><p>{}<br>{}</p><p>{}<br>{}</p><p>{}</p>"
    ).format(
        *(TITLE.zh, TITLE.en, STYLE, TITLE.zh, TITLE.en),
        *(ABOUT.zh, ABOUT.en, NO_CERTIFICATE.zh, NO_CERTIFICATE.en),
        f"{found.person.label} · {found.made_at:%Y-%m-%d %H:%M} UTC",
    )
    parts = [_section(name, rows, names) for name, rows in found.told.items()]
    return str(Markup("").join([head, *parts, Markup("</body></html>")]))


def _section(name: str, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Markup:
    """A table, without the columns in which nothing stands."""
    known = dict.fromkeys(name for row in rows for name in row)
    columns = [one for one in known if any(row.get(one) not in NOTHING for row in rows)]
    head = Markup("").join(Markup("<th>{}</th>").format(_word(COLUMNS, one)) for one in columns)
    body = (
        Markup("").join(Markup("<td>{}</td>").format(_cell(row.get(one), names)) for one in columns)
        for row in rows
    )
    lines = Markup("").join(Markup("<tr>{}</tr>").format(each) for each in body)
    return Markup("<h2>{}</h2><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        _word(TABLES, name), head, lines
    )


def _word(words: Mapping[str, Text], name: str) -> str:
    found = words.get(name)
    return f"{found.zh} {found.en}" if found else name


def _cell(value: object, names: Mapping[str, str]) -> Markup:
    if isinstance(value, datetime):
        return escape(f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, bool):
        return escape("✓" if value else "—")
    if isinstance(value, list | dict):
        return escape(json.dumps(value, ensure_ascii=False))
    if isinstance(value, str) and value in names:
        return Markup('<a href="{}">{}</a>').format(names[value], names[value])
    return escape("" if value is None else value)
