"""What the environment tells the tool, read once at start-up into a frozen value.

Only ``cli`` and ``app`` read it; everybody else receives what they need as arguments.
"""

import os
import secrets
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "LTI_TOOL_"
KNOWN = frozenset(
    PREFIX + name
    for name in (
        "DATABASE_URL",
        "DATA_DIR",
        "BASE_URL",
        "SECRET_KEY",
        "PREVIOUS_SECRET_KEY",
        "ALLOW_LOOPBACK_PLATFORMS",
        "ALLOW_NAMELESS_LAUNCHES",
        "BROKER_URL",
        "SMTP_URL",
        "MAIL_FROM",
        "TIME_ZONE",
        "LOG",
        "METRICS_TOKEN",
        "CASE_TOKEN",
        "CASE_OPEN",
        "PROXIES",
        "RETENTION_YEARS",
        "CA_BUNDLE",
    )
)
SWITCHES = ("ALLOW_LOOPBACK_PLATFORMS", "ALLOW_NAMELESS_LAUNCHES", "CASE_OPEN")
SMTP_SCHEMES = frozenset({"smtp", "smtps", "smtp+starttls"})
LEAST_SECRET = 32
MOST_PROXIES = 5
MOST_YEARS = 99
LOGS = frozenset({"json", "text", "quiet"})
"""Lines for machines, for eyes, and for eyes that look only when something is wrong."""
SECRET_FILE = "secret-key"  # noqa: S105 - a file's name, not a secret
LARGEST_FILE = 200 * 1024 * 1024


class SettingsError(Exception):
    """The environment is wrong. ``problems`` names every variable at fault and why."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the tool is told from outside.

    ``base_url`` has no slash at the end. ``previous_secret_keys`` open and verify what was sealed
    before the secret key was changed, the newest first. ``broker_url`` None: scores are delivered
    by a thread of the server; set: by Celery workers. ``largest_file`` is in bytes.
    ``metrics_token`` lets a monitor read ``/metrics``; None closes that page. ``case_token`` lets
    another system read the standards as CASE, ``case_open`` everybody; their publishers may not
    want that. ``proxies`` is how many proxies of ours stand before the tool, each of which notes
    whom it heard a request from. ``allow_nameless_launches`` shows the task of a link to somebody
    whose LMS does not say who they are. ``smtp_url`` None: no mail is sent; set: ``mail_from`` is
    whom it comes from. ``retention_years`` is how long after a learner was last heard of their data
    are proposed for erasure; None: never. ``ca_bundle`` is a file with certificates that are
    trusted besides those everybody trusts, when the tool calls an LMS or a mail server.
    """

    database_url: str
    data_dir: Path
    base_url: str
    given_secret_key: str | None
    allow_loopback_platforms: bool
    broker_url: str | None
    time_zone: str
    rubrics_dir: Path
    mappings_dir: Path
    migrations_dir: Path
    largest_file: int = LARGEST_FILE
    previous_secret_keys: tuple[str, ...] = ()
    log: str = "json"
    metrics_token: str | None = None
    case_token: str | None = None
    case_open: bool = False
    retention_years: int | None = None
    proxies: int = 0
    allow_nameless_launches: bool = False
    smtp_url: str | None = None
    mail_from: str = ""
    ca_bundle: Path | None = None

    @property
    def known_secret_key(self) -> str | None:
        """The secret key, given or kept in the data directory; None: there is none yet."""
        return self.given_secret_key or _kept_secret(self.data_dir / SECRET_FILE)

    @property
    def secret_key(self) -> str:
        """The secret key; where there is none yet, it is made here and kept in the data directory
        with rights for its owner alone. Raises SettingsError for a kept one that is too short."""
        return self.known_secret_key or _made_secret(self.data_dir / SECRET_FILE)

    @property
    def standards_dir(self) -> Path:
        """Where the standards lie that a person confirmed here, a folder for each."""
        return self.data_dir / "standards"


def read_settings(environment: Mapping[str, str], *, default_base_url: str) -> Settings:
    """The settings, with defaults where the environment is silent.

    Makes the data directory. Raises SettingsError listing everything that is wrong, before that.
    """
    given = {name.removeprefix(PREFIX): value for name, value in environment.items() if value}
    base_url = given.get("BASE_URL", default_base_url).rstrip("/")
    zone = given.get("TIME_ZONE", "Asia/Shanghai")
    problems = (*_unknown(environment), *_problems(given, base_url, zone))
    if problems:
        raise SettingsError(problems)
    data_dir = Path(given.get("DATA_DIR", "var")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    return Settings(
        database_url=given.get("DATABASE_URL", f"sqlite:///{data_dir / 'dabiao.sqlite3'}"),
        data_dir=data_dir,
        base_url=base_url,
        given_secret_key=given.get("SECRET_KEY"),
        allow_loopback_platforms=given.get("ALLOW_LOOPBACK_PLATFORMS") == "1",
        broker_url=given.get("BROKER_URL"),
        time_zone=zone,
        rubrics_dir=_data("rubrics"),
        mappings_dir=_data("mappings"),
        migrations_dir=_data("migrations"),
        previous_secret_keys=_several(given.get("PREVIOUS_SECRET_KEY", "")),
        log=given.get("LOG", "json"),
        metrics_token=given.get("METRICS_TOKEN"),
        case_token=given.get("CASE_TOKEN"),
        case_open=given.get("CASE_OPEN") == "1",
        retention_years=int(given["RETENTION_YEARS"]) if "RETENTION_YEARS" in given else None,
        proxies=int(given.get("PROXIES", "0")),
        allow_nameless_launches=given.get("ALLOW_NAMELESS_LAUNCHES") == "1",
        smtp_url=given.get("SMTP_URL"),
        mail_from=given.get("MAIL_FROM", ""),
        ca_bundle=Path(given["CA_BUNDLE"]).resolve() if "CA_BUNDLE" in given else None,
    )


def _unknown(environment: Mapping[str, str]) -> tuple[str, ...]:
    names = (name for name in environment if name.startswith(PREFIX) and name not in KNOWN)
    return tuple(f"{name}: no such setting" for name in sorted(names))


def _problems(given: Mapping[str, str], base_url: str, zone: str) -> tuple[str, ...]:
    found = []
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        found.append("LTI_TOOL_BASE_URL: must be an http or https address, such as https://…")
    database = given.get("DATABASE_URL", "sqlite://")
    if not database.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        found.append("LTI_TOOL_DATABASE_URL: must begin with sqlite: or postgresql+psycopg:")
    found += (
        f"{PREFIX}{name}: must be 0 or 1"
        for name in SWITCHES
        if given.get(name, "0") not in {"0", "1"}
    )
    if given.get("LOG", "json") not in LOGS:
        found.append("LTI_TOOL_LOG: must be json, text or quiet")
    if given.get("PROXIES", "0") not in map(str, range(MOST_PROXIES + 1)):
        found.append(f"LTI_TOOL_PROXIES: must be a number from 0 to {MOST_PROXIES}")
    if given.get("RETENTION_YEARS", "1") not in map(str, range(1, MOST_YEARS + 1)):
        found.append(f"LTI_TOOL_RETENTION_YEARS: must be a number from 1 to {MOST_YEARS}")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(f"LTI_TOOL_TIME_ZONE: {zone!r} is no time zone, such as Asia/Shanghai")
    return (*found, *_bundle_problems(given), *_mail_problems(given), *_short_secrets(given))


def _bundle_problems(given: Mapping[str, str]) -> Iterator[str]:
    """Why the file of certificates cannot be used."""
    if "CA_BUNDLE" not in given:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(given["CA_BUNDLE"])
    except OSError as error:
        yield (
            f"LTI_TOOL_CA_BUNDLE: no certificates (PEM) can be read from {given['CA_BUNDLE']} "
            f"({error.strerror or type(error).__name__})"
        )


def _mail_problems(given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong about mail. A password in the URL is not repeated."""
    if "SMTP_URL" not in given:
        return
    try:
        parts = urlsplit(given["SMTP_URL"])
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable or parts.scheme not in SMTP_SCHEMES or parts.path.strip("/") or parts.query:
        yield (
            "LTI_TOOL_SMTP_URL: must be smtp://, smtps:// or smtp+starttls:// and a host, such as "
            "smtps://user:password@mail.school.example"
        )
    sender = given.get("MAIL_FROM", "")
    if "@" not in parseaddr(sender)[1].strip("@") or not sender.isprintable():
        yield (
            "LTI_TOOL_MAIL_FROM: must be the address mail comes from, such as "
            "Dabiao <dabiao@school.example>"
        )


def _short_secrets(given: Mapping[str, str]) -> Iterator[str]:
    """Secrets that could be guessed."""
    secrets_given = {
        "SECRET_KEY": (given.get("SECRET_KEY"),),
        "PREVIOUS_SECRET_KEY": _several(given.get("PREVIOUS_SECRET_KEY", "")),
        "METRICS_TOKEN": (given.get("METRICS_TOKEN"),),
        "CASE_TOKEN": (given.get("CASE_TOKEN"),),
    }
    for name, values in secrets_given.items():
        if any(each is not None and len(each) < LEAST_SECRET for each in values):
            yield f"LTI_TOOL_{name}: must have at least {LEAST_SECRET} characters"


def _several(listed: str) -> tuple[str, ...]:
    """What stands between bars: no key that is made has one in it."""
    return tuple(each.strip() for each in listed.split("|") if each.strip())


def _kept_secret(path: Path) -> str | None:
    """The key in this file; None where there is no such file."""
    try:
        kept = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SettingsError((f"{path}: cannot be read ({type(error).__name__})",)) from error
    if len(kept) < LEAST_SECRET:
        raise SettingsError((f"{path}: holds no secret key",))
    return kept


def _made_secret(path: Path) -> str:
    """A new key in this file, or the one that another process put there at the same moment: a file
    that is linked is whole, and only one can be."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _data(name: str) -> Path:
    """A folder of data: inside the package once installed, at the top of a checkout otherwise."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name
