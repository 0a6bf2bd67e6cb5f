"""The content of an export as it is stored: one compressed text without a single name.

Whose a line is, is told by the number of a version in ``exported_people``, which is emptied when
a learner is erased. Not here: the tables (``exports``).
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import (
    AreaLine,
    ExportContent,
    ExportFacts,
    ExportLine,
    Holder,
    LevelFacts,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def packed(content: ExportContent, versions: Mapping[Holder, int]) -> bytes:
    """The content, with ``versions`` in place of its holders."""
    words = _Words()
    lines = [_packed_line(each, versions[each.holder], words) for each in content.lines]
    everything = {"facts": asdict(content.facts), "words": words.known, "lines": lines}
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode())


def holders_in(stored: bytes) -> frozenset[int]:
    """The versions that a stored content speaks of."""
    return frozenset(line[0] for line in _unpacked(stored)["lines"])


def unpacked(stored: bytes, holders: Mapping[int, Holder]) -> ExportContent:
    """The content again, with the holders as their versions stand now."""
    everything = _unpacked(stored)
    facts = everything["facts"]
    levels = tuple(
        LevelFacts(each["key"], each["name"], tuple(each["objectives"])) for each in facts["levels"]
    )
    words: Sequence[str] = everything["words"]
    return ExportContent(
        ExportFacts(**{**facts, "levels": levels}),
        tuple(_line(each, holders, words) for each in everything["lines"]),
    )


class _Words:
    """Words that stand in many lines (courses, classes, versions of rules), each kept once."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, word: str) -> int:
        """Where the word is kept."""
        found = self._places.setdefault(word, len(self.known))
        if found == len(self.known):
            self.known.append(word)
        return found


def _packed_line(line: ExportLine, version: int, words: _Words) -> list[Any]:
    repeated = (line.level, line.rule_version, line.term, line.programme, line.class_name)
    return [
        version,
        line.state.value,
        line.mastered,
        line.total,
        _stamp(line.changed_at),
        line.decision_id,
        None if line.decided_at is None else _stamp(line.decided_at),
        line.masteries,
        [words.place(each) for each in repeated],
        [words.place(each) for each in line.courses],
        [[a.level, a.area, a.mastered, a.needed, a.total] for a in line.areas],
    ]


def _line(stored: Sequence[Any], holders: Mapping[int, Holder], words: Sequence[str]) -> ExportLine:
    version, state, mastered, total, changed, decision, decided, masteries, *rest = stored
    repeated, courses, areas = rest
    level, rule, term, programme, class_name = (words[each] for each in repeated)
    return ExportLine(
        holder=holders[version],
        level=level,
        state=AttainmentState(state),
        mastered=mastered,
        total=total,
        rule_version=rule,
        changed_at=_time(changed),
        decision_id=decision,
        decided_at=None if decided is None else _time(decided),
        courses=tuple(words[each] for each in courses),
        term=term,
        programme=programme,
        class_name=class_name,
        masteries=masteries,
        areas=tuple(AreaLine(*each) for each in areas),
    )


def _unpacked(stored: bytes) -> Any:
    return json.loads(zlib.decompress(stored))


def _stamp(when: datetime) -> int:
    return (when - EPOCH) // MICROSECOND


def _time(stamp: int) -> datetime:
    return EPOCH + stamp * MICROSECOND
