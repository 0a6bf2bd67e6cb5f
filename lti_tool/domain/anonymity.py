"""Anonymous rating: whose work it is stays hidden from raters until it is released.

Not here: what pages do with it (``lti_tool.services``).
"""

import base64
import hashlib
from collections.abc import Sequence

from .assessment import Assessment
from .submission import Submission, SubmissionState

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
