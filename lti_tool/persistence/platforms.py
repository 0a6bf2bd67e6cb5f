"""The connected platforms: who they are, their deployments, the school each deployment serves.

A platform is one registration (issuer and client id); all hosted Canvas schools share an issuer,
so nothing here is looked up by issuer alone. Not here: keys, tokens and how a platform is spoken
to, which ``lti_tool.lti`` knows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Integer,
    Row,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    literal_column,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import DomainError

from .database import Base, Json, UtcDateTime
from .inserts import read_one

AUTHORITY = re.compile(r"[a-z0-9._-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?")
"""A host with or without port, as a Content-Security-Policy may hold it; other letters are written
in Punycode there."""


class DeploymentState(StrEnum):
    """Whether launches of a deployment are answered."""

    WAITING = "waiting"
    """Seen in a launch, not yet approved by the administrator: its launches are refused."""
    APPROVED = "approved"
    """Its launches are answered."""


class PlatformExistsError(DomainError):
    """This issuer and client id are registered already."""

    def __init__(self, issuer: str, client_id: str) -> None:
        super().__init__(f"platform {issuer} with client id {client_id} exists already")
        self.issuer = issuer
        self.client_id = client_id


class PlatformInUseError(DomainError):
    """The platform has courses or other records; removing it would lose them. Nothing changed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"platform {name!r} has courses or records and cannot be removed")
        self.name = name


class SchoolRow(Base):
    """A school: what a registrar sees, one for each deployment unless joined."""

    __tablename__ = "schools"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))


class PlatformRow(Base):
    """One registration of this tool at an LMS."""

    __tablename__ = "platforms"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    issuer: Mapped[str] = mapped_column(String(1024))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_login_url: Mapped[str] = mapped_column(String(2048))
    auth_token_url: Mapped[str] = mapped_column(String(2048))
    key_set_url: Mapped[str] = mapped_column(String(2048))
    token_audience: Mapped[str | None] = mapped_column(String(2048))
    frame_origins: Mapped[list[str]] = mapped_column(Json)
    registrar_roles: Mapped[list[str]] = mapped_column(Json)
    product: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeploymentRow(Base):
    """One deployment of a registration; new ones appear in launches without warning."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint("platform_id", "deployment_id"),
        CheckConstraint("state IN ('waiting', 'approved')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


PLATFORMS, DEPLOYMENTS = (Base.metadata.tables[each] for each in ("platforms", "deployments"))
PLATFORM_BY_ID = select(PLATFORMS).where(PLATFORMS.c.id == bindparam("id"))
PLATFORM_BY_CLIENT = select(PLATFORMS).where(
    PLATFORMS.c.issuer == bindparam("issuer"), PLATFORMS.c.client_id == bindparam("client")
)
DEPLOYMENT_BY_ID = select(DEPLOYMENTS).where(DEPLOYMENTS.c.id == bindparam("id"))
DEPLOYMENT_BY_NAME = select(DEPLOYMENTS).where(
    DEPLOYMENTS.c.platform_id == bindparam("platform"),
    DEPLOYMENTS.c.deployment_id == bindparam("deployment"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformDetails:
    """What an administrator enters to connect a platform.

    ``token_audience`` is the ``aud`` of our token requests, None for the token URL itself.
    ``frame_origins`` are origins that frame us besides the issuer's and the login URL's.
    ``registrar_roles`` are role URNs that make a registrar here; none by default.
    ``product`` is the product family code (``moodle``, ``canvas``), empty while unknown.
    """

    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    key_set_url: str
    token_audience: str | None = None
    frame_origins: tuple[str, ...] = ()
    registrar_roles: tuple[str, ...] = ()
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(PlatformDetails):
    """A connected platform. ``id`` is our own row id."""

    id: int
    created_at: datetime

    @property
    def origins(self) -> frozenset[str]:
        """Where this platform's pages live: the origins of its issuer and login URL, and those
        the administrator named. They may frame us and take our deep linking answers."""
        return frozenset(_origins((self.issuer, self.auth_login_url, *self.frame_origins)))


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment as stored. ``id`` is our row id, ``deployment_id`` the platform's word."""

    id: int
    platform_id: int
    deployment_id: str
    state: DeploymentState
    school_id: int
    created_at: datetime


def add_platform(session: Session, details: PlatformDetails, *, now: datetime) -> Platform:
    """Register a platform. Raises PlatformExistsError when issuer and client id are taken."""
    if platform_by(session, details.issuer, details.client_id) is not None:
        raise PlatformExistsError(details.issuer, details.client_id)
    row = PlatformRow(
        name=details.name,
        issuer=details.issuer,
        client_id=details.client_id,
        auth_login_url=details.auth_login_url,
        auth_token_url=details.auth_token_url,
        key_set_url=details.key_set_url,
        token_audience=details.token_audience,
        frame_origins=list(details.frame_origins),
        registrar_roles=list(details.registrar_roles),
        product=details.product,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return as_platform(row)


def platforms(session: Session) -> tuple[Platform, ...]:
    """Every platform, in the order they were added."""
    rows = session.scalars(select(PlatformRow).order_by(PlatformRow.id))
    return tuple(as_platform(row) for row in rows)


def platform(session: Session, platform_id: int) -> Platform | None:
    """The platform of this row id; None when there is none."""
    row = read_one(session, PLATFORM_BY_ID, id=platform_id)
    return None if row is None else as_platform(row)


def columns_of_platform(platform_id: str) -> Sequence[ColumnElement[Any]]:
    """A platform's columns, for ``as_platform``, as a statement may return them that writes a row
    of another table; ``platform_id`` names that row's column (``login_states.platform_id``).

    PostgreSQL could join them there, SQLite can only look them up.
    """
    own = PLATFORMS.c.id == literal_column(platform_id, Integer)
    return [select(each).where(own).scalar_subquery().label(each.name) for each in PLATFORMS.c]


def platform_by(session: Session, issuer: str, client_id: str) -> Platform | None:
    """The platform of exactly this issuer and client id; None when there is none."""
    row = read_one(session, PLATFORM_BY_CLIENT, issuer=issuer, client=client_id)
    return None if row is None else as_platform(row)


def platforms_of_issuer(session: Session, issuer: str) -> tuple[Platform, ...]:
    """Every registration at one issuer, oldest first; several where schools share a host."""
    rows = session.scalars(
        select(PlatformRow).where(PlatformRow.issuer == issuer).order_by(PlatformRow.id)
    )
    return tuple(as_platform(row) for row in rows)


def note_product(session: Session, platform_id: int, product: str) -> None:
    """Keep the product family code a launch told; an empty one changes nothing."""
    row = session.get(PlatformRow, platform_id)
    if row is not None and product:
        row.product = product[:64]


def set_registrar_roles(session: Session, platform_id: int, roles: Iterable[str]) -> None:
    """Let launches with one of these role URNs make a registrar from now on, and no others.

    Open sessions keep their roles until they end. An unknown id changes nothing.
    """
    row = session.get(PlatformRow, platform_id)
    if row is not None:
        row.registrar_roles = list(roles)
        session.flush()


def deployments(session: Session, platform_id: int | None = None) -> tuple[Deployment, ...]:
    """Deployments by row id, of one platform, or of all when ``platform_id`` is None."""
    query = select(DeploymentRow).order_by(DeploymentRow.id)
    if platform_id is not None:
        query = query.where(DeploymentRow.platform_id == platform_id)
    return tuple(_deployment(row) for row in session.scalars(query))


def deployment(session: Session, platform_id: int, deployment_id: str) -> Deployment | None:
    """One deployment by the platform's word for it; None when it was never seen."""
    row = _deployment_row(session, platform_id, deployment_id)
    return None if row is None else _deployment(row)


def deployment_by_id(session: Session, row_id: int) -> Deployment | None:
    """One deployment by our row id (as in ``Launch.deployment_id``); None when there is none."""
    row = read_one(session, DEPLOYMENT_BY_ID, id=row_id)
    return None if row is None else _deployment(row)


def note_deployment(
    session: Session, platform: Platform, deployment_id: str, *, now: datetime
) -> Deployment:
    """The deployment; an unseen one is stored as waiting, with a new school named after the
    platform. Two launches at once may both bring the news: the second reads the first's row."""
    row = _deployment_row(session, platform.id, deployment_id)
    if row is not None:
        return _deployment(row)
    try:
        with session.begin_nested():
            return _deployment(_new_deployment(session, platform, deployment_id, now))
    except IntegrityError:
        row = _deployment_row(session, platform.id, deployment_id)
        if row is None:
            raise
        return _deployment(row)


def approve_deployment(
    session: Session, platform: Platform, deployment_id: str, *, now: datetime
) -> Deployment:
    """Answer this deployment's launches from now on, seen before or not."""
    found = note_deployment(session, platform, deployment_id, now=now)
    row = session.get_one(DeploymentRow, found.id)
    row.state = DeploymentState.APPROVED
    session.flush()
    return _deployment(row)


def remove_platform(session: Session, platform_id: int) -> None:
    """Forget a platform with its deployments, login states and the schools only it served.

    Raises PlatformInUseError, changing nothing, when courses or other records refer to it.
    An unknown id changes nothing.
    """
    row = session.get(PlatformRow, platform_id)
    if row is None:
        return
    name = row.name
    try:
        with session.begin_nested():
            _delete_platform(session, platform_id)
    except IntegrityError as error:
        raise PlatformInUseError(name) from error
    session.expire_all()


def frame_origins(session: Session) -> tuple[str, ...]:
    """Every origin that may frame our pages (CSP ``frame-ancestors``), sorted: each platform's
    issuer and login URL, and what the administrator named."""
    return tuple(sorted({origin for each in platforms(session) for origin in each.origins}))


def _origins(urls: Iterable[str]) -> Iterable[str]:
    """Scheme and authority of each URL; an issuer need not be a URL and is then left out, as is
    what could end the header that lists the origins."""
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        authority = parts.netloc.rpartition("@")[2].lower()
        if parts.scheme in {"http", "https"} and AUTHORITY.fullmatch(authority):
            yield f"{parts.scheme}://{authority}"


def _deployment_row(session: Session, platform_id: int, deployment_id: str) -> Row[Any] | None:
    return read_one(session, DEPLOYMENT_BY_NAME, platform=platform_id, deployment=deployment_id)


def _new_deployment(
    session: Session, platform: Platform, deployment_id: str, now: datetime
) -> DeploymentRow:
    school = SchoolRow(name=platform.name)
    session.add(school)
    session.flush()
    row = DeploymentRow(
        platform_id=platform.id,
        deployment_id=deployment_id,
        state=DeploymentState.WAITING,
        school_id=school.id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _delete_platform(session: Session, platform_id: int) -> None:
    own = select(DeploymentRow.school_id).where(DeploymentRow.platform_id == platform_id)
    shared = select(DeploymentRow.school_id).where(DeploymentRow.platform_id != platform_id)
    schools = set(session.scalars(own)) - set(session.scalars(shared))
    session.execute(delete(DeploymentRow).where(DeploymentRow.platform_id == platform_id))
    session.execute(delete(SchoolRow).where(SchoolRow.id.in_(schools)))
    session.execute(delete(PlatformRow).where(PlatformRow.id == platform_id))


def as_platform(row: PlatformRow | Row[Any]) -> Platform:
    """The value of a row."""
    return Platform(
        id=row.id,
        created_at=row.created_at,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        auth_login_url=row.auth_login_url,
        auth_token_url=row.auth_token_url,
        key_set_url=row.key_set_url,
        token_audience=row.token_audience,
        frame_origins=tuple(row.frame_origins),
        registrar_roles=tuple(row.registrar_roles),
        product=row.product,
    )


def _deployment(row: DeploymentRow | Row[Any]) -> Deployment:
    return Deployment(
        id=row.id,
        platform_id=row.platform_id,
        deployment_id=row.deployment_id,
        state=DeploymentState(row.state),
        school_id=row.school_id,
        created_at=row.created_at,
    )
