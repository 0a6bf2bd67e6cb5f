"""``lti-tool standard diff|equivalence``: versions compared, and pairs of levels proposed.

Only shows; a person decides on the pages.
"""

import argparse
from collections.abc import Callable

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.link_proposals import propose
from lti_tool.domain.revision import Change, ChangeKind, revision
from lti_tool.domain.standard import Requirement, Standard

from .console import said, say, write

Find = Callable[[str], StandardBundle]

KINDS = {
    ChangeKind.SAME: ("相同", "same"),
    ChangeKind.REWORDED: ("改写", "reworded"),
    ChangeKind.MOVED: ("移位", "moved"),
    ChangeKind.SPLIT: ("拆分", "split"),
    ChangeKind.NEW: ("新增", "new"),
    ChangeKind.WITHDRAWN: ("取消", "withdrawn"),
}


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", find: Find) -> None:
    """Declare the commands; ``find`` looks a standard up by code or id."""
    diff = actions.add_parser("diff", help="what a new version of a standard changes")
    diff.add_argument("old", metavar="OLD", help="530050-2021-2.0")
    diff.add_argument("new", metavar="NEW", help="the other version")
    diff.set_defaults(run=lambda options: _diff(find(options.old), find(options.new)))
    pairs = actions.add_parser("equivalence", help="pairs of levels that somebody should compare")
    pairs.add_argument("code", metavar="CODE", help="530050 (newest) or 530050-2021-2.0")
    pairs.set_defaults(run=lambda options: _propose(find(options.code)))


def _diff(old: StandardBundle, new: StandardBundle) -> int:
    found = revision(old.standard, new.standard)
    for each in found.changes:
        if each.kind is not ChangeKind.SAME:
            write(_line(each, old.standard, new.standard))
    counts = [(kind, found.count(kind)) for kind in ChangeKind]
    say(
        "；".join(f"{KINDS[kind][0]} {count}" for kind, count in counts),
        "; ".join(f"{KINDS[kind][1]} {count}" for kind, count in counts),
    )
    return 0


def _line(change: Change, old: Standard, new: Standard) -> str:
    before = _named(change.old, old) if change.old else ""
    after = " + ".join(_named(each, new) for each in change.new)
    alike = f"  {change.likeness}%" if change.kind is ChangeKind.REWORDED else ""
    return f"{said(*KINDS[change.kind])}{alike}  {' → '.join(filter(None, [before, after]))}"


def _named(requirement: Requirement, standard: Standard) -> str:
    level = standard.level(requirement.key.level).name.zh
    return f"{level} {requirement.code} {requirement.text or said('原文缺失', 'lost in source')}"


def _propose(bundle: StandardBundle) -> int:
    standard = bundle.standard
    found = propose(standard, bundle.links)
    for each in found:
        reasons = said(
            "；".join(reason.zh for reason in each.reasons),
            "; ".join(reason.in_language("en") for reason in each.reasons),
        )
        write(f"{_named(each.lower, standard)} | {_named(each.higher, standard)} | {reasons}")
    say(
        f"{len(found)} 对待比较；未经人工确认不会关联",
        f"{len(found)} pairs to compare; nothing is linked until a person says so",
    )
    return 0
