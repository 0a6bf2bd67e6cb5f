"""Mail of what people were told, over a real mail server: to whom, when, what it says, and what
happens when it fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from lti_tool.catalogue import Catalogue
from lti_tool.delivery import mail_words
from lti_tool.delivery.forgetting import NotificationSweeper
from lti_tool.delivery.mailing import LEASE, MOST_ATTEMPTS, STALE, MailCarrier, Sending
from lti_tool.delivery.smtp import mail_server
from lti_tool.delivery.tasks import deliver_all
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.notification import SOON, NotificationKind
from lti_tool.persistence import mailings, notifications, platforms
from lti_tool.persistence.database import Database
from lti_tool.persistence.mailings import MailState
from lti_tool.persistence.people import Account, PersonRow
from tests.delivery.mailbox import TAKEN, Mailbox, serving
from tests.services.classroom import Classroom, classroom_in

SENDER = "达标 <dabiao@school.example>"
NIGHT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
"""After the evening in Shanghai."""


@pytest.fixture
def classroom(sqlite_url: str, catalogue: Catalogue) -> Iterator[Classroom]:
    yield from opened(sqlite_url, catalogue)


def opened(url: str, catalogue: Catalogue) -> Iterator[Classroom]:
    database = Database(url)
    classroom = classroom_in(database, catalogue)
    know(classroom, classroom.teacher, "zhou@school.example")
    yield classroom
    database.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as served:
        yield served


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    found = classroom.enrol("陈思雨")
    know(classroom, found, "chen@school.example")
    return found


@pytest.fixture
def assessment(classroom: Classroom) -> Assessment:
    return classroom.set_up()


def know(classroom: Classroom, who: Account, email: str, language: str = "") -> None:
    """What the LMS tells of somebody."""
    told = {"email": email, "language": language}
    with classroom.database.transaction() as session:
        session.execute(update(PersonRow).where(PersonRow.id == who.id).values(told))


def carrier(classroom: Classroom, mailbox: Mailbox, random: float = 1.0) -> MailCarrier:
    sending = Sending(
        mail_server(mailbox.url()), SENDER, lambda token: f"https://tool.example/mail/{token}"
    )
    return MailCarrier(
        classroom.database,
        sending,
        lambda: classroom.now,
        random=lambda: random,
        new_id=lambda: f"t{next(classroom.numbers)}",
    )


def deliver(classroom: Classroom, mailbox: Mailbox, wait: timedelta = SOON) -> None:
    """Wait, then let a new process send all that is due."""
    classroom.now += wait
    deliver_all(carrier(classroom, mailbox))


def state(classroom: Classroom) -> MailState:
    with classroom.reading() as session:
        return mailings.mail_state(session)


def pending(classroom: Classroom, who: Account) -> int:
    with classroom.reading() as session:
        return len(notifications.to_mail(session, who.id))


def text(mailbox: Mailbox, place: int = -1) -> str:
    body = mailbox.arrived[place].get_body()
    assert body is not None
    return str(body.get_content())


def test_a_student_is_written_to_at_release(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox, timedelta(0))
    assert mailbox.arrived == []

    deliver(classroom, mailbox)

    (message,) = mailbox.arrived
    assert message["To"] == "chen@school.example"
    assert message["From"] == SENDER
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "达标：电子商务客服实训 有新消息"
    assert "有效沟通: 你的评分已发布" in text(mailbox)
    assert pending(classroom, learner) == 0


def test_a_mail_holds_neither_grades_nor_names(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment, 2, 3, 4)
    classroom.now = NIGHT
    classroom.hand_in(classroom.enrol("李小龙"), assessment)
    deliver(classroom, mailbox, timedelta(days=1))

    assert len(mailbox.arrived) == 2
    for place in range(2):
        whole = mailbox.arrived[place].as_string() + text(mailbox, place)
        for name in ("陈思雨", "李小龙", "周敏", "做得不错", "2.1.1"):
            assert name not in whole


def test_a_teacher_gets_one_mail_for_the_whole_day_in_the_evening(
    classroom: Classroom, mailbox: Mailbox, assessment: Assessment
) -> None:
    for name in ("一", "二", "三"):
        classroom.hand_in(classroom.enrol(name), assessment)
    deliver(classroom, mailbox)
    assert mailbox.arrived == []

    classroom.now = NIGHT
    deliver(classroom, mailbox)

    (message,) = mailbox.arrived
    assert message["To"] == "zhou@school.example"
    assert "等待评分的提交：3" in text(mailbox)


def test_what_was_seen_or_done_meanwhile_is_not_mailed(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    know(classroom, learner, "")
    classroom.finish(learner, assessment)

    classroom.now = NIGHT
    deliver(classroom, mailbox)

    assert mailbox.arrived == []


def test_the_mail_is_in_the_persons_language(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    know(classroom, learner, "chen@school.example", "en_gb")
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)

    assert mailbox.arrived[0]["Subject"] == "Dabiao: news in 电子商务客服实训"
    assert "your ratings are released" in text(mailbox)


def test_every_kind_has_words_in_both_languages() -> None:
    assert mail_words.KINDS.keys() == set(NotificationKind)
    assert all(each.en for each in mail_words.KINDS.values())


def test_one_click_stops_mail_and_another_starts_it_again(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)
    link = mailbox.arrived[0]["List-Unsubscribe"].strip("<>")
    assert mailbox.arrived[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text(mailbox)

    def set_stopped(at: datetime | None) -> None:
        with classroom.database.transaction() as session:
            person_id = mailings.person_of(session, link.rpartition("/")[2])
            assert person_id == learner.id
            mailings.set_stopped(session, person_id, stopped_at=at)

    set_stopped(classroom.now)
    classroom.finish(learner, classroom.set_up())
    deliver(classroom, mailbox)
    assert len(mailbox.arrived) == 1

    set_stopped(None)
    classroom.finish(learner, classroom.set_up())
    deliver(classroom, mailbox)
    assert len(mailbox.arrived) == 2


def test_a_refused_address_is_left_alone_until_the_lms_gives_another(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    mailbox.recipient = "550 no such user"
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)
    assert state(classroom) == MailState(0, 1, "550", None)

    mailbox.recipient = TAKEN
    classroom.finish(learner, classroom.set_up())
    deliver(classroom, mailbox)
    assert mailbox.arrived == []

    know(classroom, learner, "new@school.example")
    classroom.finish(learner, classroom.set_up())
    deliver(classroom, mailbox)
    assert [each["To"] for each in mailbox.arrived] == ["new@school.example"]
    assert state(classroom) == MailState(0, 0, "", classroom.now)


@pytest.mark.parametrize(
    "email",
    ["a@b@c", "chen", "x@y.example\r\nBcc: all@school.example", "陈@school.example", "a b@c.d"],
    ids=["two signs", "no sign", "header", "chinese", "space"],
)
def test_an_address_that_is_none_is_refused_without_asking_the_server(
    classroom: Classroom,
    mailbox: Mailbox,
    learner: Account,
    assessment: Assessment,
    email: str,
) -> None:
    know(classroom, learner, email)
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)

    assert mailbox.arrived == []
    assert state(classroom).trouble == "malformed"


def test_a_server_that_is_away_is_tried_again_after_a_while(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)
    away = replace(mailbox, port=1)
    classroom.now += SOON
    sender = carrier(classroom, away)
    assert sender.deliver_due() == 1
    assert state(classroom).failing == 1

    # Neither this process nor another tries before the wait is over.
    assert sender.deliver_due() == 0
    deliver(classroom, mailbox, timedelta(0))
    assert mailbox.arrived == []

    deliver(classroom, mailbox, timedelta(minutes=1))
    assert len(mailbox.arrived) == 1
    assert state(classroom).failing == 0


def test_a_mail_that_is_put_off_for_ever_is_given_up(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    mailbox.recipient = "451 greylisted"
    classroom.finish(learner, assessment)
    for _ in range(MOST_ATTEMPTS):
        assert pending(classroom, learner) == 1
        deliver(classroom, mailbox, timedelta(hours=2))

    assert pending(classroom, learner) == 0
    assert state(classroom) == MailState(0, 0, "451", None)


def test_what_lay_too_long_is_not_mailed_any_more(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)

    deliver(classroom, mailbox, STALE + SOON)

    assert mailbox.arrived == []
    assert pending(classroom, learner) == 0


def test_one_persons_trouble_is_not_anothers(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    other = classroom.enrol("李小龙")
    know(classroom, other, "not an address")
    classroom.finish(other, assessment)
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)

    assert [each["To"] for each in mailbox.arrived] == ["chen@school.example"]


def test_two_processes_send_one_mail(
    database_url: str, catalogue: Catalogue, mailbox: Mailbox
) -> None:
    for classroom in opened(database_url, catalogue):
        learner = classroom.enrol("陈思雨")
        know(classroom, learner, "chen@school.example")
        classroom.finish(learner, classroom.set_up())
        classroom.now += SOON
        first, second = carrier(classroom, mailbox), carrier(classroom, mailbox)
        claimed = first._claim(learner.id)
        assert claimed is not None

        assert second.deliver_due() == 0
        assert second._claim(learner.id) is None

        # The first process died: its lease runs out, and the same mail is sent by another.
        classroom.now += LEASE
        third = carrier(classroom, mailbox)
        assert third.deliver_due() == 1
        assert mailbox.arrived[0]["Message-ID"] == first._message_id(claimed)
        assert state(classroom) == MailState(0, 0, "", classroom.now)


def test_news_while_a_mail_is_under_way_is_mailed_after_it(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    released = classroom.finish(learner, assessment)
    classroom.now += SOON
    sender = carrier(classroom, mailbox)
    claimed = sender._claim(learner.id)
    assert claimed is not None
    with classroom.database.transaction() as session:
        notifications.tell(
            session,
            learner.id,
            NotificationKind.RELEASED,
            released.id,
            course_id=classroom.course.id,
            assessment_id=assessment.id,
            now=classroom.now,
            mail_at=classroom.now + SOON,
        )

    sender._record(claimed, "sent", "")

    assert pending(classroom, learner) == 1


def test_a_moodle_course_is_named_with_its_page(
    classroom: Classroom, mailbox: Mailbox, learner: Account, assessment: Assessment
) -> None:
    with classroom.database.transaction() as session:
        platforms.note_product(session, classroom.course.platform_id, "moodle")
    classroom.finish(learner, assessment)
    deliver(classroom, mailbox)

    assert "https://lms.example/course/view.php?id=course-1" in text(mailbox)


def test_the_sweeper_forgets_a_few_times_a_day(
    classroom: Classroom, learner: Account, assessment: Assessment
) -> None:
    classroom.finish(learner, assessment)
    sweeper = NotificationSweeper(classroom.database, lambda: classroom.now)
    assert sweeper.deliver_due() == 0
    assert pending(classroom, learner) == 1

    classroom.now += timedelta(days=200)
    assert sweeper.deliver_due() == 0

    assert pending(classroom, learner) == 0
