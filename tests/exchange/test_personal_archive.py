"""A person's own data as a ZIP that they can read without this tool."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO
from zipfile import ZipFile

from lti_tool.domain.errors import NotFoundError
from lti_tool.exchange.personal_archive import write_archive
from lti_tool.exchange.personal_words import TABLES
from lti_tool.persistence.people import Account
from lti_tool.persistence.personal_data import PLACES
from lti_tool.services.export_person import PersonalData

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CONTENTS = {"k1": b"sound", "k2": b"picture"}


def opened(key: str) -> BinaryIO:
    if key not in CONTENTS:
        raise NotFoundError
    return io.BytesIO(CONTENTS[key])


def archive(told: Mapping[str, list[dict[str, Any]]], files: Mapping[str, str]) -> ZipFile:
    person = Account(7, 1, "u-7", "王雨欣", "2026001", "")
    stream = io.BytesIO()
    write_archive(stream, PersonalData(person, AT, told, files), opened)
    return ZipFile(stream)


def test_files_lie_in_the_archive_under_their_names_and_no_other_path() -> None:
    found = archive({}, {"k1": "录音.mp3", "k2": "../../etc/passwd", "gone": "c.txt"})
    assert found.namelist() == [
        "files/001 录音.mp3",
        "files/002 .._.._etc_passwd",
        "data.json",
        "overview.html",
    ]
    assert found.read("files/001 录音.mp3") == b"sound"


def test_the_data_are_told_as_json_with_times_and_nested_values() -> None:
    told = {"submissions": [{"id": "s-1", "self_ratings": {"2.1.1": 3}, "created_at": AT}]}
    content = json.loads(archive(told, {"k1": "录音.mp3", "gone": "c.txt"}).read("data.json"))
    assert content["data"]["submissions"][0]["self_ratings"] == {"2.1.1": 3}
    assert content["data"]["submissions"][0]["created_at"] == AT.isoformat()
    assert content["files"] == {"k1": "files/001 录音.mp3", "gone": None}


def test_the_page_shows_what_was_written_as_text_and_leads_to_files() -> None:
    told: dict[str, list[dict[str, Any]]] = {
        "evidence": [{"title": "<script>alert(1)</script>", "storage_key": "k1", "url": ""}],
        "unheard_of": [{"strange": None, "known": True}],
    }
    page = archive(told, {"k1": "录音.mp3"}).read("overview.html").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert '<a href="files/001 录音.mp3">' in page
    assert "链接 Link" not in page
    assert "unheard_of" in page
    assert "佐证材料 Evidence" in page
    assert "不是 X 证书" in page


def test_every_kind_of_personal_data_has_a_name() -> None:
    assert {each.table for each in PLACES} - set(TABLES) == set()
