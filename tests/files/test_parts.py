"""Files that arrive in parts: what is lost on the way is sent again, and nothing else is."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadEvidenceError, NotFoundError
from lti_tool.files import EvidenceStore, Parts
from tests.files.test_store import PNG, PROGRAM

CONTENT = b"0123456789" * 50
GIGABYTE = 1024 * 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "files", 100_000)


@pytest.fixture
def parts(store: EvidenceStore) -> Parts:
    return Parts(store)


def send(parts: Parts, key: str, offset: int, content: bytes, *, most: int = len(CONTENT)) -> int:
    return parts.write(key, offset, io.BytesIO(content), most=most)


def files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_file_in_parts_is_kept_byte_for_byte(parts: Parts, store: EvidenceStore) -> None:
    key, name = parts.begin("记录.txt", len(CONTENT))

    assert send(parts, key, 0, CONTENT[:200]) == 200
    assert send(parts, key, 200, CONTENT[200:]) == len(CONTENT)
    kept = parts.complete(key, name)

    with store.open(kept.storage_key) as file:
        assert file.read() == CONTENT
    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert files_in(store.root / "parts") == []


def test_a_part_that_is_sent_twice_is_there_once(parts: Parts) -> None:
    key, _ = parts.begin("a.txt", len(CONTENT))

    send(parts, key, 0, CONTENT[:200])
    assert send(parts, key, 0, CONTENT[:200]) == 200
    assert send(parts, key, 100, CONTENT[100:300]) == 300


@pytest.mark.parametrize("offset", [1, 500, -1])
def test_a_part_from_beyond_what_has_come_is_left_alone(parts: Parts, offset: int) -> None:
    key, _ = parts.begin("a.txt", len(CONTENT))

    assert send(parts, key, offset, b"x") == 0


def test_a_connection_lost_in_a_part_loses_only_what_had_not_come(parts: Parts) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            chunk = super().read(100)
            if self.tell() > 200:
                raise ConnectionResetError
            return chunk

    key, _ = parts.begin("a.txt", len(CONTENT))
    with pytest.raises(ConnectionResetError):
        parts.write(key, 0, Torn(CONTENT), most=len(CONTENT))

    assert parts.received(key) == 200


def test_more_than_was_announced_is_refused(parts: Parts) -> None:
    key, _ = parts.begin("a.txt", 100)

    with pytest.raises(BadEvidenceError) as refused:
        send(parts, key, 0, b"x" * 101, most=100)
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("录像.mp4", 2 * GIGABYTE, "too_large"),
        ("空.txt", 0, "empty"),
        ("游戏.exe", 10, "kind_not_allowed"),
        ("...", 10, "name"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_is_sent(
    parts: Parts, store: EvidenceStore, name: str, size: int, reason: str
) -> None:
    with pytest.raises(BadEvidenceError) as refused:
        parts.begin(name, size)
    assert refused.value.reason == reason
    assert files_in(store.root.parent) == []


def test_a_full_disk_is_noticed_before_a_byte_is_sent(
    parts: Parts, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "free_bytes", lambda: 600 * 1024 * 1024)
    store.max_bytes = GIGABYTE

    assert parts.begin("a.mp4", 1024)
    with pytest.raises(BadEvidenceError) as refused:
        parts.begin("b.mp4", 200 * 1024 * 1024)
    assert refused.value.reason == "no_room"


def test_a_complete_file_that_lies_about_itself_leaves_nothing(
    parts: Parts, store: EvidenceStore
) -> None:
    key, name = parts.begin("照片.png", len(PROGRAM))
    send(parts, key, 0, PROGRAM)

    with pytest.raises(BadEvidenceError) as refused:
        parts.complete(key, name)
    assert refused.value.reason == "not_what_it_says"
    assert files_in(store.root) == []


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 32])
def test_a_key_that_is_none_finds_nothing(parts: Parts, key: str) -> None:
    for act in (lambda: parts.received(key), lambda: parts.complete(key, "a.txt")):
        with pytest.raises(NotFoundError):
            act()


def test_parts_that_nobody_sends_more_of_are_found(parts: Parts, store: EvidenceStore) -> None:
    old, _ = parts.begin("a.png", len(PNG))
    new, _ = parts.begin("b.png", len(PNG))
    when = datetime.now(UTC) - timedelta(days=1)
    os.utime(store.root / "parts" / old, (0, 0))

    assert list(parts.older_than(when)) == [old]
    parts.drop(old)
    parts.drop(old)
    assert parts.received(new) == 0


@given(st.lists(st.integers(1, 200), max_size=12), st.data())
def test_whatever_is_lost_on_the_way_the_file_comes_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], data: st.DataObject
) -> None:
    store = EvidenceStore(tmp_path_factory.mktemp("parts"), 100_000)
    parts = Parts(store)
    key, name = parts.begin("a.txt", len(CONTENT))
    for cut in cuts:
        offset = parts.received(key) - data.draw(st.integers(0, 50))
        send(parts, key, max(0, offset), CONTENT[max(0, offset) : offset + cut])
    send(parts, key, parts.received(key), CONTENT[parts.received(key) :])

    assert parts.complete(key, name).sha256 == hashlib.sha256(CONTENT).hexdigest()
