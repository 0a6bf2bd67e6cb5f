"""``lti-tool access add``: a link that lets a registrar or an administrator in.

Tokens for programs stand in ``access_tokens``.
"""

import argparse
import secrets
from datetime import timedelta

from lti_tool.domain.launch import Person, Role
from lti_tool.persistence import access_links, audit_log, people

from . import access_tokens
from .console import ConsoleError, said, say, write
from .environment import open_parts
from .schools import chosen_school

ISSUER = "access-link"
"""Stands where an account of an LMS has its issuer."""
DAYS = 365


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    access = commands.add_parser("access", help="let registrars and administrators in by a link")
    actions = access.add_subparsers(required=True, metavar="ACTION")
    new = actions.add_parser("add", help="print a new link; it is shown only once")
    new.add_argument("--role", required=True, choices=("registrar", "administrator"))
    new.add_argument("--name", default="", help="whose link it is, as shown beside decisions")
    new.add_argument("--school", default="", help="the school, if there are several")
    new.add_argument("--days", type=int, default=DAYS, help=f"how long it works ({DAYS})")
    new.set_defaults(run=_add)
    access_tokens.add(actions)


def _add(options: argparse.Namespace) -> int:
    if not 1 <= options.days <= 10 * DAYS:
        raise ConsoleError(said("--days 须在 1 到 3650 之间", "--days must be from 1 to 3650"))
    parts = open_parts()
    token = secrets.token_urlsafe(32)
    now = parts.clock()
    with parts.database.transaction() as session:
        school = chosen_school(session, options.school)
        role = Role(options.role)
        person = people.remember_person(
            session,
            school_id=school.id,
            issuer=ISSUER,
            person=Person(sub=secrets.token_hex(8), name=options.name or options.role),
            now=now,
        )
        access_links.add_access_link(
            session,
            token,
            person_id=person.id,
            role=role,
            now=now,
            expires_at=now + timedelta(days=options.days),
        )
        audit_log.note(
            session, "add_access", f"person:{person.id}", actor_id=None, now=now, detail=role.value
        )
    say(
        f"{school.name}：{options.days} 天内有效，请妥善保管（只显示这一次）：",
        f"{school.name}: works for {options.days} days; keep it safe, it is shown only once:",
    )
    write(f"{parts.settings.base_url}/enter/{token}")
    return 0
