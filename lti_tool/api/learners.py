"""Learners: name, student number, courses. E-mail addresses are not given out."""

from typing import Annotated

from pydantic import Field

from lti_tool.domain.access_token import Scope
from lti_tool.domain.standard import Text
from lti_tool.persistence.people import Account
from lti_tool.services.list_learners import (
    LearnerFilter,
    LearnerListed,
    list_learners,
    one_learner,
)
from lti_tool.services.note_look import of_learner, of_list

from .cursors import decoded, encoded, known_id
from .endpoints import Answer, Call, Endpoint, Page, Thing, notice_of
from .queries import Id, PageQuery, Query, Word


class LearnerRef(Thing):
    """A learner. `student_number` is empty where the LMS tells none; the school's own key."""

    id: int
    student_number: str
    name: str


class Learner(LearnerRef):
    """A learner and the courses of the LMS they were seen in. `account_ids` are more than one where
    the school has found accounts to be the same person's; the learner goes by the first."""

    account_ids: list[int]
    course_ids: list[int]


class Learners(Page):
    """Learners by id: those who are new come last."""

    data: list[Learner]


class LearnersQuery(PageQuery):
    """What narrows the list of learners; term, programme and class are as in the school's lists."""

    student_number: Word | None = None
    course: Id | None = None
    term: Word | None = None
    programme: Word | None = None
    class_name: Annotated[Word | None, Field(alias="class")] = None

    @property
    def place(self) -> dict[str, str]:
        given = {"term": self.term, "programme": self.programme, "class_name": self.class_name}
        return {name: value for name, value in given.items() if value is not None}


def learner_ref(account: Account) -> LearnerRef:
    """The learner as other things name them."""
    return LearnerRef(id=account.id, student_number=account.student_number, name=account.name)


def _all(call: Call[LearnersQuery]) -> Answer:
    query = call.query
    after = known_id(decoded("learners", query.cursor, int)[0]) if query.cursor else 0
    found = list_learners(
        call.session,
        LearnerFilter(query.student_number, query.course, query.place),
        school_id=call.school_id,
        after=after,
        most=query.limit + 1,
    )
    data = [_learner(each) for each in found[: query.limit]]
    more = len(found) > query.limit
    next_cursor = encoded("learners", data[-1].id) if more else None
    body = Learners(data=data, next_cursor=next_cursor, notice=notice_of(None))
    return Answer(body, look=of_list("learners"), place=body.next_cursor)


def _one(call: Call[Query], learner_id: int) -> Answer:
    found = one_learner(call.session, learner_id, school_id=call.school_id)
    return Answer(_learner(found), look=of_learner(found.learner.id))


def _learner(listed: LearnerListed) -> Learner:
    return Learner(
        **learner_ref(listed.learner).model_dump(),
        account_ids=list(listed.account_ids),
        course_ids=list(listed.course_ids),
    )


ENDPOINTS = (
    Endpoint(
        "learners",
        "/learners",
        Scope.LEARNERS,
        LearnersQuery,
        Learners,
        _all,
        Text("本校学生", "The learners of the school"),
    ),
    Endpoint(
        "learner",
        "/learners/<id:learner_id>",
        Scope.LEARNERS,
        Query,
        Learner,
        _one,
        Text("一名学生", "One learner"),
    ),
)
