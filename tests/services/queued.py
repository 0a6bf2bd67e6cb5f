"""What is stored of a learner's standing and queued for the gradebook, as tests ask for it."""

from decimal import Decimal

from lti_tool.domain.attainment import AttainmentState
from lti_tool.persistence import (
    line_items,
    scores,
    standings,
)
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.people import Account
from lti_tool.persistence.scores import Delivery
from tests.services.classroom import STANDARD, Classroom

GRADE = line_items.GRADE_TAG
ATTAINMENT = line_items.ATTAINMENT_TAG


def told(classroom: Classroom, tag: str) -> list[tuple[LineItem, Delivery]]:
    """What is queued for the columns of the course with this tag."""
    with classroom.reading() as session:
        return [
            (item, delivery)
            for item in line_items.line_items_of(session, classroom.course.id)
            if item.tag == tag
            for delivery in scores.deliveries_of(session, item.id)
        ]


def grade(classroom: Classroom) -> tuple[Decimal, str] | None:
    """The one grade that is queued, None while there is none."""
    found = [(each.given, each.comment) for _, each in told(classroom, GRADE)]
    assert len(found) <= 1
    return found[0] if found else None


def level(classroom: Classroom, key: str = "elementary") -> tuple[Decimal, str] | None:
    found = [
        (each.given, each.comment)
        for item, each in told(classroom, ATTAINMENT)
        if item.resource_id == f"{STANDARD}/{key}"
    ]
    assert len(found) <= 1
    return found[0] if found else None


def state(classroom: Classroom, learner: Account) -> AttainmentState | None:
    """The stored standing to 初级; None while nothing is stored."""
    with classroom.reading() as session:
        found = standings.outcomes_of_learner(session, learner, STANDARD)
    return next((each.state for each in found if each.level == "elementary"), None)


def mastered(classroom: Classroom, learner: Account) -> int:
    """How many requirements have a stored mastery, whatever its state."""
    with classroom.reading() as session:
        return len(standings.standings_of(session, [learner.id], STANDARD)[learner.id])
