"""The school's mail server: how it is reached, and what it says to a mail.

Not here: which mails there are (``mailing``).
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PATIENCE_SECONDS = 20
PLAIN, SECURE, STARTTLS = "smtp", "smtps", "smtp+starttls"
PORTS = {PLAIN: 25, SECURE: 465, STARTTLS: 587}
"""25 is for a server in the house, 465 for TLS from the first byte (RFC 8314, 3.3), 587 for
submission that turns to TLS (RFC 6409)."""
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailTroubleError(Exception):
    """The server cannot be used, or not for this mail now; it may later. ``reason`` is its code or
    a word, never an address."""

    def __init__(self, reason: str, *, everybody: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.everybody = everybody
        """Whether the next mail would fare the same."""


class AddressRefusedError(Exception):
    """The server says that mail to this address will never arrive."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. ``user`` None: without signing in.

    ``smtp``: TLS where the server offers it; ``smtp+starttls``: never without; ``smtps``: TLS from
    the first byte. A password is never sent without TLS but to this very machine.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str = ""


def mail_server(url: str) -> MailServer:
    """The server of a URL that the settings have checked."""
    parts = urlsplit(url)
    return MailServer(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )


Send = Callable[[EmailMessage], None]


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext | None = None) -> Iterator[Send]:
    """A connection over which several mails go; the function raises AddressRefusedError or
    MailTroubleError for one. Raises MailTroubleError where there is no connection.

    ``context`` says which certificates are trusted; None: those the machine trusts.
    """
    link = _opened(server, context or ssl.create_default_context())
    try:
        yield lambda message: _send(link, message)
    finally:
        _end(link)


def mail_server_problem(server: MailServer, context: ssl.SSLContext | None = None) -> str | None:
    """Why no mail can be handed over, in a word, for the doctor; None where all is well. Sends
    nothing."""
    try:
        with connected(server, context):
            return None
    except MailTroubleError as trouble:
        return trouble.reason


def _opened(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    link: smtplib.SMTP | None = None
    try:
        link = _dialled(server, context)
        _sign_in(link, server, context)
    except (smtplib.SMTPException, OSError) as error:
        if link is not None:
            link.close()
        raise MailTroubleError(_reason(error), everybody=True) from error
    return link


def _dialled(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.scheme == SECURE:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)


def _sign_in(link: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    link.ehlo()
    offered = link.has_extn("starttls")
    if server.scheme == STARTTLS or (server.scheme == PLAIN and offered):
        link.starttls(context=context)
        link.ehlo()
    if server.user is None:
        return
    if server.scheme == PLAIN and not offered and server.host not in LOCAL:
        raise smtplib.SMTPNotSupportedError("no TLS for the password")
    link.login(server.user, server.password)


def _send(link: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        link.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _words in error.recipients.values())
        if code >= 500:
            raise AddressRefusedError(str(code)) from error
        raise MailTroubleError(str(code), everybody=False) from error
    except smtplib.SMTPDataError as error:
        raise MailTroubleError(str(error.smtp_code), everybody=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailTroubleError(_reason(error), everybody=True) from error


def _end(link: smtplib.SMTP) -> None:
    """Say goodbye; a server that does not listen any more has taken the mails all the same."""
    try:
        link.quit()
    except (smtplib.SMTPException, OSError):
        link.close()


def _reason(error: Exception) -> str:
    """A word for it: the server's code where it gave one. Its own words may hold addresses."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name} {error.smtp_code}"
    return name
