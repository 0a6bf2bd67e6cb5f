"""Reading claims: each with its type checked, and refused with its name when it is wrong.

PyLTI1p3 takes a role string for a list and fails with AttributeError on a null resource link.
Here null counts as absent, a wrong type is a BadClaimError, and text that no database or page
could take (NUL, half a surrogate pair) never gets further. Not here: what claims mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import BadClaimError
from .urls import is_web_url

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NAMES_AND_ROLES = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
DEEP_LINKING_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
DEEP_LINKING_MESSAGE = "https://purl.imsglobal.org/spec/lti-dl/claim/msg"
DEEP_LINKING_ERROR = "https://purl.imsglobal.org/spec/lti-dl/claim/errormsg"
DEEP_LINKING_LOG = "https://purl.imsglobal.org/spec/lti-dl/claim/log"
DEEP_LINKING_ERROR_LOG = "https://purl.imsglobal.org/spec/lti-dl/claim/errorlog"
DEPLOYMENT_ID = LTI + "deployment_id"
MESSAGE_TYPE = LTI + "message_type"
VERSION = LTI + "version"

MOST_ID = 255
"""Ids have at most 255 characters (LTI 1.3 core, sections 5.3.3, 5.3.5, 5.3.6, 5.4.1)."""
MOST_URL = 2000


@dataclass(frozen=True, slots=True)
class Claims:
    """A JSON object of claims."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """A text claim; None when absent or null. Raises BadClaimError for another type."""
        value = self.values.get(name)
        return None if value is None else _text(name, value)

    def label(self, name: str) -> str:
        """A text for people, cut to 255 characters; empty when absent, null or a variable the
        platform did not fill in (``$Person.sourcedId`` arrives literally where unsupported)."""
        return resolved((self.text(name) or "").strip())[:MOST_ID]

    def required(self, name: str) -> str:
        """A text claim that must be there and not empty."""
        value = self.text(name)
        if not value:
            raise BadClaimError("claim_missing", _short(name))
        return value

    def identifier(self, name: str) -> str:
        """A required id of at most 255 characters."""
        value = self.required(name)
        if len(value) > MOST_ID:
            raise BadClaimError("claim_value", _short(name))
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts; None when absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise BadClaimError("claim_type", _short(name))
        return tuple(_text(name, each) for each in value)

    def group(self, name: str) -> "Claims | None":
        """A nested object; None when absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise BadClaimError("claim_type", _short(name))
        return Claims(value)

    def flag(self, name: str, *, absent: bool) -> bool:
        """A boolean, which some platforms write as text; ``absent`` when absent or null."""
        value = self.values.get(name)
        if value is None:
            return absent
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        raise BadClaimError("claim_type", _short(name))

    def web_url(self, name: str) -> str | None:
        """An absolute http or https URL; None when absent, null or empty (Moodle sends an empty
        ``lineitem`` after the column was deleted)."""
        value = self.text(name)
        if not value:
            return None
        if not is_web_url(value) or len(value) > MOST_URL:
            raise BadClaimError("claim_value", _short(name))
        return value


def id_text(value: object) -> object:
    """A value of a service's answer, a number as text: ids are texts, yet some write numbers."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value)[:MOST_ID] if is_number else value


def resolved(value: str) -> str:
    """The value, or empty when it is an unresolved ``$Variable``."""
    return "" if value.startswith("$") and value[1:2].isalpha() else value


def custom_texts(claims: Claims) -> dict[str, str]:
    """The custom parameters that have a value: texts only, empty and unresolved ones left out.
    Moodle 4.5 sends null for some variables, others arrive as the literal ``$Name``."""
    group = claims.group(LTI + "custom")
    found: dict[str, str] = {}
    for name, value in ({} if group is None else group.values).items():
        if isinstance(value, str) and resolved(_text(name, value)):
            found[_text("custom", name)] = value
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadClaimError("claim_type", _short(name))
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadClaimError("claim_value", _short(name)) from error
    if "\x00" in value:
        raise BadClaimError("claim_value", _short(name))
    return value


def _short(name: str) -> str:
    """The last step of a claim's URL, safe to show."""
    return name.rpartition("/")[2][:60].encode("ascii", "replace").decode()
