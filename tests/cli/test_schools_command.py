"""``lti-tool school list`` and ``join``."""

from lti_tool.cli.environment import open_parts
from lti_tool.domain.launch import Person
from lti_tool.persistence import people, schools
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


def test_a_school_that_took_one_in_can_be_taken_in_itself(run: Run) -> None:
    for name in ("甲校", "乙校", "丙校"):
        connect(run, name)
    assert run("school", "join", "丙校", "乙校")[0] == 0
    assert run("school", "join", "乙校", "甲校")[0] == 0
    assert names(run) == ["甲校"]


def test_schools_that_share_a_user_are_refused_with_what_that_means(run: Run) -> None:
    connect(run, "甲校")
    connect(run, "乙校")
    parts = open_parts()
    with parts.database.transaction() as session:
        for school in schools.schools(session):
            people.remember_person(
                session,
                school_id=school.id,
                issuer="https://lms.example",
                person=Person("7", name="黄嘉怡"),
                now=parts.clock(),
            )
    parts.database.close()
    code, _, complaint = run("school", "join", "乙校", "甲校")
    assert (code, names(run)) == (1, ["甲校", "乙校"])
    assert "users with an account in both schools: 1" in complaint
