"""``lti-tool learners list|merge|undo``: two accounts of one learner, as on the registrar's page.

People are named by the number that ``privacy find`` and ``list`` print.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import TypeVar

from lti_tool.app import surroundings
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.persistence import merges, people, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.merges import Merge
from lti_tool.persistence.people import Account
from lti_tool.services.merge_accounts import merge_accounts, show_merges, undo_merge
from lti_tool.services.work import Work

from .acting import command_line
from .console import ConsoleError, said, say, write
from .environment import open_parts

T = TypeVar("T")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    learners = commands.add_parser("learners", help="merge two accounts of one learner, undo it")
    actions = learners.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="accounts with one student number, and every merge")
    listing.set_defaults(run=_list)
    merging = actions.add_parser("merge", help="let the ratings of two accounts count for one")
    merging.add_argument("kept", type=int, metavar="KEPT", help="number of the account that stays")
    merging.add_argument("merged", type=int, metavar="MERGED", help="number of the other one")
    merging.set_defaults(run=_merge)
    undoing = actions.add_parser("undo", help="let both accounts stand for themselves again")
    undoing.add_argument("merge", type=int, metavar="MERGE", help="number of the merge, as in list")
    undoing.set_defaults(run=_undo)
    for each in (merging, undoing):
        each.add_argument("--reason", required=True, help="why; kept with the merge")


def _list(_options: argparse.Namespace) -> int:
    with open_parts().database.reading() as session:
        for school in schools.schools(session):
            shown = show_merges(session, school.id)
            for group in shown.alike:
                who = ", ".join(f"{each.account.id} {each.account.label}" for each in group)
                write(f"{school.name}  {group[0].account.student_number}  {who}")
            for each in shown.merges:
                write(f"{school.name}  {_line(each, shown.people[each.kept_id])}")
    return 0


def _line(merge: Merge, kept: Account) -> str:
    state = said("已撤销", "undone") if merge.undone_at else said("有效", "in effect")
    words = said(f"合并 {merge.id}", f"merge {merge.id}")
    day = f"{merge.merged_at:%Y-%m-%d}"
    return f"{words}  {merge.merged_id} → {merge.kept_id} {kept.label}  {day}  {state}"


def _act(act: Callable[[Session, Callable[[int], Work]], T], stale: str) -> T:
    """Act in one transaction, in the name of the command line at a school."""
    parts = open_parts()
    around = surroundings(parts)
    try:
        with parts.database.transaction() as session:

            def work(school_id: int) -> Work:
                actor = command_line(session, school_id, parts.clock())
                return around.work(session, actor.id)

            return act(session, work)
    except NotFoundError as refused:
        words = said("没有这个编号，或不在同一所学校", "no such number, or of another school")
        raise ConsoleError(words, code=1) from refused
    except StaleFormError as refused:
        raise ConsoleError(stale, code=1) from refused
    except ReasonMissingError as refused:
        raise ConsoleError(said("--reason 不能为空", "--reason must say something")) from refused


def _merge(options: argparse.Namespace) -> int:
    def act(session: Session, work: Callable[[int], Work]) -> int:
        school_id = people.account(session, options.kept).school_id
        return merge_accounts(
            work(school_id),
            options.kept,
            options.merged,
            reason=options.reason,
            school_id=school_id,
        )

    stale = said("两者已是同一名学生，或是同一个账号", "one learner already, or the same account")
    made = _act(act, stale)
    say(f"已合并，编号 {made}", f"merged, number {made}")
    return 0


def _undo(options: argparse.Namespace) -> int:
    def act(session: Session, work: Callable[[int], Work]) -> None:
        known = dict(_by_merge(session))
        if options.merge not in known:
            raise NotFoundError
        school_id = known[options.merge]
        undo_merge(work(school_id), options.merge, reason=options.reason, school_id=school_id)

    _act(act, said("这次合并已撤销", "this merge was taken back already"))
    say("已撤销合并", "parted")
    return 0


def _by_merge(session: Session) -> Iterator[tuple[int, int]]:
    """Every merge and its school."""
    for school in schools.schools(session):
        for each in merges.merges_of(session, school.id):
            yield each.id, school.id
