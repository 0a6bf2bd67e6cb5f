"""Claims scores of the outbox as delivery does, for tests that say what came of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lti_tool.persistence import deliveries
from lti_tool.persistence.database import Session
from lti_tool.persistence.scores import Delivery


def claimed(session: Session, *, now: datetime, limit: int = 20) -> Sequence[Delivery]:
    """Every score that is due, for whatever platform."""
    return [
        each
        for platform_id in deliveries.platforms_due(session, now)
        for each in deliveries.lease_due(
            session, platform_id, now=now, lease=timedelta(minutes=2), limit=limit
        )
    ]
