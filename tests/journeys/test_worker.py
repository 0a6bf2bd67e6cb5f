"""Delivery by Celery over a real RabbitMQ: the server leaves scores to ``lti-tool worker``."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from lti_tool.domain.score import Score
from lti_tool.persistence import line_items, scores
from lti_tool.persistence.scores import DeliveryState
from tests.delivery.school import enter, learners_of
from tests.processes import Runner

from . import people
from .broker import broker
from .servers import Tool, sandbox_beside

STUDENTS = 3


def test_a_worker_drains_the_outbox_that_the_server_leaves_alone(
    sqlite_url: str, tmp_path: Path
) -> None:
    with broker() as address:
        tool = Tool(tmp_path, sqlite_url, address)
        with sandbox_beside(tool, class_size=STUDENTS) as server:
            lms = server.sandbox.platforms["moodle"]
            with tool.parts() as parts:
                course = enter(parts.database, lms)
                learners = learners_of(parts.database, lms, course)
            column_id = queue(tool, course.id, learners)
            tool.serve()
            try:
                time.sleep(2)
                assert lms.requests == (), "with a broker the server itself delivers nothing"
                with working(tool) as worker:
                    people.until(lambda: ended(worker) or delivered(tool, column_id), seconds=60)
            finally:
                tool.end()
            (made,) = lms.line_items
            assert [each.score for each in lms.grades(made.id)] == [16] * STUDENTS


def queue(tool: Tool, course_id: int, learners: list[int]) -> int:
    """A score for everybody; returns the id of the column."""
    with tool.parts() as parts, parts.database.transaction() as session:
        column = line_items.ensure_line_item(
            session,
            course_id=course_id,
            resource_id="assessment-1",
            tag=line_items.GRADE_TAG,
            label="有效沟通",
            maximum=Decimal(20),
        )
        for learner in learners:
            scores.queue_score(
                session,
                line_item_id=column.id,
                person_id=learner,
                score=Score(Decimal(16), Decimal(20), ""),
                now=parts.clock(),
            )
        return column.id


def ended(worker: Runner) -> bool:
    return not worker.runs


def delivered(tool: Tool, column_id: int) -> bool:
    with tool.parts() as parts, parts.database.reading() as session:
        found = scores.deliveries_of(session, column_id)
    return all(each.state is DeliveryState.DELIVERED for each in found)


@contextmanager
def working(tool: Tool) -> Iterator[Runner]:
    """``lti-tool worker`` while the block runs; it ends in order when asked to."""
    worker = tool.start("worker")
    try:
        yield worker
    finally:
        code = worker.end()
    assert code == 0, worker.log.read_text()
