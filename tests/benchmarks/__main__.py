"""How long the slow paths take, with the time each may take: `make bench`.

Each path runs a few times and its best time counts, so that a busy machine does not decide. Fails
when a path is over its limit. Not here: what is quick because of how pages are built.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from lti_tool.catalogue.bundle import StandardBundle
from lti_tool.catalogue.reader import Catalogue, load_catalogue
from lti_tool.domain.agreement import agreement
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mastery import mastery_of
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence.database import upgrade
from tests.benchmarks import bench_api, bench_launch, day, delivery, rush, scale, standard_document

ROOT = Path(__file__).parent.parent.parent
STANDARD = "530050"
CLASS_SIZE = 30
AGREEMENT_CODES = 64
PAIRS_PER_CODE = 60
RATINGS_PER_REQUIREMENT = 3
RUNS = 3
FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
DECIDED_AT = datetime(2026, 12, 1, tzinfo=UTC)


def main() -> int:
    """Time every path; the exit status is 1 when one is over its limit."""
    bundle = _read().find(STANDARD)
    rated = {cls.key: _ratings(cls.key) for cls in bundle.classes.up_to(_highest(bundle))}
    within = [
        _measure("read and check every standard", 2.0, _read),
        _measure("migrate an empty SQLite database", 3.0, _migrate),
        _measure(
            f"decide all levels for a class of {CLASS_SIZE}", 1.0, lambda: _decide(bundle, rated)
        ),
        _measure(f"agreement of {AGREEMENT_CODES} codes, first look", 1.0, _agree),
        delivery.measure(),
        bench_launch.measure(),
        standard_document.measure(),
        rush.measure(),
        day.measure(),
        scale.measure(),
        bench_api.measure(),
    ]
    return 0 if all(within) else 1


def _measure(name: str, limit: float, run: Callable[[], object]) -> bool:
    best = min(_seconds(run) for _ in range(RUNS))
    within = best <= limit
    print(f"{name:<45} {best:7.3f} s  (limit {limit:.0f} s){'' if within else '  TOO SLOW'}")
    return within


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _read() -> Catalogue:
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings")


def _migrate() -> None:
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/bench.sqlite3", ROOT / "migrations")


def _agree() -> None:
    """Every run draws pairs of its own, since what was reckoned once is kept."""
    luck = Random()
    levels = range(1, 5)
    for _ in range(AGREEMENT_CODES):
        firsts = luck.choices(levels, (5, 20, 50, 25), k=PAIRS_PER_CODE)
        agreement([(each, min(4, each + luck.randrange(2))) for each in firsts], seed=1)


def _decide(bundle: StandardBundle, rated: dict[RequirementKey, list[Rating]]) -> None:
    rules = LevelRule(bundle.standard, bundle.classes, bundle.rule)
    for _ in range(CLASS_SIZE):
        masteries = {
            key: mastery_of(
                key,
                in_force(given),
                rule=bundle.rule.mastery,
                rubric=bundle.rubric,
                now=DECIDED_AT,
            )
            for key, given in rated.items()
        }
        for level in bundle.standard.levels:
            rules.evaluate(level.key, masteries)


def _highest(bundle: StandardBundle) -> str:
    return bundle.standard.levels[-1].key


def _ratings(key: RequirementKey) -> list[Rating]:
    return [_rating(key, day) for day in range(RATINGS_PER_REQUIREMENT)]


def _rating(key: RequirementKey, day: int) -> Rating:
    at = FIRST_DAY + timedelta(days=day)
    return Rating(
        id=f"{key}-{day}",
        learner_id=1,
        standard_id=STANDARD,
        requirement=key,
        performance_level=3,
        rater_id=2,
        performed_at=at,
        rated_at=at,
        assessment_id="a",
        submission_id=f"s{day}",
        released_at=at,
    )


if __name__ == "__main__":
    sys.exit(main())
