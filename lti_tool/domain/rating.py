"""What raters gave: an append-only record, of which the newest released word counts.

Not here: what the ratings add up to (``mastery``, ``score``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .errors import BadRatingError
from .standard import RequirementKey


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's judgement of one requirement on one submission. Never changed afterwards.

    ``performed_at`` is when the learner did the work (the time it was handed in),
    ``rated_at`` when it was judged. ``released_at`` None: a draft, which counts nowhere.
    ``supersedes`` names the rating this one corrects. Self-ratings are not ratings.
    ``carried_from``: it counts for ``requirement`` of a newer version of the standard, but was
    given for this one of ``standard_id``. ``second_rater_id`` marked the same work without knowing
    this rating, before it was released: one more rater, never one more rating.
    """

    id: str
    learner_id: int
    standard_id: str
    requirement: RequirementKey
    performance_level: int
    rater_id: int
    performed_at: datetime
    rated_at: datetime
    assessment_id: str
    submission_id: str
    comment: str = ""
    evidence_ids: tuple[str, ...] = ()
    released_at: datetime | None = None
    supersedes: str | None = None
    carried_from: RequirementKey | None = None
    second_rater_id: int | None = None

    @property
    def judged(self) -> RequirementKey:
        """The requirement that was judged, in the rating's own standard and version."""
        return self.carried_from or self.requirement

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """What ratings are sorted by: when performed, then when rated."""
        return self.performed_at, self.rated_at, self.id


def check_time(rating: Rating) -> None:
    """Refuse a rating of work that is dated after it: until that day it would stand as the newest,
    whatever is shown meanwhile. A clock that was set back does this. Raises BadRatingError
    (``in_the_future``)."""
    if rating.performed_at > rating.rated_at:
        raise BadRatingError(rating.requirement.code, "in_the_future")


def in_force(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    """The released ratings that no later released rating corrects, oldest performance first.

    A draft correction leaves the released rating in force until it is released itself. A
    release also retires what was corrected by drafts in between.
    """
    given = {(each.id, each.requirement): each for each in ratings}.values()
    known = {each.id: each for each in given}
    retired: set[str] = set()
    for each in known.values():
        if each.released_at is not None:
            retired.update(_corrected_by(each, known))
    counted = [r for r in given if r.released_at is not None and r.id not in retired]
    return tuple(sorted(counted, key=lambda each: each.order))


def latest(ratings: Iterable[Rating]) -> dict[str, Rating]:
    """The newest word on each code of one level, drafts included: what the rating page shows."""
    known = {each.id: each for each in ratings}
    corrected = {each.supersedes for each in known.values()}
    words = [each for each in known.values() if each.id not in corrected]
    return {each.requirement.code: each for each in sorted(words, key=lambda each: each.order)}


def _corrected_by(rating: Rating, known: dict[str, Rating]) -> Iterable[str]:
    earlier = rating.supersedes
    while earlier is not None:
        yield earlier
        earlier = known[earlier].supersedes if earlier in known else None
