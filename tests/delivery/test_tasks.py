"""What Celery's messages bring about. The broker itself: ``tests/journeys/test_worker.py``."""

import json

from lti_tool.delivery.tasks import DELIVER, Due, Sweep, add_task, delivery_app
from lti_tool.persistence.scores import DeliveryState
from tests.delivery.school import School


def due(school: School) -> Due:
    return Due(school.database, school.clock)


def test_a_message_names_a_score_and_nothing_else() -> None:
    app = delivery_app("memory://")
    sent = app.amqp.as_task_v2("id", DELIVER, args=[7])
    arguments, options, _embedded = sent.body
    assert json.dumps(arguments) == "[7]"
    assert options == {}


def test_a_message_sends_its_score_and_whatever_else_is_due(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(3):
        moodle.queue(column, 16, who=who)
    app = delivery_app("memory://")
    add_task(app, moodle.deliverer, due(moodle), lambda: False)
    app.tasks[DELIVER](moodle.delivery(column).id)
    assert len(moodle.posts()) == 3


def test_a_doubled_message_finds_nothing_to_do(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    app = delivery_app("memory://")
    add_task(app, moodle.deliverer, due(moodle), lambda: False)
    for _ in range(2):
        app.tasks[DELIVER](moodle.delivery(column).id)
    assert len(moodle.posts()) == 1


def test_the_sweep_sends_messages_for_what_is_due_and_not_taken_up(moodle: School) -> None:
    column = moodle.own_column()
    for who in range(5):
        moodle.queue(column, 16, who=who)
    told: list[int] = []
    assert Sweep(due(moodle), told.append).deliver_due() == 0
    assert told == [moodle.delivery(column, who).id for who in range(4)]
    moodle.deliver()
    told.clear()
    Sweep(due(moodle), told.append).deliver_due()
    assert told == []


def test_a_worker_that_stops_leaves_the_score_to_others(moodle: School) -> None:
    column = moodle.own_column()
    moodle.queue(column, 16)
    app = delivery_app("memory://")
    add_task(app, moodle.deliverer, due(moodle), lambda: True)
    app.tasks[DELIVER](moodle.delivery(column).id)
    assert moodle.delivery(column).state is DeliveryState.WAITING
