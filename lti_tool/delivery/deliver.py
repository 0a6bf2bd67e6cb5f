"""Sends due scores to the LMS gradebooks, one by one, and records what came of each.

Claiming is one transaction, recording another, and no transaction is open while the network is
in use. A process that dies in between leaves a lease that runs out; the score is then sent
again with the same timestamp, which the platform takes for the same score (AGS 2.0, 3.4.9).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Delivered, NotNewer, Refused, RetryLater, ScoreAnswer, Trouble
from lti_tool.lti.grade_messages import LineItem as Column
from lti_tool.lti.grade_messages import NewLineItem, Result, ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.persistence import courses, line_items, people, platforms, scores
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.scores import Delivery

from .patience import MOST_ATTEMPTS, MOST_CONFLICTS, wait_after

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""Longer than the slowest exchange: a token, a search, a creation, a post, each up to 20 s."""
BATCH = 10
CANVAS = "canvas"

REASONS = {
    "unreachable": "unreachable",
    "token_unavailable": "unreachable",
    "platform_error": "server_error",
    "unauthorized": "token_refused",
    "scope_missing": "no_scope",
    "not_found": "line_item_gone",
}
"""Words of the LTI room that mean the same to a teacher; all others keep their name."""


@dataclass(frozen=True, slots=True)
class _Errand:
    """One score with all that is needed to send it."""

    delivery: Delivery
    item: LineItem
    user_id: str
    book: GradeBook
    appends_comments: bool


class Deliverer:
    """Sends scores. One instance serves one process; ``random`` gives numbers in [0, 1)."""

    def __init__(
        self,
        database: Database,
        http: PlatformHttp,
        tokens: AccessTokens,
        *,
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._database = database
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._random = random

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Claim a batch of due scores and send each; returns how many were handled.

        ``stopping`` is asked before each score; what is then not sent is given back.
        """
        with self._database.transaction() as session:
            batch = scores.lease_due(session, now=self._clock(), lease=LEASE, limit=BATCH)
        for place, delivery in enumerate(batch):
            if stopping():
                self._give_back(batch[place:])
                return place
            self._deliver(delivery)
        return len(batch)

    def _give_back(self, unsent: Sequence[Delivery]) -> None:
        with self._database.transaction() as session:
            scores.release_leases(session, unsent, now=self._clock())

    def _deliver(self, delivery: Delivery) -> None:
        with self._database.reading() as session:
            errand = self._errand(session, delivery)
        if errand is None:
            self._record_refusal(delivery, Refused("no_grade_service"))
            return
        url = self._column_url(errand)
        if not isinstance(url, str):
            self._record(delivery, errand, url)
            return
        answer = errand.book.post_score(url, _score_of(errand), now=self._clock())
        self._record(delivery, errand, answer, url)

    def _errand(self, session: Session, delivery: Delivery) -> _Errand | None:
        """None when the course has no gradebook (any more)."""
        item = line_items.line_item(session, delivery.line_item_id)
        if item is None:
            return None
        course = courses.course(session, item.course_id)
        platform = platforms.platform(session, course.platform_id)
        deployment = platforms.deployment_by_id(session, course.deployment_id)
        if platform is None or deployment is None or course.line_items_url is None:
            return None
        book = GradeBook(
            self._http,
            self._tokens,
            platform=platform,
            deployment=deployment.deployment_id,
            line_items_url=course.line_items_url,
            granted=course.grade_scopes,
        )
        person = people.account(session, delivery.person_id)
        return _Errand(delivery, item, person.sub, book, platform.product == CANVAS)

    def _column_url(self, errand: _Errand) -> str | Trouble:
        """Where the column is; found by resource id and tag, or created, by one at a time."""
        item = errand.item
        if item.url is not None:
            return item.url
        with self._database.transaction() as session:
            now = self._clock()
            if not line_items.claim_search(session, item.id, now=now, lease=LEASE):
                return RetryLater("column_in_the_making")
        column = self._found_or_created(errand)
        with self._database.transaction() as session:
            if not isinstance(column, Column):
                line_items.give_up_search(session, item.id)
                return column
            line_items.set_line_item_url(session, item.id, column.url)
        return column.url

    def _found_or_created(self, errand: _Errand) -> Column | Trouble:
        item = errand.item
        found = errand.book.find(item.resource_id, item.tag, now=self._clock())
        if found is not None:
            return found
        wanted = NewLineItem(item.label, item.maximum, item.resource_id, item.tag)
        return errand.book.create(wanted, now=self._clock())

    def _record(
        self, delivery: Delivery, errand: _Errand, answer: ScoreAnswer, url: str = ""
    ) -> None:
        match answer:
            case Delivered():
                self._record_success(delivery)
            case NotNewer():
                self._record_conflict(delivery, errand, url)
            case RetryLater():
                self._record_failure(delivery, answer)
            case Refused():
                self._record_refusal(delivery, answer, item_id=errand.item.id if url else None)

    def _record_success(self, delivery: Delivery, result: Decimal | None = None) -> None:
        with self._database.transaction() as session:
            scores.mark_delivered(session, delivery, now=self._clock(), result=result)

    def _record_conflict(self, delivery: Delivery, errand: _Errand, url: str) -> None:
        """The LMS has something of the same or a later time: is it this very score?

        After an attempt whose outcome was unknown it is; otherwise the score goes out again,
        later. Moodle 4.5 compares with its own time of last change, not with our timestamps.
        """
        held = errand.book.result(url, errand.user_id, now=self._clock())
        if isinstance(held, Result) and _same(held, delivery):
            self._record_success(delivery, held.score)
            return
        if isinstance(held, RetryLater):
            self._record_failure(delivery, held)
            return
        if delivery.attempts >= MOST_CONFLICTS:
            self._record_refusal(delivery, Refused("not_newer_conflict"))
            return
        due_at = self._clock() + timedelta(seconds=1)
        with self._database.transaction() as session:
            scores.mark_renewed(session, delivery, due_at=due_at, reason="not_newer_conflict")

    def _record_failure(self, delivery: Delivery, failure: RetryLater) -> None:
        reason = REASONS.get(failure.reason, failure.reason)
        if delivery.attempts >= MOST_ATTEMPTS:
            self._record_refusal(delivery, Refused(reason, None, failure.detail))
            return
        wait = wait_after(delivery.attempts, self._random(), least=failure.after)
        log.info("score will be sent again", score=delivery.id, reason=reason)
        with self._database.transaction() as session:
            scores.mark_retry(
                session,
                delivery,
                due_at=self._clock() + wait,
                reason=reason,
                detail=failure.detail,
            )

    def _record_refusal(
        self, delivery: Delivery, refusal: Refused, *, item_id: int | None = None
    ) -> None:
        """``item_id`` names the column that was posted to: if it is gone, it is looked for
        again at the next attempt."""
        reason = REASONS.get(refusal.reason, refusal.reason)
        log.warning("score was refused", score=delivery.id, reason=reason, status=refusal.status)
        with self._database.transaction() as session:
            if reason == "line_item_gone" and item_id is not None:
                line_items.set_line_item_url(session, item_id, None)
            scores.mark_needs_person(
                session, delivery, now=self._clock(), reason=reason, detail=refusal.excerpt
            )


def _score_of(errand: _Errand) -> ScoreToSend:
    """Moodle erases a comment that is left out; Canvas adds one at every post."""
    delivery = errand.delivery
    said_already = errand.appends_comments and delivery.comment_sent
    return ScoreToSend(
        user_id=errand.user_id,
        given=delivery.given,
        maximum=delivery.maximum,
        comment=None if said_already else delivery.comment,
        at=delivery.timestamp or delivery.queued_at,
    )


def _same(held: Result, delivery: Delivery) -> bool:
    """Whether the LMS holds this score, as a share of its own maximum."""
    if held.score is None:
        return False
    share = held.score / (held.maximum or Decimal(1))
    return abs(share - delivery.given / delivery.maximum) < Decimal("0.0001")
