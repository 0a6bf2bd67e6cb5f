"""Anonymous rating: whose work it is stays hidden from raters until it is released.

Not here: what pages do with it (``lti_tool.services``).
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from .assessment import Assessment
from .submission import Evidence, EvidenceKind, Submission, SubmissionState

LETTERS = 5
"""Enough that two of a thousand learners hardly ever share a pseudonym."""


def is_nameless(assessment: Assessment, attempts: Sequence[Submission]) -> bool:
    """Whether a learner's name is hidden in an assessment: until the newest work that they handed
    in is released. ``attempts`` are the learner's, in any order."""
    if not assessment.anonymous:
        return False
    handed_in = [each for each in attempts if each.state is not SubmissionState.DRAFT]
    newest = max(handed_in, key=lambda each: each.attempt, default=None)
    return newest is None or newest.state is not SubmissionState.RELEASED


def pseudonym(assessment: Assessment, learner_id: int) -> str:
    """What stands for the name: the same for all works of the learner in the assessment, another
    elsewhere, and not to be told from any number or order that raters know."""
    drawn = hashlib.sha256(f"{assessment.seed}:name:{learner_id}".encode()).digest()
    return "#" + base64.b32encode(drawn)[:LETTERS].decode()


def without_names(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The same pieces, files by number: learners put their names into file names. What is inside
    stays as it was handed in."""
    return tuple(
        replace(each, title=f"{number}{_ending(each.title)}")
        if each.kind is EvidenceKind.FILE
        else each
        for number, each in enumerate(evidence, start=1)
    )


def _ending(title: str) -> str:
    """What says the kind of a file; empty for anything longer."""
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", title)
    return found.group() if found else ""
