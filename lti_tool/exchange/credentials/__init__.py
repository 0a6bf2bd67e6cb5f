"""Signed credentials of a level: Open Badges 3.0 as VC-JWT, and the schools' keys for them.

Not here: what a credential rests on (``export_outcomes``), who may have one (the registrar's
pages), whether it still holds (``verify_paper``).
"""

from .addresses import CredentialAddresses
from .keys import (
    IssuerKey,
    ensure_issuer_key,
    lost_issuer_keys,
    public_jwk,
    reseal_issuer_keys,
    rotate_issuer_key,
)
from .open_badge import open_badge, profile, signed

__all__ = [
    "CredentialAddresses",
    "IssuerKey",
    "ensure_issuer_key",
    "lost_issuer_keys",
    "open_badge",
    "profile",
    "public_jwk",
    "reseal_issuer_keys",
    "rotate_issuer_key",
    "signed",
]
