"""A process killed in the middle: the score arrives all the same, once, with its one timestamp.

SIGKILL leaves nobody a chance to tidy up. On SQLite and PostgreSQL, in Moodle's manner, which
refuses a second score of the same time.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.persistence import scores
from lti_tool.persistence.line_items import LineItemRow
from lti_tool.persistence.scores import Delivery, DeliveryState, ScoreRow
from lti_tool.sandbox import Activity, Fault, Received
from tests.processes import Runner

from . import people
from .classroom import Cell, Classroom
from .servers import Tool, connect, sandbox_beside, serving
from .visitor import Visitor

BOTH = [Fault("delay", seconds=2)] * 2
"""For the grade and, beside it, the level: both are under way when the process is killed."""


@pytest.fixture
def tool(database_url: str, tmp_path: Path) -> Iterator[Tool]:
    with serving(tmp_path / "data", database_url) as made:
        yield made


@pytest.fixture
def course(tool: Tool) -> Iterator[Classroom]:
    with sandbox_beside(tool) as server:
        made = Classroom(server, "moodle")
        connect(tool, made.registration)
        yield made


@pytest.fixture
def rated(course: Classroom, tool: Tool, teacher: Visitor, student: Visitor) -> Activity:
    """Work that is handed in and rated; the teacher is at the page that releases it."""
    tool.serve("--no-delivery")
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    people.set_up(teacher)
    course.launch(student, course.student, activity)
    people.draft_text(student)
    people.hand_in(student)
    course.launch(teacher, course.teacher, activity)
    people.begin_rating(teacher)
    people.rate_all(teacher)
    return activity


def test_a_server_killed_between_rating_and_delivery_loses_no_score(
    course: Classroom, tool: Tool, teacher: Visitor, rated: Activity
) -> None:
    people.release(teacher)
    tool.kill()
    assert course.platform.requests == ()

    tool.serve()
    grade = people.until(lambda: course.grade(course.student, rated))
    people.until(lambda: all_delivered(tool))
    (post,) = posts_to(course, rated)
    assert (grade.share, grade.comments) == (0.8, ("4/4 达标",))
    assert time_of(post) == sent_at(tool)
    assert course.attainment(course.student) is not None


def test_a_server_killed_between_post_and_commit_sends_the_same_score_again(
    course: Classroom, tool: Tool, teacher: Visitor, rated: Activity
) -> None:
    tool.end()
    tool.serve()
    course.platform.faults.add(*BOTH)
    people.release(teacher)
    people.until(lambda: len(course.platform.faults) == 0)
    tool.kill()
    accepted = people.until(lambda: course.grade(course.student, rated))
    assert DeliveryState.LEASED in {each.state for each in deliveries(tool)}

    let_leases_run_out(tool)
    tool.serve()
    people.until(lambda: all_delivered(tool))
    check_arrived_once(course, rated, accepted)


def test_a_deliverer_killed_while_posting_is_followed_by_another(
    course: Classroom, tool: Tool, teacher: Visitor, rated: Activity
) -> None:
    course.platform.faults.add(*BOTH)
    with delivering(tool) as first:
        people.release(teacher)
        people.until(lambda: len(course.platform.faults) == 0)
        first.kill()
    accepted = people.until(lambda: course.grade(course.student, rated))

    with delivering(tool):
        let_leases_run_out(tool)
        people.until(lambda: all_delivered(tool))
    check_arrived_once(course, rated, accepted)
    course.launch(teacher, course.teacher, rated)
    assert teacher.page.status == 200, "the server went on beside"


@contextmanager
def delivering(tool: Tool) -> Iterator[Runner]:
    """``lti-tool deliver`` beside the server; ended in order with the block."""
    deliverer = tool.start("deliver")
    try:
        yield deliverer
    finally:
        deliverer.end()


def deliveries(tool: Tool) -> list[Delivery]:
    with tool.parts() as parts, parts.database.reading() as session:
        ids = [row.id for row in session.query(ScoreRow).order_by(ScoreRow.id)]
        found = (scores.delivery(session, each) for each in ids)
        return [each for each in found if each is not None]


def all_delivered(tool: Tool) -> bool:
    return {each.state for each in deliveries(tool)} == {DeliveryState.DELIVERED}


def sent_at(tool: Tool) -> datetime | None:
    """The stored time of the grade, to the millisecond as it is sent."""
    stored = deliveries(tool)[0].timestamp
    return stored and stored.replace(microsecond=stored.microsecond // 1000 * 1000)


def let_leases_run_out(tool: Tool) -> None:
    """Half a minute goes by, as far as the outbox can tell."""
    with tool.parts() as parts, parts.database.transaction() as session:
        past = parts.clock() - timedelta(seconds=1)
        for row in session.query(ScoreRow).filter_by(state=DeliveryState.LEASED.value):
            row.lease_until = row.due_at = past
        session.query(LineItemRow).update({LineItemRow.sought_until: None})


def posts_to(course: Classroom, activity: Activity) -> list[Received]:
    """The score posts to the activity's own column."""
    column = course.platform.own_column(activity.id)
    assert column is not None
    path = f"/lineitems/{column.id}/lineitem/scores"
    return [each for each in course.platform.requests if each.path.endswith(path)]


def time_of(post: Received) -> datetime:
    return datetime.fromisoformat(json.loads(post.body)["timestamp"])


def check_arrived_once(course: Classroom, activity: Activity, accepted: Cell) -> None:
    """The second post was the first once more: refused, read back, and settled."""
    first, second = posts_to(course, activity)
    assert (first.status, second.status) == (200, 409)
    assert first.body == second.body
    assert course.grade(course.student, activity) == accepted
    assert accepted.comments == ("4/4 达标",)
