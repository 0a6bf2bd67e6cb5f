"""The first lesson of the week: 5,000 students launch in five minutes, and what memory that leaves.

They come as people do, at random times, whether or not the tool keeps up; a launch that must wait
counts from when its student clicked. Platform, load and PostgreSQL share the machine. Not here:
how many launches there could be (``bench_launch``).

``python -m tests.benchmarks.rush [STUDENTS SECONDS]``
"""

import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

from lti_tool.lti.keys import new_signing_key
from tests.benchmarks import bench_launch
from tests.benchmarks.launch_load import Load, Plan

STUDENTS = 5000
SECONDS = 300
BROWSERS = 64
"""So many may wait for an answer at a time."""
COURSES = 100
SLOWEST = 2.0
"""Seconds within which 95 of 100 must be in."""
MOST_GROWTH = 1.1
"""Memory at the end to that after a third of the launches: caches are full by then."""


class Rush:
    """The launches, and how long each took from its click."""

    def __init__(self, plan: Plan) -> None:
        self._load = Load(plan)
        self.took: list[float] = []
        self.failed: list[str] = []

    def run(self, students: int, seconds: float) -> None:
        """Let them all come; returns when the last is in."""
        clicks = sorted(random.random() * seconds for _ in range(students))
        begun = time.perf_counter()
        with ThreadPoolExecutor(BROWSERS) as pool:
            for number, click in enumerate(clicks):
                time.sleep(max(0.0, begun + click - time.perf_counter()))
                pool.submit(self._enter, number, begun + click)

    def _enter(self, number: int, clicked: float) -> None:
        try:
            self._load.enter(number)
        except (OSError, RuntimeError) as error:
            self.failed.append(type(error).__name__)
        self.took.append(time.perf_counter() - clicked)


class Memory:
    """What the server's processes hold, read every few seconds."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._stop = Event()
        self._thread = Thread(target=self._watch)
        self.mebibytes: list[float] = []

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(2):
            self.mebibytes.append(resident(self._port))

    @property
    def growth(self) -> float:
        """The end to what it was after a third."""
        third = self.mebibytes[len(self.mebibytes) // 3]
        return self.mebibytes[-1] / third


def resident(port: int) -> float:
    """MiB that the processes serving this port hold, what they share counted by share."""
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--bind=127.0.0.1:{port}".encode() in (process / "cmdline").read_bytes():
                rows = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
        except OSError:
            continue  # It has ended meanwhile.
    return total / 1024


def measure(students: int = STUDENTS, seconds: float = SECONDS) -> bool:
    """Print how the rush went; whether all came in, in time, and memory stayed."""
    key = new_signing_key()
    with bench_launch._platform(key) as platform, tempfile.TemporaryDirectory() as folder:
        url = bench_launch._database(Path(folder), platform)
        with bench_launch._gunicorn(url, Path(folder)) as port:
            told = (port, bench_launch.ISSUER, bench_launch.CLIENT, key.kid, key.private_pem)
            rush = Rush(Plan(*told, size=students, courses=COURSES))
            with Memory(port) as memory:
                rush.run(students, seconds)
    return _told(rush, memory, students, seconds)


def _told(rush: Rush, memory: Memory, students: int, seconds: float) -> bool:
    took = sorted(rush.took)
    median, slow, last = took[len(took) // 2], took[len(took) * 95 // 100], took[-1]
    within = not rush.failed and slow <= SLOWEST and memory.growth <= MOST_GROWTH
    name = f"{students} students launch in {seconds:.0f} s"
    print(
        f"{name:<45} p95 {slow:.2f} s (limit {SLOWEST:.0f} s), median {median:.2f} s, "
        f"longest {last:.2f} s, {len(rush.failed)} failed; memory {memory.mebibytes[-1]:.0f} MiB, "
        f"{memory.growth:.2f} x of what it was (limit {MOST_GROWTH})",
        end="",
    )
    print("" if within else "  NOT WITHIN")
    return within


def main() -> int:
    """As the command line says; the exit status is 1 when it was too much."""
    given = [float(each) for each in sys.argv[1:]] or [STUDENTS, SECONDS]
    return 0 if measure(int(given[0]), given[1]) else 1


if __name__ == "__main__":
    sys.exit(main())
