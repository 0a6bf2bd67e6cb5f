"""Delivery while everything goes wrong: in the end the gradebooks equal the ledger.

More than 2,000 score changes over three platforms, while web, workers and teachers get SIGKILL
every few seconds, the LMSs answer 500, 503, 429 with Retry-After, 409 and 401, hang, drop
connections before and after accepting, tokens expire, the key is rotated, and the database breaks
off. `make chaos` does the same for longer.
"""

import json
import logging
import os
import signal
from pathlib import Path

from tests.journeys.broker import broker

from .reckoning import differences
from .storm import Aftermath, Storm

CHANGES = 2000
LONGER = 900
"""Seconds beside the storm: until it begins, and until all is calm."""
ENDED = {0, -signal.SIGTERM}
"""In order; or before it was ready to be told, where it had been killed a moment before."""
SECONDS = float(os.environ.get("CHAOS_SECONDS", "30"))


def test_nothing_is_lost_with_embedded_threads_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    check(Storm(tmp_path, sqlite_url))


def test_nothing_is_lost_with_celery_on_postgresql_and_rabbitmq(
    postgresql_url: str, tmp_path: Path
) -> None:
    with broker(longest=int(SECONDS) + LONGER) as address:
        check(Storm(tmp_path, postgresql_url, address))


def check(storm: Storm) -> None:
    aftermath = storm.rage(changes=CHANGES, seconds=SECONDS)
    logging.getLogger(__name__).info(told(aftermath))
    assert aftermath.decided >= CHANGES
    assert set(aftermath.codes.values()) <= ENDED, aftermath.codes
    tasks = json.loads((storm.folder / "tasks.json").read_text())
    with storm.parts() as parts:
        assert differences(parts, aftermath, tasks) == []


def told(aftermath: Aftermath) -> str:
    """What happened, in figures."""
    accepted = sum(len(each["accepted"]) for each in aftermath.log["platforms"].values())
    return (
        f"{aftermath.decided} scores decided, {accepted} accepted, {aftermath.kills} processes"
        f" killed, storm {aftermath.stormed:.0f} s, then drained in {aftermath.calmed:.0f} s;"
        f" went wrong: {aftermath.log['went_wrong']}"
    )
