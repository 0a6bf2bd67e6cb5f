"""Holds the gradebooks against the ledger: each difference is a sentence."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lti_tool.app import Parts
from lti_tool.domain.score import assessment_score
from lti_tool.persistence import assessments, line_items, people, ratings, scores, submissions
from lti_tool.persistence.audit_log import AuditRow
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItemRow
from lti_tool.persistence.ratings import RatingRow
from lti_tool.persistence.scores import DeliveryState, ScoreRow
from lti_tool.services.standing import take_effect

from .fake_lms import NAMES
from .schools import working
from .storm import Aftermath, decided
from .teachers import COUNTED

Accepted = Sequence[tuple[str, Decimal]]
Task = Mapping[str, Any]


def differences(parts: Parts, aftermath: Aftermath, tasks: Sequence[Task]) -> Sequence[str]:
    """All that is not right; empty where the gradebooks equal the ledger."""
    accepted = _accepted(aftermath.log)
    with parts.database.reading() as session:
        found = [
            *_lost(session, aftermath.committed),
            *_different_cells(session, accepted),
            *_out_of_order(accepted),
            *_sunken(session, accepted),
            *_other_histories(parts, session, accepted, tasks),
        ]
    return [*found, *_doubled_columns(aftermath.log), *_not_queued(parts, tasks)]


def _accepted(log: Mapping[str, Any]) -> Mapping[tuple[str, str], Accepted]:
    """For each column's address and user the times and points that the LMS took, in its order."""
    found: defaultdict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for name in NAMES:
        platform = log["platforms"][name]
        addresses = {place: each["id"] for place, each in enumerate(platform["items"], start=1)}
        for item, user, timestamp, given, _maximum in platform["accepted"]:
            found[addresses[item], user].append((timestamp, Decimal(str(given))))
    return found


def _lost(session: Session, committed: Sequence[Sequence[str]]) -> Iterator[str]:
    stored = set(session.scalars(select(RatingRow.id)))
    for kind, name, *points in committed:
        if kind == "rating" and name not in stored:
            yield f"rating {name} was committed and is gone"
        if kind == "count":
            (row,) = scores.deliveries_to(session, int(name), COUNTED)
            if row.given < int(points[0]):
                yield f"learner {name} had {points[0]} points and has {row.given}"


def _different_cells(
    session: Session, accepted: Mapping[tuple[str, str], Accepted]
) -> Iterator[str]:
    for row in session.query(ScoreRow):
        delivery = scores.as_delivery(row)
        item = line_items.line_item(session, delivery.line_item_id)
        user = people.account(session, delivery.person_id).sub
        held = accepted.get((item.url or "", user)) if item else None
        if delivery.state is not DeliveryState.DELIVERED:
            yield f"score {row.id} is {row.state} {row.reason} {row.detail} after {row.attempts}"
        if not held or held[-1][1] != delivery.given:
            yield f"score {row.id} is {delivery.given}, the LMS holds {held and held[-1]}"


def _out_of_order(accepted: Mapping[tuple[str, str], Accepted]) -> Iterator[str]:
    for cell, posts in accepted.items():
        times = [time for time, _given in posts]
        if times != sorted(set(times)):
            yield f"{cell}: times do not rise: {times}"


def _sunken(session: Session, accepted: Mapping[tuple[str, str], Accepted]) -> Iterator[str]:
    """In the column whose points only rise, no older score came after a newer one."""
    counted = set(session.scalars(select(LineItemRow.url).filter_by(resource_id=COUNTED)))
    for (address, user), posts in accepted.items():
        points = [given for _time, given in posts]
        if address in counted and points != sorted(points):
            yield f"{user}: points sank: {points}"


def _other_histories(
    parts: Parts,
    session: Session,
    accepted: Mapping[tuple[str, str], Accepted],
    tasks: Sequence[Task],
) -> Iterator[str]:
    """The LMS took some of the grades that were decided, in the order they were."""
    for task in tasks:
        # Without a row the work was never rated whole.
        for row in scores.deliveries_to(session, task["learner_id"], task["assessment_id"]):
            item = line_items.line_item(session, row.line_item_id)
            user = people.account(session, task["learner_id"]).sub
            taken = [given for _time, given in accepted.get(((item and item.url) or "", user), ())]
            decided = list(_history(parts, session, task))
            history = iter(decided)
            if not all(each in history for each in taken):
                yield f"{user}: {_told(taken)} did not come in the order of {_told(decided)}"


def _told(grades: Sequence[Decimal]) -> str:
    return " ".join(map(str, grades))


def _history(parts: Parts, session: Session, task: Task) -> Iterator[Decimal]:
    """Every grade of a submission, in the order in which its ratings were written down, which a
    clock that is set back does not change."""
    assessment = assessments.assessment(session, task["assessment_id"], course_id=task["course_id"])
    rubric = parts.catalogue.find(assessment.standard_id).rubric
    in_force = {}
    submission_id = task["submission_id"]
    stored = {each.id: each for each in ratings.ratings_of_submission(session, submission_id)}
    written = select(AuditRow.detail).filter_by(
        action="rate", subject=f"submission:{submission_id}"
    )
    for detail in session.scalars(written.order_by(AuditRow.id)):
        each = stored[detail.split()[-1]]
        in_force[each.requirement.code] = each
        given = assessment_score(assessment, rubric, in_force)
        if given is not None:
            yield given


def _doubled_columns(log: Mapping[str, Any]) -> Iterator[str]:
    for name in NAMES:
        items = log["platforms"][name]["items"]
        for column, number in Counter((each["resourceId"], each["tag"]) for each in items).items():
            if number > 1:
                yield f"{name}: column {column} was made {number} times"


def _not_queued(parts: Parts, tasks: Sequence[Task]) -> Iterator[str]:
    """To let the ratings take effect once more must change nothing in the outbox."""
    before = decided(parts)
    for task in tasks:
        with parts.database.transaction() as session:
            work = working(parts, session, task["teacher_id"])
            submission = submissions.submission_of(session, task["submission_id"])
            assessment = assessments.assessment(
                session, task["assessment_id"], course_id=task["course_id"]
            )
            take_effect(work, submission, assessment)
    if decided(parts) != before:
        yield f"{decided(parts) - before} scores were not in the outbox as the ratings have them"
