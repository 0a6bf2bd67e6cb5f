"""The tool's own signing keys: made once, stored encrypted, published as a key set.

PyLTI1p3 turns a public key into a JWK; it offers one key per registration and parses PEM text
each time, so keeping keys is ours. Not here: platforms' keys (``key_sets``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cryptography.fernet import MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pylti1p3.registration import Registration

from lti_tool.persistence.database import Session
from lti_tool.persistence.keys import StoredKey, add_signing_key, signing_keys

KEY_BITS = 2048


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


def ensure_signing_key(session: Session, cipher: MultiFernet, *, now: datetime) -> SigningKey:
    """The key that signs now: the newest stored, made and stored when there is none.

    Raises cryptography's InvalidToken when the stored key was encrypted with another secret.
    Two processes starting at once may each store one; the newest signs, both are published.
    """
    stored = signing_keys(session)
    if stored:
        return _opened(stored[0], cipher)
    key = new_signing_key()
    ciphertext = cipher.encrypt(key.private_pem.encode())
    add_signing_key(session, StoredKey(key.kid, ciphertext, now))
    return key


def published_keys(session: Session, cipher: MultiFernet) -> tuple[SigningKey, ...]:
    """Every key not retired, newest first, for ``key_set``."""
    return tuple(_opened(each, cipher) for each in signing_keys(session))


def key_set(keys: Iterable[SigningKey]) -> Mapping[str, Any]:
    """The JSON of ``/lti/jwks``: public keys only, each with ``kid``, ``alg`` and ``use``."""
    return {"keys": [{**Registration.get_jwk(key.public_pem), "kid": key.kid} for key in keys]}


def _opened(stored: StoredKey, cipher: MultiFernet) -> SigningKey:
    pem = cipher.decrypt(stored.private_key)
    return SigningKey(stored.kid, cast("RSAPrivateKey", load_pem_private_key(pem, None)))
