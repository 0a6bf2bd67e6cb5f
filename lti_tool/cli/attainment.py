"""``lti-tool attainment replay``: every decision computed again from what it rests on."""

import argparse
from collections import Counter

from lti_tool.services.replay_decisions import Outcome, Replayed, replay_decisions

from .console import said, say, write
from .environment import open_parts

WORDS = {
    Outcome.SAME: ("一致", "same"),
    Outcome.DIFFERENT: ("不一致", "different"),
    Outcome.RULE_GONE: ("所用规则版本已不在", "its rule is not installed any more"),
    Outcome.STANDARD_GONE: ("所用标准已不在", "its standard is not installed any more"),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    attainment = commands.add_parser("attainment", help="look into decisions on levels")
    actions = attainment.add_subparsers(required=True, metavar="ACTION")
    replay = actions.add_parser(
        "replay", help="compute every decision again; exit code 1 if any differs"
    )
    replay.set_defaults(run=_replay)


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
