"""Sends one claimed score to its gradebook and says what came of it. Writes nothing down.

Called by many threads at once; no transaction is open while the network is in use.
"""

import re

from lti_tool.lti.answers import Delivered, NotNewer, Refused, RetryLater
from lti_tool.lti.grade_messages import Result
from lti_tool.telemetry.tracing import request_of

from .column_search import ColumnSearch
from .errand import Errand
from .means import Means
from .outcomes import Arrived, Conflict, Outcome, What

REASONS = {
    "token_unavailable": "unreachable",
    "platform_error": "server_error",
    "unauthorized": "not_authorized",
    "scope_missing": "no_scope",
    "not_found": "line_item_gone",
}
"""Words of the LTI room that mean the same to a teacher; all others keep their name."""
CAUSES = (
    ("unpublished", re.compile(r"publish", re.IGNORECASE)),
    ("user_left", re.compile(r"\b(user|student|learner|enrol)", re.IGNORECASE)),
    ("grade_locked", re.compile(r"\block", re.IGNORECASE)),
)
"""What a refusal with 400, 403 or 422 is about, by its words (Canvas: documented; Moodle 4.5 gives
none with a 400 for somebody who is not enrolled)."""
PASSING = frozenset({"token_refused", "clock_wrong", "unauthorized"})
"""Refusals that pass once somebody has mended the key, the clock or the tool's place in the course;
or by themselves, where a platform restarts and forgets its tokens."""
UNSPECIFIC = frozenset({"bad_request", "forbidden", "unprocessable"})


class Sender:
    """One instance serves all threads of a process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.columns = ColumnSearch(means)

    def send(self, errand: Errand) -> Outcome:
        """Post the score, looking for its column first where that is not known."""
        delivery = errand.delivery
        with request_of(delivery.request_name):
            known = None if errand.item.removed else errand.item.url
            url = known or self.columns.url(errand)
            if not isinstance(url, str):
                return self._outcome(errand, url)
            return self._outcome(errand, self._posted(errand, url), url)

    def _posted(self, errand: Errand, url: str) -> What:
        answer = errand.book.post_score(url, errand.score(), now=self._means.clock())
        match answer:
            case Delivered():
                return Arrived()
            case NotNewer():
                return self._compared(errand, url)
        return answer

    def _compared(self, errand: Errand, url: str) -> What:
        """The LMS has something of the same or a later time: is it this very score?

        After an attempt whose outcome was unknown it is; otherwise the score goes out again,
        later. Moodle 4.5 compares with its own time of last change, not with our timestamps.
        """
        held = errand.book.result(url, errand.user_id, now=self._means.clock())
        if isinstance(held, Result) and errand.is_held(held):
            return Arrived(held.score)
        if isinstance(held, RetryLater):
            return held
        return Conflict(held.at if isinstance(held, Result) else None)

    def _outcome(self, errand: Errand, what: What, url: str = "") -> Outcome:
        if isinstance(what, Refused) and what.reason in PASSING:
            what = RetryLater(what.reason, None, what.excerpt)
        if isinstance(what, RetryLater | Refused):
            what = _in_our_words(what)
        return Outcome(errand.delivery, errand.platform_id, what, url)


def _in_our_words(trouble: RetryLater | Refused) -> RetryLater | Refused:
    reason = REASONS.get(trouble.reason, trouble.reason)
    if isinstance(trouble, RetryLater):
        return RetryLater(reason, trouble.after, trouble.detail)
    if reason in UNSPECIFIC:
        reason = cause_of(reason, trouble.excerpt)
    return Refused(reason, trouble.status, trouble.excerpt)


def cause_of(reason: str, words: str) -> str:
    """The cause that a refusal's words name; its own reason where they name none."""
    return next((cause for cause, named in CAUSES if named.search(words)), reason)
