"""With whom a work was handed in, as its rater sees it."""

from dataclasses import dataclass

from lti_tool.domain.anonymity import pseudonym
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.rating import latest
from lti_tool.domain.submission import Submission
from lti_tool.persistence import people, ratings, submissions
from lti_tool.persistence.database import Session


@dataclass(frozen=True, slots=True)
class Mate:
    """Another member with the same work; ``rated`` counts the codes rated for them."""

    name: str
    submission_id: str
    rated: int


def show_mates(
    session: Session, submission: Submission, assessment: Assessment
) -> tuple[Mate, ...]:
    """Who else got this work when it was handed in; empty for work handed in alone."""
    others = [
        each for each in submissions.handed_in_with(session, submission) if each.id != submission.id
    ]
    if not others:
        return ()
    names = people.accounts(session, {each.learner_id for each in others})
    return tuple(
        Mate(
            name=pseudonym(assessment, each.learner_id)
            if assessment.anonymous
            else names[each.learner_id].label,
            submission_id=each.id,
            rated=len(latest(ratings.ratings_of_submission(session, each.id))),
        )
        for each in others
    )
