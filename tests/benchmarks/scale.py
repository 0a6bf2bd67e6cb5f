"""How the tool grows with its ratings: 10,000, 100,000 and, when asked for, 1,000,000 of them.

``python -m tests.benchmarks.scale 20000 [SQLite|PostgreSQL]`` adds the school of 20,000 learners,
which takes minutes.
Each figure is held against the smallest school of the same run, and what reads everything against
bare reading. On SQLite and PostgreSQL. Not here: making the school (``big_school``).
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import StandardBundle, load_catalogue
from lti_tool.domain.exported import ExportKind
from lti_tool.domain.launch import Role
from lti_tool.exchange.outcomes import Kept, objectives, write_list
from lti_tool.persistence import people, sessions
from lti_tool.persistence.database import Database, upgrade
from lti_tool.persistence.outcomes import OutcomeFilter
from lti_tool.persistence.sessions import SignedIn
from lti_tool.services.export_outcomes.facts import Manner
from lti_tool.services.export_outcomes.lists import draw_outcomes
from lti_tool.services.standing import level_rule, update_standing
from lti_tool.services.work import Work
from lti_tool.settings import read_settings
from tests.benchmarks import big_school
from tests.postgresql import TEMPLATE, shared_server

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = load_catalogue(ROOT / "rubrics", ROOT / "mappings")
LEARNERS = (200, 2_000)
RUNS, MANY = 7, 50
MOST_MEGABYTES = 500.0
MOST_GROWTH = 2.0
"""Of what a learner, an outcome or a cell costs, from the smallest school to the largest."""
MOST_OF_A_PAGE = 8.0
"""Of what the registrar's page costs, for up to a hundred times the learners."""
MOST_TO_BARE = 20.0
"""Of an export of every outcome, to bare rows of the same tables; held in larger schools, since
the smallest is read bare within a millisecond."""
CLASSES = (50, 200)
FORMS = (ExportKind.XLSX, ExportKind.ONE_ROSTER)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, but for the memory of the rebuild. ``release``: one learner's standing after a
    rating; ``row``: an outcome of the CSV export, ``bare`` the same rows written as they come;
    ``forms``: one in the export's other forms; ``learner``: one learner of the rebuild, of this
    process alone."""

    learners: int
    page: float
    row: float
    bare: float
    forms: tuple[float, ...]
    release: float
    rebuild: float
    learner: float
    megabytes: float
    cells: tuple[float, ...]


def measure(largest: int = LEARNERS[-1], *kinds: str) -> bool:
    """Measure every size on both databases, or on those named; whether all limits are kept."""
    sizes = [*LEARNERS, *([largest] if largest > LEARNERS[-1] else [])]
    kept = [_measure_on(kind, sizes) for kind in kinds or DATABASES]
    return all(kept)


def _measure_on(kind: str, sizes: Sequence[int]) -> bool:
    kept, small = [], None
    with DATABASES[kind]() as new:
        for each in sizes:
            found = _measure(new(), each)
            small = small or found
            kept.append(_tell(kind, small, found))
    return all(kept)


def _measure(url: str, learners: int) -> Figures:
    bundle = CATALOGUE.standards[-1]
    database = Database(url)
    big_school.fill(database, bundle, learners)
    client = _client(url)
    registrar = _sign_in(database, Role.REGISTRAR)
    page = _seconds(lambda: _get(client, f"{registrar}/registrar/"))
    rows = _seconds(lambda: _export(database, ExportKind.CSV))
    forms = tuple(_in_form(database, each) / learners for each in FORMS)
    bare = _seconds(lambda: _read_bare(database))
    release = _seconds(lambda: _update(database, bundle), MANY)
    rebuilt, busy, megabytes = _rebuild(url)
    cells = tuple(_cell(client, database, bundle, size) for size in CLASSES)
    database.close()
    each = rows / learners, bare / learners, forms, release
    return Figures(learners, page, *each, rebuilt, busy / learners, megabytes, cells)


def _tell(kind: str, small: Figures, large: Figures) -> bool:
    kept = (
        large.page <= small.page * MOST_OF_A_PAGE
        and large.row <= small.row * MOST_GROWTH
        and max(large.forms) <= max(small.forms) * MOST_GROWTH
        and (large is small or large.row <= large.bare * MOST_TO_BARE)
        and large.release <= small.release * MOST_GROWTH
        and large.learner <= small.learner * MOST_GROWTH
        and large.megabytes <= MOST_MEGABYTES
        and large.cells[-1] <= large.cells[0] * MOST_GROWTH
    )
    print(
        f"{kind}, {large.learners * big_school.RATINGS_EACH:,} ratings of {large.learners:,}: "
        f"registrar's page {large.page:.3f} s ({large.page / small.page:.1f} of the smallest), "
        f"outcome of the export {large.row * 1e6:.0f} µs ({large.row / large.bare:.1f} of bare), "
        + "".join(
            f"{form} {each * 1e6:.0f} µs, " for form, each in zip(FORMS, large.forms, strict=True)
        )
        + f"standing after a rating {large.release * 1e3:.1f} ms "
        f"({large.release / small.release:.2f}), rebuild {large.rebuild:.0f} s, "
        f"{large.learner * 1e3:.1f} ms a learner ({large.learner / small.learner:.2f}), "
        f"{large.megabytes:.0f} MB, cell of a class "
        + " and ".join(
            f"of {size} {each * 1e6:.1f} µs"
            for size, each in zip(CLASSES, large.cells, strict=True)
        )
        + ("" if kept else "  NOT KEPT"),
        flush=True,
    )
    return kept


def _seconds(run: Callable[[], object], times: int = RUNS) -> float:
    """The quickest of a few runs, after one that fills caches: others may be busy, too."""
    run()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def _in_form(database: Database, kind: ExportKind) -> float:
    return _seconds(lambda: _export(database, kind), 1)


def _export(database: Database, kind: ExportKind) -> None:
    """Draw every outcome and write it; keeping the export is one insert more."""
    requirements = objectives if kind is ExportKind.ONE_ROSTER else None
    manner = Manner("zh", "Asia/Shanghai", requirements)
    with database.reading() as session:
        content = draw_outcomes(session, CATALOGUE, OutcomeFilter(), manner, school_id=1)
    kept = Kept("bench", kind, big_school.AT, content)
    write_list(kept, io.BytesIO())


def _read_bare(database: Database) -> None:
    """The rows of the same outcomes, written as they come."""
    known, learner = big_school.TABLE["attainments"], big_school.TABLE["people"]
    query = (
        select(known, learner)
        .join(learner, learner.c.id == known.c.learner_id)
        .where(known.c.begun)
        .order_by(learner.c.student_number)
    )
    statement = str(query.compile(database.engine, compile_kwargs={"literal_binds": True}))
    with database.engine.connect() as connection:
        csv.writer(io.StringIO()).writerows(connection.exec_driver_sql(statement))


def _update(database: Database, bundle: StandardBundle) -> None:
    """What a release does for its learner, but for storing the rating itself."""
    with database.transaction() as session:
        zone = ZoneInfo("Asia/Shanghai")
        work = Work(session, CATALOGUE, big_school.TEACHER, big_school.AT, zone, lambda: "")
        learner = people.account(session, big_school.TEACHER + 1)
        update_standing(work, bundle, learner, level_rule(session, bundle, learner.school_id))


def _rebuild(url: str) -> tuple[float, ...]:
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.scale_rebuild"],
            cwd=ROOT,
            env={**os.environ, **_settings(url), "LTI_TOOL_DATA_DIR": folder},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    return tuple(map(float, told.stdout.split()))


def _cell(client: FlaskClient, database: Database, bundle: StandardBundle, size: int) -> float:
    """Seconds for a cell of the class map of every requirement of the standard."""
    course_id, count = big_school.fill_class(database, bundle, size)
    teacher = _sign_in(database, Role.TEACHER, course_id)
    level = bundle.standard.levels[-1].key
    address = f"{teacher}/teacher/class?level={level}&cumulative=1"
    return _seconds(lambda: _get(client, address)) / (size * count)


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Language": "zh-CN"})
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status}")


def _settings(url: str) -> dict[str, str]:
    return {"LTI_TOOL_DATABASE_URL": url, "LTI_TOOL_LOG": "quiet"}


def _client(url: str) -> FlaskClient:
    with tempfile.TemporaryDirectory() as folder:
        given = {**_settings(url), "LTI_TOOL_DATA_DIR": folder}
        settings = read_settings(given, default_base_url="https://tool.example")
        parts = build_parts(settings, catalogue=CATALOGUE, clock=lambda: big_school.AT)
        return create_app(parts).test_client()


def _sign_in(database: Database, role: Role, course_id: int | None = None) -> str:
    token = f"bench-{role.value}-{course_id}"
    who = SignedIn(big_school.TEACHER, 1, course_id, frozenset({role}), {})
    at = big_school.AT
    with database.transaction() as session:
        sessions.open_session(session, token, who, now=at, expires_at=at + timedelta(hours=8))
    return f"/s/{token}"


@contextmanager
def _sqlite() -> Iterator[Callable[[], str]]:
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(100))

        def new() -> str:
            url = f"sqlite:///{folder}/{next(numbers)}.sqlite3"
            upgrade(url, ROOT / "migrations")
            return url

        yield new


@contextmanager
def _postgresql() -> Iterator[Callable[[], str]]:
    with tempfile.TemporaryDirectory() as folder:
        migrate = ROOT / "migrations"
        server = shared_server(Path(folder), os.getpid(), lambda url: upgrade(url, migrate))
        numbers = iter(range(100))

        def new() -> str:
            name = f"scale_{next(numbers)}"
            server.create(name, template=TEMPLATE)
            return server.url(name)

        yield new


DATABASES = {"SQLite": _sqlite, "PostgreSQL": _postgresql}

if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(0 if measure(int(given[0]) if given else LEARNERS[-1], *given[1:]) else 1)
