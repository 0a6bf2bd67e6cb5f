"""What hypothesis draws for the domain tests: records of ratings, and standards with rules."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey
from tests.domain.builders import RED_LINE, key, rating

ORDINARY = key("low/1.1.1")


@st.composite
def records(
    draw: st.DrawFn,
    of: tuple[RequirementKey, ...] = (ORDINARY, RED_LINE),
    max_size: int = 8,
) -> list[Rating]:
    """A learner's ratings as they are kept: chains of corrections, some of them drafts.

    A correction keeps the time of the work and comes later than what it corrects; each rating
    is corrected once at most. A red line gets only the two performance levels it has.
    """
    made: list[Rating] = []
    open_ends: list[Rating] = []
    for number in range(draw(st.integers(0, max_size))):
        corrected = draw(st.none() | st.sampled_from(open_ends)) if open_ends else None
        requirement = corrected.requirement if corrected else draw(st.sampled_from(of))
        each = rating(
            f"r{draw(st.integers(0, 99)):02}-{number}",
            draw(st.sampled_from((1, 3) if requirement == RED_LINE else (1, 2, 3, 4))),
            of=requirement,
            day=draw(st.integers(0, 5)),
            released=draw(st.booleans()),
            supersedes=corrected.id if corrected else None,
        )
        if corrected:
            open_ends.remove(corrected)
            each = replace(
                each,
                performed_at=corrected.performed_at,
                rated_at=corrected.rated_at + timedelta(hours=1),
            )
        open_ends.append(each)
        made.append(each)
    return made
