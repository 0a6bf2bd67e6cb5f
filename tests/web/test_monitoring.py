"""What a monitor reads: ``/metrics`` for whoever has its token, and the id of each request."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.score import Score
from lti_tool.persistence import audit_log, line_items, scores
from lti_tool.settings import Settings
from tests.services.classroom import Classroom

TOKEN = "a token for the monitor, long enough"

LOGIN = {
    "iss": "https://nobody.example",
    "client_id": "x",
    "login_hint": "7",
    "target_link_uri": "https://tool.example/lti/launch",
}
"""Of a platform that is not connected."""

Served = Callable[..., FlaskClient]


@pytest.fixture
def served(settings: Settings, catalogue: Catalogue, classroom: Classroom) -> Iterator[Served]:
    """The application with some settings changed."""
    with ExitStack() as opened:

        def serve(**changes: object) -> FlaskClient:
            changed = replace(settings, **changes)  # type: ignore[arg-type] # the test's own names
            parts = build_parts(changed, clock=lambda: classroom.now, catalogue=catalogue)
            opened.callback(parts.database.close)
            return create_app(parts).test_client()

        yield serve


def read(client: FlaskClient, token: str = TOKEN) -> dict[str, float]:
    """The numbers of the page, by name with labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_metrics_are_for_whoever_has_the_token(served: Served, given: str) -> None:
    client = served(metrics_token=TOKEN)
    answer = client.get("/metrics", headers={"Authorization": given.encode("latin-1")})
    assert answer.status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None"])
def test_without_a_token_in_the_settings_nobody_reads_metrics(served: Served, given: str) -> None:
    assert served().get("/metrics", headers={"Authorization": given}).status_code == 404


def test_refusals_are_counted_by_reason(served: Served) -> None:
    client = served(metrics_token=TOKEN)
    name = 'lti_tool_refusals_total{reason="platform_unknown"}'
    before = read(client).get(name, 0)
    client.post("/lti/login", data=LOGIN)
    assert read(client)[name] == before + 1


def test_requests_are_timed_by_page_and_never_by_address(served: Served) -> None:
    client = served(metrics_token=TOKEN)
    client.get("/s/some-secret-token/teacher/")
    told = read(client)
    assert told['lti_tool_request_seconds_count{endpoint="teacher.home",status="4xx"}'] >= 1
    assert "some-secret-token" not in str(told)


def test_the_backlog_is_what_the_database_says(served: Served, classroom: Classroom) -> None:
    client = served(metrics_token=TOKEN)
    told = read(client)
    assert told["lti_tool_backlog"] == 0
    assert "lti_tool_backlog_oldest_seconds" not in told
    assert "lti_tool_backup_age_seconds" not in told
    learner = classroom.enrol("学生")
    with classroom.database.transaction() as session:
        item = line_items.ensure_line_item(
            session,
            course_id=classroom.course.id,
            resource_id="a",
            tag="grade",
            label="A",
            maximum=Decimal(10),
        )
        scores.queue_score(
            session,
            line_item_id=item.id,
            person_id=learner.id,
            score=Score(Decimal(8), Decimal(10), ""),
            now=classroom.now,
        )
        audit_log.note(session, "backup", "backup", actor_id=None, now=classroom.now)
    classroom.now += timedelta(minutes=2)
    told = read(client)
    assert told["lti_tool_backlog"] == 1
    assert told["lti_tool_backlog_oldest_seconds"] == 120
    assert told["lti_tool_backup_age_seconds"] == 120


def test_a_request_has_an_id_that_the_answer_tells(served: Served) -> None:
    client = served()
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(("proxies", "kept"), [(0, False), (1, True)])
def test_an_id_is_taken_over_from_a_proxy_of_ours_only(
    served: Served, proxies: int, kept: bool
) -> None:
    headers = {"X-Request-Id": "given-by-someone"}
    answer = served(proxies=proxies).get("/healthz", headers=headers)
    assert (answer.headers["X-Request-Id"] == "given-by-someone") is kept


def test_a_failure_of_ours_names_the_request_to_ask_for(served: Served) -> None:
    client = served()

    def broken() -> str:
        raise RuntimeError

    client.application.view_functions["launch.launch_by_hand"] = broken
    answer = client.get("/lti/launch")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    code = (
        "from lti_tool.telemetry import measures; measures.postponed('unreachable');"
        "from datetime import datetime, UTC;"
        "none = measures.Backlog(0, None, 0, None);"
        "print(measures.exposition(none, now=datetime.now(UTC)).decode())"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for count in (1, 2):
        command = [sys.executable, "-c", code]
        told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
        name = 'lti_tool_deliveries_total{outcome="postponed",reason="unreachable"}'
        assert f"{name} {count}.0" in told.decode()
