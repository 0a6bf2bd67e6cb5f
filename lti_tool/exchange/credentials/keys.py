"""A school's keys for credentials: made once, stored encrypted, published for good.

RSA with SHA-256, the algorithm that every Open Badges 3.0 verifier has (section 8.2.2). A new key
signs at once: unlike a platform, who verifies a credential fetches the key it names. Not here:
the keys for platforms (``lti_tool.lti.keys``).
"""

import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import RSAAlgorithm

from lti_tool.persistence.database import Session
from lti_tool.persistence.issuer_keys import (
    StoredIssuerKey,
    add_issuer_key,
    issuer_keys,
    seal_issuer_key,
)

KEY_BITS = 3072
"""Enough until after 2030 (NIST SP 800-57 part 1, table 2): credentials are verified for years."""
ALGORITHM = "RS256"


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A key pair in memory. ``kid`` is the JWK thumbprint (RFC 7638)."""

    kid: str
    private_key: RSAPrivateKey


def ensure_issuer_key(
    session: Session, cipher: MultiFernet, *, school_id: int, now: datetime
) -> IssuerKey:
    """The key a school signs with: its newest, made and stored where there is none.

    Raises cryptography's InvalidToken where the secret it was stored with is lost.
    """
    known = issuer_keys(session, school_id)
    if not known:
        return rotate_issuer_key(session, cipher, school_id=school_id, now=now)
    pem = cipher.decrypt(known[0].private_key)
    return IssuerKey(known[0].kid, cast("RSAPrivateKey", load_pem_private_key(pem, None)))


def rotate_issuer_key(
    session: Session, cipher: MultiFernet, *, school_id: int, now: datetime
) -> IssuerKey:
    """A new key that the school signs with from now on; those before stay published."""
    private = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    public = private.public_key()
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    published = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    kid = _thumbprint(public)
    ciphertext = cipher.encrypt(secret)
    add_issuer_key(session, StoredIssuerKey(kid, school_id, ciphertext, published.decode(), now))
    return IssuerKey(kid, private)


def reseal_issuer_keys(session: Session, cipher: MultiFernet) -> int:
    """Encrypt the keys anew with the cipher's first secret; their number. A key that signs no more
    and cannot be opened stays as it is: it is published without being opened.

    Raises cryptography's InvalidToken where a key that signs opens with none of the secrets; roll
    back then.
    """
    known = issuer_keys(session)
    signing = {each.kid for each in _newest(known)}
    openable = [each for each in known if each.kid in signing or _opens(each, cipher)]
    for each in openable:
        seal_issuer_key(session, each.kid, cipher.rotate(each.private_key))
    return len(openable)


def lost_issuer_keys(session: Session, cipher: MultiFernet) -> tuple[int, ...]:
    """The schools whose newest key cannot be opened, because its secret is lost."""
    newest = _newest(issuer_keys(session))
    return tuple(each.school_id for each in newest if not _opens(each, cipher))


def _newest(known: Sequence[StoredIssuerKey]) -> Collection[StoredIssuerKey]:
    """The newest key of each school, the one it signs with."""
    found: dict[int, StoredIssuerKey] = {}
    for each in known:
        found.setdefault(each.school_id, each)
    return found.values()


def public_jwk(key: StoredIssuerKey) -> Mapping[str, str]:
    """The public key as a JWK with ``kid``, ``alg`` and ``use``."""
    public = cast("RSAPublicKey", load_pem_public_key(key.public_key.encode()))
    return {**_jwk(public), "kid": key.kid, "alg": ALGORITHM, "use": "sig"}


def _opens(key: StoredIssuerKey, cipher: MultiFernet) -> bool:
    try:
        cipher.decrypt(key.private_key)
    except InvalidToken:
        return False
    return True


def _jwk(public: RSAPublicKey) -> Mapping[str, str]:
    made = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {name: str(made[name]) for name in ("e", "kty", "n")}


def _thumbprint(public: RSAPublicKey) -> str:
    """RFC 7638: the hash of the required members in order, without spaces."""
    canonical = json.dumps(_jwk(public), sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
