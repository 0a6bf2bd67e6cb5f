"""``lti-tool access token``: made, listed and revoked at the command line."""

import re

import pytest

from tests.cli.conftest import BASE_URL, Run

ADD = ("access", "token", "add", "--name", "数据中心", "--scope", "read:outcomes")


def test_a_token_is_printed_once_listed_without_its_secret_and_revoked(run: Run) -> None:
    code, out, _ = run(*ADD, "--days", "30")
    assert code == 0
    secret = out.splitlines()[1]
    assert secret.startswith("dabiao_")
    assert f"{BASE_URL}/api/v1/" in out
    listed = run("access", "token", "list")[1]
    assert re.search(r"1  works  .* not used .* 数据中心", listed)
    assert "read:outcomes" in listed
    assert secret not in listed
    assert run("access", "token", "revoke", "1")[0] == 0
    assert "revoked" in run("access", "token", "list")[1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((*ADD, "--days", "400"), "--days"),
        ((*ADD, "--days", "0"), "--days"),
        (ADD[:5], "--scope"),
        (("access", "token", "add", "--name", " ", "--scope", "read:outcomes"), "--name"),
        (("access", "token", "revoke", "77"), "77"),
    ],
    ids=["too long", "no days", "no scope", "no name", "no such token"],
)
def test_a_call_that_makes_no_sense_is_refused_and_makes_nothing(
    run: Run, arguments: tuple[str, ...], named: str
) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert named in err
    assert "There is no access token" in run("access", "token", "list")[1]
