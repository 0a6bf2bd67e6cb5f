"""Who is asking, and may they: from the session in the URL to a member, and role checks.

A page lives under ``/s/<token>/``. The token is random, short-lived and stored only as a hash;
it works where a browser blocks cookies inside an iframe. Views never see it: it is taken out of
the URL before them and put back into every URL that ``url_for`` makes.

Every view says who may call it, with ``requires`` or ``open_to_all``; a test holds all routes
to that.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

from flask import Blueprint, g, request

from lti_tool.domain.errors import NotAllowedError, NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import kinds_for
from lti_tool.persistence import courses, notifications, people, scores, sessions
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.sessions import SignedIn
from lti_tool.services.note_look import PAGE, Look, is_noted_today, note_look
from lti_tool.services.work import Work

from .wiring import wired

P = ParamSpec("P")
R = TypeVar("R")

GUARD = "_guarded_by"
PREFIX = "/s/<session_token>"


class SignedOutError(Exception):
    """The session is unknown or has expired; the person opens the tool from the course again."""


@dataclass(frozen=True, slots=True)
class Member:
    """The person asking. ``course`` is None outside a course (registrar, administrator)."""

    account: Account
    school_id: int
    course: Course | None
    roles: frozenset[Role]
    data: Mapping[str, object]
    """What the launch left for the pages: plain JSON values."""
    unread: int = 0
    """How many notifications of the course they have not read."""

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def course_id(self) -> int:
        """The course's id. Raises NotFoundError outside a course."""
        if self.course is None:
            raise NotFoundError
        return self.course.id


def audience(name: str, import_name: str) -> Blueprint:
    """A blueprint of pages for signed-in people; its views come after ``/s/<token>/<name>``."""
    blueprint = Blueprint(name, import_name, url_prefix=f"{PREFIX}/{name}")
    blueprint.url_value_preprocessor(_take_token)
    blueprint.url_defaults(_put_token)
    return blueprint


def requires(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only signed-in people with one of these roles call the view.

    Raises SignedOutError or NotAllowedError before the view runs.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not member().roles & set(roles):
                raise NotAllowedError
            return view(*args, **kwargs)

        setattr(guarded, GUARD, roles)
        return guarded

    return decorate


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Say that a view is for everybody, signed in or not."""
    setattr(view, GUARD, ())
    return view


def member() -> Member:
    """The person asking. Raises SignedOutError."""
    found = cast("Member | None", g.get("member"))
    if found is None:
        found = _load()
        g.member = found
    return found


def forget_member() -> None:
    """Read anew who is asking, at the next use: what was kept of them has changed."""
    g.pop("member", None)


def session_token() -> str | None:
    """The token of this request's URL, None on pages outside a session."""
    return token_in(request.path)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for looking only."""
    with wired().database.reading() as session:
        yield session


@contextmanager
def working() -> Iterator[Work]:
    """A transaction in the member's name, committed when the block returns; then delivery is told
    of the scores it queued."""
    wiring = wired()
    actor = member().id
    with wiring.database.transaction() as session:
        yield Work(
            session=session,
            catalogue=wiring.catalogue,
            actor_id=actor,
            now=wiring.clock(),
            zone=wiring.zone,
            new_id=wiring.new_id,
        )
    wiring.announce(scores.queued_in(session))


def note_access(subject: str) -> None:
    """Keep in the audit log that the member looked at personal data (``services.note_look``);
    once a day."""
    wiring, actor = wired(), member().id
    look = Look(actor, subject, PAGE)
    with reading() as session:
        if is_noted_today(session, look, now=wiring.clock(), zone=wiring.zone):
            return
    with wiring.database.transaction() as session:
        note_look(session, look, now=wiring.clock())


def token_in(path: str) -> str | None:
    """The session token in a path, None where there is none."""
    head, _, rest = path.lstrip("/").partition("/")
    return rest.partition("/")[0] or None if head == "s" else None


def _load() -> Member:
    token = session_token()
    if token is None:
        raise SignedOutError
    with reading() as session:
        found = sessions.signed_in(session, token, now=wired().clock())
        if found is None:
            raise SignedOutError
        return _member(session, found)


def _member(session: Session, found: SignedIn) -> Member:
    course = courses.course(session, found.course_id) if found.course_id is not None else None
    account = people.account(session, found.person_id)
    return Member(
        account,
        found.school_id,
        course,
        found.roles,
        found.data,
        unread=_unread(session, found, course),
    )


def _unread(session: Session, found: SignedIn, course: Course | None) -> int:
    if course is None:
        return 0
    kinds = kinds_for(found.roles)
    return notifications.count_unread(session, found.person_id, course.id, kinds)


def _take_token(_endpoint: str | None, values: dict[str, object] | None) -> None:
    if values is not None:
        values.pop("session_token", None)


def _put_token(_endpoint: str, values: dict[str, object]) -> None:
    values.setdefault("session_token", session_token())
