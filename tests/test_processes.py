"""What the tests start ends with them, however they end."""

import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 20
TESTS = """
import sys, time
from pathlib import Path
from tests.processes import Runner

runner = Runner("sleeper", time.sleep, [600], {}, Path(sys.argv[1]))
runner.start()
print(runner.process.pid, flush=True)
time.sleep(600)
"""


def test_a_process_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    program = [sys.executable, "-c", TESTS, str(tmp_path / "log")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        pid = int(tests.stdout.readline())
        assert _lives(pid)
        tests.kill()
    deadline = time.monotonic() + PATIENCE
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    """Not ended; an ended process whose parent is gone too may stay listed until it is reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
