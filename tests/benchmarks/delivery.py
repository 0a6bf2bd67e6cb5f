"""How much the outbox adds to posting scores, and what saving a rating costs.

Delivery is held against a bare loop of posts to the same endpoint with as many connections, each a
``requests.Session``. The LMS is a program of its own, once as quick as it can be, once taking as
long as a real one (Moodle 4.5: about 53 ms a post). The pace that platforms are spared with is
lifted. Not here: launches (``bench_launch``).
"""

import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import requests
import structlog
from flask import Flask, jsonify

from lti_tool.app import Parts, build_parts
from lti_tool.delivery.deliver import Deliverer
from lti_tool.delivery.means import Means
from lti_tool.domain.launch import Person
from lti_tool.domain.score import Score
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.keys import SigningKey, key_set, new_signing_key
from lti_tool.persistence import line_items, paces, people, platforms, ratings, scores, submissions
from lti_tool.persistence.database import upgrade
from lti_tool.persistence.paces import Limits
from lti_tool.settings import read_settings
from tests.chaos import schools, teachers
from tests.delivery.serving import served
from tests.journeys.servers import free_port

ROOT = Path(__file__).parent.parent.parent
CONNECTIONS = 4
SCORES = 400
MANY = 20_000
ROUNDS = 7
AIM = 0.8
REAL_SECONDS = 0.05
LMSS = (("quick LMS", 0.0, 0.5), ("LMS that takes 50 ms", REAL_SECONDS, AIM))
"""Name, seconds it takes, and the share below which something has become slow. The aim is the same
for both; an LMS that answers in half a millisecond leaves the tool's own work no time to hide."""
RATINGS = 100
MOST_GROWTH = 1.1
"""Memory at the end to that after a third of the scores: what is kept to be quick is kept by then.
"""


@dataclass
class Bench:
    """A tool on SQLite with one of the schools, and the LMS it sends to."""

    parts: Parts
    means: Means
    lms: str
    course_id: int
    tasks: Sequence[dict[str, object]]

    def learners(self, number: int) -> Sequence[int]:
        """So many people of the school."""
        with self.parts.database.transaction() as session:
            platform = platforms.platforms(session)[0]
            school = people.account(session, int(str(self.tasks[0]["learner_id"]))).school_id
            return [
                people.remember_person(
                    session,
                    school_id=school,
                    issuer=platform.issuer,
                    person=Person(f"many-{each}"),
                    now=self.parts.clock(),
                ).id
                for each in range(number)
            ]

    def queue(self, title: str, learners: Sequence[int]) -> None:
        """A score for everybody in a new column."""
        with self.parts.database.transaction() as session:
            item = line_items.ensure_line_item(
                session,
                course_id=self.course_id,
                resource_id=title,
                tag=line_items.GRADE_TAG,
                label=title,
                maximum=Decimal(20),
            )
            for each in learners:
                scores.queue_score(
                    session,
                    line_item_id=item.id,
                    person_id=each,
                    score=Score(Decimal(16), Decimal(20), "4/4 达标"),
                    now=self.parts.clock(),
                )


def measure() -> bool:
    """Print the figures; whether delivery is within its limits."""
    within = []
    for name, delay, least in LMSS:
        with _bench(delay) as bench:
            within.append(_delivery(bench, name, least))
            if not delay:
                _ratings(bench)
                within.append(_drain(bench))
    return all(within)


def _delivery(bench: Bench, name: str, least: float) -> bool:
    learners = bench.learners(SCORES)
    deliverer = Deliverer(bench.means, connections=CONNECTIONS)
    bare, own = [], []
    for number in range(ROUNDS):
        bare.append(_bare(bench, number, len(learners)))
        bench.queue(f"{name} {number}", learners)
        begun = time.perf_counter()
        handled = deliverer.deliver_due()
        own.append(time.perf_counter() - begun)
        if handled != len(learners):
            raise RuntimeError(f"{handled} of {len(learners)} scores were handled")
    shares = [one / other for one, other in zip(bare, own, strict=True)]
    best, middle = min(bare) / min(own), statistics.median(shares)
    within = best >= least
    told = f"deliver {SCORES} scores over {CONNECTIONS} connections, {name}"
    print(f"{told:<60} {best:5.2f} of a bare loop  (aim {AIM}, at least {least})", end="")
    print(f"  median {middle:.2f}, bare {1000 * min(bare) / len(learners):.2f} ms a score", end="")
    print("" if within else "  TOO SLOW")
    return within


def _bare(bench: Bench, number: int, count: int) -> float:
    """Seconds for the posts alone, to a column of their own."""
    tokens = bench.means.tokens
    with bench.parts.database.reading() as session:
        platform = platforms.platforms(session)[0]
    token = tokens.token(platform, "1", frozenset(schools.SCOPES), now=bench.parts.clock())
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/vnd.ims.lis.v1.score+json",
    }
    url = f"{bench.lms}/north/lineitems/{1000 + number}/lineitem/scores"

    def post(users: range) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for user in users:
                session.post(url, data=_body(user), headers=headers, timeout=20).raise_for_status()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        begun = time.perf_counter()
        list(pool.map(post, [range(place, count, CONNECTIONS) for place in range(CONNECTIONS)]))
        return time.perf_counter() - begun


def _body(user: int) -> str:
    return json.dumps(
        {
            "userId": f"many-{user}",
            "scoreGiven": 16,
            "scoreMaximum": 20,
            "comment": "4/4 达标",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-23T08:00:00.000Z",
        }
    )


def _drain(bench: Bench) -> bool:
    """Deliver what a province's day brings, queued all at once; whether memory stays even."""
    learners = bench.learners(MANY // 10)
    for number in range(10):
        bench.queue(f"many {number}", learners)
    deliverer = Deliverer(bench.means, connections=CONNECTIONS)
    begun = time.perf_counter()
    total, early = 0, 0.0
    while handled := deliverer.deliver_due():
        total += handled
        early = early or (_resident() if total >= MANY // 3 else 0.0)
    seconds, late = time.perf_counter() - begun, _resident()
    print(f"{f'drain {total} scores, one process, quick LMS':<60} {seconds:7.1f} s", end="")
    print(f"  {total / seconds:.0f} a second", end="")
    even = late <= MOST_GROWTH * early
    print(f"  {early:.0f} MB after a third, {late:.0f} MB at the end", "" if even else "  GROWS")
    return even


def _resident() -> float:
    """What this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _ratings(bench: Bench) -> None:
    """A rating with its mastery, level and outbox row, against a bare row of a rating."""
    chance = random.Random(1)
    saved = _times(lambda: teachers._rate_once(bench.parts, bench.tasks[0], chance))
    with bench.parts.database.reading() as session:
        name = str(bench.tasks[1]["submission_id"])
        rated = ratings.ratings_of_submission(session, str(bench.tasks[0]["submission_id"]))[0]
        submission = submissions.submission_of(session, name)

    before: list[str | None] = [None]

    def insert() -> None:
        name = secrets.token_urlsafe(16)
        row = replace(rated, id=name, submission_id=submission.id, supersedes=before[0])
        with bench.parts.database.transaction() as session:
            ratings.add_ratings(session, [row])
        before[0] = name

    bare = _times(insert)
    told = f"save {RATINGS} ratings with mastery, level and outbox, p95"
    print(f"{told:<60} {saved:7.1f} ms  bare insert {bare:.1f} ms  ({saved / bare:.1f} x)")


def _times(run: Callable[[], object]) -> float:
    """The 95th percentile in milliseconds."""
    taken = []
    for _ in range(RATINGS):
        begun = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(taken, n=20)[-1]


@contextmanager
def _bench(delay: float) -> Iterator[Bench]:
    key = new_signing_key()

    def tool(url: str) -> Flask:
        app = Flask("tool", root_path=".")
        app.config["URL"] = url
        app.add_url_rule("/lti/jwks", "jwks", lambda: jsonify(key_set([key])))
        return app

    with (
        tempfile.TemporaryDirectory() as folder,
        served(tool) as app,
        _lms(app.config["URL"], delay) as lms,
    ):
        yield from _school(folder, app.config["URL"], key, lms)


def _school(folder: str, tool: str, key: SigningKey, lms: str) -> Iterator[Bench]:
    address = f"sqlite:///{folder}/bench.sqlite3"
    upgrade(address, ROOT / "migrations")
    told = {
        "LTI_TOOL_DATABASE_URL": address,
        "LTI_TOOL_DATA_DIR": folder,
        "LTI_TOOL_BASE_URL": tool,
        "LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS": "1",
    }
    parts = build_parts(read_settings(told, default_base_url=""))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    tasks = schools.found(parts, lms)
    with parts.database.transaction() as session:
        for each in platforms.platforms(session):
            limits = Limits(1e6, 1_000_000)
            paces.set_limits(session, each.id, limits, now=parts.clock())
    tokens = AccessTokens(
        parts.http, signing_key=lambda: key, unique=lambda: secrets.token_urlsafe(8)
    )
    means = Means(parts.database, parts.http, tokens, parts.clock, random.random)
    Deliverer(means).deliver_due()
    yield Bench(parts, means, lms, int(str(tasks[0]["course_id"])), tasks)
    parts.http.close()
    parts.database.close()


@contextmanager
def _lms(tool: str, delay: float) -> Iterator[str]:
    port = free_port()
    program = [sys.executable, "-m", "tests.chaos.fake_lms", str(port), tool, "calm", str(delay)]
    process = subprocess.Popen(program, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                requests.get(f"{url}/log", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()
