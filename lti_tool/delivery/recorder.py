"""Writes down what came of claimed scores: in the outbox, and in the pace of each platform.

Many outcomes are one transaction. What could not be written, because the database was away, is kept
and written first the next time; if its lease ran out meanwhile, whoever claimed the score then has
the word, and this one changes nothing. Not here: what an outcome means (``sender``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

import structlog

from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.persistence import deliveries, line_items, paces
from lti_tool.persistence.database import Session
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.scores import Delivery
from lti_tool.telemetry import measures
from lti_tool.telemetry.tracing import FIELD

from .means import Means
from .outcomes import OF_THE_PLATFORM, Arrived, Conflict, NotTried, Outcome, What
from .patience import MOST_ATTEMPTS, MOST_CONFLICTS, pause_after, wait_after

log = structlog.get_logger()

FARTHEST_AHEAD = timedelta(days=366)
"""A time that the LMS tells is followed so far; anything beyond is no clock."""


class Recorder:
    """One instance serves one thread."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._unwritten: list[Outcome] = []

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Have these written with the next ones."""
        self._unwritten.extend(outcomes)

    def write(self, outcomes: Iterable[Outcome] = ()) -> None:
        """Write these down, and what was kept before."""
        self.keep(outcomes)
        if not self._unwritten:
            return
        now = self._means.clock()
        with self._means.database.transaction() as session:
            self._write(session, self._unwritten, now)
        self._tell(self._unwritten, now)
        self._unwritten = []

    def _write(self, session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
        """In the order of ids, so that two processes cannot wait for each other's rows."""
        taken = [
            Taken(each.delivery, each.what.result)
            for each in outcomes
            if isinstance(each.what, Arrived)
        ]
        if taken:
            deliveries.mark_delivered(session, taken, now=now)
        for each in sorted(outcomes, key=lambda one: one.delivery.id):
            if not isinstance(each.what, Arrived):
                self._write_one(session, each, now)
        self._note_paces(session, outcomes, now)

    def _write_one(self, session: Session, outcome: Outcome, now: datetime) -> None:
        delivery = outcome.delivery
        match _judged(outcome):
            case NotTried():
                deliveries.release(session, [delivery], now=now)
            case Conflict(held_at):
                deliveries.mark_renewed(
                    session,
                    delivery,
                    due_at=now + timedelta(seconds=1),
                    reason="not_newer_conflict",
                    later_than=_plausible(held_at, now),
                )
            case RetryLater(reason, after, detail):
                wait = wait_after(delivery.attempts, self._means.random(), least=after)
                deliveries.mark_retry(
                    session, delivery, due_at=now + wait, reason=reason, detail=detail
                )
            case Refused(reason, _, excerpt):
                if reason == "line_item_gone" and outcome.url:
                    # The next score looks for the column anew.
                    line_items.forget_line_item_url(session, delivery.line_item_id, outcome.url)
                deliveries.mark_needs_person(
                    session, delivery, now=now, reason=reason, detail=excerpt
                )

    def _note_paces(self, session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
        """What each platform said, an answer ending its failures, in the order it was said."""
        tried = [each for each in outcomes if not isinstance(each.what, NotTried)]
        for platform_id in sorted({each.platform_id for each in tried}):
            said = [each.platform_trouble for each in tried if each.platform_id == platform_id]
            row = list(takewhile(lambda each: each is not None, reversed(said)))
            if len(row) < len(said):
                paces.note_answer(session, platform_id)
            last = row[0] if row else None
            if last is not None:
                least = max((each.after for each in row if each and each.after), default=None)
                paces.note_failure(
                    session,
                    platform_id,
                    now=now,
                    times=len(row),
                    reason=last.reason,
                    pause=partial(pause_after, least=least),
                )

    def _tell(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Log and count what came of each, once it is stored."""
        for each in outcomes:
            _tell_one(each.delivery, _judged(each), now)


def _tell_one(delivery: Delivery, what: What, now: datetime) -> None:
    whose = {FIELD: delivery.request_name, "score": delivery.id}
    if isinstance(what, Arrived):
        measures.delivered(queued_at=delivery.queued_at, now=now)
        log.info("score was delivered", **whose)
    elif isinstance(what, Refused):
        measures.needs_person(what.reason)
        log.warning("score was refused", **whose, reason=what.reason, status=what.status)
    elif isinstance(what, RetryLater | Conflict):
        reason = what.reason if isinstance(what, RetryLater) else "not_newer_conflict"
        measures.postponed(reason)
        log.info("score will be sent again", **whose, reason=reason)


def _judged(outcome: Outcome) -> What:
    """The outcome, or a refusal where the same was tried often enough."""
    what, delivery = outcome.what, outcome.delivery
    if isinstance(what, Conflict) and delivery.conflicts >= MOST_CONFLICTS:
        return Refused("not_newer_conflict")
    endless = isinstance(what, RetryLater) and what.reason in OF_THE_PLATFORM
    if isinstance(what, RetryLater) and not endless and delivery.attempts >= MOST_ATTEMPTS:
        return Refused(what.reason, None, what.detail)
    return what


def _plausible(held_at: datetime | None, now: datetime) -> datetime | None:
    return held_at if held_at is not None and held_at < now + FARTHEST_AHEAD else None
