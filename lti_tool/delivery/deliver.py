"""Sends due scores to the LMS gradebooks, one by one, and records what came of each.

Claiming is one transaction, recording another, and no transaction is open while the network is
in use. A process that dies in between leaves a lease that runs out; the score is then sent
again with the same timestamp, which the platform takes for the same score (AGS 2.0, 3.4.9).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from lti_tool.lti.answers import Delivered, NotNewer, Refused, RetryLater, ScoreAnswer, Trouble
from lti_tool.lti.grade_messages import LineItem as Column
from lti_tool.lti.grade_messages import NewLineItem, Result
from lti_tool.persistence import line_items, scores
from lti_tool.persistence.scores import Delivery
from lti_tool.telemetry import measures
from lti_tool.telemetry.tracing import request_of

from .errand import Errand, prepare
from .means import Means
from .patience import MOST_ATTEMPTS, MOST_CONFLICTS, wait_after
from .pauses import Pauses

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
"""How long a score stays untouched after its process died. Longer than a post that hangs, with
its token; begun anew after finding a column. Were it to run out under a slower one, the same
score with the same time would go out twice, which the LMS takes for one."""
SEARCH_LEASE = timedelta(minutes=3)
"""Longer than a search and a creation that hang: two at once would make two columns."""
BATCH = 20
SEARCH_SECONDS = 2
"""How long the other scores of a column wait at least while one deliverer looks for it."""
FARTHEST_AHEAD = timedelta(days=366)
"""A time that the LMS tells is followed so far; anything beyond is no clock."""

REASONS = {
    "unreachable": "unreachable",
    "token_unavailable": "unreachable",
    "platform_error": "server_error",
    "unauthorized": "token_refused",
    "scope_missing": "no_scope",
    "not_found": "line_item_gone",
}
"""Words of the LTI room that mean the same to a teacher; all others keep their name."""
OF_THE_PLATFORM = frozenset({"unreachable", "rate_limited"})
"""Reasons that keep every score of a platform back. They pass by themselves some day, however
late, so no person is asked to do anything."""


class Deliverer:
    """Sends scores. One instance serves one thread."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._pauses = Pauses()

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Send due scores, each claimed by itself just before; returns how many were handled.

        0 means that nothing is due. ``stopping`` is asked before each score.
        """
        for handled in range(BATCH):
            delivery = None if stopping() else self._claim()
            if delivery is None:
                return handled
            with request_of(delivery.request_id or f"score-{delivery.id}"):
                self._deliver(delivery)
        return BATCH

    def _claim(self) -> Delivery | None:
        """The score due longest, those for platforms in trouble left out; None if none is due."""
        now = self._means.clock()
        alone = self._pauses.running(now)
        with self._means.database.transaction() as session:
            claimed = scores.lease_due(session, now=now, lease=LEASE, limit=1, not_to=alone)
        return claimed[0] if claimed else None

    def _deliver(self, delivery: Delivery) -> None:
        with self._means.database.reading() as session:
            errand = prepare(session, delivery, self._means)
        if errand is None:
            self._record_refusal(delivery, Refused("no_grade_service"))
            return
        url = errand.item.url
        if url is None:
            found = self._find_column(errand)
            if not isinstance(found, str):
                self._record(errand, found)
                return
            url = found
            held = self._hold_on(errand)
            if held is None:
                return
            errand = held
        answer = errand.book.post_score(url, errand.score(), now=self._means.clock())
        self._record(errand, answer, url)

    def _hold_on(self, errand: Errand) -> Errand | None:
        """The errand with its lease begun anew; None when it ran out and another took over."""
        with self._means.database.transaction() as session:
            now = self._means.clock()
            delivery = scores.extend_lease(session, errand.delivery, now=now, lease=LEASE)
        return replace(errand, delivery=delivery) if delivery is not None else None

    def _find_column(self, errand: Errand) -> str | Trouble:
        """Where the column is; found by resource id and tag, or created, by one at a time."""
        item = errand.item
        with self._means.database.transaction() as session:
            now = self._means.clock()
            if not line_items.claim_search(session, item.id, now=now, lease=SEARCH_LEASE):
                return RetryLater("column_in_the_making", SEARCH_SECONDS)
        column = self._found_or_created(errand)
        with self._means.database.transaction() as session:
            if not isinstance(column, Column):
                line_items.give_up_search(session, item.id)
                return column
            line_items.set_line_item_url(session, item.id, column.url)
        return column.url

    def _found_or_created(self, errand: Errand) -> Column | Trouble:
        item = errand.item
        found = errand.book.find(item.resource_id, item.tag, now=self._means.clock())
        if found is not None:
            return found
        wanted = NewLineItem(item.label, item.maximum, item.resource_id, item.tag)
        return errand.book.create(wanted, now=self._means.clock())

    def _record(self, errand: Errand, answer: ScoreAnswer, url: str = "") -> None:
        """``url`` is the column that was posted to, empty when it did not come to that."""
        if isinstance(answer, RetryLater):
            self._record_failure(errand, answer)
            return
        self._pauses.end(errand.platform_id)
        match answer:
            case Delivered():
                self._record_success(errand.delivery)
            case NotNewer():
                self._record_conflict(errand, url)
            case Refused():
                self._record_refusal(errand.delivery, answer, gone_from=url)

    def _record_success(self, delivery: Delivery, result: Decimal | None = None) -> None:
        now = self._means.clock()
        with self._means.database.transaction() as session:
            scores.mark_delivered(session, delivery, now=now, result=result)
        log.info("score was delivered", score=delivery.id)
        measures.delivered(queued_at=delivery.queued_at, now=now)

    def _record_conflict(self, errand: Errand, url: str) -> None:
        """The LMS has something of the same or a later time: is it this very score?

        After an attempt whose outcome was unknown it is; otherwise the score goes out again,
        later. Moodle 4.5 compares with its own time of last change, not with our timestamps.
        """
        held = errand.book.result(url, errand.user_id, now=self._means.clock())
        if isinstance(held, Result) and errand.is_held(held):
            self._record_success(errand.delivery, held.score)
        elif isinstance(held, RetryLater):
            self._record_failure(errand, held)
        elif errand.delivery.conflicts >= MOST_CONFLICTS:
            self._record_refusal(errand.delivery, Refused("not_newer_conflict"))
        else:
            self._renew(errand.delivery, held.at if isinstance(held, Result) else None)

    def _renew(self, delivery: Delivery, held_at: datetime | None) -> None:
        now = self._means.clock()
        plausible = held_at is not None and held_at < now + FARTHEST_AHEAD
        with self._means.database.transaction() as session:
            scores.mark_renewed(
                session,
                delivery,
                due_at=now + timedelta(seconds=1),
                reason="not_newer_conflict",
                later_than=held_at if plausible else None,
            )

    def _record_failure(self, errand: Errand, failure: RetryLater) -> None:
        delivery, now = errand.delivery, self._means.clock()
        reason = REASONS.get(failure.reason, failure.reason)
        if reason in OF_THE_PLATFORM:
            self._pauses.begin(errand.platform_id, now, least=failure.after)
        elif delivery.attempts >= MOST_ATTEMPTS:
            self._record_refusal(delivery, Refused(reason, None, failure.detail))
            return
        wait = wait_after(delivery.attempts, self._means.random(), least=failure.after)
        log.info("score will be sent again", score=delivery.id, reason=reason)
        measures.postponed(reason)
        with self._means.database.transaction() as session:
            scores.mark_retry(
                session, delivery, due_at=now + wait, reason=reason, detail=failure.detail
            )

    def _record_refusal(self, delivery: Delivery, refusal: Refused, *, gone_from: str = "") -> None:
        """``gone_from`` is the column that was posted to: if it is gone, the next score looks
        for it anew."""
        reason = REASONS.get(refusal.reason, refusal.reason)
        log.warning("score was refused", score=delivery.id, reason=reason, status=refusal.status)
        measures.needs_person(reason)
        with self._means.database.transaction() as session:
            if reason == "line_item_gone" and gone_from:
                line_items.forget_line_item_url(session, delivery.line_item_id, gone_from)
            scores.mark_needs_person(
                session, delivery, now=self._means.clock(), reason=reason, detail=refusal.excerpt
            )
