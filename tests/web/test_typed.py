"""Typed text that the tool keeps for browsers that keep nothing of a framed page."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from lti_tool.domain.launch import Role
from lti_tool.persistence import typed_texts
from lti_tool.persistence.people import Account
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

WORDS = "第二段里我确认过订单号。"


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def keeper(client: FlaskClient, home: str) -> str:
    """Where a page of the session brings text."""
    found = re.search(r'data-keeper="([^"]+)"', client.get(f"{home}/student/progress").text)
    assert found is not None
    return unescape(found[1])


def test_text_brought_after_the_session_ended_is_read_in_the_next(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn, learner: Account
) -> None:
    home = sign_in(learner, Role.STUDENT)
    where = keeper(client, home)
    classroom.now += timedelta(hours=9)

    assert client.post(where, data={"name": "form", "text": WORDS}).status_code == 204

    assert client.get(f"{home}/typed/").status_code == 401
    assert client.get(f"{sign_in(learner, Role.STUDENT)}/typed/").json == {"form": WORDS}
    stranger = sign_in(classroom.enrol("李小龙"), Role.STUDENT)
    assert client.get(f"{stranger}/typed/").json == {}


def test_an_empty_text_is_forgotten(client: FlaskClient, sign_in: SignIn, learner: Account) -> None:
    home = sign_in(learner, Role.STUDENT)
    where = keeper(client, home)
    client.post(where, data={"name": "form", "text": WORDS})
    client.post(where, data={"name": "form", "text": ""})
    assert client.get(f"{home}/typed/").json == {}


def test_an_address_that_is_changed_or_a_week_old_takes_nothing(
    client: FlaskClient, classroom: Classroom, sign_in: SignIn, learner: Account
) -> None:
    where = keeper(client, sign_in(learner, Role.STUDENT))
    form = {"name": "form", "text": WORDS}
    assert client.post(f"{where}x", data=form).status_code == 404
    classroom.now += timedelta(days=8)
    assert client.post(where, data=form).status_code == 404


def test_what_is_too_large_or_has_no_name_is_refused(
    client: FlaskClient, sign_in: SignIn, learner: Account
) -> None:
    where = keeper(client, sign_in(learner, Role.STUDENT))
    large = "x" * (typed_texts.MAX_TEXT + 1)
    assert client.post(where, data={"name": "form", "text": large}).status_code == 413
    assert client.post(where, data={"text": WORDS}).status_code == 413
