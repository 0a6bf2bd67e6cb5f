"""Sends due scores to the LMS gradebooks, several at a time, and records what came of each.

Claiming is one transaction, recording another, and no transaction is open while the network is
in use. A process that dies in between leaves leases that run out within seconds, because a process
that lives renews its own; the score is then sent again with the same timestamp, which the platform
takes for the same score (AGS 2.0, 3.4.9).

A platform is called no faster than its bucket allows, and not at all while its breaker is open
(``lti_tool.persistence.paces``); the scores for others go out meanwhile.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from lti_tool.lti.answers import Refused
from lti_tool.lti.profiles import Profile, profile_of
from lti_tool.persistence import deliveries, line_items, paces, platforms
from lti_tool.persistence.database import Session
from lti_tool.persistence.paces import Limits

from .column_search import SEARCH_LEASE
from .errand import Errand, prepare
from .lane import Lane
from .means import Means
from .outcomes import NotTried, Outcome
from .recorder import Recorder
from .sender import Sender

LEASE = timedelta(seconds=15)
"""How long a score stays untouched after its process died."""
RENEWED_AFTER = LEASE / 3
AHEAD = 24
"""So many scores are claimed at once for each connection: enough to keep it busy meanwhile."""
LOOK_SECONDS = 0.5
"""How often it is looked for newly due scores while others are under way."""
GATHER_SECONDS = 0.05
"""How long outcomes are gathered to be written together."""


class Deliverer:
    """Sends scores. One instance serves one thread.

    ``connections`` is how many posts a platform gets at a time; None: as its product's profile
    says.
    """

    def __init__(self, means: Means, *, connections: int | None = None) -> None:
        self._means = means
        self._connections = connections
        self._sender = Sender(means)
        self._recorder = Recorder(means)
        self._lanes: dict[int, Lane] = {}
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._renewed_at = means.clock()
        self._looked_at = 0.0

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Send what is due until nothing is; returns how many scores were handled.

        0 means that nothing is due, or not yet. When ``stopping`` says so, what is under way is
        finished and what was only claimed is given back.
        """
        self._recorder.write()
        self._looked_at = 0.0
        handled = 0
        with self._open_lanes():
            while self._go_on(stopping):
                outcomes = self._gathered()
                self._recorder.write(outcomes)
                handled += sum(not isinstance(each.what, NotTried) for each in outcomes)
                self._renew()
        return handled

    def _go_on(self, stopping: Callable[[], bool]) -> bool:
        """Whether anything is under way, after claiming what there is room for."""
        if stopping():
            for lane in self._lanes.values():
                lane.close()
        else:
            self._look()
        return any(lane.held for lane in self._lanes.values())

    @contextmanager
    def _open_lanes(self) -> Iterator[None]:
        """Whatever happens, wait for what is under way and keep what came of it."""
        try:
            yield
        finally:
            for lane in self._lanes.values():
                lane.end()
            self._lanes.clear()
            self._recorder.keep(self._waiting())

    # --- claiming ---

    def _look(self) -> None:
        """Claim due scores where a lane has room; where none has, or nothing was due a moment ago,
        the database is left in peace. A lane that is known to have more need not be looked for."""
        for platform_id in [key for key, lane in self._lanes.items() if _is_over(lane)]:
            self._lanes.pop(platform_id).end()
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            hungry = [key for key, lane in self._lanes.items() if _is_hungry(lane)]
            if hungry:
                self._claim(self._means.clock(), hungry)
            return
        self._looked_at = time.monotonic()
        at = self._means.clock()
        with self._means.database.reading() as session:
            due = deliveries.platforms_due(session, at)
        if due:
            self._claim(at, due, adopt=True)

    def _claim(self, now: datetime, due: Sequence[int], *, adopt: bool = False) -> None:
        refused: list[Outcome] = []
        with self._means.database.transaction() as session:
            if adopt:
                deliveries.adopt(session)
            claimed = [
                each for platform_id in due for each in self._claimed(session, platform_id, now)
            ]
        for each in claimed:
            if isinstance(each, Outcome):
                refused.append(each)
            else:
                self._lanes[each.platform_id].put(each)
        self._recorder.write(refused)

    def _claimed(
        self, session: Session, platform_id: int, now: datetime
    ) -> Iterator[Errand | Outcome]:
        platform = platforms.platform(session, platform_id)
        profile = profile_of(platform.product if platform else "")
        lane = self._lanes.get(platform_id) or self._new_lane(platform_id, profile)
        wanted = 0 if lane.is_closed else lane.room
        limits = Limits(profile.calls_per_second, profile.burst)
        admitted = wanted and paces.admit(
            session, platform_id, wanted=wanted, limits=limits, now=now, probe=LEASE
        )
        found = (
            deliveries.lease_due(session, platform_id, now=now, lease=LEASE, limit=admitted)
            if admitted
            else []
        )
        paces.give_back(session, platform_id, admitted - len(found))
        lane.had_more = bool(admitted) and len(found) == admitted
        for each in prepare(session, found, self._means):
            if isinstance(each, Errand):
                yield each
            else:
                yield Outcome(each, platform_id, Refused("no_grade_service"))

    def _new_lane(self, platform_id: int, profile: Profile) -> Lane:
        connections = self._connections or profile.connections
        lane = Lane(connections, connections * AHEAD, self._sender.send, self._done)
        self._lanes[platform_id] = lane
        return lane

    # --- what came of it ---

    def _gathered(self) -> Sequence[Outcome]:
        """What came in by now; waits a moment for the first, and a little for more."""
        try:
            found = [self._done.get(timeout=LOOK_SECONDS)]
        except Empty:
            return []
        self._gather()
        found += self._waiting()
        for each in found:
            self._lanes[each.platform_id].take_out(each)
        return found

    def _gather(self) -> None:
        """Wait a little for more, but not until a quick platform has nothing left to do."""
        enough = sum(len(lane.held) for lane in self._lanes.values()) // 2
        over = time.monotonic() + GATHER_SECONDS
        while self._done.qsize() < enough and time.monotonic() < over:
            time.sleep(GATHER_SECONDS / 10)

    def _waiting(self) -> Sequence[Outcome]:
        found = []
        while not self._done.empty():
            found.append(self._done.get())
        return found

    def _renew(self) -> None:
        """Hold on to what is under way; a process that died does not, and others take it up."""
        now = self._means.clock()
        if now - self._renewed_at < RENEWED_AFTER:
            return
        self._renewed_at = now
        held = [each.delivery for lane in self._lanes.values() for each in lane.held]
        with self._means.database.transaction() as session:
            deliveries.renew(session, held, until=now + LEASE)
            for line_item_id in sorted(self._sender.columns.under_way):
                line_items.hold_search(session, line_item_id, until=now + SEARCH_LEASE)


def _is_hungry(lane: Lane) -> bool:
    """A lane that has done half of what it was given while more was due."""
    return lane.had_more and not lane.is_closed and lane.room >= lane.size // 2


def _is_over(lane: Lane) -> bool:
    """A lane that was closed by trouble is opened anew when the platform may be called again."""
    return lane.is_closed and not lane.held
