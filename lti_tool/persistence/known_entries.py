"""Somebody comes back of whom everything is known: their session, opened by one statement.

Most launches tell nothing new. To find that out the long way takes a dozen statements: platform,
deployment, person, course, membership, link, class list. Here one statement holds all that a launch
tells against what is stored, and inserts the session only if nothing would have to be written.
Nothing is remembered between launches, so whatever anybody changes counts at once. Not here: what
the long way writes (``services.enter_from_launch``), whose rules this follows: what a platform
leaves out stays as it was.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    Column,
    ColumnElement,
    Select,
    String,
    Text,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)

from lti_tool.domain.launch import Context, GradeService, Person, ResourceLink, Role

from .at_once import AtOnce, Statement
from .courses import COURSES, LINKS, told_of_course, told_of_link
from .database import Base, Json
from .people import TOLD, told_of_person
from .platforms import DEPLOYMENTS, DeploymentState
from .rosters import FRESH
from .sessions import SWEEPS, SessionRow, hash_of, kept_roles, sweep_sessions

SEEN = timedelta(hours=12)
"""So long after a launch the next one need not be noted as the person's last. The time serves one
purpose: who comes into a course while its class list is being read has not left it. Whoever is new
there, or had left, is noted at once in any case; whoever is known and yet missing on the list is
back with their next launch."""
PEOPLE, MEMBERSHIPS, ROSTERS = (
    Base.metadata.tables[each] for each in ("people", "memberships", "rosters")
)
EMPTY: ColumnElement[str] = literal_column("''")
"""Written out: as a parameter for each comparison it would double them, and beyond 50 psycopg takes
the statement apart anew each time."""
COURSE_TOLD = ("title", "label", "line_items_url", "grade_scopes")
LINK_TOLD = ("title", "line_item_url")
SESSION = ("token_hash", "roles", "data", "created_at", "expires_at")


@dataclass(frozen=True, slots=True)
class Arriving:
    """What a launch from a link tells. ``deployment`` is the platform's word for it, ``role`` the
    one the person has in the course; ``roster`` is None where no class list is offered, ``groups``
    where it has no groups."""

    platform_id: int
    issuer: str
    deployment: str
    person: Person
    role: Role
    context: Context
    link: ResourceLink
    grades: GradeService | None
    roster: str | None
    groups: str | None


@dataclass(frozen=True, slots=True)
class NewSession:
    """The session to open: its roles, and what the pages keep for it."""

    token: str
    roles: Collection[Role]
    data: Mapping[str, object]
    now: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """Where somebody known has come to; ``assessment_id`` is None where the link opens none yet."""

    assessment_id: str | None


def open_if_known(
    at_once: AtOnce, arriving: Arriving, opening: NewSession, *, set_up: bool
) -> KnownEntry | None:
    """Open the session of somebody whose launch tells nothing new; None, and no session, where
    anything is new, or was noted too long ago, or the deployment is not approved.

    ``set_up``: the link must open an assessment, since this launch names one for it otherwise.
    """
    token_hash = hash_of(opening.token)
    if token_hash.startswith(SWEEPS):
        with at_once.session() as session:
            sweep_sessions(session, now=opening.now)
    values = {
        "token_hash": token_hash,
        "roles": kept_roles(opening.roles),
        "data": dict(opening.data),
        "created_at": opening.now,
        "expires_at": opening.expires_at,
        "set_up": set_up,
        "seen_since": opening.now - SEEN,
        "tried_since": opening.now - FRESH,
        **_told(arriving),
    }
    row = at_once.one(OPEN, values)
    return None if row is None else KnownEntry(row.assessment_id)


def _told(arriving: Arriving) -> dict[str, object]:
    """The launch in the statement's words; an empty text stands for what it leaves out."""
    grades = arriving.grades
    course = told_of_course(arriving.context, grades)
    scopes = course.pop("grade_scopes", None)
    line_item = grades.line_item if grades is not None else None
    told: dict[str, Mapping[str, object]] = {
        "person": told_of_person(arriving.person),
        "course": {**course, "grade_scopes": json.dumps(scopes) if scopes else ""},
        "link": told_of_link(arriving.link, line_item),
    }
    values: dict[str, object] = {
        "platform": arriving.platform_id,
        "issuer": arriving.issuer,
        "deployment": arriving.deployment,
        "sub": arriving.person.sub,
        "context": arriving.context.id,
        "link": arriving.link.id,
        "role": arriving.role.value,
        "roster": arriving.roster or "",
        "groups": arriving.groups or "",
        "course_line_items_url": "",
    }
    for kind, fields in told.items():
        values |= {f"{kind}_{name}": each or "" for name, each in fields.items()}
    return values


def _same(kind: str, column: Column[object]) -> ColumnElement[bool]:
    """The launch leaves the column out, or tells what it holds. PostgreSQL compares no JSON, but
    both databases keep it as it was written."""
    told = bindparam(f"{kind}_{column.name}", type_=String)
    held = cast(column, Text) if isinstance(column.type, Json) else column
    return or_(told == EMPTY, held == told)


def _first(name: str, query: Select[Any]) -> CTE:
    """A step that is looked up by itself, before what follows from it. PostgreSQL would else choose
    an order by its statistics, and read whole courses where it has none yet."""
    return query.cte(name).prefix_with("MATERIALIZED")


def _is_member(course: CTE, person: CTE) -> ColumnElement[bool]:
    return exists().where(
        MEMBERSHIPS.c.course_id == course.c.id,
        MEMBERSHIPS.c.person_id == person.c.id,
        MEMBERSHIPS.c.role == bindparam("role"),
        MEMBERSHIPS.c.left_at.is_(None),
        MEMBERSHIPS.c.last_seen_at > bindparam("seen_since"),
    )


def _has_roster(course: CTE) -> ColumnElement[bool]:
    """The launch offers no class list, or one that need not be asked for: ``note_roster``."""
    told = bindparam("roster", type_=String)
    known = exists().where(
        ROSTERS.c.course_id == course.c.id,
        ROSTERS.c.url == told,
        func.coalesce(ROSTERS.c.groups_url, EMPTY) == bindparam("groups", type_=String),
        or_(ROSTERS.c.due_at.is_not(None), ROSTERS.c.tried_at > bindparam("tried_since")),
    )
    return or_(told == EMPTY, known)


def _known() -> Select[Any]:
    """The new session's row, if all is as it was told."""
    deployment = _first(
        "known_deployment",
        select(DEPLOYMENTS.c.id, DEPLOYMENTS.c.school_id).where(
            DEPLOYMENTS.c.platform_id == bindparam("platform"),
            DEPLOYMENTS.c.deployment_id == bindparam("deployment"),
            DEPLOYMENTS.c.state == DeploymentState.APPROVED.value,
        ),
    )
    course = _first(
        "known_course",
        select(COURSES.c.id).where(
            COURSES.c.deployment_id == deployment.c.id,
            COURSES.c.context_id == bindparam("context"),
            *(_same("course", COURSES.c[name]) for name in COURSE_TOLD),
        ),
    )
    link = _first(
        "known_link",
        select(LINKS.c.id).where(
            LINKS.c.course_id == course.c.id,
            LINKS.c.link_id == bindparam("link"),
            or_(LINKS.c.assessment_id.is_not(None), ~bindparam("set_up", type_=Boolean)),
            *(_same("link", LINKS.c[name]) for name in LINK_TOLD),
        ),
    )
    person = _first(
        "known_person",
        select(PEOPLE.c.id).where(
            PEOPLE.c.school_id == deployment.c.school_id,
            PEOPLE.c.issuer == bindparam("issuer"),
            PEOPLE.c.sub == bindparam("sub"),
            PEOPLE.c.last_seen_at > bindparam("seen_since"),
            *(_same("person", PEOPLE.c[name]) for name in TOLD),
        ),
    )
    found = (person.c.id, deployment.c.school_id, course.c.id, link.c.id)
    given = (bindparam(name, type_=SESSIONS.c[name].type) for name in SESSION)
    return select(*found, *given).where(_is_member(course, person), _has_roster(course))


SESSIONS = Base.metadata.tables[SessionRow.__tablename__]
# Built once: putting it together takes longer than the database does.
OPEN = Statement(
    insert(SESSIONS)
    .from_select(["person_id", "school_id", "course_id", "link_id", *SESSION], _known())
    .returning(
        select(LINKS.c.assessment_id)
        .where(LINKS.c.id == text("sessions.link_id"))
        .scalar_subquery()
        .label("assessment_id")
    )
)
