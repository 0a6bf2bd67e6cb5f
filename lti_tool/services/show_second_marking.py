"""Second marking as pages show it: what waits in an assessment, and both ratings side by side.

Not here: marking and settling (``second_mark``), the work itself (``show_work``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError, SecondMarkingRefusedError
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import Criterion, PerformanceLevel
from lti_tool.domain.second_marking import (
    HELD,
    Comparison,
    SecondMarking,
    Stage,
    check_second_rater,
    first_raters,
)
from lti_tool.domain.standard import Requirement
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import assessments, people, ratings, second_markings, submissions
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .unseen import hidden_from, shown_as, stage_now, stages_in
from .work import rated_with


@dataclass(frozen=True, slots=True)
class SecondLine:
    """A work held by second marking. ``rater`` marks it, None while nobody does; ``differences``
    counts those to be settled; ``may_mark``: the viewer may mark it now."""

    submission: Submission
    learner: Account
    stage: Stage
    rater: Account | None
    differences: int
    may_mark: bool

    @property
    def since(self) -> datetime | None:
        """When the work was handed in."""
        return self.submission.submitted_at


@dataclass(frozen=True, slots=True)
class CodeCompared:
    """One code with both ratings. ``settled`` is the rating that settled the difference, by
    ``settler``; None where both agree, or it is open."""

    comparison: Comparison
    requirement: Requirement
    criterion: Criterion
    choices: tuple[PerformanceLevel, ...]
    first: Rating
    second: Rating
    settled: Rating | None
    settler: Account | None

    @property
    def code(self) -> str:
        return self.comparison.code


@dataclass(frozen=True, slots=True)
class SecondShown:
    """A work's second marking. ``codes`` are empty until it is finished; ``may_mark``: the viewer
    may mark it now; ``may_join``: they may join the first rating instead."""

    assessment: Assessment
    standard_id: str
    level: str
    submission: Submission
    learner: Account
    stage: Stage
    marking: SecondMarking | None
    first_raters: tuple[Account, ...]
    rater: Account | None
    cut: int
    codes: tuple[CodeCompared, ...]
    may_mark: bool
    may_join: bool

    @property
    def open(self) -> Sequence[CodeCompared]:
        """The differences that wait to be settled."""
        return [each for each in self.codes if each.comparison.is_open]


def second_lines(session: Session, assessment: Assessment, *, viewer_id: int) -> list[SecondLine]:
    """The works of an assessment that second marking holds, the longest waiting first, in a
    constant number of queries."""
    works = submissions.submissions_to(session, assessment.id, (SubmissionState.SUBMITTED,))
    given = ratings.ratings_of_assessment(session, assessment.id)
    stages = stages_in(session, assessment, works, given)
    held = [each for each in works if stages[each.id] in HELD]
    markings = second_markings.markings_in(session, assessment.id)
    readers = second_markings.readers_of(session, [each.id for each in held])
    wanted = {each.learner_id for each in held} | {each.rater_id for each in markings.values()}
    known = people.accounts(session, wanted)
    lines = []
    for each in held:
        marking = markings.get(each.id)
        first = [one for one in given if one.submission_id == each.id]
        lines.append(
            SecondLine(
                submission=each,
                learner=shown_as(known[each.learner_id], assessment, [each]),
                stage=stages[each.id],
                rater=known[marking.rater_id] if marking else None,
                differences=len(marking.differences) if marking else 0,
                may_mark=_may_mark(
                    stages[each.id], marking, first, viewer_id, readers.get(each.id, frozenset())
                ),
            )
        )
    return lines


def show_second(
    session: Session, catalogue: Catalogue, submission_id: str, *, course_id: int, viewer_id: int
) -> SecondShown:
    """The second marking of a work of the course. Raises NotFoundError where there is none."""
    submission = submissions.submission_of(session, submission_id)
    assessment = assessments.assessment(session, submission.assessment_id, course_id=course_id)
    given = ratings.ratings_of_submission(session, submission.id)
    stage = stage_now(session, assessment, submission, given)
    hidden = submission.id in hidden_from(session, viewer_id, {submission.id: stage}, given)
    if stage is Stage.NONE or (stage is Stage.FIRST and not hidden):
        raise NotFoundError
    marking = second_markings.marking_of(session, submission.id)
    readers = second_markings.readers_of(session, [submission.id]).get(submission.id, frozenset())
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    attempts = submissions.attempts_of(session, assessment.id, submission.learner_id)
    raters = people.accounts(session, first_raters(given))
    finished = marking is not None and marking.finished_at is not None
    return SecondShown(
        assessment=assessment,
        standard_id=bundle.standard.id,
        level=assessment.level,
        submission=submission,
        learner=shown_as(people.account(session, submission.learner_id), assessment, attempts),
        stage=stage,
        marking=marking,
        first_raters=tuple(raters.values()),
        rater=people.account(session, marking.rater_id) if marking else None,
        cut=bundle.rubric.cut,
        codes=_codes(session, catalogue, submission, assessment, given) if finished else (),
        may_mark=_may_mark(stage, marking, given, viewer_id, readers),
        may_join=stage is Stage.FIRST and hidden,
    )


def _codes(
    session: Session,
    catalogue: Catalogue,
    submission: Submission,
    assessment: Assessment,
    given: Sequence[Rating],
) -> tuple[CodeCompared, ...]:
    """Every code with both ratings, in the assessment's order."""
    bundle = rated_with(session, catalogue.find(assessment.standard_id), assessment.id)
    marking = second_markings.marking_of(session, submission.id)
    compared = {each.code: each for each in marking.comparisons} if marking else {}
    second = second_markings.second_ratings(session, submission, assessment)
    stored = {each.id: each for each in given}
    settlers = people.accounts(
        session, {each.resolution.resolved_by for each in compared.values() if each.resolution}
    )
    found = []
    for code in assessment.codes:
        comparison, key = compared[code], assessment.key(code)
        settled = comparison.resolution
        found.append(
            CodeCompared(
                comparison=comparison,
                requirement=bundle.standard.requirement(key),
                criterion=bundle.rubric.criterion(key),
                choices=bundle.rubric.choices(key),
                first=stored[comparison.rating_id],
                second=second[code],
                settled=stored[settled.rating_id] if settled else None,
                settler=settlers[settled.resolved_by] if settled else None,
            )
        )
    return tuple(found)


def _may_mark(
    stage: Stage,
    marking: SecondMarking | None,
    given: Sequence[Rating],
    viewer_id: int,
    readers: frozenset[int],
) -> bool:
    try:
        check_second_rater(stage, marking, given, person_id=viewer_id, readers=readers)
    except SecondMarkingRefusedError:
        return False
    return True
