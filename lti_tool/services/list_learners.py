"""A school's learners for other systems, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import learner_lists
from lti_tool.persistence.database import Session
from lti_tool.persistence.learner_lists import LearnerFilter
from lti_tool.persistence.people import Account

__all__ = ["LearnerFilter", "LearnerListed", "list_learners", "one_learner"]


@dataclass(frozen=True, slots=True)
class LearnerListed:
    """A learner, the ids of their accounts (their own first) and of the courses they were seen
    in."""

    learner: Account
    account_ids: tuple[int, ...]
    course_ids: tuple[int, ...]


def list_learners(
    session: Session, wanted: LearnerFilter, *, school_id: int, after: int, most: int
) -> Sequence[LearnerListed]:
    """Learners whose id is above ``after``, at most so many, by id."""
    return _with_courses(
        session, learner_lists.learners_after(session, school_id, wanted, after=after, most=most)
    )


def one_learner(session: Session, account_id: int, *, school_id: int) -> LearnerListed:
    """The learner whose account this is. Raises NotFoundError for anybody who is none of the
    school."""
    found = learner_lists.learner_of_school(session, school_id, account_id)
    if found is None:
        raise NotFoundError
    return _with_courses(session, [found])[0]


def _with_courses(session: Session, found: Sequence[Account]) -> Sequence[LearnerListed]:
    known = learner_lists.accounts_and_courses(session, [each.id for each in found])
    return [LearnerListed(each, *map(tuple, known[each.id])) for each in found]
