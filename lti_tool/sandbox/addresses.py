"""Where the sandbox and the tool answer: every URL that either side must know of the other.

Not here: what is served there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

DEPLOYMENT_ID: Final = "1"


@dataclass(frozen=True)
class SandboxSettings:
    """The two origins: ours and the tool's, both without a trailing slash.

    Give them different hosts (``localhost`` and ``127.0.0.1``), so that browsers treat the framed
    tool as third party, as they do at a real school. ``platform_storage`` False: a manner that
    offers storage to tools offers none.
    """

    base_url: str
    tool_base_url: str
    platform_storage: bool = True


@dataclass(frozen=True)
class Paths:
    """Where a manner serves what, under the platform's issuer.

    ``<course>`` and ``<item>`` stand for the course's and the line item's id, as in Flask's rules.
    ``query`` is appended to every grade service URL that the platform hands out; Moodle's carry
    ``?type_id=1``, so that ``/scores`` must be put before the query. ``notice_handlers`` and
    ``groups`` are empty where the platform has no such service.
    """

    authorise: str
    oauth: str
    key_set: str
    services: str
    line_items: str
    line_item: str
    memberships: str
    deep_link_return: str
    launch_return: str
    query: str = ""
    notice_handlers: str = ""
    groups: str = ""


@dataclass(frozen=True)
class Addresses:
    """The URLs of one platform of the sandbox, for one course."""

    settings: SandboxSettings
    platform: str
    paths: Paths
    course_id: str
    registered_id: str = ""
    """The client id of a tool that registered by itself; empty: the one known from the start."""

    @property
    def issuer(self) -> str:
        """The platform's ``iss``."""
        return f"{self.settings.base_url}/{self.platform}"

    @property
    def client_id(self) -> str:
        """The tool's client id at this platform."""
        return self.registered_id or f"sandbox-{self.platform}"

    @property
    def authorise(self) -> str:
        """OpenID authorisation endpoint."""
        return self.issuer + self.paths.authorise

    @property
    def token(self) -> str:
        """OAuth 2 token endpoint; also the audience of client assertions."""
        return self.issuer + self.paths.oauth

    @property
    def key_set(self) -> str:
        """The platform's JSON Web Key Set."""
        return self.issuer + self.paths.key_set

    @property
    def line_items(self) -> str:
        """The course's line item container."""
        return self._filled(self.paths.line_items) + self.paths.query

    @property
    def memberships(self) -> str:
        """The course's Names and Roles service."""
        return self._filled(self.paths.memberships)

    @property
    def notice_handlers(self) -> str:
        """The deployment's notice service."""
        return self.issuer + self.paths.notice_handlers

    @property
    def groups(self) -> str:
        """The course's groups."""
        return self._filled(self.paths.groups)

    @property
    def tool_login(self) -> str:
        """The tool's login initiation URL."""
        return self.settings.tool_base_url + "/lti/login"

    @property
    def tool_launch(self) -> str:
        """The tool's only redirect URI, and its default target link."""
        return self.settings.tool_base_url + "/lti/launch"

    @property
    def tool_key_set(self) -> str:
        """The tool's JSON Web Key Set."""
        return self.settings.tool_base_url + "/lti/jwks"

    def line_item(self, item_id: int) -> str:
        """The line item's own URL."""
        return self._filled(self.paths.line_item, item_id) + self.paths.query

    def results(self, item_id: int) -> str:
        """The line item's results: ``/results`` stands before the query."""
        return self._filled(self.paths.line_item, item_id) + "/results" + self.paths.query

    def deep_link_return(self, query: Mapping[str, str]) -> str:
        """Where the tool posts a deep linking response."""
        return f"{self.issuer}{self._fill(self.paths.deep_link_return)}?{urlencode(query)}"

    def launch_return(self, query: Mapping[str, str]) -> str:
        """Where the tool sends the person when done (``launch_presentation.return_url``)."""
        return f"{self.issuer}{self._fill(self.paths.launch_return)}?{urlencode(query)}"

    def _fill(self, path: str) -> str:
        return path.replace("<course>", self.course_id)

    def _filled(self, path: str, item_id: int | None = None) -> str:
        return self.issuer + self._fill(path).replace("<int:item>", str(item_id))
