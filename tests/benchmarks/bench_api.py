"""What a program of the registrar waits for: a page of outcomes, and what changed since a cursor.

``python -m tests.benchmarks.bench_api 20000 [SQLite|PostgreSQL]`` asks a school of 20,000 learners.
Each answer is held against the bare rows of such a page, read in the same run, and against the same
answer of a small school: it must not grow with the school. Not here: making it (``big_school``).
"""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import bindparam, select, text, update

from lti_tool.api.cursors import encoded, from_moment
from lti_tool.domain.access_token import Scope
from lti_tool.persistence.database import Database, UtcDateTime
from lti_tool.services.issue_token import By, Wish, issue_token
from tests.benchmarks import big_school
from tests.benchmarks.scale import CATALOGUE, DATABASES, MOST_OF_A_PAGE, _client, _seconds

SMALLEST, USUAL = 200, 2_000
PAGE = 100
MOST_TO_BARE = 20.0
"""An answer is let in by its token, counted, looked up in the audit log, and written as JSON."""
SECRET = "a token for measuring"


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds. ``page``: a page of outcomes from the middle of the school; ``changes``: a page of
    what changed since a cursor; ``bare``: the rows of such a page."""

    learners: int
    page: float
    changes: float
    bare: float


def measure(largest: int = USUAL, *kinds: str) -> bool:
    """Measure a small and a large school on both databases, or on those named; whether all limits
    are kept."""
    kept = []
    for kind in kinds or DATABASES:
        with DATABASES[kind]() as new:
            small, large = (_measure(new(), each) for each in (SMALLEST, largest))
        kept.append(_tell(kind, small, large))
    return all(kept)


def _measure(url: str, learners: int) -> Figures:
    database = Database(url)
    big_school.fill(database, CATALOGUE.standards[-1], learners)
    _spread(database, learners)
    client, secret = _client(url), _token(database)
    middle, since = (_path(each) for each in (learners // 2, learners - PAGE))
    page = _seconds(lambda: _ask(client, secret, middle))
    changes = _seconds(lambda: _ask(client, secret, since))
    bare = _seconds(lambda: _read_bare(database, learners // 2))
    database.close()
    return Figures(learners, page, changes, bare)


def _tell(kind: str, small: Figures, large: Figures) -> bool:
    kept = all(
        after <= before * MOST_OF_A_PAGE and after <= large.bare * MOST_TO_BARE
        for before, after in ((small.page, large.page), (small.changes, large.changes))
    )
    print(
        f"{kind}, API over {large.learners:,} learners: page of {PAGE} outcomes "
        f"{large.page * 1e3:.1f} ms ({large.page / large.bare:.1f} of bare rows, "
        f"{large.page / small.page:.1f} of the smallest school), changes since a cursor "
        f"{large.changes * 1e3:.1f} ms ({large.changes / large.bare:.1f}, "
        f"{large.changes / small.changes:.1f})" + ("" if kept else "  NOT KEPT"),
        flush=True,
    )
    return kept


def _at(learner: int) -> datetime:
    """When the outcome of the learner of this number, from 1, changed."""
    return big_school.AT + timedelta(seconds=learner)


def _spread(database: Database, learners: int) -> None:
    """Let no two learners' outcomes have changed at once, as in life."""
    own = big_school.TABLE["attainments"]
    changed = (
        update(own)
        .where(own.c.learner_id == bindparam("learner"))
        .values(changed_at=bindparam("at", type_=UtcDateTime()))
    )
    each = range(1, learners + 1)
    with database.engine.begin() as connection:
        rows = [{"learner": big_school.TEACHER + one, "at": _at(one)} for one in each]
        connection.execute(changed, rows)
        connection.execute(text("ANALYZE"))


def _token(database: Database) -> str:
    by = By(big_school.TEACHER, big_school.AT)
    wish = Wish("bench", frozenset(Scope), 30)
    with database.transaction() as session:
        issue_token(session, wish, SECRET, by, school_id=1, owner_id=big_school.TEACHER)
    return SECRET


def _path(learner: int) -> str:
    """The page after the outcomes of this learner."""
    cursor = encoded("outcomes", 0, from_moment(_at(learner)), big_school.TEACHER + learner, "z")
    standard = CATALOGUE.standards[-1].standard.id
    return f"/api/v1/outcomes?standard={standard}&limit={PAGE}&cursor={cursor}"


def _ask(client: FlaskClient, secret: str, path: str) -> None:
    answer = client.get(path, headers={"Authorization": f"Bearer {secret}"})
    if answer.status_code != 200 or len(answer.get_json()["data"]) != PAGE:
        raise RuntimeError(f"{path}: {answer.status}")


def _read_bare(database: Database, learner: int) -> None:
    """The rows of a page, as they come."""
    own, person = big_school.TABLE["attainments"], big_school.TABLE["people"]
    query = (
        select(own, person)
        .join(person, person.c.id == own.c.learner_id)
        .where(own.c.school_id == 1, own.c.begun, own.c.changed_at > _at(learner))
        .order_by(own.c.changed_at)
        .limit(PAGE)
    )
    with database.engine.connect() as connection:
        connection.execute(query).all()


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(0 if measure(int(given[0]) if given else USUAL, *given[1:]) else 1)
