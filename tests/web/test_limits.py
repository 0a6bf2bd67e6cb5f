"""How often somebody may knock, and that a whole class and a whole school may."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.launch import Role
from lti_tool.settings import Settings
from lti_tool.web.limiter import MOST_KEYS, Limit, Limiter, TooManyRequestsError
from lti_tool.web.limits import ADDRESS, LAUNCH, LOGIN, UPLOAD
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
LIMIT = Limit("some", 3, 0.5)


def admitted(limiter: Limiter, limit: Limit, who: object, now: datetime) -> bool:
    try:
        limiter.admit(limit, str(who), now)
    except TooManyRequestsError:
        return False
    return True


def test_as_many_as_allowed_come_at_once_and_then_one_as_time_passes() -> None:
    limiter = Limiter()
    assert [admitted(limiter, LIMIT, "me", NOON) for _ in range(5)] == [True] * 3 + [False] * 2
    assert not admitted(limiter, LIMIT, "me", NOON + timedelta(seconds=1))
    assert admitted(limiter, LIMIT, "me", NOON + timedelta(seconds=2))
    assert not admitted(limiter, LIMIT, "me", NOON + timedelta(seconds=2))


def test_one_persons_haste_is_not_anothers() -> None:
    limiter = Limiter()
    for _ in range(5):
        admitted(limiter, LIMIT, "me", NOON)
    assert admitted(limiter, LIMIT, "you", NOON)


@given(st.lists(st.floats(0, 120), min_size=1, max_size=60))
def test_no_pattern_of_knocks_gets_more_through_than_the_limit(moments: list[float]) -> None:
    limiter = Limiter()
    times = sorted(moments)
    through = [at for at in times if admitted(limiter, LIMIT, "me", NOON + timedelta(seconds=at))]
    for first, begin in enumerate(through):
        for last, end in enumerate(through[first:], start=1):
            assert last <= LIMIT.at_once + (end - begin) * LIMIT.per_second + 1e-3


@given(st.integers(1, 10))
def test_who_waits_as_long_as_told_gets_in(knocks: int) -> None:
    limiter = Limiter()
    for _ in range(LIMIT.at_once):
        limiter.admit(LIMIT, "me", NOON)
    for _ in range(knocks):
        with pytest.raises(TooManyRequestsError) as refused:
            limiter.admit(LIMIT, "me", NOON)
    assert admitted(limiter, LIMIT, "me", NOON + timedelta(seconds=refused.value.seconds))


class Processes:
    """Several that count together, through a table as the database keeps it."""

    def __init__(self, number: int) -> None:
        self.told: list[float] = []
        self._full_at: dict[str, float] = {}
        self._limiters = [Limiter(self._tell) for _ in range(number)]

    def _tell(self, who: str, span: float, now: float) -> float:
        self.told.append(span)
        self._full_at[who] = max(self._full_at.get(who, now), now) + span
        return self._full_at[who]

    def admitted(self, process: int, limit: Limit, now: datetime) -> bool:
        return admitted(self._limiters[process % len(self._limiters)], limit, "me", now)


TENTH = Limit("tenth", 60, 1.0)


def test_processes_let_in_what_one_would_and_each_a_tenth_more() -> None:
    one, four = (
        sum(processes.admitted(number, TENTH, NOON) for number in range(600))
        for processes in (Processes(1), Processes(4))
    )
    assert one == TENTH.at_once
    assert TENTH.at_once <= four <= TENTH.at_once + 4 * TENTH.share


def test_a_steady_stream_over_several_processes_gets_no_more_than_the_rate() -> None:
    """Five a second for ten minutes, where one a second may."""
    processes = Processes(4)
    through = sum(
        processes.admitted(number, TENTH, NOON + timedelta(seconds=number / 5))
        for number in range(3000)
    )
    assert through <= TENTH.at_once + 600 + 4 * TENTH.share


def test_who_knocks_now_and_then_costs_no_statement() -> None:
    processes = Processes(4)
    for number in range(600):
        assert processes.admitted(number, TENTH, NOON + timedelta(seconds=number * 11))
    assert processes.told == []


def test_a_whole_school_costs_a_statement_for_a_tenth_of_the_limit() -> None:
    processes = Processes(1)
    for number in range(10_000):
        assert processes.admitted(0, ADDRESS, NOON + timedelta(seconds=300 * number / 10_000))
    assert len(processes.told) == 10_000 // ADDRESS.share


def test_the_memory_of_knocks_is_bounded() -> None:
    limiter = Limiter()
    for number in range(MOST_KEYS + 10):
        limiter.admit(LIMIT, number, NOON)
    assert len(limiter._buckets) <= MOST_KEYS


def test_a_school_of_five_thousand_enters_from_one_address_in_five_minutes() -> None:
    limiter = Limiter()
    for number in range(5000):
        now = NOON + timedelta(seconds=300 * number / 5000)
        limiter.admit(ADDRESS, "203.0.113.7", now)  # login
        limiter.admit(ADDRESS, "203.0.113.7", now)  # launch
        limiter.admit(LOGIN, number, now)
        limiter.admit(LAUNCH, number, now)


def test_four_classes_of_sixty_enter_from_one_address_within_a_second() -> None:
    limiter = Limiter()
    for _ in range(4 * 60 * 2):
        limiter.admit(ADDRESS, "203.0.113.7", NOON)


def log_in(client: FlaskClient, hint: str = "7", **headers: str) -> int:
    parameters = {"iss": "https://lms.example", "client_id": "client", "login_hint": hint}
    parameters["target_link_uri"] = "https://tool.example/lti/launch"
    return client.post("/lti/login", data=parameters, headers=headers).status_code


def test_a_person_who_logs_in_too_often_reads_how_long_to_wait(client: FlaskClient) -> None:
    assert {log_in(client) for _ in range(LOGIN.at_once)} == {302}
    parameters = {"iss": "https://lms.example", "client_id": "client", "login_hint": "7"}
    answer = client.post("/lti/login", data=parameters)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert "请等待 1 秒后再试" in answer.text
    assert log_in(client, "8") == 302


def test_uploads_of_one_session_are_limited_before_they_are_read(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn
) -> None:
    home = sign_in(classroom.enrol("学生"), Role.STUDENT)

    def upload(prefix: str) -> int:
        form = {"files": (BytesIO(b"x"), "x.txt")}
        return client.post(
            f"{prefix}/student/nothing", data=form, content_type="multipart/form-data"
        ).status_code

    assert {upload(home) for _ in range(UPLOAD.at_once)} == {404}
    assert upload(home) == 429
    assert upload(sign_in(classroom.enrol("同学"), Role.STUDENT)) == 404


def test_what_one_process_counted_another_on_the_same_database_knows(
    app: Flask, settings: Settings, catalogue: Catalogue
) -> None:
    parts = [build_parts(settings, catalogue=catalogue, clock=lambda: NOON) for _ in range(2)]
    first, second = (create_app(each).test_client() for each in parts)
    assert {log_in(first) for _ in range(LOGIN.at_once)} == {302}
    through = [log_in(second) for _ in range(LOGIN.at_once)].count(302)
    assert through == LOGIN.share
    for each in parts:
        each.database.close()


@pytest.fixture
def proxied(app: Flask, settings: Settings, catalogue: Catalogue) -> Iterator[FlaskClient]:
    """The application behind one declared proxy."""
    parts = build_parts(replace(settings, proxies=1), catalogue=catalogue, clock=lambda: NOON)
    yield create_app(parts).test_client()
    parts.database.close()


def test_an_address_is_the_one_our_own_proxy_heard_from(
    proxied: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.web.limits.ADDRESS", Limit("address", 2, 1.0))

    def knock(forwarded: str) -> int:
        return log_in(proxied, forwarded, **{"X-Forwarded-For": forwarded})

    assert [knock(f"{made_up}, 203.0.113.7") for made_up in "123"] == [302, 302, 429]
    assert knock("1, 203.0.113.8") == 302


def test_nobody_is_counted_by_address_behind_a_proxy_that_was_not_declared(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.web.limits.ADDRESS", Limit("address", 2, 1.0))
    assert {log_in(client, str(number)) for number in range(5)} == {302}
