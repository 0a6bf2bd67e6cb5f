"""A mail server that keeps what it is given, and refuses as it is told to."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
TAKEN = "250 OK"


@dataclass
class Mailbox:
    """What arrived. ``recipient`` and ``content`` answer each address and each mail; ``password``
    None: nobody can sign in."""

    arrived: list[EmailMessage] = field(default_factory=list)
    recipient: str = TAKEN
    content: str = TAKEN
    password: str | None = None
    was_secure: bool = False
    was_signed_in: bool = False
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.recipient == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.content == TAKEN:
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.arrived.append(message)
            self.was_secure = session.ssl is not None
            self.was_signed_in = bool(session.authenticated)
        return self.content

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password.decode() == self.password
        return AuthResult(success=right, handled=False)

    def url(self, scheme: str = "smtp", who: str = "") -> str:
        return f"{scheme}://{who}{HOST}:{self.port}"


@contextmanager
def serving(
    mailbox: Mailbox, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Mailbox]:
    """Serve the mailbox until the block ends; ``starttls`` is offered, ``tls`` is from the first
    byte."""
    loop = asyncio.new_event_loop()

    def made() -> SMTP:
        return SMTP(
            mailbox,
            hostname=HOST,
            tls_context=starttls,
            authenticator=mailbox.authenticate if mailbox.password else None,
            auth_require_tls=False,
            loop=loop,
        )

    async def begin() -> asyncio.Server:
        return await loop.create_server(made, HOST, 0, ssl=tls)

    # In a thread of its own throughout: a browser's loop may run in this one.
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True)
class Certificates:
    """A server's own certificate, and who trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def certificates(folder: Path) -> Certificates:
    """One that only ``client`` trusts."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    pem = serialization.Encoding.PEM
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, form, bare) + made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return Certificates(server, ssl.create_default_context(cafile=str(path)))
