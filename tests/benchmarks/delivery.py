"""How much the outbox adds to posting scores: delivery against a bare loop of the same requests.

Both speak to the sandbox in Moodle's manner, over HTTP in this process, so that the share of the
LMS is the same. Not here: how long a real LMS takes (Moodle 4.5: about 53 ms a post).
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import structlog
from flask import Flask, jsonify

from lti_tool.lti.keys import key_set, new_signing_key
from lti_tool.persistence.database import Database, upgrade
from lti_tool.sandbox import Platform, SandboxSettings, create_sandbox
from tests.delivery.school import Clock, School, enter, learners_of
from tests.delivery.serving import served

ROOT = Path(__file__).parent.parent.parent
SCORES = 200
ROUNDS = 3
MOST_TIMES = 6.0


def measure() -> bool:
    """Print how many times a bare loop delivery takes; whether that is within the limit."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with _school() as school:
        bare = min(_bare(school, number) for number in range(ROUNDS))
        delivered = min(_delivered(school, number) for number in range(ROUNDS))
    times = delivered / bare
    within = times <= MOST_TIMES
    name = f"deliver {SCORES} scores, to a bare loop of posts"
    note = f"{1000 * delivered / SCORES:.1f} ms a score"
    print(f"{name:<45} {times:7.2f} x  (limit {MOST_TIMES:.0f} x)  {note}", end="")
    print("" if within else "  TOO SLOW")
    return within


def _bare(school: School, number: int) -> float:
    """Seconds for the posts alone, to a column of their own."""
    activity = school.lms.add_activity(f"bare {number}")
    own = school.lms.own_column(activity.id)
    assert own is not None
    url = school.lms.addresses.line_item(own.id).replace("?", "/scores?")
    token = school.lms.tokens.issue(frozenset(school.course.grade_scopes))
    with requests.Session() as session:
        session.headers.update(
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/vnd.ims.lis.v1.score+json",
            }
        )
        start = time.perf_counter()
        for student in school.lms.students:
            session.post(url, data=_body(student.user_id), timeout=5).raise_for_status()
        return time.perf_counter() - start


def _body(user_id: str) -> str:
    return json.dumps(
        {
            "userId": user_id,
            "scoreGiven": 16,
            "scoreMaximum": 20,
            "comment": "4/4 达标",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-23T08:00:00.000Z",
        }
    )


def _delivered(school: School, number: int) -> float:
    """Seconds for the outbox to be drained of a score for everybody."""
    school.clock.move(60)
    column = school.own_column(f"delivered {number}")
    for who in range(SCORES):
        school.queue(column, 16, "4/4 达标", who=who)
    start = time.perf_counter()
    while school.deliver():
        pass
    return time.perf_counter() - start


@contextmanager
def _school() -> Iterator[School]:
    """A school of one big class on SQLite."""
    clock, key = Clock(), new_signing_key()

    def tool(url: str) -> Flask:
        app = Flask("tool", root_path=".")
        app.config["URL"] = url
        app.add_url_rule("/lti/jwks", "jwks", lambda: jsonify(key_set([key])))
        return app

    with tempfile.TemporaryDirectory() as folder, served(tool) as tool_app:
        address = f"sqlite:///{folder}/bench.sqlite3"
        upgrade(address, ROOT / "migrations")
        database = Database(address)

        def sandbox(url: str) -> Flask:
            settings = SandboxSettings(url, tool_app.config["URL"])
            return create_sandbox(settings, class_size=SCORES, clock=lambda: clock().timestamp())

        with served(sandbox) as sandbox_app:
            lms: Platform = sandbox_app.extensions["sandbox"].platforms["moodle"]
            course = enter(database, lms)
            yield School(database, lms, clock, key, course, learners_of(database, lms, course))
        database.close()
