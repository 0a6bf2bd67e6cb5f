"""``lti-tool school list`` and ``join``."""

from tests.cli.conftest import Run

PLATFORM = (
    *("platform", "add", "--issuer", "https://lms.example", "--auth-login-url"),
    *("https://lms.example/auth", "--auth-token-url", "https://lms.example/token"),
    *("--key-set-url", "https://lms.example/keys"),
)


def connect(run: Run, name: str) -> None:
    code, _, complaint = run(*PLATFORM, "--name", name, "--client-id", name, "--deployment-id", "1")
    assert code == 0, complaint


def names(run: Run) -> list[str]:
    return [line.split("  ")[1] for line in run("school", "list")[1].splitlines()]


def test_two_schools_become_one(run: Run) -> None:
    connect(run, "甲校")
    connect(run, "乙校")
    assert names(run) == ["甲校", "乙校"]
    code, out, _ = run("school", "join", "乙校", "甲校")
    assert (code, names(run)) == (0, ["甲校"])
    assert "part of 甲校" in out
    assert run("audit", "verify")[0] == 0


def test_an_unknown_school_and_the_same_school_are_refused(run: Run) -> None:
    connect(run, "甲校")
    for gone in ("丙校", "甲校"):
        code, _, complaint = run("school", "join", gone, "甲校")
        assert code == 2
        assert "school" in complaint
    assert names(run) == ["甲校"]


def test_a_deployment_that_joins_a_school_leaves_no_empty_one_behind(run: Run) -> None:
    connect(run, "甲校")
    code, _, complaint = run(
        *PLATFORM, "--name", "乙校", "--client-id", "2", "--deployment-id", "1", "--school", "甲校"
    )
    assert code == 0, complaint
    assert names(run) == ["甲校"]
