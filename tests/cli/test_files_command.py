"""``lti-tool files sweep``."""

from tests.cli.conftest import Run


def test_a_sweep_says_what_it_deleted_and_a_dry_run_what_it_would(run: Run) -> None:
    would = run("files", "sweep", "--dry-run")
    did = run("files", "sweep")

    assert would == (0, "to delete: 0 files, 0 uploads given up\n", "")
    assert did == (0, "deleted: 0 files, 0 uploads given up\n", "")
