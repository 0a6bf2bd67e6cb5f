"""Where a credential's issuer, key, status and verification page are found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CredentialAddresses:
    """Addresses under this tool's own, ``base``, which has no slash at its end."""

    base: str

    def issuer(self, school_id: int) -> str:
        """The profile of the school, and its identifier as an issuer."""
        return f"{self.base}/credentials/issuers/{school_id}"

    def key(self, kid: str) -> str:
        """One public key as a JWK: what the ``kid`` of a credential leads to."""
        return f"{self.base}/credentials/keys/{kid}"

    def verification(self, code: str) -> str:
        """The page that says whether a paper holds; a credential's identifier."""
        return f"{self.base}/verify/{code}"

    def status(self, code: str) -> str:
        """The same for programs: a 1EdTech revocation list."""
        return f"{self.base}/verify/{code}/status"
