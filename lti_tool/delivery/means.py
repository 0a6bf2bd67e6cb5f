"""What every job that speaks to platforms is given, and the steps they share.

Not here: any job (``deliver``, ``columns``, ``rosters``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import RetryLater, Trouble
from lti_tool.lti.http import PlatformHttp
from lti_tool.persistence.database import Database

from .patience import wait_after


@dataclass(frozen=True, slots=True)
class Means:
    """The database and the way to platforms; ``random`` gives numbers in [0, 1)."""

    database: Database
    http: PlatformHttp
    tokens: AccessTokens
    clock: Callable[[], datetime]
    random: Callable[[], float]

    def again_at(self, trouble: Trouble, attempts: int, *, most: int) -> datetime | None:
        """When to try once more after ``attempts`` tries; None: not until somebody asks, since
        the platform said no or ``most`` tries were made."""
        if not isinstance(trouble, RetryLater) or attempts >= most:
            return None
        return self.clock() + wait_after(attempts, self.random(), least=trouble.after)
