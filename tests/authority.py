"""A school's own certificate authority, and servers whose certificates it signs."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """Its certificate as a file, and what it signs with."""

    path: Path
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    def below(self, name: str) -> "Authority":
        """An authority that this one vouches for."""
        return _made(self.path.with_name(f"{name}.pem"), name, self, 30 * DAY)

    def server(self, host: str = "127.0.0.1", *, lives: timedelta = DAY) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for an address and no chain."""
        key = generate_private_key(SECP256R1())
        place = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(host))])
        made = _begun(host, key, lives, self).add_extension(place, critical=False)
        path = self.path.with_name(f"server-{x509.random_serial_number()}.pem")
        form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        signed = made.sign(self.key, hashes.SHA256())
        path.write_bytes(key.private_bytes(PEM, form, bare) + signed.public_bytes(PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def authority(folder: Path, *, lives: timedelta = 365 * DAY) -> Authority:
    """One that nobody trusts yet; its certificate begins three days ago."""
    return _made(folder / "authority.pem", "School CA", None, lives)


def _made(path: Path, name: str, above: Authority | None, lives: timedelta) -> Authority:
    key = generate_private_key(SECP256R1())
    rights = x509.BasicConstraints(ca=True, path_length=None)
    begun = _begun(name, key, lives, above).add_extension(rights, critical=True)
    signed = begun.sign(above.key if above else key, hashes.SHA256())
    path.write_bytes(signed.public_bytes(PEM))
    return Authority(path, signed, key)


def _begun(
    name: str, key: EllipticCurvePrivateKey, lives: timedelta, by: Authority | None
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + lives)
    )
