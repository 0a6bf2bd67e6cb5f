"""Signing keys: the platform's own, and the tool's, fetched over HTTP.

Not here: which claims a token must hold.
"""

from dataclasses import dataclass
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

FETCH_SECONDS = 5


class KeyProblem(Exception):
    """A token's key is not named, not published or does not fit. ``problem`` says which:
    ``no_kid``, ``kid`` or ``signature``."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class SigningKey:
    """An RSA key made for this run of the sandbox."""

    kid: str
    private: rsa.RSAPrivateKey

    @classmethod
    def made(cls, kid: str) -> "SigningKey":
        """A new 2048 bit key."""
        return cls(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def public_set(self) -> dict[str, list[dict[str, Any]]]:
        """The JSON Web Key Set that holds the public half."""
        key = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        key |= {"kid": self.kid, "use": "sig", "alg": "RS256"}
        key.pop("key_ops", None)
        return {"keys": [key]}

    def signed(self, claims: dict[str, object]) -> str:
        """``claims`` as an RS256 token that names this key."""
        return jwt.encode(claims, self.private, algorithm="RS256", headers={"kid": self.kid})


def verified(token: str, key_set_url: str) -> dict[str, Any]:
    """The claims of a token signed by a key of the set at ``key_set_url``.

    The key set is fetched each time, so that a rotated key counts at once. Times and audience are
    not looked at. Raises ``KeyProblem``.
    """
    kid = _key_id(token)
    try:
        key = _published(key_set_url).get(kid)
    except (requests.RequestException, jwt.PyJWTError, ValueError) as error:
        raise KeyProblem("kid") from error
    if key is None:
        raise KeyProblem("kid")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            options={"verify_aud": False, "verify_exp": False, "verify_iat": False,
                     "verify_nbf": False, "verify_sub": False, "verify_jti": False},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise KeyProblem("signature") from error
    return claims


def _key_id(token: str) -> str:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError as error:
        raise KeyProblem("signature") from error
    if not isinstance(kid, str) or not kid:
        raise KeyProblem("no_kid")
    return kid


def _published(url: str) -> dict[str | None, jwt.PyJWK]:
    answer = requests.get(url, timeout=FETCH_SECONDS)
    answer.raise_for_status()
    return {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys}
