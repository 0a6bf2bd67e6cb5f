"""The tool's own signing keys: made once, stored encrypted, published as a key set, rotated.

A new key is published before it signs, and the one before stays published after it: a platform
that keeps our key set for a while always knows the key of what we send.

PyLTI1p3 turns a public key into a JWK; it offers one key per registration and parses PEM text
each time, so keeping keys is ours. Not here: platforms' keys (``key_sets``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pylti1p3.registration import Registration

from lti_tool.domain.errors import DomainError
from lti_tool.persistence.database import Session
from lti_tool.persistence.keys import (
    StoredKey,
    add_signing_key,
    every_signing_key,
    retire_signing_key,
    seal_signing_key,
    signing_keys,
    withdraw_signing_key,
)

KEY_BITS = 2048
LONGEST_ASSERTION = timedelta(minutes=10)
"""What we sign is taken for five minutes at most; the double allows for clocks."""


class RotationUnderWayError(DomainError):
    """A new key is published already and does not sign yet; a second one would help nobody."""

    def __init__(self, kid: str, signs_from: datetime) -> None:
        super().__init__(f"key {kid} is new already; it signs from {signs_from:%Y-%m-%d %H:%M} UTC")
        self.kid = kid
        self.signs_from = signs_from


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair in memory. ``kid`` is the JWK thumbprint, hence never used for two keys."""

    kid: str
    private_key: RSAPrivateKey

    @property
    def private_pem(self) -> str:
        """The private key as PEM text (PKCS 8), for encryption and for PyLTI1p3 only."""
        return self.private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()

    @property
    def public_pem(self) -> str:
        """The public key as PEM text."""
        public = self.private_key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def new_signing_key() -> SigningKey:
    """A fresh RSA key pair (RS256 is the one algorithm LTI 1.3 asks for)."""
    private_key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    unnamed = SigningKey("", private_key)
    return SigningKey(str(Registration.get_jwk(unnamed.public_pem)["kid"]), private_key)


def present_signing_key(
    session: Session, cipher: MultiFernet, *, now: datetime
) -> SigningKey | None:
    """The newest stored key that may sign; None where there is none yet.

    Raises cryptography's InvalidToken when it was encrypted with another secret.
    """
    stored = next((each for each in signing_keys(session, now=now) if each.may_sign(now)), None)
    return None if stored is None else _opened(stored, cipher)


def ensure_signing_key(session: Session, cipher: MultiFernet, *, now: datetime) -> SigningKey:
    """The key that signs now: the newest stored that may sign, made and stored when there is none.

    Raises cryptography's InvalidToken when the stored key was encrypted with another secret.
    Two processes starting at once may each store one; the newest signs, both are published.
    """
    stored = present_signing_key(session, cipher, now=now)
    return stored or _stored(session, cipher, StoredKey("", b"", now))


def rotate_signing_key(
    session: Session,
    cipher: MultiFernet,
    *,
    now: datetime,
    signs_from: datetime,
    published_for: timedelta,
) -> SigningKey:
    """Publish a new key at once, sign with it from ``signs_from`` on, and stop publishing the
    present ones ``published_for`` later. Returns the new one.

    Raises RotationUnderWayError when the newest key does not sign yet. ``published_for`` is at
    least as long as what was signed last is taken for.
    """
    present = signing_keys(session, now=now)
    waiting = next((each for each in present if not each.may_sign(now)), None)
    if waiting is not None:
        raise RotationUnderWayError(waiting.kid, waiting.signs_from or now)
    for each in present:
        at = signs_from + max(published_for, LONGEST_ASSERTION)
        retire_signing_key(session, each.kid, at=at)
    return _stored(session, cipher, StoredKey("", b"", now, signs_from if present else None))


def reseal_signing_keys(session: Session, cipher: MultiFernet) -> int:
    """Encrypt every stored key anew with the cipher's first secret; their number. Afterwards the
    others are needed no more.

    Raises cryptography's InvalidToken where a key opens with none of the secrets; roll back then.
    """
    known = every_signing_key(session)
    for each in known:
        seal_signing_key(session, each.kid, cipher.rotate(each.private_key))
    return len(known)


def replace_lost_keys(session: Session, cipher: MultiFernet, *, now: datetime) -> tuple[str, ...]:
    """Withdraw every published key that cannot be opened, because its secret is lost; the kids.

    Without a key that opens a new one signs at once: platforms refuse what it signs until they
    fetch the key set again.
    """
    lost = tuple(each for each in signing_keys(session, now=now) if not _opens(each, cipher))
    for each in lost:
        withdraw_signing_key(session, each.kid, now=now)
    ensure_signing_key(session, cipher, now=now)
    return tuple(each.kid for each in lost)


def _opens(stored: StoredKey, cipher: MultiFernet) -> bool:
    try:
        cipher.decrypt(stored.private_key)
    except InvalidToken:
        return False
    return True


def published_keys(
    session: Session, cipher: MultiFernet, *, now: datetime
) -> tuple[SigningKey, ...]:
    """Every key not retired yet, newest first, for ``key_set``."""
    return tuple(_opened(each, cipher) for each in signing_keys(session, now=now))


def key_set(keys: Iterable[SigningKey]) -> Mapping[str, Any]:
    """The JSON of ``/lti/jwks``: public keys only, each with ``kid``, ``alg`` and ``use``."""
    return {"keys": [{**Registration.get_jwk(key.public_pem), "kid": key.kid} for key in keys]}


def _stored(session: Session, cipher: MultiFernet, plan: StoredKey) -> SigningKey:
    """A new key, stored encrypted with the times of ``plan``."""
    key = new_signing_key()
    ciphertext = cipher.encrypt(key.private_pem.encode())
    add_signing_key(session, replace(plan, kid=key.kid, private_key=ciphertext))
    return key


def _opened(stored: StoredKey, cipher: MultiFernet) -> SigningKey:
    pem = cipher.decrypt(stored.private_key)
    return SigningKey(stored.kid, cast("RSAPrivateKey", load_pem_private_key(pem, None)))
