"""The doctor: each thing that can be wrong is named with what to do, and the exit code tells."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from lti_tool.persistence import audit_log
from lti_tool.persistence.database import Database
from tests.authority import authority
from tests.cli.conftest import Run
from tests.delivery.mailbox import Mailbox, serving
from tests.lti.platform_side import public_jwk

KEYS, TOKEN = "/keys", "/token"


@pytest.fixture
def lms(httpserver: HTTPServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """A platform that is connected and well, at the address at which the tool is, too."""
    url = httpserver.url_for("").rstrip("/")
    monkeypatch.setenv("LTI_TOOL_BASE_URL", url)
    monkeypatch.setenv("LTI_TOOL_ALLOW_LOOPBACK_PLATFORMS", "1")
    details = {
        "name": "Moodle",
        "issuer": url,
        "client-id": "abc",
        "auth-login-url": f"{url}/auth",
        "auth-token-url": f"{url}{TOKEN}",
        "key-set-url": f"{url}{KEYS}",
        "deployment-id": "1",
    }
    run("platform", "add", *(f"--{name}={value}" for name, value in details.items()))
    run("keys", "rotate")
    httpserver.expect_request("/healthz").respond_with_json({"status": "ok"})
    httpserver.expect_request(KEYS).respond_with_json({"keys": [public_jwk()]})
    token = {"access_token": "t", "expires_in": 3600}
    httpserver.expect_request(TOKEN).respond_with_json(token)
    return httpserver


def harmed(lms: HTTPServer, path: str, answer: Callable[[], Response]) -> None:
    """From now on a path answers otherwise."""
    lms.clear()
    for known in ("/healthz", KEYS, TOKEN):
        if known == path:
            lms.expect_request(known).respond_with_handler(lambda _: answer())
        elif known == KEYS:
            lms.expect_request(known).respond_with_json({"keys": [public_jwk()]})
        else:
            lms.expect_request(known).respond_with_json({"access_token": "t"})


def test_where_all_is_well_the_doctor_says_so(lms: HTTPServer, run: Run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "b.tar"))[0] == 0
    code, out, _ = run("doctor")
    assert code == 0, out
    assert {line[0] for line in out.splitlines()} == {"✓"}
    for said in ("answers", "its keys can be read", "the clocks agree", "a token for scores"):
        assert said in out


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/healthz", lambda: Response(status=502), "does not answer (HTTP 502)"),
        (KEYS, lambda: Response("<html>", status=200), "keys cannot be read (keys_invalid"),
        (KEYS, lambda: Response(status=404), "keys cannot be read (keys_unreachable HTTP 404)"),
        (TOKEN, lambda: Response(status=401), "no token for scores (token_refused)"),
        (TOKEN, lambda: Response(status=503), "no token for scores ("),
    ],
    ids=[
        "own-address",
        "error-page",
        "no-keys",
        "refused",
        "busy",
    ],
)
def test_what_is_wrong_elsewhere_is_named_with_what_to_do(
    lms: HTTPServer, run: Run, path: str, answer: Callable[[], Response], said: str
) -> None:
    harmed(lms, path, answer)
    code, out, _ = run("doctor")
    assert code == 1
    lines = out.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("✗")]
    assert said in lines[place]
    assert lines[place + 1].startswith("    → ")


@pytest.mark.parametrize("apart", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_clocks_that_differ_are_named(
    lms: HTTPServer, run: Run, apart: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.app.now", lambda: datetime.now(UTC) - apart)
    code, out, _ = run("doctor")
    assert code == 1
    ahead = re.search(r"✗ Moodle: its clock is (-?\d+) seconds ahead", out)
    assert ahead is not None
    assert abs(int(ahead[1]) - apart.total_seconds()) < 60


def test_a_broker_that_does_not_answer_is_named(
    lms: HTTPServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_BROKER_URL", "amqp://guest:secret-word@127.0.0.1:1//")
    code, out, _ = run("doctor")
    assert (code, "the message broker does not answer" in out) == (1, True)
    assert "secret-word" not in out


def test_advice_is_no_failure(run: Run, lms: HTTPServer) -> None:
    code, out, _ = run("doctor", "--offline")
    assert (code, "! no backup within two days" in out) == (0, True)


def test_a_secret_that_others_can_read_is_wrong(
    run: Run, lms: HTTPServer, environment: dict[str, str]
) -> None:
    kept = Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key"
    kept.chmod(0o644)
    code, out, _ = run("doctor", "--offline")
    assert (code, f"chmod 600 {kept}" in out) == (1, True)


def test_a_secret_key_that_is_not_there_yet_is_told_and_not_made(
    run: Run, environment: dict[str, str]
) -> None:
    run("platform", "list")
    code, out, _ = run("doctor", "--offline")
    assert (code, "! there is no secret key yet" in out) == (0, True)
    assert not (Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key").exists()


def test_a_secret_key_that_was_lost_is_told_and_not_replaced(
    run: Run, lms: HTTPServer, environment: dict[str, str]
) -> None:
    kept = Path(environment["LTI_TOOL_DATA_DIR"]) / "secret-key"
    kept.unlink()
    code, out, _ = run("doctor")
    assert (code, "✗ the secret key is missing" in out) == (1, True)
    assert "lti-tool keys replace" in out
    assert not kept.exists()


def test_certificates_that_are_trusted_are_named_with_their_end(
    run: Run, lms: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for days, code, mark in ((100, 0, "✓"), (5, 0, "!"), (-1, 1, "✗")):
        made = authority(tmp_path, lives=timedelta(days=days))
        monkeypatch.setenv("LTI_TOOL_CA_BUNDLE", str(made.path))
        found, out, _ = run("doctor", "--offline")
        until = f"{made.certificate.not_valid_after_utc:%Y-%m-%d}"
        assert (found, f"{mark} trusts CN=School CA, good until {until}" in out) == (code, True)


@pytest.mark.parametrize("text", [None, "", "no certificate"], ids=["absent", "empty", "other"])
def test_a_file_without_certificates_stops_every_start(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)
    monkeypatch.setenv("LTI_TOOL_CA_BUNDLE", str(bundle))
    code, _, err = run("doctor")
    assert code == 2
    assert f"LTI_TOOL_CA_BUNDLE: no certificates (PEM) can be read from {bundle}" in err


def test_a_certificate_of_the_schools_own_authority_is_told_apart_from_an_absent_server(
    run: Run, lms: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    school = authority(tmp_path)
    with HTTPServer(host="127.0.0.1", ssl_context=school.server()) as server:
        server.expect_request("/healthz").respond_with_json({"status": "ok"})
        url = f"https://127.0.0.1:{server.port}"
        monkeypatch.setenv("LTI_TOOL_BASE_URL", url)
        _, out, _ = run("doctor")
        assert f"✗ {url} does not answer" in out
        assert "→ its certificate is not trusted" in out
        monkeypatch.setenv("LTI_TOOL_CA_BUNDLE", str(school.path))
        assert f"✓ {url} answers" in run("doctor")[1]
    assert f"✓ {url} answers" not in run("doctor")[1]


def test_a_mail_server_of_the_schools_own_authority_is_reached_with_its_certificate(
    lms: HTTPServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    school = authority(tmp_path)
    monkeypatch.setenv("LTI_TOOL_MAIL_FROM", "dabiao@school.example")
    with serving(Mailbox(), tls=school.server()) as mailbox:
        monkeypatch.setenv("LTI_TOOL_SMTP_URL", mailbox.url("smtps"))
        assert "(SSLCertVerificationError)" in run("doctor")[1]
        monkeypatch.setenv("LTI_TOOL_CA_BUNDLE", str(school.path))
        assert f"the mail server 127.0.0.1:{mailbox.port} lets us in" in run("doctor")[1]


def test_an_old_backup_is_none(run: Run, lms: HTTPServer, environment: dict[str, str]) -> None:
    database = Database(f"sqlite:///{environment['LTI_TOOL_DATA_DIR']}/dabiao.sqlite3")
    with database.transaction() as session:
        long_ago = datetime.now(UTC) - timedelta(days=3)
        audit_log.note(session, "backup", "backup", actor_id=None, now=long_ago)
    database.close()
    assert "! no backup" in run("doctor", "--offline")[1]


def test_a_database_that_does_not_answer_is_named_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql+psycopg://dabiao:secret-word@127.0.0.1:1/dabiao"
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", url)
    code, out, err = run("doctor", "--offline")
    assert (code, "the database does not answer" in out) == (1, True)
    assert "secret-word" not in out + err


def test_a_mail_server_is_tried_and_sent_nothing(
    lms: HTTPServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_MAIL_FROM", "dabiao@school.example")
    with serving(Mailbox()) as mailbox:
        monkeypatch.setenv("LTI_TOOL_SMTP_URL", mailbox.url())
        assert f"the mail server 127.0.0.1:{mailbox.port} lets us in" in run("doctor")[1]
    assert mailbox.arrived == []

    code, out, _ = run("doctor")
    assert code == 1
    assert "(ConnectionRefusedError)" in out
    assert "LTI_TOOL_SMTP_URL" in out
