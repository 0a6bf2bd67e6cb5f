"""Keeps standings right where nobody waits for them: whole schools, and ratings grown too old.

Nothing is sent here; what follows for the gradebooks goes into the outbox. Not here: computing
(``lti_tool.services``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from lti_tool.catalogue import Catalogue
from lti_tool.domain.errors import UnknownStandardError
from lti_tool.persistence import people, recomputations, standings
from lti_tool.persistence.database import Database, Session
from lti_tool.services.recompute import NOBODY, go_on
from lti_tool.services.standing import level_rule, update_standing
from lti_tool.services.work import Work

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
BATCH = 25
"""Learners in one transaction: short enough for a teacher who waits for one of them."""
BETWEEN_SWEEPS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a change of standings needs besides its transaction."""

    catalogue: Callable[[], Catalogue]
    clock: Callable[[], datetime]
    zone: ZoneInfo
    new_id: Callable[[], str]

    def work(self, session: Session, actor_id: int) -> Work:
        """Work on many at once."""
        return Work(
            session=session,
            catalogue=self.catalogue(),
            actor_id=actor_id,
            now=self.clock(),
            zone=self.zone,
            new_id=self.new_id,
            bulk=True,
        )


class StandingKeeper:
    """Goes on with passes over schools and lets mastery lapse. One instance serves one thread."""

    def __init__(self, database: Database, surroundings: Surroundings) -> None:
        self._database = database
        self._around = surroundings
        self._swept: datetime | None = None

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Compute the next learners of the pass due longest, or those whose mastery lapsed;
        returns how many pieces were handled."""
        if stopping():
            return 0
        return self._pass() or self._lapse()

    def _pass(self) -> int:
        now = self._around.clock()
        with self._database.reading() as session:
            if not recomputations.is_due(session, now=now):
                return 0
        with self._database.transaction() as session:
            found = recomputations.lease_due(session, now=now, lease=LEASE)
        if found is None:
            return 0
        try:
            with self._database.transaction() as session:
                go_on(self._around.work(session, found.asked_by or NOBODY), found, most=BATCH)
        except UnknownStandardError:
            log.warning("a standard is gone", standard=found.standard_id)
            with self._database.transaction() as session:
                recomputations.note_progress(
                    session, found.id, after_id=found.after_id, done=0, due_at=None
                )
        return 1

    def _lapse(self) -> int:
        now = self._around.clock()
        if self._swept is not None and now - self._swept < BETWEEN_SWEEPS:
            return 0
        installed = [each.standard.id for each in self._around.catalogue().standards]
        with self._database.reading() as session:
            if not standings.lapsed(session, installed, now=now, most=1):
                self._swept = now
                return 0
        with self._database.transaction() as session:
            found = standings.lapsed(session, installed, now=now, most=BATCH)
            for each in found:
                self._lapsed(session, *each)
        return len(found)

    def _lapsed(self, session: Session, learner_id: int, standard_id: str) -> None:
        # Nobody acts when time passes; the standing concerns the learner alone.
        work = self._around.work(session, learner_id)
        bundle = work.bundle(standard_id)
        learner = people.account(session, learner_id)
        rules = level_rule(session, bundle, learner.school_id)
        update_standing(work, bundle, learner, rules)
