"""Teachers who rate and rate again, each their own share of the students, until they are killed.

For each rating they also write down some scores of a column of its own, straight into the outbox
as ``services.standing`` does it, whose points only rise: so an older one after a newer shows. After
each commit a line is written down: what stands there must be in the ledger in the end.
"""

import json
import os
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from lti_tool.app import Parts, build_parts
from lti_tool.domain.rating import latest
from lti_tool.domain.score import Score
from lti_tool.domain.submission import Submission
from lti_tool.persistence import (
    assessments,
    line_items,
    ratings,
    scores,
    standings,
    submissions,
)
from lti_tool.persistence.database import DatabaseError, Session
from lti_tool.services.rate_submission import Judgement, rate_submission
from lti_tool.settings import read_settings

from .schools import CODES, working

COUNTED = "counted"
MAXIMUM = Decimal(100_000)
COUNTS = 16
PAUSE_SECONDS = 0.002
SLOWEST_SECONDS = 2.0


def rate(tasks_file: Path, share: int, shares: int, done_file: Path) -> None:
    """Rate without end. A transaction that the database broke off is simply tried anew."""
    chance = random.Random()
    settings = read_settings(os.environ, default_base_url="")
    parts = build_parts(settings, clock=lambda: _unsteady(chance))
    tasks = json.loads(tasks_file.read_text())[share::shares]
    with done_file.open("a", buffering=1) as done:
        while True:
            task = chance.choice(tasks)
            try:
                done.write(f"rating {_rate_once(parts, task, chance)}\n")
                for _ in range(COUNTS):
                    task = chance.choice(tasks)
                    done.write(f"count {task['learner_id']} {_count_once(parts, task)}\n")
                    time.sleep(PAUSE_SECONDS)
            except DatabaseError:
                continue


def _unsteady(chance: random.Random) -> datetime:
    """The time of a machine whose clock is behind the others' and is set back now and then."""
    return datetime.now(UTC) - timedelta(seconds=chance.uniform(0, SLOWEST_SECONDS))


def _rate_once(parts: Parts, task: Mapping[str, Any], chance: random.Random) -> str:
    with parts.database.transaction() as session:
        submission = submissions.submission_of(session, task["submission_id"])
        assessment = assessments.assessment(
            session, task["assessment_id"], course_id=task["course_id"]
        )
        given = rate_submission(
            working(parts, session, task["teacher_id"]),
            submission,
            assessment,
            _judgement(session, submission, chance),
        )
    return given.id


def _count_once(parts: Parts, task: Mapping[str, Any]) -> int:
    """One more point than before; how many it is."""
    with parts.database.transaction() as session:
        standings.lock_learner(session, task["learner_id"])
        item = line_items.ensure_line_item(
            session,
            course_id=task["course_id"],
            resource_id=COUNTED,
            tag=line_items.GRADE_TAG,
            label="计数",
            maximum=MAXIMUM,
        )
        before = next(iter(scores.deliveries_to(session, task["learner_id"], COUNTED)), None)
        score = Score((before.given if before else Decimal(0)) + 1, MAXIMUM, "")
        scores.queue_score(
            session,
            line_item_id=item.id,
            person_id=task["learner_id"],
            score=score,
            now=parts.clock(),
        )
    return int(score.given)


def _judgement(session: Session, submission: Submission, chance: random.Random) -> Judgement:
    """Any code's first rating, or another level than the one it has."""
    newest = latest(ratings.ratings_of_submission(session, submission.id))
    missing = [code for code in CODES if code not in newest]
    code = missing[0] if missing else chance.choice(CODES)
    now = newest[code].performance_level if code in newest else 0
    level = chance.choice([each for each in (1, 2, 3, 4) if each != now])
    return Judgement(code, level, "再看一次录音", newest[code].id if code in newest else None)
