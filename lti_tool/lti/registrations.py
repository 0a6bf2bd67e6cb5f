"""Our platforms as PyLTI1p3 sees them: its ``Registration`` and its tool configuration.

PyLTI1p3's own configurations keep the relation of issuers to clients in a dictionary shared by
all instances; this one holds the one platform at hand and always counts an issuer as having
many clients, since hosted Canvas schools share theirs.
"""

from typing import Any

from pylti1p3.deployment import Deployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.persistence.platforms import Platform

from .keys import SigningKey


def registration(platform: Platform, key: SigningKey | None = None) -> Registration:
    """The platform for PyLTI1p3; ``key`` is needed where something is to be signed."""
    made = (
        Registration()
        .set_issuer(platform.issuer)
        .set_client_id(platform.client_id)
        .set_auth_login_url(platform.auth_login_url)
        .set_auth_token_url(platform.auth_token_url)
        .set_key_set_url(platform.key_set_url)
    )
    if platform.token_audience is not None:
        made.set_auth_audience(platform.token_audience)
    if key is not None:
        made.set_tool_private_key(key.private_pem).set_tool_public_key(key.public_pem)
    return made


class OnePlatform(ToolConfAbstract[Request]):
    """A tool configuration that knows exactly one platform, found beforehand."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Never: an issuer alone does not say which school it is."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Always."""
        return True

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> Registration:
        """The platform's registration; raises LookupError for another issuer."""
        return self.find_registration_by_params(iss, self._platform.client_id)

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Registration:
        """The platform's registration; raises LookupError for another issuer or client."""
        if (iss, client_id) != (self._platform.issuer, self._platform.client_id):
            raise LookupError("another platform")
        return registration(self._platform)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        """None: deployments are looked up and noted by ``launch``."""
        return None

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Deployment | None:
        """None: deployments are looked up and noted by ``launch``."""
        return None
