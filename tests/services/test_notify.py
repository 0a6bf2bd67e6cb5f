"""Who is told of what, once each, in the transaction in which it happens."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.notification import (
    KEPT,
    KEPT_READ,
    Notification,
    NotificationKind,
    kinds_for,
)
from lti_tool.domain.rating import latest
from lti_tool.persistence import notifications, ratings, reviews
from lti_tool.persistence.people import Account
from lti_tool.services.rate_submission import take_back_draft
from lti_tool.services.return_submission import return_submission
from lti_tool.services.review_rating import Found, answer_review, ask_review
from lti_tool.services.second_mark import join_first, put_back
from lti_tool.services.show_notifications import (
    Inbox,
    Opened,
    open_notification,
    show_notifications,
)
from lti_tool.services.submit_evidence import submit_evidence, withdraw_submission
from tests.services.classroom import Classroom, conditions
from tests.services.second_marked import Marked, marked

TEACHER, STUDENT = frozenset({Role.TEACHER}), frozenset({Role.STUDENT})
Kind = NotificationKind


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


@pytest.fixture
def assessment(classroom: Classroom) -> Assessment:
    return classroom.set_up()


def inbox(classroom: Classroom, who: Account, roles: frozenset[Role]) -> Inbox:
    with classroom.reading() as session:
        return show_notifications(session, who.id, classroom.course.id, roles)


def told(classroom: Classroom, who: Account) -> Sequence[tuple[NotificationKind, bool]]:
    found = inbox(classroom, who, TEACHER | STUDENT)
    return [(each.kind, each.unread) for each in found.entries]


def stored(classroom: Classroom, who: Account) -> Sequence[Notification]:
    with classroom.reading() as session:
        return notifications.to_mail(session, who.id)


def go(classroom: Classroom, who: Account, roles: frozenset[Role], place: int = 0) -> Opened:
    entry = inbox(classroom, who, TEACHER | STUDENT).entries[place]
    with classroom.working(who) as work:
        return open_notification(work, entry.id, classroom.course.id, roles)


def test_every_teacher_of_the_course_hears_of_work_handed_in(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    other = classroom.enrol("刘洋", Role.TEACHER)
    classroom.hand_in(learner, assessment)

    assert told(classroom, classroom.teacher) == [(Kind.SUBMITTED, True)]
    assert told(classroom, other) == [(Kind.SUBMITTED, True)]
    assert told(classroom, learner) == []


def test_work_taken_back_needs_nobody(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    with classroom.working(learner) as work:
        drafted = withdraw_submission(work, handed_in, assessment)
    assert told(classroom, classroom.teacher) == [(Kind.SUBMITTED, False)]

    with classroom.working(learner) as work:
        submit_evidence(work, drafted, assessment)

    assert told(classroom, classroom.teacher) == [(Kind.SUBMITTED, True)]


def test_the_learner_hears_of_returned_work_and_the_teachers_are_done_with_it(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    with classroom.working() as work:
        return_submission(work, handed_in, "请补充")

    assert told(classroom, learner) == [(Kind.RETURNED, True)]
    assert told(classroom, classroom.teacher) == [(Kind.SUBMITTED, False)]
    assert stored(classroom, classroom.teacher) == []


def test_a_draft_rating_is_nobodys_news_until_it_is_released(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    classroom.rate(handed_in, assessment, 3, 3, 3)
    assert told(classroom, learner) == []

    classroom.release(handed_in, assessment)

    assert told(classroom, learner) == [(Kind.RELEASED, True)]
    assert told(classroom, classroom.teacher) == [(Kind.SUBMITTED, False)]


def test_ratings_released_at_once_are_news_when_the_last_code_is_rated(
    classroom: Classroom, learner: Account
) -> None:
    given = replace(conditions(), release=ReleaseMode.AT_ONCE)
    assessment = classroom.set_up(given=given)
    handed_in = classroom.hand_in(learner, assessment)

    classroom.rate(handed_in, assessment, 3, 3)
    assert told(classroom, learner) == []
    classroom.rate_code(handed_in, assessment, assessment.codes[2], 3)

    assert told(classroom, learner) == [(Kind.RELEASED, True)]


def test_a_release_that_changes_nothing_is_no_news(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    released = classroom.finish(learner, assessment)
    go(classroom, learner, STUDENT)

    classroom.release(released, assessment)

    assert told(classroom, learner) == [(Kind.RELEASED, False)]


def test_many_corrections_are_one_notification(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    released = classroom.finish(learner, assessment)
    first = stored(classroom, learner)[0]
    go(classroom, learner, STUDENT)

    code = assessment.codes[0]
    with classroom.reading() as session:
        newest = latest(ratings.ratings_of_submission(session, released.id))
    classroom.rate_code(released, assessment, code, 4, seen=newest[code].id)
    classroom.release(released, assessment)

    (again,) = stored(classroom, learner)
    assert again.id == first.id
    assert again.at > first.at
    assert again.read_at is None


def test_a_review_is_told_to_the_teachers_and_its_answer_to_the_learner(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    other = classroom.enrol("刘洋", Role.TEACHER)
    released = classroom.finish(learner, assessment)
    with classroom.working(learner) as work:
        review = ask_review(work, released, assessment, assessment.codes[0], "理由")
    assert (Kind.REVIEW_ASKED, True) in told(classroom, other)

    with classroom.working(other) as work:
        answer_review(work, review.id, Found(3, "不变"), course_id=classroom.course.id)

    assert (Kind.REVIEW_ANSWERED, True) in told(classroom, learner)
    assert (Kind.REVIEW_ASKED, False) in told(classroom, classroom.teacher)
    with classroom.reading() as session:
        assert not reviews.open_codes(session, released.id)


def test_what_fails_tells_nobody(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)
    other = classroom.enrol("李小龙")
    drafted = classroom.draft(other, assessment)

    def hand_in_and_fail() -> None:
        with classroom.working(other) as work:
            submit_evidence(work, drafted, assessment)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        hand_in_and_fail()

    (entry,) = inbox(classroom, classroom.teacher, TEACHER).entries
    assert entry.count == 1
    assert stored(classroom, classroom.teacher)[0].subject == handed_in.id


def test_a_class_that_hands_in_is_one_line(classroom: Classroom, assessment: Assessment) -> None:
    for name in ("一", "二", "三"):
        classroom.hand_in(classroom.enrol(name), assessment)

    found = inbox(classroom, classroom.teacher, TEACHER)

    assert [(each.count, each.title) for each in found.entries] == [(3, assessment.title)]
    assert found.unread == 3


def test_opening_the_line_of_many_reads_them_all(
    classroom: Classroom, assessment: Assessment
) -> None:
    classroom.hand_in(classroom.enrol("一"), assessment)
    classroom.hand_in(classroom.enrol("二"), assessment)

    opened = go(classroom, classroom.teacher, TEACHER)

    assert not opened.alone
    assert inbox(classroom, classroom.teacher, TEACHER).unread == 0
    assert stored(classroom, classroom.teacher) == []


def test_one_alone_leads_to_its_subject(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    handed_in = classroom.hand_in(learner, assessment)

    opened = go(classroom, classroom.teacher, TEACHER)

    assert (opened.alone, opened.subject) == (True, handed_in.id)


def test_nobody_opens_what_another_was_told(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    classroom.hand_in(learner, assessment)
    entry = inbox(classroom, classroom.teacher, TEACHER).entries[0]

    with pytest.raises(NotFoundError), classroom.working(learner) as work:
        open_notification(work, entry.id, classroom.course.id, STUDENT)
    with pytest.raises(NotFoundError):
        go(classroom, classroom.teacher, STUDENT)


def test_old_notifications_are_forgotten_and_those_read_sooner(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)  # read for the teacher, unread for the learner

    def forget(after: timedelta) -> int:
        with classroom.database.transaction() as session:
            now = classroom.now + after
            return notifications.forget(session, now=now, kept=KEPT, kept_read=KEPT_READ)

    assert forget(timedelta(days=20)) == 0
    assert forget(timedelta(days=31)) == 1
    assert forget(timedelta(days=181)) == 1


@pytest.fixture
def drawn(classroom: Classroom) -> Marked:
    """A work that is marked a second time; what its hand-in told has been read."""
    case = marked(classroom)
    for each in (classroom.teacher, case.other):
        with classroom.working(each) as work:
            notifications.mark_read(
                work.session, each.id, classroom.course.id, kinds_for(TEACHER), now=work.now
            )
    return case


def news(case: Marked, who: Account) -> Sequence[NotificationKind]:
    """What a teacher has not read."""
    return [kind for kind, unread in told(case.classroom, who) if unread]


def test_a_drawn_work_waits_for_a_second_rater_once_its_first_rating_is_complete(
    drawn: Marked,
) -> None:
    first, other = drawn.classroom.teacher, drawn.other
    drawn.first(3, 3)
    assert news(drawn, other) == []

    drawn.classroom.rate_code(drawn.submission, drawn.assessment, "2.1.3", 3)

    assert (news(drawn, first), news(drawn, other)) == ([], [Kind.SECOND_WAITING])


def test_who_joined_the_first_rating_is_not_asked_to_mark_again(drawn: Marked) -> None:
    third = drawn.classroom.enrol("高远", Role.TEACHER)
    drawn.first(3, 3)
    with drawn.classroom.working(third) as work:
        join_first(work, drawn.submission, drawn.assessment)

    drawn.classroom.rate_code(drawn.submission, drawn.assessment, "2.1.3", 3)

    assert (news(drawn, third), news(drawn, drawn.other)) == ([], [Kind.SECOND_WAITING])


def test_a_draft_taken_back_waits_for_no_second_rater(drawn: Marked) -> None:
    given = drawn.first(3, 3, 3)
    with drawn.classroom.working() as work:
        take_back_draft(work, drawn.submission, given[-1].id)

    assert news(drawn, drawn.other) == []


def test_work_returned_waits_for_no_second_rater(drawn: Marked) -> None:
    drawn.first(3, 3, 3)
    with drawn.classroom.working() as work:
        return_submission(work, drawn.submission, "请补充")

    assert news(drawn, drawn.other) == []


def test_a_second_marking_that_is_put_back_waits_again(drawn: Marked) -> None:
    third = drawn.classroom.enrol("高远", Role.TEACHER)
    drawn.first(3, 3, 3)
    drawn.mark("2.1.1", 3)
    assert news(drawn, third) == []

    with drawn.classroom.working(drawn.other) as work:
        put_back(work, drawn.submission)

    assert news(drawn, third) == [Kind.SECOND_WAITING]


def test_raters_who_agree_are_told_that_the_work_can_be_released(drawn: Marked) -> None:
    first = drawn.classroom.teacher
    drawn.first(3, 3, 3)
    drawn.second(3, 3, 3)
    assert (news(drawn, first), news(drawn, drawn.other)) == ([Kind.SECOND_DONE], [])

    drawn.release()

    assert news(drawn, first) == []


def test_a_difference_is_news_until_the_last_one_is_settled(drawn: Marked) -> None:
    first, other = drawn.classroom.teacher, drawn.other
    drawn.first(3, 3, 3)
    drawn.second(3, 2, 4)
    assert (news(drawn, first), news(drawn, other)) == ([Kind.SECOND_DIFFERENT], [])

    drawn.settle("2.1.2", 2)
    assert news(drawn, first) == [Kind.SECOND_DIFFERENT]
    drawn.settle("2.1.3", 3)

    assert (news(drawn, first), news(drawn, other)) == ([], [Kind.SECOND_DONE])
