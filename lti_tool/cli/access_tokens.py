"""``lti-tool access token add|list|revoke``: tokens with which programs read the JSON API."""

import argparse
import secrets
from collections.abc import Iterator
from datetime import datetime

from lti_tool.domain.access_token import MOST_DAYS, Scope, TokenState
from lti_tool.domain.errors import BadAccessTokenError, NotFoundError
from lti_tool.domain.launch import Person
from lti_tool.persistence import people, schools
from lti_tool.persistence.database import Session
from lti_tool.services.issue_token import (
    PREFIX,
    By,
    TokenShown,
    Wish,
    issue_token,
    revoke_token,
    show_tokens,
)

from .console import ConsoleError, said, say, write
from .environment import open_parts
from .schools import chosen_school

ISSUER = "access-token"
"""Stands where an account of an LMS has its issuer: who answers for a token made here."""
DAYS = 180
STATES = {
    TokenState.ACTIVE: ("有效", "works"),
    TokenState.EXPIRED: ("已过期", "expired"),
    TokenState.REVOKED: ("已撤销", "revoked"),
}
REFUSALS = {
    "name": ("--name 不能为空，最多 100 字", "--name must be given, with at most 100 characters"),
    "scopes": ("至少要有一个 --scope", "at least one --scope is needed"),
    "days": (f"--days 须在 1 到 {MOST_DAYS} 之间", f"--days must be from 1 to {MOST_DAYS}"),
}


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    token = actions.add_parser("token", help="tokens with which programs read the JSON API")
    kinds = token.add_subparsers(required=True, metavar="ACTION")
    new = kinds.add_parser("add", help="print a new token; it is shown only once")
    new.add_argument("--name", required=True, help="what uses it, such as a school's data centre")
    new.add_argument(
        "--scope",
        action="append",
        choices=[each.value for each in Scope],
        default=[],
        help="what it may read; may be given again",
    )
    new.add_argument("--school", default="", help="the school, if there are several")
    new.add_argument("--days", type=int, default=DAYS, help=f"how long it works ({DAYS})")
    new.set_defaults(run=_add)
    listed = kinds.add_parser("list", help="every token, without its secret")
    listed.set_defaults(run=_list)
    revoke = kinds.add_parser("revoke", help="let a token work no more")
    revoke.add_argument("number", type=int, help="its number, as listed")
    revoke.set_defaults(run=_revoke)


def _add(options: argparse.Namespace) -> int:
    parts = open_parts()
    secret = PREFIX + secrets.token_urlsafe(32)
    by = By(None, parts.clock())
    wish = Wish(options.name, frozenset(map(Scope, options.scope)), options.days)
    with parts.database.transaction() as session:
        school = chosen_school(session, options.school)
        owner = people.remember_person(
            session,
            school_id=school.id,
            issuer=ISSUER,
            person=Person(sub=secrets.token_hex(8), name=options.name),
            now=by.now,
        )
        try:
            issue_token(session, wish, secret, by, school_id=school.id, owner_id=owner.id)
        except BadAccessTokenError as refused:
            raise ConsoleError(said(*REFUSALS[refused.field])) from refused
    say(
        f"{school.name}：{options.days} 天内有效，请妥善保管（只显示这一次）：",
        f"{school.name}: works for {options.days} days; keep it safe, it is shown only once:",
    )
    write(secret)
    say(
        f"接口说明：{parts.settings.base_url}/api/v1/",
        f"How to use it: {parts.settings.base_url}/api/v1/",
    )
    return 0


def _list(_options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        found = list(_all(session, parts.clock()))
    for school, each in found:
        token = each.token
        used = token.last_used.date().isoformat() if token.last_used else said("未用过", "not used")
        state = said(*STATES[each.state])
        until = token.expires_at.date().isoformat()
        write(f"{token.id:4}  {state}  {until}  {used}  {school}  {token.name}")
        write("      " + " ".join(sorted(token.scopes)))
    if not found:
        say("没有访问令牌", "There is no access token")
    return 0


def _all(session: Session, now: datetime) -> Iterator[tuple[str, TokenShown]]:
    for school in schools.schools(session):
        for each in show_tokens(session, school_id=school.id, now=now).tokens:
            yield school.name, each


def _revoke(options: argparse.Namespace) -> int:
    parts = open_parts()
    try:
        with parts.database.transaction() as session:
            token = revoke_token(session, options.number, By(None, parts.clock()))
    except NotFoundError as missing:
        raise ConsoleError(
            said(f"没有编号为 {options.number} 的令牌", f"no token has the number {options.number}")
        ) from missing
    say(f"已撤销：{token.name}", f"revoked: {token.name}")
    return 0
