"""Sealing what a browser carries between two pages of ours, so that it comes back unchanged.

The secret key of the moment seals; those before it open, so that a page that is open while the
secret is changed still works. Flask-WTF's form tokens are told the same keys by ``create_app``.
"""

from itsdangerous import URLSafeSerializer

from .wiring import wired


def seal(purpose: str) -> URLSafeSerializer:
    """Seals and opens for one purpose; what was sealed for another does not open.

    Its ``loads`` raises itsdangerous's BadSignature for what was changed or is not ours.
    """
    return URLSafeSerializer(list(wired().secret_keys), salt=purpose)
