"""The ``lti-tool`` command: what it prints, how it ends, and what it leaves unchanged."""

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lti_tool.app import build_parts, create_app
from lti_tool.persistence import platforms
from lti_tool.persistence.platforms import DeploymentState
from lti_tool.settings import read_settings
from tests.cli.conftest import BASE_URL, Run

MOODLE = {
    "name": "学校 Moodle",
    "issuer": "https://moodle.example",
    "client-id": "abc",
    "auth-login-url": "https://moodle.example/mod/lti/auth.php",
    "auth-token-url": "https://moodle.example/mod/lti/token.php",
    "key-set-url": "https://moodle.example/mod/lti/certs.php",
}


def options(**changes: str) -> list[str]:
    values = MOODLE | {name.replace("_", "-"): value for name, value in changes.items()}
    return [word for name, value in values.items() for word in (f"--{name}", value)]


def test_the_standard_is_listed_and_has_no_errors(run: Run) -> None:
    code, out, _ = run("standard", "list")
    assert code == 0
    assert out.startswith("530050-2021-2.0  电子商务客户服务")
    code, out, _ = run("standard", "check")
    assert code == 0
    assert "151 requirements, equivalence classes 49 / 76 / 96" in out


def test_checking_a_standard_says_how_much_content_is_written(run: Run) -> None:
    _, out, _ = run("standard", "check")
    shares = [re.findall(r"[0-9]+/([0-9]+)", line) for line in out.splitlines()[1:]]
    assert shares == [
        ["49", "49", "49", "49", "49", "15"],
        ["27", "27", "27", "27", "64", "20"],
        ["19", "19", "19", "19", "37", "12"],
    ]


def test_the_second_readers_list_is_empty_for_the_shipped_standard(run: Run) -> None:
    code, out, _ = run("standard", "report", "530050")
    assert (code, out) == (0, "nothing found\n")
    assert run("standard", "report", "999999")[0] == 2


@pytest.mark.parametrize("name", ["530050", "530050-2021-2.0"])
def test_a_standard_is_shown_as_csv_with_every_requirement(run: Run, name: str) -> None:
    code, out, _ = run("standard", "show", name, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert list(rows[0]) == [
        *("level", "area_code", "area_title", "task_code", "task_title"),
        *("code", "text", "status"),
    ]
    assert len(rows) == 151
    assert {row["level"] for row in rows} == {"初级", "中级", "高级"}
    lost = [row for row in rows if row["status"] == "lost"]
    assert [(row["level"], row["code"], row["text"]) for row in lost] == [("高级", "4.1.1", "")]


def test_an_unknown_standard_is_refused_by_name(run: Run) -> None:
    code, out, err = run("standard", "show", "999999")
    assert (code, out) == (2, "")
    assert "999999" in err


def test_complaints_follow_the_locale(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有标准" in run("standard", "show", "999999")[2]


@pytest.mark.usefixtures("nothing_yet")
def test_a_platform_is_registered_listed_approved_and_removed(run: Run) -> None:
    code, out, _ = run("platform", "add", *options())
    assert code == 0
    assert f"{BASE_URL}/lti/login" in out
    assert "学校 Moodle  https://moodle.example  abc" in run("platform", "list")[1]
    assert run("platform", "approve", "学校 Moodle", "7", "--school", "一职校")[0] == 0
    assert re.search(r"7 +approved +一职校", run("platform", "list")[1])
    assert run("platform", "remove", "1")[0] == 0
    assert "No LMS" in run("platform", "list")[1]


def test_a_deployment_named_at_registration_is_approved_and_the_address_may_frame_us(
    run: Run, environment: dict[str, str]
) -> None:
    extra = ["--deployment-id", "1", "--frame-origin", "https://school.example"]
    assert run("platform", "add", *options(), *extra)[0] == 0
    parts = build_parts(read_settings(environment, default_base_url=BASE_URL))
    with parts.database.reading() as session:
        assert [each.state for each in platforms.deployments(session)] == [DeploymentState.APPROVED]
        assert "https://school.example" in platforms.frame_origins(session)
    parts.database.close()


@pytest.mark.parametrize("name", ["auth_login_url", "auth_token_url", "key_set_url"])
@pytest.mark.parametrize("value", ["http://moodle.example/x", "moodle.example", "javascript:1"])
def test_an_address_that_is_not_https_is_refused_and_nothing_is_stored(
    run: Run, name: str, value: str
) -> None:
    code, _, err = run("platform", "add", *options(**{name: value}))
    assert code == 2
    assert f"--{name.replace('_', '-')}" in err
    assert "No LMS" in run("platform", "list")[1]


def test_the_same_platform_twice_is_refused(run: Run) -> None:
    run("platform", "add", *options())
    code, _, err = run("platform", "add", *options())
    assert code == 1
    assert "exists already" in err


def test_a_registrars_link_is_printed_once_and_lets_them_in(
    run: Run, environment: dict[str, str]
) -> None:
    code, out, _ = run("access", "add", "--role", "registrar", "--name", "王老师")
    assert code == 0
    link = out.strip().splitlines()[-1]
    assert link.startswith(f"{BASE_URL}/enter/")
    client = _client(environment)
    answer = client.get(link.removeprefix(BASE_URL))
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get("/enter/guessed").status_code == 401


def test_a_link_names_its_school_where_there_are_several(run: Run) -> None:
    run("platform", "add", *options(), "--deployment-id", "1", "--school", "一职校")
    run("platform", "approve", "1", "2", "--school", "二职校")
    code, _, err = run("access", "add", "--role", "registrar")
    assert code == 2
    assert "二职校" in err
    assert run("access", "add", "--role", "registrar", "--school", "二职校")[0] == 0


@pytest.mark.usefixtures("nothing_yet")
def test_the_database_is_upgraded_and_checked(run: Run) -> None:
    assert run("database", "check")[0] == 1
    assert run("database", "upgrade")[0] == 0
    assert run("database", "check")[0] == 0


@pytest.mark.usefixtures("nothing_yet")
def test_the_doctor_names_what_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run("doctor", "--offline")
    assert code == 1
    assert "✗ the database needs an upgrade" in out
    run("database", "upgrade")
    run("keys", "rotate")
    code, out, _ = run("doctor", "--offline")
    assert (code, "✗" in out) == (0, False)
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "another key of forty characters or more..")
    code, out, _ = run("doctor", "--offline")
    assert code == 1
    assert "signing key cannot be opened" in out


def test_delivery_with_nothing_to_do_ends_at_once(run: Run) -> None:
    code, out, _ = run("deliver", "--once")
    assert (code, out) == (0, "Handled 0 scores.\n")


def test_a_worker_without_a_broker_is_refused(run: Run) -> None:
    code, _, err = run("worker")
    assert code == 2
    assert "LTI_TOOL_BROKER_URL" in err


def test_every_wrong_setting_is_named_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_TIME_ZONE", "Mars/Olympus")
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "short")
    monkeypatch.setenv("LTI_TOOL_DATABASE", "typo")
    code, _, err = run("platform", "list")
    assert code == 2
    for name in ("LTI_TOOL_TIME_ZONE", "LTI_TOOL_SECRET_KEY", "LTI_TOOL_DATABASE:"):
        assert name in err


def test_the_secret_key_is_made_once_for_its_owner_alone(
    run: Run, environment: dict[str, str]
) -> None:
    run("keys", "rotate")
    kept = Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key"
    first = kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    run("keys", "reseal")
    assert kept.read_text() == first
    assert [each.name for each in kept.parent.glob("secret-key*")] == ["secret-key"]


@pytest.mark.parametrize(
    "command",
    [
        *("platform list", "keys list", "standard list", "audit verify"),
        *("grades reconcile", "privacy due", "files sweep --dry-run"),
    ],
)
def test_a_command_that_does_not_need_the_secret_key_makes_none(
    run: Run, environment: dict[str, str], command: str
) -> None:
    run(*command.split())
    assert not (Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key").exists()


def test_processes_that_start_at_once_have_the_same_secret_key(tmp_path: Path) -> None:
    given = {"LTI_TOOL_DATA_DIR": str(tmp_path)}
    settings = [read_settings(given, default_base_url=BASE_URL) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda each: each.secret_key, settings))
    assert len(made) == 1
    assert len(made.pop()) >= 32


def test_a_secret_key_that_is_empty_is_no_secret_key(run: Run, environment: dict[str, str]) -> None:
    kept = Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key"
    kept.touch()
    code, _, err = run("keys", "rotate")
    assert (code, f"{kept}: holds no secret key" in err) == (2, True)


def _client(environment: dict[str, str]) -> FlaskClient:
    return create_app(
        build_parts(read_settings(environment, default_base_url=BASE_URL))
    ).test_client()
