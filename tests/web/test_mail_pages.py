"""Mail of one person on pages: stopped by the link in it, and in the inbox; its health."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.launch import Role
from lti_tool.persistence import mailings
from lti_tool.persistence.people import Account, PersonRow
from lti_tool.settings import Settings, SettingsError, read_settings
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

EMAIL = "chen@school.example"
TOKEN = "a-token-nobody-guesses"


@pytest.fixture
def app(classroom: Classroom, settings: Settings, catalogue: Catalogue) -> Iterator[Flask]:
    """An application that sends mail, with its CSRF checks on but for the session's pages."""
    sending = replace(settings, smtp_url="smtp://127.0.0.1", mail_from="a@tool.example")
    parts = build_parts(sending, clock=lambda: classroom.now, catalogue=catalogue)
    yield create_app(parts)
    parts.database.close()


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    found = classroom.enrol("陈思雨")
    with classroom.database.transaction() as session:
        session.execute(update(PersonRow).where(PersonRow.id == found.id).values(email=EMAIL))
        mailings.note_person(session, found.id, TOKEN)
    return found


def stopped(classroom: Classroom, who: Account) -> bool:
    with classroom.reading() as session:
        return mailings.addressee(session, who.id).stopped


def test_looking_at_the_link_stops_nothing(
    client: FlaskClient, classroom: Classroom, learner: Account
) -> None:
    page = client.get(f"/mail/{TOKEN}")

    assert page.status_code == 200
    assert "不再接收邮件？" in page.text
    assert EMAIL not in page.text
    assert learner.name not in page.text
    assert not stopped(classroom, learner)


def test_a_mail_program_stops_mail_with_one_post_and_no_session(
    client: FlaskClient, classroom: Classroom, learner: Account
) -> None:
    answer = client.post(f"/mail/{TOKEN}", data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert stopped(classroom, learner)
    client.post(f"/mail/{TOKEN}", data={"again": "1"})
    assert not stopped(classroom, learner)


def test_a_link_nobody_was_sent_is_not_found(client: FlaskClient, learner: Account) -> None:
    assert client.get("/mail/unknown").status_code == 404
    assert client.post("/mail/unknown").status_code == 404


def test_the_inbox_shows_where_mail_goes_and_stops_it(
    app: Flask, client: FlaskClient, classroom: Classroom, learner: Account, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    home = sign_in(learner, Role.STUDENT, data={"language": "en"})
    assert EMAIL in client.get(f"{home}/notifications/").text

    assert client.post(f"{home}/notifications/mail", data={"stop": "1"}).status_code == 303

    assert stopped(classroom, learner)
    assert "Send me e-mail again" in client.get(f"{home}/notifications/").text
    client.post(f"{home}/notifications/mail")
    assert not stopped(classroom, learner)


def test_the_inbox_says_when_the_lms_gave_no_address_or_the_server_refused_it(
    client: FlaskClient, classroom: Classroom, learner: Account, sign_in: SignIn
) -> None:
    other = sign_in(classroom.enrol("李小龙"), Role.STUDENT, data={"language": "en"})
    home = sign_in(learner, Role.STUDENT, data={"language": "en"})
    with classroom.database.transaction() as session:
        mailings.note_refused(session, learner.id, EMAIL, "550")

    assert "Your LMS gave no address" in client.get(f"{other}/notifications/").text
    assert f"refused {EMAIL}" in client.get(f"{home}/notifications/").text


def test_health_counts_refused_addresses_and_names_none(
    client: FlaskClient, classroom: Classroom, learner: Account, sign_in: SignIn
) -> None:
    with classroom.database.transaction() as session:
        mailings.note_refused(session, learner.id, EMAIL, "550")
    admin = sign_in(classroom.teacher, Role.ADMINISTRATOR, course=False)

    page = client.get(f"{admin}/admin/health").text

    assert "被邮件服务器拒收的地址</dt><dd>1</dd>" in page
    assert "550" in page
    assert EMAIL not in page


@pytest.mark.parametrize(
    ("url", "sender", "names"),
    [
        ("smtp://mail.example", "Dabiao <a@school.example>", ()),
        ("mail.example", "a@school.example", ("SMTP_URL",)),
        ("https://mail.example", "a@school.example", ("SMTP_URL",)),
        ("smtp://mail.example:port", "a@school.example", ("SMTP_URL",)),
        ("smtps://", "a@school.example", ("SMTP_URL",)),
        ("smtps://mail.example", "", ("MAIL_FROM",)),
        ("smtps://mail.example", "Dabiao", ("MAIL_FROM",)),
        ("smtps://mail.example", "a@b.example\r\nBcc: c@d.example", ("MAIL_FROM",)),
        ("smtps://u:geheim@", "x", ("SMTP_URL", "MAIL_FROM")),
    ],
    ids=["good", "no scheme", "https", "port", "no host", "unset", "a name", "header", "both"],
)
def test_settings_say_what_is_wrong_about_mail_and_no_password(
    tmp_path: object, url: str, sender: str, names: tuple[str, ...]
) -> None:
    given = {"LTI_TOOL_DATA_DIR": str(tmp_path), "LTI_TOOL_SMTP_URL": url}
    given["LTI_TOOL_MAIL_FROM"] = sender
    if not names:
        assert read_settings(given, default_base_url="https://t.example").smtp_url == url
        return
    with pytest.raises(SettingsError) as caught:
        read_settings(given, default_base_url="https://t.example")

    assert [each.split(":")[0] for each in caught.value.problems] == [
        f"LTI_TOOL_{name}" for name in names
    ]
    assert "geheim" not in str(caught.value)
