"""What the school's courses assess: assessments by the requirements they ask for."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from lti_tool.domain.access_token import Scope
from lti_tool.domain.standard import RequirementKey, Text
from lti_tool.services.list_assessments import (
    AssessmentFilter,
    AssessmentListed,
    list_assessments,
)

from .endpoints import Answer, Call, Endpoint, Page, Thing, notice_of
from .passes import Entry, pass_of
from .problems import bad_parameter
from .queries import Id, PageQuery, Word

KIND = "assessments"


class CourseRef(Thing):
    """A course of the LMS."""

    id: int
    title: str


class Assessment(Thing):
    """An assessment and the requirements it asks for, each as level and code."""

    id: str
    title: str
    course: CourseRef
    standard: str
    level: str
    requirements: list[str]
    due_at: datetime | None
    created_at: datetime


class Assessments(Page):
    """Assessments, oldest first: those that are new come last."""

    data: list[Assessment]


class AssessmentsQuery(PageQuery):
    """What narrows the list of assessments. `requirement`, such as elementary/2.1.1, needs
    `standard` beside it and also finds what counts as the same at this school."""

    standard: Word | None = None
    level: Word | None = None
    course: Id | None = None
    requirement: Annotated[Word | None, Field(description="Level and code.")] = None


def _all(call: Call[AssessmentsQuery]) -> Answer:
    query = call.query
    going = pass_of(KIND, query.cursor, call.now)
    found = list_assessments(
        call.session,
        call.catalogue,
        AssessmentFilter(query.standard, query.level, query.course),
        school_id=call.school_id,
        covering=_covering(query),
        after=(going.after.at, str(going.after.key[0])) if going.after else None,
        most=query.limit + 1,
    )
    shown = found[: query.limit]
    more = Entry(shown[-1].created_at, (shown[-1].id,)) if len(found) > query.limit else None
    place = going.place(more) if more else None
    data = [_assessment(each) for each in shown]
    return Answer(Assessments(data=data, next_cursor=place, notice=notice_of(None)))


def _covering(query: AssessmentsQuery) -> RequirementKey | None:
    if query.requirement is None:
        return None
    if query.standard is None:
        raise bad_parameter(
            "standard", Text("与 requirement 一起给出。", "It goes along with requirement.")
        )
    return RequirementKey.parse(query.requirement)


def _assessment(listed: AssessmentListed) -> Assessment:
    return Assessment(
        id=listed.id,
        title=listed.title,
        course=CourseRef(id=listed.course_id, title=listed.course_title),
        standard=listed.standard_id,
        level=listed.level,
        requirements=[str(RequirementKey(listed.level, code)) for code in listed.codes],
        due_at=listed.due_at,
        created_at=listed.created_at,
    )


ENDPOINTS = (
    Endpoint(
        "assessments",
        "/assessments",
        Scope.ASSESSMENTS,
        AssessmentsQuery,
        Assessments,
        _all,
        Text("考核及其覆盖的要求", "Assessments and the requirements they cover"),
    ),
)
