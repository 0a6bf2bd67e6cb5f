"""The roof: builds and connects everything from the settings. Importing it builds nothing."""

import base64
import hashlib
import hmac
import logging
import os
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet, MultiFernet
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lti_tool.api import Api, create_api
from lti_tool.catalogue import Catalogue, Folders, Shelf
from lti_tool.delivery.announcing import Announcer
from lti_tool.delivery.columns import ColumnKeeper
from lti_tool.delivery.deliver import Deliverer
from lti_tool.delivery.documents import DocumentReader
from lti_tool.delivery.file_sweep import FileSweeper
from lti_tool.delivery.forgetting import KnockSweeper, NotificationSweeper
from lti_tool.delivery.heartbeat import Heartbeat
from lti_tool.delivery.mailing import MailCarrier, Sending
from lti_tool.delivery.means import Means
from lti_tool.delivery.notice_handlers import NoticeAsker
from lti_tool.delivery.privacy import PrivacyKeeper, Remover
from lti_tool.delivery.reconciler import Reconciler
from lti_tool.delivery.rosters import RosterRefresher
from lti_tool.delivery.rounds import Engine
from lti_tool.delivery.sealing import AuditSealer
from lti_tool.delivery.smtp import mail_server
from lti_tool.delivery.standings import StandingKeeper, Surroundings
from lti_tool.delivery.tasks import Due, delivery_app, publish
from lti_tool.delivery.worker import Worker
from lti_tool.exchange.frameworks import CaseLibrary, CaseVersion
from lti_tool.files import EvidenceStore
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.key_sets import KeySets
from lti_tool.lti.keys import SigningKey, ensure_signing_key, present_signing_key
from lti_tool.lti.trust import trusting
from lti_tool.lti.urls import ToolAddress
from lti_tool.persistence.database import Database, pending_revisions
from lti_tool.persistence.knocks import count_knocks
from lti_tool.services.seal_audit import seal_key
from lti_tool.settings import Settings, read_settings
from lti_tool.telemetry.log import configure_log
from lti_tool.web import (
    admin,
    admin_audit,
    admin_privacy,
    admin_schools,
    admin_standards,
    case,
    design,
    equivalence,
    launch,
    monitoring,
    notices,
    notifications,
    notifications_mail,
    preferences,
    registrar,
    registrar_tokens,
    registration,
    rubrics,
    student,
    teacher,
    typed,
    verify,
)
from lti_tool.web.browser_session import RowSessionInterface
from lti_tool.web.errors import init_errors
from lti_tool.web.limiter import Limiter, Tell
from lti_tool.web.limits import ApiLimits, init_limits
from lti_tool.web.localisation import init_localisation
from lti_tool.web.monitoring import init_monitoring
from lti_tool.web.notifications import init_notifications
from lti_tool.web.preferences import chosen_language
from lti_tool.web.security import init_security
from lti_tool.web.typed import init_typed
from lti_tool.web.wiring import Announce, CaseAccess, Wiring, install, wiring_of

FORM_MEMORY = 2 * 1024 * 1024
BLUEPRINTS = (
    *(monitoring, launch, registration, notices, preferences, notifications, notifications_mail),
    *(case, verify),
    *(student, teacher, registrar, admin, admin_privacy, admin_standards, rubrics, equivalence),
    *(registrar_tokens, admin_audit, admin_schools, typed),
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every process of the tool is made of, whether it serves pages or delivers scores."""

    settings: Settings
    database: Database
    shelf: Shelf
    http: PlatformHttp
    clock: Callable[[], datetime]

    @property
    def cipher(self) -> MultiFernet:
        """Opens and seals the tool's own keys. Asking for it makes a secret key where there is
        none, which a command that only reads does not."""
        return _cipher(self.settings.secret_key, *self.settings.previous_secret_keys)

    @property
    def catalogue(self) -> Catalogue:
        """The installed standards as they are now."""
        return self.shelf.catalogue


def build_parts(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    catalogue: Catalogue | None = None,
) -> Parts:
    """Read the standards, unless the shipped ones are given, and open the database.

    Raises CatalogueError.
    """
    quiet = settings.log == "quiet"
    configure_log(as_json=settings.log == "json", least=logging.WARNING if quiet else logging.INFO)
    folders = Folders(settings.rubrics_dir, settings.mappings_dir, settings.standards_dir)
    return Parts(
        settings=settings,
        database=Database(settings.database_url),
        shelf=Shelf(folders, catalogue),
        http=PlatformHttp(
            allow_loopback=settings.allow_loopback_platforms, ca_bundle=settings.ca_bundle
        ),
        clock=clock or now,
    )


def build_engines(parts: Parts) -> tuple[Engine, ...]:
    """What sends due scores, keeps columns in step and reads class lists, each on its own; the
    embedded threads, ``lti-tool deliver`` and Celery all run them."""
    means = _means(parts)
    heartbeat = Heartbeat(parts.database, parts.clock)
    keeper = StandingKeeper(parts.database, surroundings(parts))
    asker = NoticeAsker(means, handler=ToolAddress(parts.settings.base_url).notices_url)
    reader = DocumentReader(parts.database, parts.clock)
    sealer = AuditSealer(parts.database, seal_key(parts.settings.secret_key), parts.clock)
    talking = (ColumnKeeper(means), RosterRefresher(means), Reconciler(means), asker)
    privacy = PrivacyKeeper(build_remover(parts), parts.settings.retention_years)
    kept = [kind(parts.database, parts.clock) for kind in (NotificationSweeper, KnockSweeper)]
    forgetting = (*kept, build_file_sweeper(parts), privacy)
    beside: tuple[Engine, ...] = (keeper, reader, sealer, *forgetting, *_mail_carriers(parts))
    return heartbeat, Deliverer(means), *talking, *beside


def build_file_sweeper(parts: Parts) -> FileSweeper:
    """What deletes evidence files that belong to nothing; ``lti-tool files sweep`` runs it."""
    return FileSweeper(parts.database, _evidence_store(parts.settings), parts.clock)


def build_remover(parts: Parts) -> Remover:
    """What sees erasures through; ``lti-tool privacy erase`` runs it."""
    return Remover(parts.database, _evidence_store(parts.settings), parts.clock)


def build_evidence_store(parts: Parts) -> EvidenceStore:
    """Where the contents of files are kept."""
    return _evidence_store(parts.settings)


def _evidence_store(settings: Settings) -> EvidenceStore:
    return EvidenceStore(settings.data_dir / "evidence", settings.largest_file)


def _mail_carriers(parts: Parts) -> tuple[Engine, ...]:
    """What sends mail; nothing where there is no mail server."""
    settings = parts.settings
    if settings.smtp_url is None:
        return ()
    sending = Sending(
        mail_server(settings.smtp_url),
        settings.mail_from,
        lambda token: f"{settings.base_url}/mail/{token}",
        trusting(settings.ca_bundle),
    )
    chance = random.SystemRandom().random
    return (MailCarrier(parts.database, sending, parts.clock, random=chance, new_id=new_id),)


def surroundings(parts: Parts) -> Surroundings:
    """What a change of standings needs besides its transaction."""
    zone = ZoneInfo(parts.settings.time_zone)
    return Surroundings(lambda: parts.catalogue, parts.clock, zone, new_id)


def build_reconciler(parts: Parts) -> Reconciler:
    """What ``lti-tool grades reconcile`` runs at once."""
    return Reconciler(_means(parts))


def _means(parts: Parts) -> Means:
    tokens = AccessTokens(
        parts.http,
        signing_key=lambda: signing_key(parts),
        unique=lambda: secrets.token_urlsafe(16),
    )
    chance = random.SystemRandom().random
    return Means(parts.database, parts.http, tokens, parts.clock, chance)


def build_worker(parts: Parts, broker_url: str) -> Worker:
    """What ``lti-tool worker`` runs: scores by Celery's messages, the other errands beside."""
    engines = build_engines(parts)
    scores = next(each for each in engines if isinstance(each, Deliverer))
    others = [each for each in engines if each is not scores]
    return Worker(delivery_app(broker_url), scores, others, Due(parts.database, parts.clock))


def build_announcer(settings: Settings) -> Announce:
    """How pages tell workers that a score was queued; nothing where there is no broker."""
    if settings.broker_url is None:
        return lambda _score_ids: None
    return Announcer(partial(publish, delivery_app(settings.broker_url)))


def create_app(
    parts: Parts, *, announce: Announce | None = None, with_design_page: bool = False
) -> Flask:
    """The web application. ``announce`` is told the ids of scores once they are queued; None: the
    broker of the settings is. ``with_design_page`` adds ``/design``, which shows every component.
    """
    settings = parts.settings
    app = Flask("lti_tool.web")
    app.secret_key = settings.secret_key
    app.session_interface = RowSessionInterface()
    app.config.update(
        MAX_CONTENT_LENGTH=settings.largest_file + FORM_MEMORY,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        WTF_CSRF_SECRET_KEY=list(_sealing_keys(settings)),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    install(app, _wiring(parts, announce or build_announcer(settings)))
    init_monitoring(app, behind_proxy=settings.proxies > 0)
    init_limits(app, proxies=settings.proxies)
    init_security(app, https=settings.base_url.startswith("https:"))
    csrf = CSRFProtect(app)
    csrf.exempt(launch.blueprint)
    csrf.exempt(registration.blueprint)
    csrf.exempt(notices.blueprint)
    csrf.exempt(notifications_mail.blueprint)
    csrf.exempt(typed.keeper)
    init_localisation(app, settings.time_zone, chosen_language, clock=parts.clock)
    init_errors(app)
    init_notifications(app)
    init_typed(app)
    for pages in BLUEPRINTS:
        app.register_blueprint(pages.blueprint)
    if with_design_page:
        app.register_blueprint(design.blueprint)
    api = _api(parts, wiring_of(app).limiter)
    mounted = DispatcherMiddleware(app.wsgi_app, {"/api/v1": api})
    app.wsgi_app = mounted  # type: ignore[method-assign] # Flask's own way to add a middleware
    return app


def _api(parts: Parts, limiter: Limiter) -> Flask:
    """The JSON API, an application of its own: without sessions, cookies and forms."""
    settings = parts.settings
    limits = ApiLimits(limiter, parts.clock, proxies=settings.proxies)
    api = create_api(
        Api(
            database=parts.database,
            catalogue=lambda: parts.catalogue,
            clock=parts.clock,
            zone=ZoneInfo(settings.time_zone),
            base_url=settings.base_url,
            admit_token=limits.token,
            admit_address=limits.address,
        )
    )
    init_monitoring(api, behind_proxy=settings.proxies > 0)
    return api


def from_environment() -> Flask:
    """The application for a WSGI server: ``gunicorn 'lti_tool.app:from_environment()'``.

    Scores are left to ``lti-tool deliver`` or ``worker``. Raises SettingsError; the address in
    LTI_TOOL_BASE_URL must be given, since a server behind a proxy cannot know it.
    """
    return create_app(build_parts(read_settings(os.environ, default_base_url="")))


def new_id() -> str:
    """A random identifier that nobody can guess."""
    return secrets.token_urlsafe(16)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _wiring(parts: Parts, announce: Announce) -> Wiring:
    settings = parts.settings
    return Wiring(
        announce=announce,
        database=parts.database,
        shelf=parts.shelf,
        files=_evidence_store(settings),
        http=parts.http,
        key_sets=KeySets(parts.http),
        cipher=parts.cipher,
        address=ToolAddress(settings.base_url),
        allow_loopback=settings.allow_loopback_platforms,
        allow_nameless=settings.allow_nameless_launches,
        zone=ZoneInfo(settings.time_zone),
        clock=parts.clock,
        new_id=new_id,
        secret_keys=_sealing_keys(settings),
        limiter=Limiter(_teller(parts)),
        metrics_token=settings.metrics_token,
        retention_years=settings.retention_years,
        sends_mail=settings.smtp_url is not None,
        case=CaseAccess(
            settings.case_token,
            settings.case_open,
            {each: CaseLibrary(each, settings.base_url) for each in CaseVersion},
        ),
        pending=lambda: pending_revisions(settings.database_url, settings.migrations_dir),
    )


def _teller(parts: Parts) -> Tell:
    """How processes tell each other of knocks; under a digest with the secret key, so that nobody
    can be read or guessed from it."""
    secret = parts.settings.secret_key.encode()

    def tell(who: str, span: float, now: float) -> float:
        key = hmac.digest(secret, b"knocks:" + who.encode(), "sha256").hex()
        with parts.database.transaction() as session:
            return count_knocks(session, key, span=span, now=now)

    return tell


def _sealing_keys(settings: Settings) -> tuple[str, ...]:
    """The secret keys as itsdangerous takes them: the last one signs, all of them verify."""
    return (*reversed(settings.previous_secret_keys), settings.secret_key)


def _cipher(*secret_keys: str) -> MultiFernet:
    """Encrypts signing keys at rest with a key made from the first secret key; the others only
    open what was stored before."""
    digests = (
        hashlib.sha256(b"signing keys at rest:" + each.encode()).digest() for each in secret_keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in digests])


def signing_key(parts: Parts) -> SigningKey:
    """The key this tool signs with. Raises InvalidToken when the secret key is another one."""
    with parts.database.reading() as session:
        stored = present_signing_key(session, parts.cipher, now=parts.clock())
    if stored is not None:
        return stored
    with parts.database.transaction() as session:
        return ensure_signing_key(session, parts.cipher, now=parts.clock())
