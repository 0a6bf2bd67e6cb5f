"""Assignment and Grade Services 2.0: line items, scores, results.

PyLTI1p3 knows GET and POST only, asks for all scopes at once and loses paging links, so these
calls are ours. Everything a platform answers becomes a value; nothing is raised for its sake.

Not here: what is sent and when (``lti_tool.delivery``). Every call may use the network: make
none inside a transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import Delivered, NotNewer, Refused, ScoreAnswer, Trouble, is_not_newer, trouble
from .grade_messages import (
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULTS_TYPE,
    SCORE_TYPE,
    LineItem,
    NewLineItem,
    Result,
    ScoreToSend,
    is_too_long,
    line_item,
    line_item_json,
    line_items,
    number,
    one_line,
    results,
    score_json,
)
from .http import HttpAnswer, PlatformHttp
from .pages import every_page
from .profiles import profile_of
from .service_calls import ServiceCall, ServiceCalls
from .urls import is_web_url, origin, with_path, with_query

SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE: Final = SCOPE + "lineitem"
LINE_ITEM_READ_SCOPE: Final = SCOPE + "lineitem.readonly"
SCORE_SCOPE: Final = SCOPE + "score"
RESULT_SCOPE: Final = SCOPE + "result.readonly"

MOST_PAGES = 50


class GradeBook:
    """The gradebook of one course at one deployment.

    ``deployment`` is the platform's word for it; ``line_items_url`` the container from the
    launch's AGS claim (None where there was none), to whose origin all other URLs must belong;
    ``granted`` the scopes of that claim: nothing else is asked for.
    """

    def __init__(
        self,
        http: PlatformHttp,
        tokens: AccessTokens,
        *,
        platform: Platform,
        deployment: str,
        line_items_url: str | None,
        granted: frozenset[str],
    ) -> None:
        self._calls = ServiceCalls(http, tokens, platform=platform, deployment=deployment)
        self._platform = platform
        self._profile = profile_of(platform.product)
        self._container = line_items_url
        self._granted = granted

    @property
    def platform(self) -> Platform:
        """Whose gradebook it is."""
        return self._platform

    def find(self, resource_id: str, tag: str, *, now: datetime) -> LineItem | Trouble | None:
        """The first column with this resource id and tag; None when there is none."""
        found = self.line_items({"resource_id": resource_id, "tag": tag}, now=now)
        if not isinstance(found, tuple):
            return found
        matching = (each for each in found if (each.resource_id, each.tag) == (resource_id, tag))
        return next(matching, None)

    def line_items(
        self, filters: Mapping[str, str], *, now: datetime
    ) -> tuple[LineItem, ...] | Trouble:
        """All columns that this tool may see, in the platform's order.

        ``filters`` (``resource_id``, ``tag``, ``resource_link_id``) only spare pages: a platform
        may ignore them. Never ``limit``: Moodle 4.5's paging links are broken.
        """
        if self._container is None:
            return Refused("scope_missing")
        url = with_query(self._container, filters)
        scope = self._reading_scope()

        def get(onward: str) -> HttpAnswer | Trouble:
            return self._get(onward, scope, LINE_ITEMS_TYPE, now)

        return every_page(url, get, line_items, most=MOST_PAGES, what="line items")

    def create(self, item: NewLineItem, *, now: datetime) -> LineItem | Trouble:
        """Make a column. Platforms take duplicates, so ``find`` first, and again after
        RetryLater, when it is unknown whether the column was made."""
        if is_too_long(label=item.label, resource_id=item.resource_id, tag=item.tag):
            return Refused("too_long")
        if self._container is None:
            return Refused("scope_missing")
        return self._send_line_item("POST", self._container, line_item_json(item), now)

    def read(self, url: str, *, now: datetime) -> LineItem | Trouble:
        """One column by its URL."""
        return _one_line_item(self._get(url, self._reading_scope(), LINE_ITEM_TYPE, now))

    def change(
        self, url: str, *, label: str, maximum: Decimal, now: datetime
    ) -> LineItem | Trouble:
        """Give a column another label and maximum, all else kept: PUT replaces the whole (AGS
        2.0, section 3.2.9; without ``resourceLinkId`` Moodle unlinks the column), so it is read
        first. Sends nothing when there is no difference."""
        if is_too_long(label=label):
            return Refused("too_long")
        present = self.read(url, now=now)
        if not isinstance(present, LineItem):
            return present
        if (present.label, present.maximum) == (label, maximum):
            return present
        body = {**present.raw, "label": label, "scoreMaximum": number(maximum)}
        return self._send_line_item("PUT", url, body, now)

    def post_score(self, line_item_url: str, score: ScoreToSend, *, now: datetime) -> ScoreAnswer:
        """Send one score. One at a time per column and learner: of six at once Moodle 4.5
        refuses five."""
        body = score_json(score, extension=self._profile.score_extension)
        headers = {"Content-Type": SCORE_TYPE, "Accept": "*/*"}
        url = with_path(line_item_url, "/scores")
        answer = self._make(ServiceCall(url, SCORE_SCOPE, headers, "POST", one_line(body)), now)
        if not isinstance(answer, HttpAnswer):
            return answer
        if is_not_newer(answer, self._profile.stale_statuses):
            return NotNewer(answer.excerpt)
        if not 200 <= answer.status < 300:
            return trouble(answer, now=now)
        if answer.body.strip() == b"[]":
            return Refused("not_recorded", answer.status, answer.excerpt)
        return Delivered()

    def result(self, line_item_url: str, user_id: str, *, now: datetime) -> Result | Trouble | None:
        """What the column holds for one learner; None when it holds nothing. Never paged:
        Moodle 4.5 answers 404 to a ``limit``."""
        url = with_query(with_path(line_item_url, "/results"), {"user_id": user_id})
        answer = self._get(url, RESULT_SCOPE, RESULTS_TYPE, now)
        if not isinstance(answer, HttpAnswer):
            return answer
        found = results(answer)
        if found is None:
            return _malformed(answer)
        return next((each for each in found if each.user_id == user_id), None)

    def results(self, line_item_url: str, *, now: datetime) -> tuple[Result, ...] | Trouble:
        """What the column holds for everybody; all of it or trouble. ``next`` links are followed,
        a ``limit`` is never sent."""
        url = with_path(line_item_url, "/results")

        def get(onward: str) -> HttpAnswer | Trouble:
            return self._get(onward, RESULT_SCOPE, RESULTS_TYPE, now)

        return every_page(url, get, results, most=MOST_PAGES, what="results")

    def delete(self, url: str, *, now: datetime) -> Trouble | None:
        """Remove a column with all its grades; None when it is gone. Only ever on request: Moodle
        4.5 lets a tool delete an activity's own column, too."""
        call = ServiceCall(url, LINE_ITEM_SCOPE, {"Accept": "*/*"}, "DELETE", b"")
        answer = _good(self._make(call, now), now)
        return None if isinstance(answer, HttpAnswer) else answer

    def _reading_scope(self) -> str:
        """The least scope offered for reading line items."""
        readonly = LINE_ITEM_READ_SCOPE in self._granted
        return LINE_ITEM_READ_SCOPE if readonly else LINE_ITEM_SCOPE

    def _get(self, url: str, scope: str, accept: str, now: datetime) -> HttpAnswer | Trouble:
        """A good answer only."""
        return _good(self._make(ServiceCall(url, scope, {"Accept": accept}), now), now)

    def _send_line_item(
        self, method: str, url: str, body: Mapping[str, Any], now: datetime
    ) -> LineItem | Trouble:
        headers = {"Content-Type": LINE_ITEM_TYPE, "Accept": LINE_ITEM_TYPE}
        call = ServiceCall(url, LINE_ITEM_SCOPE, headers, method, one_line(body))
        return _one_line_item(_good(self._make(call, now), now))

    def _make(self, call: ServiceCall, now: datetime) -> HttpAnswer | Trouble:
        """The answer, whatever its status."""
        return self._refused(call.url, call.scope) or self._calls.make(call, now=now)

    def _refused(self, url: str, scope: str) -> Refused | None:
        """Why a call is not even made: the scope was not offered, or the URL leads away from
        the platform, to which our token must not be sent."""
        if scope not in self._granted:
            return Refused("scope_missing", None, scope)
        homes = self._platform.origins if self._container is None else {origin(self._container)}
        if not is_web_url(url) or origin(url) not in homes:
            return Refused("address_forbidden", None, "another origin than the gradebook's")
        return None


def _good(answer: HttpAnswer | Trouble, now: datetime) -> HttpAnswer | Trouble:
    if isinstance(answer, HttpAnswer) and not 200 <= answer.status < 300:
        return trouble(answer, now=now)
    return answer


def _one_line_item(answer: HttpAnswer | Trouble) -> LineItem | Trouble:
    if not isinstance(answer, HttpAnswer):
        return answer
    return line_item(answer) or _malformed(answer)


def _malformed(answer: HttpAnswer) -> Refused:
    return Refused("malformed", answer.status, answer.excerpt)
