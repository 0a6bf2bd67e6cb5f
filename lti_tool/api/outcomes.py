"""Outcomes: who attained which level, how far the others are, and what of that is new."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from lti_tool.domain.access_token import Scope
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.standard import Standard, Text
from lti_tool.services.list_changes import Change, Found, OutcomeFilter, list_changes
from lti_tool.services.note_look import of_learner, of_list

from .endpoints import Answer, Call, Changes, Endpoint, Thing, Words, notice_of, words_of
from .learners import LearnerRef, learner_ref
from .passes import Entry, Pass, pass_of
from .queries import Id, PageQuery, Word

KIND = "outcomes"


class Outcome(Thing):
    """A learner and a level. `changed_at` moves with every change of the entry, also when only
    its counts changed; `steps` is how many requirements are still missing at the least. `gone`:
    it is no longer among what is asked for: it has vanished, its account was merged with another,
    or it has left the state asked for; drop it where you keep it."""

    learner: LearnerRef
    standard: str
    level: str
    level_name: Words
    state: AttainmentState
    mastered: int
    total: int
    steps: int
    rule_version: str
    changed_at: datetime
    decision_id: str | None
    decided_at: datetime | None
    gone: bool


class Outcomes(Changes):
    """Outcomes in the order of their last change, oldest first; after a cursor also those that
    are gone."""

    data: list[Outcome]


class OutcomesQuery(PageQuery):
    """What narrows the list of outcomes. Whoever leaves a course, term, programme or class is not
    told of as gone: to keep a copy, do not narrow by these."""

    standard: Annotated[Word, Field(description="A standard's id, such as 530050-2021-2.0.")]
    level: Word | None = None
    state: AttainmentState | None = None
    learner: Id | None = None
    course: Id | None = None
    search: Annotated[Word | None, Field(description="Part of a name or of a student number.")] = (
        None
    )
    term: Word | None = None
    programme: Word | None = None
    class_name: Annotated[Word | None, Field(alias="class")] = None


def _all(call: Call[OutcomesQuery]) -> Answer:
    query, standard = call.query, call.catalogue.find(call.query.standard).standard
    going = pass_of(KIND, query.cursor, call.now)
    found = list_changes(
        call.session,
        call.catalogue,
        standard.id,
        _filter(query),
        school_id=call.school_id,
        learner_id=query.learner,
        after=_change(going.after),
        most=query.limit + 1,
    )
    look = of_list(KIND) if query.learner is None else of_learner(query.learner)
    return _answer(going, found, query.limit, standard, look)


def _answer(
    going: Pass, found: Sequence[Found], limit: int, standard: Standard, look: str
) -> Answer:
    shown = found[:limit]
    last = _entry(shown[-1]) if shown else None
    more = last if len(found) > limit else None
    body = Outcomes(
        data=[_outcome(each, standard) for each in shown],
        next_cursor=going.cursor(more) if more else None,
        changes_cursor=None if more else going.changes_cursor(last),
        notice=notice_of(standard),
    )
    return Answer(body, look=look, place=going.place(more) if more else None)


def _filter(query: OutcomesQuery) -> OutcomeFilter:
    return OutcomeFilter(
        level=query.level,
        state=query.state,
        course_id=query.course,
        search=query.search or "",
        term=query.term,
        programme=query.programme,
        class_name=query.class_name,
    )


def _entry(found: Found) -> Entry:
    outcome = found.outcome
    return Entry(outcome.changed_at, (outcome.learner.id, outcome.level))


def _change(after: Entry | None) -> Change | None:
    if after is None:
        return None
    learner_id, level = after.key
    return Change(after.at, int(learner_id), str(level))


def _outcome(found: Found, standard: Standard) -> Outcome:
    outcome, last = found.outcome, found.last
    return Outcome(
        learner=learner_ref(outcome.learner),
        standard=outcome.standard_id,
        level=outcome.level,
        level_name=words_of(standard.level(outcome.level).name),
        state=outcome.state,
        mastered=outcome.mastered,
        total=outcome.total,
        steps=outcome.steps,
        rule_version=outcome.rule_version,
        changed_at=outcome.changed_at,
        decision_id=last.id if last else None,
        decided_at=last.decided_at if last else None,
        gone=found.gone,
    )


ENDPOINTS = (
    Endpoint(
        "outcomes",
        "/outcomes",
        Scope.OUTCOMES,
        OutcomesQuery,
        Outcomes,
        _all,
        Text("等级达成结果及其变化", "Outcomes, and what of them is new"),
    ),
)
