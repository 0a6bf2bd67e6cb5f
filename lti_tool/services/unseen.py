"""What raters may not see or do yet: the first ratings of a work that is marked a second time, and
names before release where an assessment is rated anonymously.

Every page and act on the works of an assessment asks here. Not a use case itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lti_tool.domain.anonymity import is_nameless, pseudonym, without_names
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import SecondMarkingRefusedError
from lti_tool.domain.rating import Rating
from lti_tool.domain.second_marking import (
    FROZEN,
    HELD,
    Stage,
    first_raters,
    is_hidden,
    stage_of,
)
from lti_tool.domain.submission import Submission
from lti_tool.persistence import second_markings
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account


def stage_now(
    session: Session, assessment: Assessment, submission: Submission, given: Iterable[Rating]
) -> Stage:
    """Where the second marking of a work stands. ``given`` are all its first ratings."""
    marking = second_markings.marking_of(session, submission.id)
    return stage_of(assessment, submission, given, marking)


def stages_in(
    session: Session,
    assessment: Assessment,
    works: Iterable[Submission],
    given: Iterable[Rating],
) -> Mapping[str, Stage]:
    """The stage of each work of an assessment by its id, in two queries. ``given`` are all ratings
    of the assessment."""
    by_work: dict[str, list[Rating]] = {}
    for rating in given:
        by_work.setdefault(rating.submission_id, []).append(rating)
    markings = second_markings.markings_in(session, assessment.id)
    return {
        each.id: stage_of(assessment, each, by_work.get(each.id, ()), markings.get(each.id))
        for each in works
    }


def hidden_from(
    session: Session, person_id: int, stages: Mapping[str, Stage], given: Iterable[Rating]
) -> frozenset[str]:
    """The works, by id, whose first ratings a person may not see yet."""
    readers = second_markings.readers_of(session, stages.keys())
    by_work: dict[str, list[Rating]] = {}
    for rating in given:
        by_work.setdefault(rating.submission_id, []).append(rating)
    return frozenset(
        each
        for each, stage in stages.items()
        if is_hidden(stage, by_work.get(each, ()), person_id, readers.get(each, ()))
    )


def knowing(session: Session, submission_id: str, given: Iterable[Rating]) -> frozenset[int]:
    """Who gave the first ratings of a work or saw them being given: they cannot mark it a second
    time. ``given`` are all its first ratings."""
    readers = second_markings.readers_of(session, [submission_id])
    return first_raters(given) | readers.get(submission_id, frozenset())


def is_hidden_from(
    session: Session,
    person_id: int,
    assessment: Assessment,
    submission: Submission,
    given: Sequence[Rating],
) -> bool:
    """Whether the first ratings of one work are hidden from a person."""
    stage = stage_now(session, assessment, submission, given)
    return submission.id in hidden_from(session, person_id, {submission.id: stage}, given)


def check_first_rating(
    session: Session,
    person_id: int,
    assessment: Assessment,
    submission: Submission,
    given: Sequence[Rating],
) -> None:
    """Raises SecondMarkingRefusedError where a person may not give or take back a first rating:
    ``frozen`` while the work is marked a second time, ``hidden`` for who might do that."""
    stage = stage_now(session, assessment, submission, given)
    if stage in FROZEN:
        raise SecondMarkingRefusedError("frozen")
    if hidden_from(session, person_id, {submission.id: stage}, given):
        raise SecondMarkingRefusedError("hidden")


def check_release(
    session: Session, assessment: Assessment, submission: Submission, given: Iterable[Rating]
) -> None:
    """Raises SecondMarkingRefusedError (``held``) while a second marking is not done."""
    if stage_now(session, assessment, submission, given) in HELD:
        raise SecondMarkingRefusedError("held")


def shown_as(learner: Account, assessment: Assessment, attempts: Sequence[Submission]) -> Account:
    """The learner as raters see them: by a pseudonym while names are hidden. ``attempts`` are all
    of theirs in the assessment."""
    if not is_nameless(assessment, attempts):
        return learner
    stands_for = pseudonym(assessment, learner.id)
    return replace(learner, name=stands_for, sub="", student_number="", email="")


def pieces_shown(
    submission: Submission, assessment: Assessment, attempts: Sequence[Submission]
) -> Submission:
    """The work as raters see it: files by number while names are hidden."""
    if not is_nameless(assessment, attempts):
        return submission
    return replace(
        submission,
        evidence=without_names(submission.evidence),
        earlier=without_names(submission.earlier),
    )
