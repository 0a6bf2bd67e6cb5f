"""Vendored files are the unchanged files of the package and version that their table names."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "tests" / "browser" / "vendor" / "VENDORED.md"
ROW = re.compile(r"^\| `(?P<file>[^`]+)` .*\| `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


def test_each_script_is_the_one_its_table_names() -> None:
    stated = {row["file"]: row["digest"] for row in ROW.finditer(TABLE.read_text("utf-8"))}
    scripts = sorted(TABLE.parent.glob("*.js"))
    assert scripts
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in scripts} == stated
