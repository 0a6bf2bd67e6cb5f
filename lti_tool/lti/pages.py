"""Lists that a platform hands out in pages: all of them, or the trouble there was.

Platforms link a page to the next by ``Link: <…>; rel="next"`` (RFC 8288), in the gradebook, the
class list and the course groups alike. Not here: what the entries mean.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from .answers import Refused, Trouble, trouble
from .http import HttpAnswer
from .service_calls import ServiceCall, ServiceCalls
from .urls import next_link, same_origin

Entry = TypeVar("Entry")


def every_page(
    url: str,
    get: Callable[[str], HttpAnswer | Trouble],
    read: Callable[[HttpAnswer], Sequence[Entry] | None],
    *,
    most: int,
    what: str,
) -> tuple[Entry, ...] | Trouble:
    """The entries of all pages from ``url`` on, in the platform's order; never a part of them.

    ``get`` gives a page: a good answer or trouble. ``read`` gives its entries, None where it is no
    such list. More than ``most`` pages are trouble, in whose words ``what`` names the entries.
    """
    onward: str | None = url
    found: list[Entry] = []
    for _ in range(most):
        if onward is None:
            return tuple(found)
        answer = get(onward)
        if not isinstance(answer, HttpAnswer):
            return answer
        page = read(answer)
        if page is None:
            return Refused("malformed", answer.status, answer.excerpt)
        found.extend(page)
        onward = next_link(answer.headers.get("link"), answer.url)
    return Refused("malformed", None, f"too many pages of {what}")


def page_at(
    calls: ServiceCalls, call: ServiceCall, *, first: str, now: datetime
) -> HttpAnswer | Trouble:
    """One page, if it is where the ``first`` one is: the token goes to nobody else."""
    if not same_origin(call.url, first):
        return Refused("address_forbidden", None, "another origin than the first page's")
    answer = calls.make(call, now=now)
    if isinstance(answer, HttpAnswer) and not 200 <= answer.status < 300:
        return trouble(answer, now=now)
    return answer
