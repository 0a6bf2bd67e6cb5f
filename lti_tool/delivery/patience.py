"""How long to wait before trying again, and when to stop trying."""

from datetime import timedelta

FIRST_WAIT = 4.0
LONGEST_WAIT = 3600.0
MOST_ATTEMPTS = 30
"""With waits of half an hour on average this is most of a day; then a person is asked. A
platform that does not answer at all is tried for ever."""
MOST_CONFLICTS = 5
"""How often a score is given a later time because the LMS holds another one."""


def wait_after(attempts: int, chance: float, *, least: int | None = None) -> timedelta:
    """Full jitter: a random share (``chance``, 0 to 1) of a span that doubles with each attempt.

    ``least`` is what the platform asked for in Retry-After, in seconds. Random waits keep a
    thousand scores that failed together from coming back together.
    """
    span = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts - 1, 20))
    return timedelta(seconds=max(chance * span, float(least or 0)))
