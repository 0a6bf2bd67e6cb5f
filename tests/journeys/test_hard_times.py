"""When things around the tool go wrong, over HTTP: nothing is lost and nobody is held up."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from lti_tool.sandbox import Activity, Fault, Received
from lti_tool.settings import LARGEST_FILE

from . import people
from .classroom import Classroom
from .servers import SandboxServer
from .visitor import Visitor


@pytest.fixture
def activity(course: Classroom, teacher: Visitor, student: Visitor) -> Activity:
    """Set up and handed in by the first student; the teacher stands at the work, the student at
    the assessment."""
    made = course.paste_link()
    course.launch(teacher, course.teacher, made)
    people.set_up(teacher)
    course.launch(student, course.student, made)
    people.draft_text(student)
    people.hand_in(student)
    course.launch(teacher, course.teacher, made)
    people.begin_rating(teacher)
    return made


@pytest.fixture
def lms_away(shared_server: SandboxServer, activity: Activity) -> Iterator[SandboxServer]:
    """The LMS is unreachable until the test, or its end, starts it again."""
    shared_server.stop()
    yield shared_server
    shared_server.start()


def test_a_rating_is_kept_while_the_lms_is_away_and_delivered_when_it_is_back(
    course: Classroom, activity: Activity, lms_away: SandboxServer, teacher: Visitor
) -> None:
    begun = time.monotonic()
    people.rate_all(teacher)
    assert people.release(teacher).status == 200
    assert time.monotonic() - begun < 10, "nobody waits for the LMS"
    time.sleep(2.5)
    assert teacher.follow(r"/teacher/grades").status == 200
    assert course.grade(course.student, activity) is None

    back = datetime.now(UTC)
    lms_away.start()
    cell = people.until(lambda: course.grade(course.student, activity))
    assert cell.share == 0.8
    assert cell.timestamp < back, "it tells when it was rated, not when it got through"


def test_a_score_whose_answer_is_lost_arrives_once(
    course: Classroom, activity: Activity, teacher: Visitor
) -> None:
    people.rate_all(teacher)
    earlier = len(course.platform.requests)
    course.platform.faults.add(Fault("drop_after_accept"))
    people.release(teacher)
    cell = people.until(lambda: course.grade(course.student, activity))
    people.until(lambda: _sent_again(course.platform.requests[earlier:]))
    assert course.grade(course.student, activity) == cell
    assert cell.comments == ("4/4 达标",)


def _sent_again(requests: Sequence[Received]) -> bool:
    """Whether the request whose answer was lost came once more and was answered."""
    lost = {(each.method, each.path) for each in requests if each.dropped}
    return any((each.method, each.path) in lost for each in requests if not each.dropped)


def test_a_file_too_large_is_refused_and_the_draft_is_kept(
    course: Classroom, teacher: Visitor, student: Visitor
) -> None:
    activity = course.paste_link()
    course.launch(teacher, course.teacher, activity)
    people.set_up(teacher)
    course.launch(student, course.student, activity)
    people.draft_text(student)
    page = people.draft_file(student, ("录像.mp4", bytes(LARGEST_FILE + 1), "video/mp4"))
    assert page.status in {413, 422}
    assert "<h1" in page.html
    page = course.launch(student, course.student, activity)
    kept = [each.id for each in page.forms if each.id.startswith("f-") and each.id != "f-restore"]
    assert len(kept) == 1
