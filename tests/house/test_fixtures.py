"""What every test may rely on: an own migrated database of each kind, and no way out."""

import socket

import pytest
import requests
from sqlalchemy import text

from lti_tool.persistence.database import Database
from tests.loopback import OutsideConnection


def test_each_database_is_reached_over_its_own_engine(
    database: Database, database_url: str
) -> None:
    database.ping()
    assert database_url.startswith(database.engine.dialect.name)


@pytest.mark.parametrize("_run", [1, 2])
def test_a_database_holds_nothing_from_another_test(database: Database, _run: int) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_a_request_to_another_machine_fails_loudly() -> None:
    with pytest.raises(OutsideConnection):
        requests.get("https://lms.example/", timeout=1)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_to_an_outside_address_fails_loudly(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(OutsideConnection):
        outside.connect((host, 9))


def test_a_loopback_address_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("localhost", port), timeout=5).close()
