"""Deep Linking 2.0: the links a teacher chose, signed for the platform.

PyLTI1p3 writes the content items and signs; its message always carries ``data``, takes its
time from the machine and leaves the return URL unchecked, so those are ours. Not here: choosing
(``lti_tool.web``), the form that posts the answer by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pylti1p3.deep_link import DeepLink, TDeepLinkData
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from pylti1p3.registration import Registration

from lti_tool.domain.launch import DeepLinking
from lti_tool.persistence.platforms import Platform

from .claims import (
    DEEP_LINKING_DATA,
    DEEP_LINKING_ERROR,
    DEEP_LINKING_ERROR_LOG,
    DEEP_LINKING_LOG,
    DEEP_LINKING_MESSAGE,
)
from .errors import DeepLinkingError
from .grade_messages import is_too_long, number, timestamp
from .keys import SigningKey
from .registrations import registration
from .urls import is_web_url, origin

LIFETIME = timedelta(minutes=5)
"""Canvas takes no ``iat`` older than five minutes."""
BACKDATED = timedelta(seconds=5)
"""Moodle refuses an ``iat`` ahead of its clock."""


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """The gradebook column that goes with a link. Moodle ignores ``label``."""

    maximum: Decimal
    label: str
    resource_id: str
    tag: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to put into the course. ``custom`` comes back at its launch, also from a copy.
    ``due_at`` is told as the end of submission, which Canvas takes for the due date and Moodle 4.5
    ignores."""

    title: str
    url: str
    custom: Mapping[str, str] = field(default_factory=dict)
    column: LinkColumn | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The links chosen, none at all when the person cancelled; what the platform shows the
    person on their return (``message``, ``error``), and what it may write down for its
    administrator (deep linking 2.0, section 4.4.8). Empty texts are left out."""

    links: Sequence[Link] = ()
    message: str = ""
    error: str = ""
    log: str = ""
    error_log: str = ""


@dataclass(frozen=True, slots=True)
class DeepLinkingAnswer:
    """A form for the browser to POST: where to, and its fields (to be escaped)."""

    action: str
    fields: Mapping[str, str]


def deep_linking_answer(
    request: DeepLinking,
    reply: Reply,
    *,
    platform: Platform,
    deployment: str,
    key: SigningKey,
    now: datetime,
    token: Callable[[], str],
    allow_loopback: bool = False,
) -> DeepLinkingAnswer:
    """The signed answer to a deep linking request.

    ``deployment`` is the platform's word for it; ``token`` makes the nonce. Columns are left
    out where the platform said it takes none. Plain http is for ``allow_loopback`` only.

    Raises DeepLinkingError: ``return_url`` when it is not one of the platform's origins, so
    that nobody else is sent our signature; ``item`` when more links were chosen than the
    platform accepts, or a text is too long or empty.
    """
    _check_return_url(request.return_url, platform, allow_loopback=allow_loopback)
    if len(reply.links) > 1 and not request.accept_multiple:
        raise DeepLinkingError("item", "one link only")
    answer = _Answer(
        registration(platform, key), deployment, request, reply, now=now, nonce=token()
    )
    items = [_item(link, with_column=request.accept_line_item) for link in reply.links]
    return DeepLinkingAnswer(request.return_url, {"JWT": answer.get_response_jwt(items)})


def _check_return_url(url: str, platform: Platform, *, allow_loopback: bool) -> None:
    if not is_web_url(url) or not (url.startswith("https:") or allow_loopback):
        raise DeepLinkingError("return_url", "not https")
    if origin(url) not in {origin(each) for each in platform.origins}:
        raise DeepLinkingError("return_url", origin(url))


def _item(link: Link, *, with_column: bool) -> DeepLinkResource:
    """One content item. Custom values must be flat texts: Moodle takes nothing else."""
    texts = all(isinstance(x, str) for pair in link.custom.items() for x in pair)
    if not texts or not link.title:
        raise DeepLinkingError("item", "title or custom")
    item = _Item(link.due_at).set_title(link.title).set_url(link.url)
    item.set_custom_params(dict(link.custom))
    if with_column and link.column is not None:
        item.set_lineitem(_column(link.column))
    return item


def _column(column: LinkColumn) -> LineItem:
    if is_too_long(label=column.label, resource_id=column.resource_id, tag=column.tag):
        raise DeepLinkingError("item", "column text too long")
    if column.maximum <= 0:
        raise DeepLinkingError("item", "column maximum")
    made = LineItem().set_score_maximum(number(column.maximum)).set_label(column.label)
    return made.set_resource_id(column.resource_id).set_tag(column.tag)


class _Item(DeepLinkResource):
    """PyLTI1p3's item with the end of submission, which it does not know (section 4.3)."""

    def __init__(self, due_at: datetime | None) -> None:
        super().__init__()
        self._due_at = due_at

    def to_dict(self) -> dict[str, object]:
        """The item's fields."""
        told = super().to_dict()
        if self._due_at is not None:
            told["submission"] = {"endDateTime": timestamp(self._due_at)}
        return told


class _Answer(DeepLink):
    """PyLTI1p3's message with our clock and nonce, ``data`` only if it was sent, and words."""

    def __init__(
        self,
        made_for: Registration,
        deployment: str,
        request: DeepLinking,
        reply: Reply,
        *,
        now: datetime,
        nonce: str,
    ) -> None:
        settings: TDeepLinkData = {"deep_link_return_url": request.return_url}
        super().__init__(made_for, deployment, settings)
        self._data, self._now, self._nonce = request.data, now, nonce
        self._reply = reply

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        """The claims of the answer."""
        message = super().get_message_jwt(resources)
        issued = self._now - BACKDATED
        message["iat"] = int(issued.timestamp())
        message["exp"] = int((issued + LIFETIME).timestamp())
        message["nonce"] = self._nonce
        message[DEEP_LINKING_DATA] = self._data
        if self._data is None:
            del message[DEEP_LINKING_DATA]
        words = {
            DEEP_LINKING_MESSAGE: self._reply.message,
            DEEP_LINKING_ERROR: self._reply.error,
            DEEP_LINKING_LOG: self._reply.log,
            DEEP_LINKING_ERROR_LOG: self._reply.error_log,
        }
        return {**message, **{name: text for name, text in words.items() if text}}
