"""The mail server over real SMTP: plain, TLS, STARTTLS, passwords, refusals."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from lti_tool.delivery.smtp import (
    AddressRefusedError,
    MailTroubleError,
    connected,
    mail_server,
    mail_server_problem,
)
from tests.delivery.mailbox import Certificates, Mailbox, certificates, serving


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(Path(tmp_path_factory.mktemp("mail")))


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@tool.example", "b@x.example", "达标"
    message.set_content("新消息")
    return message


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password"),
    [
        ("smtp://mail.example", "mail.example", 25, None, ""),
        ("smtps://u:p%40ss@mail.example", "mail.example", 465, "u", "p@ss"),
        ("smtp+starttls://a%40b:c@mail.example", "mail.example", 587, "a@b", "c"),
        ("smtp://mail.example:2525", "mail.example", 2525, None, ""),
    ],
    ids=["plain", "tls", "starttls", "port"],
)
def test_a_url_names_the_server(
    url: str, host: str, port: int, user: str | None, password: str
) -> None:
    found = mail_server(url)

    assert (found.host, found.port, found.user, found.password) == (host, port, user, password)


def test_several_mails_go_over_one_connection() -> None:
    with serving(Mailbox()) as mailbox, connected(mail_server(mailbox.url())) as send:
        send(letter())
        send(letter())

    assert [each["Subject"] for each in mailbox.arrived] == ["达标", "达标"]
    assert not mailbox.was_secure


def test_tls_is_used_where_it_is_offered(trust: Certificates) -> None:
    with (
        serving(Mailbox(), starttls=trust.server) as mailbox,
        connected(mail_server(mailbox.url()), trust.client) as send,
    ):
        send(letter())

    assert mailbox.was_secure


def test_tls_from_the_first_byte_with_a_password(trust: Certificates) -> None:
    with serving(Mailbox(password="geheim"), tls=trust.server) as mailbox:
        server = mail_server(mailbox.url("smtps", "user:geheim@"))
        with connected(server, trust.client) as send:
            send(letter())

    assert mailbox.was_signed_in


def test_a_certificate_nobody_trusts_is_refused(trust: Certificates) -> None:
    with serving(Mailbox(), starttls=trust.server) as mailbox:
        problem = mail_server_problem(mail_server(mailbox.url()))

    assert problem == "SSLCertVerificationError"


def test_required_tls_that_is_not_offered_is_no_connection() -> None:
    with serving(Mailbox()) as mailbox:
        problem = mail_server_problem(mail_server(mailbox.url("smtp+starttls")))

    assert problem == "SMTPNotSupportedError"


def test_a_wrong_password_is_said_without_the_servers_words() -> None:
    with serving(Mailbox(password="geheim")) as mailbox:
        problem = mail_server_problem(mail_server(mailbox.url(who="user:falsch@")))

    assert problem == "SMTPAuthenticationError 535"


def test_a_server_that_is_not_there_is_trouble_for_everybody() -> None:
    with serving(Mailbox()) as mailbox:
        gone = mailbox.url()

    with pytest.raises(MailTroubleError) as caught, connected(mail_server(gone)):
        pass

    assert (caught.value.reason, caught.value.everybody) == ("ConnectionRefusedError", True)


def test_a_good_server_has_no_problem_and_is_sent_nothing() -> None:
    with serving(Mailbox()) as mailbox:
        assert mail_server_problem(mail_server(mailbox.url())) is None

    assert mailbox.arrived == []


def test_an_address_that_does_not_exist_is_refused_for_good() -> None:
    with (
        serving(Mailbox(recipient="550 no such user b@x.example")) as mailbox,
        connected(mail_server(mailbox.url())) as send,
        pytest.raises(AddressRefusedError) as caught,
    ):
        send(letter())

    assert caught.value.reason == "550"


@pytest.mark.parametrize(
    ("recipient", "content", "reason"),
    [("451 later", "250 OK", "451"), ("250 OK", "552 too large", "552")],
    ids=["address", "content"],
)
def test_other_refusals_concern_this_mail_now(recipient: str, content: str, reason: str) -> None:
    with (
        serving(Mailbox(recipient=recipient, content=content)) as mailbox,
        connected(mail_server(mailbox.url())) as send,
        pytest.raises(MailTroubleError) as caught,
    ):
        send(letter())

    assert (caught.value.reason, caught.value.everybody) == (reason, False)
