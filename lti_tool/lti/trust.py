"""Whose certificates are trusted when the tool calls an LMS or a mail server.

A school may sign its servers' certificates itself. Its authority's certificate is then named by a
setting, or belongs to those that the machine trusts. Not here: where a request may go (``http``).
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from requests.utils import DEFAULT_CA_BUNDLE_PATH


@dataclass(frozen=True, slots=True)
class Trusted:
    """A certificate of the bundle: whose it is (RFC 4514), and until when it is good."""

    name: str
    until: datetime


def trusting(bundle: Path | None) -> ssl.SSLContext:
    """TLS that takes servers whose certificates lead to an authority that everybody trusts, that
    this machine trusts, or that stands in the bundle (PEM). Raises OSError for a bundle without
    certificates, which the settings have looked for.

    An authority in between is enough, and those that schools make seldom keep every rule of RFC
    5280: Python 3.13 began to ask for that.
    """
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if bundle is not None:
        context.load_verify_locations(bundle)
    return context


@cache
def http_trust(bundle: Path | None) -> ssl.SSLContext:
    """The same for HTTP, made once for a process: each connection would read 150 certificates."""
    return trusting(bundle)


def in_bundle(bundle: Path) -> Sequence[Trusted]:
    """The certificates of a bundle, the first to end first. Raises OSError and ValueError."""
    found = x509.load_pem_x509_certificates(bundle.read_bytes())
    named = [Trusted(each.subject.rfc4514_string(), each.not_valid_after_utc) for each in found]
    return sorted(named, key=lambda each: each.until)
