"""A school's LMS and the tool as two sites over https, for browsers that block cookies.

Both run in this process behind a certificate made for the occasion. ``lms.localhost`` and
``tool.localhost`` are two sites to a browser, and the tool is in the LMS's frame. Not here: the
browsers (``tests.chromium``, ``firefox``).
"""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID
from flask import Flask
from werkzeug.serving import make_server

from lti_tool.app import Parts, build_parts, create_app
from lti_tool.persistence.database import upgrade
from lti_tool.persistence.platforms import PlatformDetails, add_platform, approve_deployment
from lti_tool.sandbox import Registration, Sandbox, SandboxSettings, create_sandbox, registrations
from lti_tool.settings import read_settings
from tests.browser.demo import free_port

HOSTS = ("lms.localhost", "tool.localhost")
LIVES = timedelta(days=2)


@dataclass(frozen=True)
class TwoSites:
    """The two running sites; each activity is a new one."""

    tool_url: str
    sandbox: Sandbox

    def activity(self, manner: str) -> str:
        """The page of a new activity as the teacher sees it, with the tool in a frame."""
        platform = self.sandbox.platforms[manner]
        made = platform.add_activity("售后咨询实操")
        person = platform.teacher.user_id
        return f"{platform.addresses.issuer}/as/{person}/activities/{made.id}"


@contextmanager
def two_sites(folder: Path, *, platform_storage: bool = True) -> Iterator[TwoSites]:
    """The LMS and the tool, served until the block ends; ``folder`` is the tool's."""
    lms_url, tool_url = (f"https://{host}:{free_port()}" for host in HOSTS)
    settings = SandboxSettings(lms_url, tool_url, platform_storage=platform_storage)
    certificate = _certificate(folder)
    lms = create_sandbox(settings, class_size=1)
    with ExitStack() as ends:
        parts = _parts(folder, tool_url)
        ends.callback(parts.database.close)
        ends.callback(parts.http.close)
        keys = f"http://127.0.0.1:{ends.enter_context(_served(lms))}"
        for told in registrations(settings):
            _connect(parts, told, told.key_set_url.replace(lms_url, keys))
        ends.enter_context(_served(lms, lms_url, certificate))
        ends.enter_context(_served(create_app(parts), tool_url, certificate))
        sandbox: Sandbox = lms.extensions["sandbox"]
        yield TwoSites(tool_url, sandbox)


def _parts(folder: Path, tool_url: str) -> Parts:
    told = {"LTI_TOOL_DATA_DIR": str(folder), "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1"}
    settings = read_settings(told, default_base_url=tool_url)
    upgrade(settings.database_url, settings.migrations_dir)
    return build_parts(settings)


def _connect(parts: Parts, told: Registration, key_set_url: str) -> None:
    """The keys come over plain http: only the browser has been told of the certificate."""
    details = PlatformDetails(
        name=told.name,
        issuer=told.issuer,
        client_id=told.client_id,
        auth_login_url=told.auth_login_url,
        auth_token_url=told.auth_token_url,
        key_set_url=key_set_url,
    )
    with parts.database.transaction() as session:
        platform = add_platform(session, details, now=parts.clock())
        approve_deployment(session, platform, told.deployment_id, now=parts.clock())


@contextmanager
def _served(app: Flask, url: str = "", certificate: ssl.SSLContext | None = None) -> Iterator[int]:
    """The application answering at the port of ``url``, or at any; gives the port."""
    port = int(url.rpartition(":")[2]) if url else 0
    server = make_server("127.0.0.1", port, app, threaded=True, ssl_context=certificate)
    thread = Thread(target=server.serve_forever, name=url, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(folder: Path) -> ssl.SSLContext:
    """One that no browser trusts unless it is told to."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIVES)
        .not_valid_after(now + LIVES)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
