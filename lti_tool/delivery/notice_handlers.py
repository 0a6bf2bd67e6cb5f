"""Asks the deployments that offer it for notices of copied courses, one by one.

As with class lists, claiming is one transaction, recording another, and none is open while the
network is in use. Not here: the notices that come of it (``lti_tool.web.notices``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lti_tool.lti.answers import Trouble
from lti_tool.lti.notices import NoticeService
from lti_tool.persistence import notice_handlers, paces, platforms
from lti_tool.persistence.notice_handlers import NoticeHandler

from .means import Means

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class _Visit:
    asked: NoticeHandler
    service: NoticeService


class NoticeAsker:
    """Puts our address for notices. One instance serves one thread; ``handler`` is the address."""

    def __init__(self, means: Means, *, handler: str) -> None:
        self._means = means
        self._handler = handler

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Ask the deployment due longest; returns how many were handled, 0 when none is due."""
        visit = None if stopping() else self._claim()
        if visit is None:
            return 0
        now = self._means.clock()
        found = visit.service.ask_for_copies(visit.asked.url, handler=self._handler, now=now)
        if found is not None:
            self._record_trouble(visit.asked, found)
            return 1
        with self._means.database.transaction() as session:
            notice_handlers.mark_put(session, visit.asked.deployment_id, now=self._means.clock())
        return 1

    def _claim(self) -> _Visit | None:
        with self._means.database.reading() as session:
            if not notice_handlers.any_due(session, self._means.clock()):
                return None
        with self._means.database.transaction() as session:
            asked = notice_handlers.lease_due(session, now=self._means.clock(), lease=LEASE)
            deployment = platforms.deployment_by_id(session, asked.deployment_id) if asked else None
            if asked is None or deployment is None:
                return None
            platform = platforms.platform(session, deployment.platform_id)
            if platform is None:
                return None
            paces.take(session, platform.id, 1)
        service = NoticeService(
            self._means.http,
            self._means.tokens,
            platform=platform,
            deployment=deployment.deployment_id,
        )
        return _Visit(asked, service)

    def _record_trouble(self, asked: NoticeHandler, found: Trouble) -> None:
        log.info("no notices were agreed", deployment=asked.deployment_id, reason=found.reason)
        again_at = self._means.again_at(found, asked.attempts, most=MOST_ATTEMPTS)
        with self._means.database.transaction() as session:
            notice_handlers.mark_failed(
                session, asked.deployment_id, problem=found.reason, again_at=again_at
            )
