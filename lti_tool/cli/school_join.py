"""``lti-tool school list|join``: schools, and two of them made one."""

import argparse

from lti_tool.persistence import courses, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.schools import School
from lti_tool.services.join_schools import CannotJoinError, join_schools

from .acting import command_line
from .console import ConsoleError, said, say, write
from .environment import open_parts


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    school = commands.add_parser("school", help="list schools, join two that are one")
    actions = school.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="show every school").set_defaults(run=_list)
    join = actions.add_parser("join", help="let one school's courses and people be another's")
    join.add_argument("school", help="number or name of the school that goes, as in the list")
    join.add_argument("into", help="number or name of the school that stays; its rule counts")
    join.set_defaults(run=_join)


def _list(_options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        for each in schools.schools(session):
            count = len(courses.courses_of_school(session, each.id))
            write(f"{each.id}  {each.name}  {said(f'{count} 门课程', f'{count} courses')}")
    return 0


def _join(options: argparse.Namespace) -> int:
    parts = open_parts()
    now = parts.clock()
    try:
        with parts.database.transaction() as session:
            gone, into = _named(session, options.school), _named(session, options.into)
            if gone == into:
                words = said("这是同一所学校", "this is the same school")
                raise ConsoleError(words)
            actor = command_line(session, into.id, now)
            join_schools(session, gone.id, into.id, now=now, asked_by=actor.id)
    except CannotJoinError as refused:
        raise ConsoleError(_why(refused), code=1) from refused
    say(f"{gone.name} 已并入 {into.name}。", f"{gone.name} is part of {into.name} now.")
    return 0


def _why(refused: CannotJoinError) -> str:
    """Why the schools stay two, and what can be done."""
    if refused.decided:
        names = ", ".join(refused.decided)
        return said(
            f"这所学校有自己的规定，已有的认定以此为据，不能并入：{names}。可以反向并入。",
            "the school has decisions of its own, on which sign-offs rest, so it cannot go: "
            f"{names}. The other way round may work.",
        )
    return said(
        f"有 {refused.twice} 名学习平台用户在两所学校都有账号，其评分无法自动归并，"
        "因此不能并入。没有改动任何内容。",
        f"LMS users with an account in both schools: {refused.twice}. Their ratings cannot be put "
        "together by themselves, so the schools stay two. Nothing was changed.",
    )


def _named(session: Session, wanted: str) -> School:
    found = [each for each in schools.schools(session) if wanted in {str(each.id), each.name}]
    if len(found) != 1:
        raise ConsoleError(
            said(f"没有或不止一所学校“{wanted}”", f"no school, or more than one: {wanted!r}")
        )
    return found[0]
