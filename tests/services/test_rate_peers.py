"""Peer rating over the real database: plans, the example, works taken and rated, what is hidden;
and that nothing peers say changes any standing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lti_tool.domain.errors import (
    BadPeerPlanError,
    BadRatingError,
    NotFoundError,
    PeerRefusedError,
    StaleFormError,
)
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.peer import LAPSE, Example, Judged, PeerPlan, PeerTask
from lti_tool.domain.submission import Submission
from lti_tool.persistence import notifications, peer_ratings, submissions, tables, teams
from lti_tool.persistence.people import Account
from lti_tool.services.rate_peers import (
    hide_comment,
    plan_peers,
    rate_example,
    rate_work,
    take_work,
)
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_peers import (
    StudentPeers,
    TeacherPeers,
    piece_of_task,
    show_student_peers,
    show_task,
    show_teacher_peers,
)
from tests.services.classroom import Classroom, open_course

COMMENT = "订单号确认了，少了复述。"
PEERS = frozenset({"peer_plans", "peer_calibrations", "peer_tasks", "peer_ratings"})
BESIDE = PEERS | {"notifications", "audit_log", "sessions"}
"""What peer rating writes to; nothing of a standing is read from any of these."""


class Peers:
    """A class of four who have handed in, and short ways to rate each other."""

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom
        self.assessment = classroom.set_up()
        self.students = [classroom.enrol(name) for name in ("甲", "乙", "丙", "丁")]
        self.works = [classroom.hand_in(each, self.assessment) for each in self.students]
        self.example = Example(
            "示范文字", "", {code: Judged(3, "理由") for code in self.assessment.codes}
        )

    def plan(
        self, works: int = 2, *, example: Example | None = None, closes_at: datetime | None = None
    ) -> None:
        plan = PeerPlan(self.assessment.id, works, closes_at, example)
        with self.classroom.working() as work:
            plan_peers(work, plan, course_id=self.classroom.course.id)

    def take(self, who: Account) -> PeerTask:
        with self.classroom.working(who) as work:
            return take_work(work, self.assessment)

    def say(
        self, who: Account, task: PeerTask, level: int = 2, *, finish: bool = True, codes: int = 3
    ) -> None:
        given = {code: Judged(level, COMMENT) for code in self.assessment.codes[:codes]}
        with self.classroom.working(who) as work:
            found = peer_ratings.task_of(work.session, task.id)
            rate_work(work, found, self.assessment, given, finish=finish)

    def page(self, who: Account) -> StudentPeers:
        with self.classroom.reading() as session:
            return show_student_peers(
                session,
                self.classroom.catalogue,
                self.assessment.id,
                learner_id=who.id,
                course_id=self.classroom.course.id,
                now=self.classroom.now,
            )

    def teachers_page(self) -> TeacherPeers:
        with self.classroom.reading() as session:
            return show_teacher_peers(
                session,
                self.classroom.catalogue,
                self.assessment.id,
                course_id=self.classroom.course.id,
                now=self.classroom.now,
            )

    def author_of(self, task: PeerTask) -> Account:
        place = [each.id for each in self.works].index(task.submission_id)
        return self.students[place]

    def everything_else(self) -> Mapping[str, Sequence[tuple[object, ...]]]:
        """Every row of every table that peer rating has no business with."""
        with self.classroom.reading() as session:
            return {
                table.name: [tuple(row) for row in session.execute(select(table))]
                for table in tables.metadata.sorted_tables
                if table.name not in BESIDE
            }


@pytest.fixture
def peers(classroom: Classroom) -> Peers:
    return Peers(classroom)


def refused(call: Callable[[], object], reason: str) -> None:
    with pytest.raises(PeerRefusedError) as caught:
        call()
    assert caught.value.reason == reason


def test_everybody_gets_others_works_and_each_work_as_many_looks(peers: Peers) -> None:
    peers.plan(2)

    tasks = [peers.take(each) for each in peers.students * 2]

    assert all(peers.author_of(each).id != each.rater_id for each in tasks)
    looks = sorted(sum(t.submission_id == w.id for t in tasks) for w in peers.works)
    assert sum(looks) == 8
    assert looks[-1] - looks[0] <= 2
    refused(lambda: peers.take(peers.students[0]), "enough")


def test_who_has_not_handed_in_sees_nobodys_work(peers: Peers) -> None:
    peers.plan()
    late = peers.classroom.enrol("戊")
    peers.classroom.draft(late, peers.assessment)

    refused(lambda: peers.take(late), "own_first")


def test_the_example_comes_first_and_is_compared_after(peers: Peers) -> None:
    peers.plan(example=peers.example)
    first = peers.students[0]
    refused(lambda: peers.take(first), "example_first")
    codes = peers.assessment.codes

    with peers.classroom.working(first) as work:
        rate_example(work, peers.assessment, {codes[0]: 3, codes[1]: 3, codes[2]: 1})

    page = peers.page(first)
    assert (page.alike, page.may_take) == (2, True)
    alike = {each.name: each.alike for each in peers.teachers_page().progress}
    assert (alike["甲"], alike["乙"]) == (2, None)
    peers.take(first)


def test_the_first_word_on_the_example_stands_and_so_does_the_example(peers: Peers) -> None:
    peers.plan(example=peers.example)
    for level in (3, 4):
        with peers.classroom.working(peers.students[0]) as work:
            rate_example(work, peers.assessment, dict.fromkeys(peers.assessment.codes, level))

    assert peers.page(peers.students[0]).levels == dict.fromkeys(peers.assessment.codes, 3)
    with pytest.raises(BadPeerPlanError, match="used"):
        peers.plan(example=replace(peers.example, text="另一个"))
    peers.plan(3, example=peers.example)


def test_an_incomplete_example_is_refused_with_its_code(peers: Peers) -> None:
    peers.plan(example=peers.example)
    first, *_ = peers.assessment.codes

    with (
        pytest.raises(BadRatingError, match="not_rated"),
        peers.classroom.working(peers.students[0]) as work,
    ):
        rate_example(work, peers.assessment, {first: 3})


def test_the_author_is_told_and_reads_it_without_a_name(peers: Peers) -> None:
    peers.plan()
    rater = peers.students[0]
    task = peers.take(rater)
    author = peers.author_of(task)
    peers.say(rater, task, finish=False)
    assert peers.page(author).heard == []

    peers.say(rater, task)

    (heard,) = peers.page(author).heard
    assert heard.given[peers.assessment.codes[0]] == Judged(2, COMMENT)
    with peers.classroom.reading() as session:
        told = notifications.to_mail(session, author.id)
    assert [each.kind for each in told] == [NotificationKind.PEER_RATED]
    refused(lambda: peers.say(rater, task), "done")


def test_what_was_kept_is_there_again(peers: Peers) -> None:
    peers.plan()
    rater = peers.students[0]
    task = peers.take(rater)

    peers.say(rater, task, finish=False, codes=1)

    with pytest.raises(BadRatingError, match="not_rated"):
        peers.say(rater, task, codes=2)
    with peers.classroom.reading() as session:
        kept = peer_ratings.task_of(session, task.id).given
    assert kept == {peers.assessment.codes[0]: Judged(2, COMMENT)}


def test_nobody_works_on_anothers_task_or_sees_its_files(peers: Peers) -> None:
    peers.plan()
    task = peers.take(peers.students[0])

    with pytest.raises(NotFoundError):
        peers.say(peers.students[1], task)
    for who in (peers.students[1], peers.classroom.teacher):
        with peers.classroom.reading() as session, pytest.raises(NotFoundError):
            show_task(
                session,
                peers.classroom.catalogue,
                task.id,
                learner_id=who.id,
                course_id=peers.classroom.course.id,
                now=peers.classroom.now,
            )
        with peers.classroom.reading() as session, pytest.raises(NotFoundError):
            piece_of_task(
                session, task.id, "x", learner_id=who.id, course_id=peers.classroom.course.id
            )


def test_a_work_taken_back_is_replaced_and_not_seen_meanwhile(peers: Peers) -> None:
    peers.plan(1)
    rater = peers.students[0]
    task = peers.take(rater)
    with peers.classroom.working() as work:
        current = submissions.submission_of(work.session, task.submission_id)
        return_submission(work, current, "请补充")

    refused(lambda: peers.say(rater, task), "gone")
    page = peers.page(rater)
    assert page.tasks[0].gone
    assert page.may_take
    assert peers.take(rater).submission_id != task.submission_id


def test_an_absent_peer_holds_no_work_back_and_may_still_finish(peers: Peers) -> None:
    peers.plan(1)
    absent, *others = peers.students
    task = peers.take(absent)
    peers.classroom.now += LAPSE
    for each in others:
        other = peers.take(each)
        peers.say(each, other)

    peers.say(absent, task)

    page = peers.teachers_page()
    assert page.finished == 4


def test_after_the_end_nothing_is_taken_or_said(peers: Peers) -> None:
    peers.plan(2, closes_at=peers.classroom.now + timedelta(hours=1))
    rater = peers.students[0]
    task = peers.take(rater)
    peers.classroom.now += timedelta(hours=2)

    refused(lambda: peers.say(rater, task), "closed")
    refused(lambda: peers.take(rater), "closed")
    assert not peers.page(rater).is_open


def test_the_only_one_who_handed_in_waits(classroom: Classroom) -> None:
    assessment = classroom.set_up()
    alone = classroom.enrol("甲")
    classroom.hand_in(alone, assessment)
    with classroom.working() as work:
        plan_peers(work, PeerPlan(assessment.id, 2), course_id=classroom.course.id)

    with pytest.raises(PeerRefusedError) as caught, classroom.working(alone) as work:
        take_work(work, assessment)

    assert caught.value.reason == "no_work"


def test_a_hidden_comment_is_gone_for_the_author_and_stays_for_the_teacher(peers: Peers) -> None:
    peers.plan()
    rater = peers.students[0]
    task = peers.take(rater)
    peers.say(rater, task)
    author, code = peers.author_of(task), peers.assessment.codes[0]

    def hide(hidden: bool) -> Judged:
        with peers.classroom.working() as work:
            found = peer_ratings.task_of(work.session, task.id)
            course_id = peers.classroom.course.id
            hide_comment(work, found, code, hidden=hidden, course_id=course_id)
        return peers.page(author).heard[0].given[code]

    assert hide(hidden=True) == Judged(2, "")
    (looked,) = peers.teachers_page().looked
    assert looked.said[0].task.given[code].comment == COMMENT
    assert looked.said[0].name == rater.label
    assert hide(hidden=False) == Judged(2, COMMENT)


def test_another_courses_teacher_plans_and_hides_nothing(peers: Peers) -> None:
    peers.plan()
    task = peers.take(peers.students[0])
    peers.say(peers.students[0], task)
    other = open_course(peers.classroom.database, "course-2")

    with pytest.raises(NotFoundError), peers.classroom.working() as work:
        plan_peers(work, PeerPlan(peers.assessment.id, 1), course_id=other.id)
    with peers.classroom.reading() as session:
        found = peer_ratings.task_of(session, task.id)
    code = peers.assessment.codes[0]
    with pytest.raises(NotFoundError), peers.classroom.working() as work:
        hide_comment(work, found, code, hidden=True, course_id=other.id)


def test_a_team_is_one_author_and_never_looks_at_itself(peers: Peers) -> None:
    first, second, third, fourth = peers.students
    with peers.classroom.database.transaction() as session:
        teams.set_teams(session, peers.assessment.id, {first.id: "一", second.id: "一"})
    peers.plan(3)

    seen = {peers.author_of(peers.take(first)).id for _ in range(2)}
    task = peers.take(third)
    while peers.author_of(task).id != first.id:
        task = peers.take(third)
    peers.say(third, task)

    assert seen == {third.id, fourth.id}
    refused(lambda: peers.take(first), "no_work")
    for member in (first, second):
        assert len(peers.page(member).heard) == 1
        with peers.classroom.reading() as session:
            assert len(notifications.to_mail(session, member.id)) == 1


def test_a_work_taken_twice_at_once_is_taken_once(peers: Peers) -> None:
    peers.plan()
    task = peers.take(peers.students[0])

    with pytest.raises(StaleFormError), peers.classroom.working(peers.students[0]) as work:
        peer_ratings.add_task(work.session, replace(task, id="other"))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 4), st.booleans()), min_size=1, max_size=8
    )
)
def test_nothing_peers_say_changes_any_standing(
    peers: Peers, said: list[tuple[int, int, bool]]
) -> None:
    if peers.teachers_page().frame.plan.works == 0:
        finish_one(peers)
    before = peers.everything_else()

    for place, level, finish in said:
        who = peers.students[place]
        with suppress(PeerRefusedError):  # they have enough, or there is no more
            peers.say(who, peers.take(who), level, finish=finish)

    assert peers.everything_else() == before


def finish_one(peers: Peers) -> Submission:
    """Ratings, masteries, levels and scores there are, so that they could change."""
    peers.plan(3)
    work = peers.works[0]
    peers.classroom.rate(work, peers.assessment, 3, 2, 4)
    return peers.classroom.release(work, peers.assessment)
