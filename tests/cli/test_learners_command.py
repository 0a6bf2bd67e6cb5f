"""``lti-tool learners``: two accounts of one learner are merged and parted."""

import pytest

from lti_tool.app import build_parts
from lti_tool.domain.launch import Role
from lti_tool.persistence import audit_log, merges
from lti_tool.settings import read_settings
from tests.cli.conftest import BASE_URL, Run
from tests.services.classroom import enrol, open_course


@pytest.fixture
def accounts(run: Run, environment: dict[str, str]) -> tuple[int, int]:
    assert run("database", "upgrade")[0] == 0
    parts = build_parts(read_settings(environment, default_base_url=BASE_URL))
    course = open_course(parts.database)
    made = [
        enrol(parts.database, course, name, Role.STUDENT, number="2024030107").id
        for name in ("黄嘉怡", "黄嘉怡 2")
    ]
    parts.database.close()
    return made[0], made[1]


def listed(run: Run) -> str:
    code, out, _ = run("learners", "list")
    assert code == 0
    return out


def test_two_accounts_are_merged_in_the_name_of_the_command_line_and_parted(
    run: Run, accounts: tuple[int, int], environment: dict[str, str]
) -> None:
    kept, merged = accounts
    assert f"2024030107  {kept} 黄嘉怡, {merged} 黄嘉怡 2" in listed(run)
    code, out, _ = run("learners", "merge", str(kept), str(merged), "--reason", "同一人")
    assert (code, out) == (0, "merged, number 1\n")
    assert "in effect" in listed(run)
    assert "2024030107" not in listed(run)
    assert run("learners", "undo", "1", "--reason", "弄错了")[0] == 0
    assert "undone" in listed(run)

    parts = build_parts(read_settings(environment, default_base_url=BASE_URL))
    with parts.database.reading() as session:
        (made,) = merges.merges_of(session, 1)
        noted = audit_log.entries_about(session, f"person:{kept}")
    parts.database.close()
    assert (made.reason, made.undone_reason) == ("同一人", "弄错了")
    assert [each.action for each in noted] == ["merge_accounts", "undo_merge"]
    assert made.merged_by == made.undone_by == noted[0].actor_id


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("merge", "1", "999", "--reason", "x"), "no such number"),
        (("merge", "1", "1", "--reason", "x"), "the same account"),
        (("merge", "1", "2", "--reason", " "), "--reason must say something"),
        (("undo", "7", "--reason", "x"), "no such number"),
    ],
    ids=["nobody", "oneself", "no reason", "no merge"],
)
@pytest.mark.usefixtures("accounts")
def test_what_cannot_be_done_is_said_and_nothing_changes(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    before = listed(run)
    code, _, complaint = run("learners", *arguments)
    assert code != 0
    assert said in complaint
    assert listed(run) == before
