"""Faults, the log and parallel requests, over real HTTP where it matters."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server

from lti_tool.sandbox import Fault, LineItem, Platform
from lti_tool.sandbox.claims import SCOPES
from tests.sandbox.calls import SCORE, GradeService


@pytest.fixture
def service(client: FlaskClient, platform: Platform) -> GradeService:
    return GradeService(client, platform)


@pytest.fixture
def live_url(app: Flask) -> Iterator[str]:
    """The sandbox behind waitress, on a free port.

    The server is closed by its own loop: closing its sockets under a running loop breaks it.
    """
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run)

    def close() -> None:
        for each in list(sockets.values()):
            each.close()

    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(close)
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()


def post_score(live_url: str, platform: Platform, item: LineItem) -> requests.Response:
    path = platform.addresses.line_item(item.id).removeprefix("http://localhost:8081")
    path, _, query = path.partition("?")
    token = platform.tokens.issue(frozenset(SCOPES))
    score = {
        "userId": platform.students[0].user_id,
        "scoreGiven": 80,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": platform.now().isoformat(),
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": SCORE}
    url = f"{live_url}{path}/scores?{query}"
    return requests.post(url, json=score, headers=headers, timeout=5)


def test_a_status_fault_strikes_one_request_and_changes_nothing(service: GradeService) -> None:
    item = service.platform.add_line_item(LineItem(0, "B", 100))
    service.platform.faults.add(Fault("status", status=429, headers={"Retry-After": "7"}))

    struck = service.score(item)
    after = service.score(item)

    assert (struck.status_code, struck.headers["Retry-After"]) == (429, "7")
    assert after.status_code == 200
    assert len(service.platform.grades(item.id)) == 1


def test_faults_strike_in_order(service: GradeService) -> None:
    service.platform.faults.add(Fault("status", status=500), Fault("status", status=503))

    assert [service.container().status_code for _ in range(3)] == [500, 503, 200]
    assert len(service.platform.faults) == 0


def test_a_delayed_answer_comes_late(service: GradeService) -> None:
    service.platform.faults.add(Fault("delay", seconds=0.2))
    began = time.monotonic()

    assert service.container().status_code == 200
    assert time.monotonic() - began >= 0.2


def test_every_call_is_logged_with_its_status(service: GradeService) -> None:
    item = service.platform.add_line_item(LineItem(0, "B", 100))
    service.score(item)
    service.score(item, userId="nobody at all")

    first, second = service.platform.requests

    assert (first.method, first.status) == ("POST", 200)
    assert first.path.endswith("/scores")
    assert '"scoreGiven": 80' in first.body
    assert first.headers["Content-Type"] == SCORE
    assert first.at == service.platform.now()
    assert second.status >= 400


def test_a_dropped_answer_leaves_the_score_in_the_gradebook(
    live_url: str, platform: Platform
) -> None:
    item = platform.add_line_item(LineItem(0, "B", 100))
    platform.faults.add(Fault("drop_after_accept"))

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post_score(live_url, platform, item)

    assert len(platform.grades(item.id)) == 1
    assert platform.requests[0].dropped


def test_of_six_parallel_scores_moodle_takes_one(live_url: str, moodle: Platform) -> None:
    item = moodle.add_line_item(LineItem(0, "B", 100))

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(lambda _: post_score(live_url, moodle, item), range(6)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert len(moodle.requests) == 6


def test_both_platforms_serve_many_at_once(live_url: str, platform: Platform) -> None:
    def add(number: int) -> int:
        return platform.add_activity(f"A{number}").id

    with ThreadPoolExecutor(max_workers=8) as pool:
        numbers = list(pool.map(add, range(40)))
        pages = list(pool.map(lambda _: requests.get(f"{live_url}/", timeout=5), range(8)))

    assert len(set(numbers)) == len(platform.activities) == 40
    assert {page.status_code for page in pages} == {200}
