"""A second rater marks a chosen work unseen, and a person settles where both differ.

Not here: who may see what meanwhile (``unseen``), the pages' view of it (``show_second_marking``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    BadRatingError,
    NotFoundError,
    ReasonMissingError,
    SecondMarkingRefusedError,
    StaleRatingError,
)
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.rating import Rating, check_time, latest
from lti_tool.domain.second_marking import (
    Comparison,
    Resolution,
    Stage,
    check_second_rater,
    compare,
    first_raters,
)
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings, second_markings

from .notify import seen_to, tell_raters, tell_teachers
from .unseen import knowing, stage_now
from .work import Work, rated_with


@dataclass(frozen=True, slots=True)
class SecondJudgement:
    """What the second rater gives for one code; ``seen`` is the id of what they gave before, None
    if nothing."""

    code: str
    performance_level: int
    comment: str
    seen: str | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a difference is settled: the level that is right, the comment that the learner reads, and
    the reason that raters read."""

    code: str
    performance_level: int
    comment: str
    reason: str


def mark_second(
    work: Work, submission: Submission, assessment: Assessment, judgement: SecondJudgement
) -> Rating:
    """Store what the second rater gives a code; the first one begins the second marking.

    Raises SecondMarkingRefusedError (see :func:`check_second_rater`; ``taken`` where somebody else
    began at the same moment), NotInAssessmentError, BadRatingError, StaleRatingError.
    """
    begun = check_marking(work, submission, assessment)
    key = assessment.key(judgement.code)
    rubric = rated_with(work.session, work.bundle(assessment.standard_id), assessment.id).rubric
    rubric.check(key, judgement.performance_level, judgement.comment)
    if not begun:
        second_markings.begin(work.session, submission.id, rater_id=work.actor_id, now=work.now)
        seen_to(work, NotificationKind.SECOND_WAITING, submission.id)
    before = second_markings.second_ratings(work.session, submission, assessment)
    current = before.get(judgement.code)
    if (current.id if current else None) != judgement.seen:
        raise StaleRatingError(judgement.code)
    rating = _second_rating(work, submission, assessment, judgement)
    check_time(rating)
    second_markings.add_rating(work.session, rating)
    work.note("second_rate", f"submission:{submission.id}", f"{key} {rating.performance_level}")
    return rating


def take_back_second(
    work: Work, submission: Submission, assessment: Assessment, rating_id: str
) -> None:
    """Undo what the second rater gave last for a code: what they gave before stands again.

    Raises SecondMarkingRefusedError, NotFoundError for anything but their newest word on a code.
    """
    check_marking(work, submission, assessment)
    given = second_markings.second_ratings(work.session, submission, assessment).values()
    if rating_id not in {each.id for each in given}:
        raise NotFoundError
    second_markings.take_rating(work.session, rating_id)
    work.note("take_back_second", f"submission:{submission.id}", rating_id)


def finish_second(
    work: Work, submission: Submission, assessment: Assessment
) -> Sequence[Comparison]:
    """Hold both ratings beside each other, from now on for both raters to see; returns every code
    in the assessment's order.

    Raises BadRatingError naming the first code without a second rating, SecondMarkingRefusedError.
    """
    check_marking(work, submission, assessment)
    second = second_markings.second_ratings(work.session, submission, assessment)
    for code in assessment.codes:
        if code not in second:
            raise BadRatingError(code, "not_rated")
    given = ratings.ratings_of_submission(work.session, submission.id)
    first = latest(given)
    compared = [compare(first[code], second[code], at=work.now) for code in assessment.codes]
    second_markings.finish(work.session, compared, now=work.now)
    different = sum(each.differs for each in compared)
    work.note("finish_second", f"submission:{submission.id}", f"{different} of {len(compared)}")
    if different:
        kind = NotificationKind.SECOND_DIFFERENT
        tell_teachers(work, kind, submission.id, assessment.id)
    else:
        _tell_done(work, submission, first_raters(given))
    return compared


def settle(
    work: Work, submission: Submission, assessment: Assessment, settlement: Settlement
) -> Rating:
    """Settle a difference: the rating given here takes the place of the first one, a draft until
    the work is released.

    Raises SecondMarkingRefusedError (``settled``) where no difference of this code is open,
    ReasonMissingError, BadRatingError, StaleRatingError.
    """
    marking = second_markings.marking_of(work.session, submission.id)
    open_codes = {each.code for each in marking.differences} if marking else set()
    if settlement.code not in open_codes:
        raise SecondMarkingRefusedError("settled")
    if not settlement.reason.strip():
        raise ReasonMissingError
    rating = _settled(work, submission, assessment, settlement)
    check_time(rating)
    ratings.add_ratings(work.session, [rating])
    resolution = Resolution(rating.id, work.actor_id, work.now, settlement.reason.strip())
    second_markings.add_resolution(work.session, submission.id, settlement.code, resolution)
    work.note(
        "settle_second",
        f"submission:{submission.id}",
        f"{rating.requirement} {rating.performance_level} {rating.id}",
    )
    if marking and open_codes == {settlement.code}:
        seen_to(work, NotificationKind.SECOND_DIFFERENT, submission.id)
        first = {each.first_rater_id for each in marking.comparisons}
        _tell_done(work, submission, first | {marking.rater_id})
    return rating


def put_back(work: Work, submission: Submission) -> None:
    """Let somebody else mark a work that was begun; what was given so far is forgotten. Any teacher
    may: whoever began may be gone. Raises SecondMarkingRefusedError (``finished``)."""
    marking = second_markings.marking_of(work.session, submission.id)
    if marking is None or marking.finished_at is not None:
        raise SecondMarkingRefusedError("finished")
    second_markings.put_back(work.session, submission.id)
    work.note("put_back_second", f"submission:{submission.id}")
    given = ratings.ratings_of_submission(work.session, submission.id)
    known_to = knowing(work.session, submission.id, given)
    kind = NotificationKind.SECOND_WAITING
    tell_teachers(work, kind, submission.id, submission.assessment_id, but=known_to)


def join_first(work: Work, submission: Submission, assessment: Assessment) -> None:
    """Rate a chosen work together with its first rater: from now on what they gave is shown, and
    this person cannot mark it a second time.

    Raises SecondMarkingRefusedError (``complete``) once the first rating is complete.
    """
    given = ratings.ratings_of_submission(work.session, submission.id)
    if stage_now(work.session, assessment, submission, given) is not Stage.FIRST:
        raise SecondMarkingRefusedError("complete")
    second_markings.add_reader(work.session, submission.id, work.actor_id)
    work.note("join_first_rating", f"submission:{submission.id}")


def check_marking(work: Work, submission: Submission, assessment: Assessment) -> bool:
    """Whether the actor, who may mark the work now, has begun already. Raises
    SecondMarkingRefusedError for who may not."""
    given = ratings.ratings_of_submission(work.session, submission.id)
    marking = second_markings.marking_of(work.session, submission.id)
    readers = second_markings.readers_of(work.session, [submission.id])
    check_second_rater(
        stage_now(work.session, assessment, submission, given),
        marking,
        given,
        person_id=work.actor_id,
        readers=readers.get(submission.id, frozenset()),
    )
    return marking is not None


def _tell_done(work: Work, submission: Submission, raters: Iterable[int]) -> None:
    """Tell the raters that the work can be released."""
    kind = NotificationKind.SECOND_DONE
    tell_raters(work, raters, kind, submission.id, submission.assessment_id)


def _second_rating(
    work: Work, submission: Submission, assessment: Assessment, judgement: SecondJudgement
) -> Rating:
    return Rating(
        id=work.new_id(),
        learner_id=submission.learner_id,
        standard_id=assessment.standard_id,
        requirement=assessment.key(judgement.code),
        performance_level=judgement.performance_level,
        rater_id=work.actor_id,
        performed_at=submission.submitted_at or submission.created_at,
        rated_at=work.now,
        assessment_id=assessment.id,
        submission_id=submission.id,
        comment=judgement.comment.strip(),
    )


def _settled(
    work: Work, submission: Submission, assessment: Assessment, settlement: Settlement
) -> Rating:
    """The rating that settles: a draft whatever the release mode, as everything of the work is
    until the last difference is settled."""
    key = assessment.key(settlement.code)
    rubric = rated_with(work.session, work.bundle(assessment.standard_id), assessment.id).rubric
    rubric.check(key, settlement.performance_level, settlement.comment)
    newest = latest(ratings.ratings_of_submission(work.session, submission.id))[settlement.code]
    return replace(
        newest,
        id=work.new_id(),
        performance_level=settlement.performance_level,
        comment=settlement.comment.strip(),
        rater_id=work.actor_id,
        rated_at=work.now,
        released_at=None,
        supersedes=newest.id,
        second_rater_id=None,
    )
