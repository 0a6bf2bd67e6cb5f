"""Log lines are JSON, and neither libraries nor exceptions bring anybody's data into them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from lti_tool.telemetry.log import HANDLER, configure_log
from lti_tool.telemetry.tracing import begin_request, request_header, request_of

log = structlog.get_logger()


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    structlog.contextvars.clear_contextvars()
    configure_log()


def only(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().err.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log()
    begin_request("a-request-1", "unused")
    log.warning("launch refused", reason="state_used", detail="一\n二")
    told = only(capsys)
    assert told.pop("timestamp")
    assert told == {
        "event": "launch refused",
        "level": "warning",
        "reason": "state_used",
        "detail": "一\n二",
        "request_id": "a-request-1",
    }


@pytest.mark.parametrize(
    "said",
    [
        "GET /s/5Yb0Wq8gJz0aWq1x/teacher/",
        "/enter/5Yb0Wq8gJz0aWq1x",
        "Retrying: /mod/lti/services.php?user_id=wang.yuxin",
        "from https://lms.example/x?login_hint=wang.yuxin to",
        "Authorization: Bearer 5Yb0Wq8gJz0aWq1x",
        "id_token=eyJhbGciOiJ5Yb0Wq8gJz0aWq1x.eyJ5Yb0Wq8gJz0aWq1x.abc",
        "mail to wang.yuxin@school.example failed",
    ],
)
@pytest.mark.parametrize("library", [True, False], ids=["library", "own"])
def test_what_could_let_somebody_in_or_name_somebody_is_masked(
    said: str, library: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log()
    if library:
        logging.getLogger("some.library").warning("%s", said)
    else:
        log.warning("event", detail=said)
    line = capsys.readouterr().err
    assert json.loads(line)["level"] == "warning"
    assert "5Yb0Wq8gJz0aWq1x" not in line
    assert "wang.yuxin" not in line


def test_an_exception_is_told_by_type_and_place_and_not_in_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_log()
    try:
        try:
            raise LookupError("王雨欣")
        except LookupError as error:
            raise ValueError("Key (name)=(王雨欣) exists") from error
    except ValueError:
        log.exception("failed")
    told = only(capsys)
    assert "王雨欣" not in str(told)
    assert [each["type"] for each in told["exception"]] == [
        "builtins.ValueError",
        "builtins.LookupError",
    ]
    assert "test_log.py" in told["exception"][0]["at"][-1]


def test_an_exception_that_a_library_logs_is_told_alike(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_log()
    try:
        raise ValueError("王雨欣")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    told = only(capsys)
    assert "王雨欣" not in str(told)
    assert told["exception"][0]["type"] == "builtins.ValueError"


def test_for_eyes_a_line_is_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(as_json=False)
    log.info("score was delivered", score=7)
    assert 'event="score was delivered" score=7' in capsys.readouterr().err


def test_a_quiet_log_says_only_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(as_json=False, least=logging.WARNING)
    log.info("score was delivered", score=7)
    log.warning("score was refused", score=8)
    assert [line.split()[-1] for line in capsys.readouterr().err.splitlines()] == ["score=8"]


def test_configuring_twice_logs_once() -> None:
    configure_log()
    configure_log()
    assert [each.name for each in logging.getLogger().handlers].count(HANDLER) == 1


@pytest.mark.parametrize(
    "given", [None, "", "short", "x" * 65, "two\nlines-of-it", "名字名字名字名字"]
)
def test_an_id_that_could_break_a_line_is_replaced(given: str | None) -> None:
    assert begin_request(given, "fresh-id-1") == "fresh-id-1"
    assert request_header() == {"X-Request-Id": "fresh-id-1"}


def test_a_delivery_has_the_id_of_the_request_it_comes_from_and_then_none() -> None:
    structlog.contextvars.clear_contextvars()
    with request_of("from-a-teacher"):
        assert request_header() == {"X-Request-Id": "from-a-teacher"}
    assert request_header() == {}
