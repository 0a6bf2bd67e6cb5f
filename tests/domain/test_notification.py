"""When a mail about something is due, and for whom each kind is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lti_tool.domain.launch import Role
from lti_tool.domain.notification import (
    KINDS,
    SOON,
    Manner,
    NotificationKind,
    Told,
    kinds_for,
    mail_time,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=ZONE)


def test_every_kind_is_for_somebody() -> None:
    assert KINDS.keys() == set(NotificationKind)


def test_a_person_is_told_what_concerns_their_roles() -> None:
    for_teachers = kinds_for(frozenset({Role.TEACHER}))

    assert NotificationKind.SUBMITTED in for_teachers
    assert NotificationKind.RELEASED not in for_teachers
    assert kinds_for(frozenset({Role.TEACHER, Role.STUDENT})) == set(NotificationKind)
    assert kinds_for(frozenset({Role.REGISTRAR})) == set()


def test_a_student_is_written_to_within_minutes() -> None:
    assert mail_time(NotificationKind.RELEASED, NOON, ZONE) == NOON + SOON


@pytest.mark.parametrize(
    ("hour", "days"), [(0, 0), (12, 0), (17, 0), (18, 1), (23, 1)], ids="at {}".format
)
def test_a_teacher_gets_one_mail_in_the_evening(hour: int, days: int) -> None:
    expected = NOON.replace(hour=18) + timedelta(days=days)

    assert mail_time(NotificationKind.SUBMITTED, NOON.replace(hour=hour), ZONE) == expected


def test_the_evening_is_the_schools() -> None:
    utc = datetime(2026, 9, 1, 9, 59, tzinfo=ZoneInfo("UTC"))

    assert mail_time(NotificationKind.SUBMITTED, utc, ZONE) == NOON.replace(hour=18)
    assert Told(Role.TEACHER, Manner.EVENING) == KINDS[NotificationKind.SUBMITTED]
