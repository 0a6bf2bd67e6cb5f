"""The demo's second marking: teacher and colleague mark a share of the works twice and settle where
they differ. In the last round three works are left: one waits for each of them, one to be settled.

It goes through the same use cases as people do; only what was given together is stored together.
Not here: the rest of the story (``seed``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from random import Random

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.rating import Rating, latest
from lti_tool.domain.second_marking import is_chosen
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings, second_markings
from lti_tool.services.notify import tell_teachers
from lti_tool.services.second_mark import Settlement, finish_second, settle
from lti_tool.services.work import Work

from .demo_class import SEED, WEAK_WORDS, second_opinion

REASON = "两人一起回看了操作录像，按量规的描述重新核对。"
MEETS = 3
"""The performance level at the cut."""
FROM_PLACE = 6
"""Students before this place of the class have a part in the story: their works are settled."""


class Fate(Enum):
    """What becomes of a work that may be marked a second time."""

    SETTLED = auto()
    """Both have rated, and every difference is settled."""
    WAITS_FOR_TEACHER = auto()
    """The colleague has rated it."""
    DIFFERENT = auto()
    """Both have rated, and a person must settle it."""
    WAITS_FOR_COLLEAGUE = auto()
    """The teacher has rated it."""


RELEASED = (None, Fate.SETTLED)
"""What a work that is released can have come to; None: it was not drawn."""


@dataclass(frozen=True, slots=True)
class Raters:
    """Who rates in the course, by their ids."""

    teacher_id: int
    colleague_id: int


class SecondMarking:
    """Marks what is drawn of one assessment. ``red_lines`` are its codes with a red line;
    ``leaves``: three works are not settled."""

    def __init__(
        self, assessment: Assessment, raters: Raters, red_lines: frozenset[str], *, leaves: bool
    ) -> None:
        self._assessment = assessment
        self._raters = raters
        self._red_lines = red_lines
        self._left: Iterator[Fate] = iter(list(Fate)[1:] if leaves else ())
        self._luck = Random(SEED)  # noqa: S311 - an invented class, the same at every start

    def fate(self, submission: Submission, *, place: int) -> Fate | None:
        """What becomes of the work of the student at this place of the class; None where it is not
        drawn. Asked once per work."""
        if not is_chosen(self._assessment, submission.id):
            return None
        return next(self._left, Fate.SETTLED) if place >= FROM_PLACE else Fate.SETTLED

    def first_rater(self, fate: Fate | None) -> int:
        """Who rates a work first."""
        colleague_first = fate is Fate.WAITS_FOR_TEACHER
        return self._raters.colleague_id if colleague_first else self._raters.teacher_id

    def mark(self, rated: Work, submission: Submission, fate: Fate) -> Work:
        """Do all of it that has happened by now; ``rated`` is the work of the first rater, and what
        is returned their work a day later."""
        first = latest(ratings.ratings_of_submission(rated.session, submission.id))
        if fate is Fate.DIFFERENT:
            self._compare(rated, submission, first, self._apart(first))
        elif fate is Fate.SETTLED:
            second = {code: self._opinion(each) for code, each in first.items()}
            self._compare(rated, submission, first, second)
            self._settle(rated, submission, first, second)
        else:
            kind, task = NotificationKind.SECOND_WAITING, self._assessment.id
            tell_teachers(rated, kind, submission.id, task, but=(rated.actor_id,))
        return replace(rated, now=rated.now + timedelta(days=1))

    def _apart(self, first: Mapping[str, Rating]) -> Mapping[str, int]:
        """Two codes are judged otherwise."""
        given = {code: each.performance_level for code, each in first.items()}
        for code in [each for each in given if each not in self._red_lines][1:3]:
            given[code] = MEETS - 1 if given[code] >= MEETS else MEETS
        return given

    def _opinion(self, first: Rating) -> int:
        red_line = first.requirement.code in self._red_lines
        return second_opinion(first.performance_level, is_red_line=red_line, luck=self._luck)

    def _compare(
        self,
        rated: Work,
        submission: Submission,
        first: Mapping[str, Rating],
        second: Mapping[str, int],
    ) -> None:
        work = replace(
            rated, actor_id=self._raters.colleague_id, now=rated.now + timedelta(hours=4)
        )
        second_markings.begin(work.session, submission.id, rater_id=work.actor_id, now=work.now)
        for code, level in second.items():
            second_markings.add_rating(
                work.session,
                replace(
                    first[code],
                    id=work.new_id(),
                    performance_level=level,
                    rater_id=work.actor_id,
                    rated_at=work.now,
                    comment=self._luck.choice(WEAK_WORDS) if level < MEETS else "",
                ),
            )
        finish_second(work, submission, self._assessment)

    def _settle(
        self,
        rated: Work,
        submission: Submission,
        first: Mapping[str, Rating],
        second: Mapping[str, int],
    ) -> None:
        """Settle each difference as the first rater gave it: the story goes on as it is told."""
        work = replace(rated, now=rated.now + timedelta(hours=20))
        for code, each in first.items():
            level = each.performance_level
            if level != second[code]:
                settle(
                    work,
                    submission,
                    self._assessment,
                    Settlement(code, level, each.comment, REASON),
                )
