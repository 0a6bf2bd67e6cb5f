"""``lti-tool platform invite`` and ``lti-tool keys``."""

import re

import pytest

from lti_tool.app import build_parts, create_app
from lti_tool.settings import read_settings
from tests.cli.conftest import BASE_URL, Run

SECRET = "the first secret, long enough for everybody"
OTHER = "the second secret, long enough for everybody"


def test_an_invitation_is_one_address_that_opens_its_page(
    run: Run, environment: dict[str, str]
) -> None:
    code, out, _ = run("platform", "invite", "--school", "某职业学院", "--days", "3")
    assert code == 0
    found = re.search(rf"{BASE_URL}(/lti/register/\S+)", out)
    assert found is not None
    parts = build_parts(read_settings(environment, default_base_url=""))
    assert create_app(parts).test_client().get(found[1]).status_code == 200
    parts.database.close()


def test_each_invitation_is_another(run: Run) -> None:
    assert run("platform", "invite")[1] != run("platform", "invite")[1]


@pytest.mark.parametrize("days", ["0", "91"])
def test_an_invitation_does_not_work_for_ever(run: Run, days: str) -> None:
    code, _, complaint = run("platform", "invite", "--days", days)
    assert code == 2
    assert "--days" in complaint


def kids(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines()]


def test_a_rotation_shows_both_keys_and_which_one_signs(run: Run) -> None:
    assert "no key yet" in run("keys", "list")[1]
    assert run("keys", "rotate")[0] == 0
    new, old = run("keys", "list")[1].splitlines()
    assert "will sign from" in new
    assert "signs, published until" in old
    assert len(set(kids(f"{new}\n{old}"))) == 2


def test_no_second_rotation_begins_while_one_is_under_way(run: Run) -> None:
    run("keys", "rotate")
    code, _, complaint = run("keys", "rotate")
    assert code == 1
    assert "new already" in complaint
    assert len(kids(run("keys", "list")[1])) == 2


def test_a_rotation_may_sign_at_once(run: Run) -> None:
    run("keys", "rotate", "--sign-after", "0", "--days", "1")
    new, old = run("keys", "list")[1].splitlines()
    assert "  signs  " in new
    assert "signs no more, published until" in old


@pytest.mark.parametrize("wrong", [("--sign-after", "-1"), ("--days", "366")])
def test_a_rotation_keeps_its_overlaps_within_bounds(run: Run, wrong: tuple[str, str]) -> None:
    assert run("keys", "rotate", *wrong)[0] == 2


def test_the_secret_is_changed_with_the_previous_one_beside_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", SECRET)
    run("keys", "rotate", "--sign-after", "0")
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", OTHER)
    code, _, complaint = run("keys", "rotate")
    assert (code, "LTI_TOOL_PREVIOUS_SECRET_KEY" in complaint) == (1, True)
    monkeypatch.setenv("LTI_TOOL_PREVIOUS_SECRET_KEY", SECRET)
    assert run("keys", "rotate")[0] == 0
    assert run("doctor", "--offline")[0] == 0


def test_keys_are_encrypted_anew_and_the_previous_secret_can_go(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", SECRET)
    run("keys", "rotate")
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", OTHER)
    assert run("keys", "reseal")[0] == 1
    monkeypatch.setenv("LTI_TOOL_PREVIOUS_SECRET_KEY", f"{'x' * 40}|{SECRET}")
    code, out, _ = run("keys", "reseal")
    assert (code, out.split(";")[0]) == (0, "2 keys are encrypted with LTI_TOOL_SECRET_KEY")
    monkeypatch.delenv("LTI_TOOL_PREVIOUS_SECRET_KEY")
    assert run("keys", "reseal")[0] == 0


def test_a_lost_secret_costs_the_keys_and_nothing_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", SECRET)
    run("keys", "rotate", "--sign-after", "0")
    before = kids(run("keys", "list")[1])
    assert "nothing was replaced" in run("keys", "replace")[1]
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", OTHER)
    code, out, _ = run("keys", "replace")
    assert (code, out.split()[0]) == (0, "2")
    (line,) = run("keys", "list")[1].splitlines()
    assert "  signs  " in line
    assert kids(line)[0] not in before


def test_a_previous_secret_that_could_be_guessed_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_PREVIOUS_SECRET_KEY", f"{SECRET}|short")
    code, _, complaint = run("keys", "list")
    assert (code, "LTI_TOOL_PREVIOUS_SECRET_KEY" in complaint) == (2, True)
