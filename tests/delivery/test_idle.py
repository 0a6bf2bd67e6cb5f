"""What delivery costs while nothing is due: on SQLite, a writer keeps every other one waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from lti_tool.app import Parts, build_engines, build_parts
from lti_tool.delivery.heartbeat import Heartbeat
from lti_tool.settings import read_settings

LONG = timedelta(days=2)


class Clock:
    """Stands until it is moved."""

    now = datetime(2026, 9, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Parts]:
    given = {"LTI_TOOL_DATABASE_URL": sqlite_url, "LTI_TOOL_DATA_DIR": str(tmp_path)}
    parts = build_parts(read_settings(given, default_base_url="https://tool.example"), clock=clock)
    yield parts
    parts.http.close()
    parts.database.close()


def test_nothing_but_the_sign_of_life_is_written_while_nothing_is_due(
    parts: Parts, clock: Clock
) -> None:
    begun: list[str] = []
    engines = [each for each in build_engines(parts) if not isinstance(each, Heartbeat)]
    for each in engines:
        each.deliver_due()
    event.listen(
        parts.database.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_rest: begun.append(statement),
    )
    clock.now += LONG
    assert not any(each.deliver_due() for each in engines)
    assert "BEGIN IMMEDIATE" not in begun
    assert "BEGIN" in begun
