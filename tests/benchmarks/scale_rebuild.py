"""A full rebuild in a process of its own, as ``lti-tool attainment rebuild`` does it; prints its
seconds, those of its processor, and its largest memory.

Not here: what is rebuilt (``big_school``) and the limits (``scale``).
"""

import re
import time
from pathlib import Path

from lti_tool.app import surroundings
from lti_tool.cli.environment import open_parts
from lti_tool.delivery.rebuilding import rebuild
from lti_tool.persistence import recomputations


def megabytes() -> float:
    """The most memory this process has held; Linux."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("the system does not tell how much memory was held")
    return int(found.group(1)) / 1024


def main() -> None:
    parts = open_parts()
    around = surroundings(parts)
    with parts.database.reading() as session:
        found = recomputations.schools_and_standards(session)
    start, busy = time.perf_counter(), time.process_time()
    for school_id, standard_id in found:
        for _ in rebuild(parts.database, around, school_id, standard_id):
            pass
    print(time.perf_counter() - start, time.process_time() - busy, megabytes())


if __name__ == "__main__":
    main()
