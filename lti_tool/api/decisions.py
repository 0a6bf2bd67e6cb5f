"""Decisions: sign-offs and revocations, never changed once made, with the ratings they rest on.

A rating's comment and the evidence itself are not given out: the registrar reads them on the page.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from lti_tool.domain.access_token import Scope
from lti_tool.domain.attainment import DecisionKind
from lti_tool.domain.rating import Rating as GivenRating
from lti_tool.domain.standard import Text
from lti_tool.persistence.people import Account
from lti_tool.services.list_decisions import (
    DecisionFilter,
    DecisionListed,
    Evidence,
    list_decisions,
    one_decision,
)
from lti_tool.services.note_look import of_learner, of_list
from lti_tool.services.replay_decisions import Outcome as Replayed
from lti_tool.services.replay_decisions import replay

from .endpoints import Answer, Call, Changes, Endpoint, Thing, Words, notice_of
from .learners import LearnerRef, learner_ref
from .passes import Entry, pass_of
from .queries import Id, PageQuery, Query, Word

KIND = "decisions"


class Person(Thing):
    """Somebody of the school's staff."""

    id: int
    name: str


class AssessmentRef(Thing):
    """The assessment in which a rating was given."""

    id: str
    title: str


class Rating(Thing):
    """A rating that a decision rests on. `requirement` is the one it counts for."""

    id: str
    requirement: str
    performance_level: int
    rater: Person | None
    assessment: AssessmentRef
    performed_at: datetime
    rated_at: datetime


class Decision(Thing):
    """A sign-off or its revocation. `digest` covers everything it rests on; `waived` is null for a
    decision from before this was kept."""

    id: str
    kind: DecisionKind
    learner: LearnerRef
    standard: str
    level: str
    rule_version: str
    mastered: int
    total: int
    digest: str
    decided_at: datetime
    decided_by: Person | None
    reason: str
    waived: list[str] | None
    rating_ids: list[str]


class DecisionWithEvidence(Decision):
    """A decision, the ratings it rests on, and what comes of it when it is computed again now from
    these very ratings."""

    ratings: list[Rating]
    replay: Annotated[str, Field(json_schema_extra={"enum": [each.value for each in Replayed]})]
    notice: Words


class Decisions(Changes):
    """Decisions, oldest first."""

    data: list[Decision]


class DecisionsQuery(PageQuery):
    """What narrows the list of decisions."""

    standard: Word | None = None
    level: Word | None = None
    kind: DecisionKind | None = None
    learner: Id | None = None


def _all(call: Call[DecisionsQuery]) -> Answer:
    query = call.query
    going = pass_of(KIND, query.cursor, call.now)
    found = list_decisions(
        call.session,
        DecisionFilter(query.standard, query.level, query.kind, query.learner),
        school_id=call.school_id,
        after=(going.after.at, str(going.after.key[0])) if going.after else None,
        most=query.limit + 1,
    )
    shown = found[: query.limit]
    last = _entry(shown[-1]) if shown else None
    more = last if len(found) > query.limit else None
    body = Decisions(
        data=[_decision(each) for each in shown],
        next_cursor=going.cursor(more) if more else None,
        changes_cursor=None if more else going.changes_cursor(last),
        notice=notice_of(None),
    )
    look = of_list(KIND) if query.learner is None else of_learner(query.learner)
    return Answer(body, look=look, place=going.place(more) if more else None)


def _one(call: Call[Query], decision_id: str) -> Answer:
    listed, evidence = one_decision(
        call.session, call.catalogue, decision_id, school_id=call.school_id
    )
    bundle = call.catalogue.installed(listed.decision.standard_id)
    body = DecisionWithEvidence(
        **dict(_decision(listed)),
        ratings=[_rating(each, evidence) for each in evidence.ratings],
        replay=replay(call.session, call.catalogue, listed.decision).value,
        notice=notice_of(bundle.standard if bundle else None),
    )
    return Answer(body, look=of_learner(listed.learner.id))


def _entry(listed: DecisionListed) -> Entry:
    return Entry(listed.decision.decided_at, (listed.decision.id,))


def _decision(listed: DecisionListed) -> Decision:
    made = listed.decision
    return Decision(
        id=made.id,
        kind=made.kind,
        learner=learner_ref(listed.learner),
        standard=made.standard_id,
        level=made.level,
        rule_version=made.rule_version,
        mastered=made.mastered,
        total=made.total,
        digest=made.digest,
        decided_at=made.decided_at,
        decided_by=_person(listed.by),
        reason=made.reason,
        waived=None if made.waived is None else sorted(map(str, made.waived)),
        rating_ids=list(made.rating_ids),
    )


def _rating(given: GivenRating, evidence: Evidence) -> Rating:
    title = evidence.titles.get(given.assessment_id, "")
    return Rating(
        id=given.id,
        requirement=str(given.requirement),
        performance_level=given.performance_level,
        rater=_person(evidence.raters.get(given.rater_id)),
        assessment=AssessmentRef(id=given.assessment_id, title=title),
        performed_at=given.performed_at,
        rated_at=given.rated_at,
    )


def _person(account: Account | None) -> Person | None:
    return None if account is None else Person(id=account.id, name=account.name)


ENDPOINTS = (
    Endpoint(
        "decisions",
        "/decisions",
        Scope.DECISIONS,
        DecisionsQuery,
        Decisions,
        _all,
        Text("认定与撤销，可从上次读到处继续", "Decisions, and those that are new"),
    ),
    Endpoint(
        "decision",
        "/decisions/<key:decision_id>",
        Scope.DECISIONS,
        Query,
        DecisionWithEvidence,
        _one,
        Text("一项认定及其依据", "One decision with its evidence"),
    ),
)
