"""How long to wait before trying again, when to stop trying, when to leave a platform alone."""

from datetime import timedelta

FIRST_WAIT = 4.0
LONGEST_WAIT = 3600.0
MOST_ATTEMPTS = 30
"""With waits of half an hour on average this is most of a day; then a person is asked. A
platform that does not answer at all is tried for ever."""
MOST_CONFLICTS = 5
"""How often a score is given a later time because the LMS holds another one."""
FAILURES_IN_A_ROW = 3
"""So many calls to a platform must fail, none between them succeeding, before it is left alone.
One broken connection among many says nothing about the rest."""
LONGEST_PAUSE = 60.0


def wait_after(attempts: int, chance: float, *, least: int | None = None) -> timedelta:
    """Full jitter: a random share (``chance``, 0 to 1) of a span that doubles with each attempt.

    ``least`` is what the platform asked for in Retry-After, in seconds. Random waits keep a
    thousand scores that failed together from coming back together.
    """
    span = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts - 1, 20))
    return timedelta(seconds=max(chance * span, float(least or 0)))


def pause_after(failures: int, *, least: int | None = None) -> timedelta | None:
    """How long a platform is left alone after so many failures in a row: twice as long at each, up
    to a minute, and at least the seconds it asked for; None: not yet.

    A wait that it asked for counts from the first time.
    """
    over = failures - FAILURES_IN_A_ROW
    if over < 0:
        return None if least is None else timedelta(seconds=float(least))
    span = min(LONGEST_PAUSE, FIRST_WAIT * 2.0 ** min(over, 10))
    return timedelta(seconds=max(span, float(least or 0)))
