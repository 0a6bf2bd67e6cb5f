"""``lti-tool attainment replay`` computes every decision again from what it rests on, ``rebuild``
every learner's mastery and standing from the ratings."""

import argparse
import time
from collections import Counter
from collections.abc import Iterator

from lti_tool.app import surroundings
from lti_tool.delivery.rebuilding import rebuild
from lti_tool.persistence import recomputations
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.services.replay_decisions import Outcome, Replayed, replay_decisions

from .console import ConsoleError, said, say, write
from .environment import open_parts

WORDS = {
    Outcome.SAME: ("一致", "same"),
    Outcome.DIFFERENT: ("不一致", "different"),
    Outcome.RULE_GONE: ("所用规则版本已不在", "its rule is not installed any more"),
    Outcome.STANDARD_GONE: ("所用标准已不在", "its standard is not installed any more"),
}
SECONDS_BETWEEN = 2.0
"""Between two lines that say how far it has come."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    attainment = commands.add_parser("attainment", help="look into decisions on levels")
    actions = attainment.add_subparsers(required=True, metavar="ACTION")
    replay = actions.add_parser(
        "replay", help="compute every decision again; exit code 1 if any differs"
    )
    replay.set_defaults(run=_replay)
    rebuilding = actions.add_parser(
        "rebuild",
        help="compute everybody's standings again from the ratings",
        description="Computes everybody's mastery and standing again from the ratings. It may be "
        "stopped at any time; called again, it goes on where it was.",
    )
    rebuilding.add_argument("--school", type=int, metavar="ID", help="one school only")
    rebuilding.add_argument("--standard", metavar="ID", help="one standard only")
    rebuilding.set_defaults(run=_rebuild)


def _replay(_options: argparse.Namespace) -> int:
    parts = open_parts()
    counts: Counter[Outcome] = Counter()
    with parts.database.reading() as session:
        for each in replay_decisions(session, parts.catalogue):
            counts[each.outcome] += 1
            if each.outcome is not Outcome.SAME:
                write(_line(each))
    total = sum(counts.values())
    say(
        f"共 {total} 个决定，{counts[Outcome.SAME]} 个重算结果一致",
        f"{total} decisions, {counts[Outcome.SAME]} give the same result again",
    )
    return 0 if counts[Outcome.SAME] == total else 1


def _line(found: Replayed) -> str:
    """One line for a decision that could not be confirmed; people only by their number here."""
    made = found.decision
    place = f"{made.standard_id}/{made.level}"
    return f"{made.id}  {made.decided_at:%Y-%m-%d %H:%M}Z  {place}  {said(*WORDS[found.outcome])}"


def _rebuild(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        found = recomputations.schools_and_standards(session)
    chosen = [
        (school_id, standard_id)
        for school_id, standard_id in found
        if options.school in (None, school_id) and options.standard in (None, standard_id)
    ]
    if not chosen:
        raise ConsoleError(said("没有可重算的评分", "there are no such ratings"), code=1)
    for school_id, standard_id in chosen:
        if parts.catalogue.installed(standard_id) is None:
            write(f"{school_id}  {standard_id}  {said(*WORDS[Outcome.STANDARD_GONE])}")
        else:
            _watch(rebuild(parts.database, surroundings(parts), school_id, standard_id))
    return 0


def _watch(steps: Iterator[Recomputation]) -> None:
    """Say how far it has come, now and then, and wait where another process is at it."""
    told, done = 0.0, -1
    for found in steps:
        if found.due_at is None or time.monotonic() - told >= SECONDS_BETWEEN:
            told = time.monotonic()
            place = f"{found.school_id}  {found.standard_id}"
            write(f"{place}  {min(found.done, found.total)} / {found.total}")
        if found.due_at is not None and found.done == done:
            time.sleep(1)
        done = found.done
