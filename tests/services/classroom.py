"""A made-up course on the real standard, for the tests of use cases: a teacher, students, and short
ways to set up, hand in and rate. Not here: pages and launches.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Context, GradeService, Person, ResourceLink, Role
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.persistence import courses, people, platforms, submissions
from lti_tool.persistence.courses import Course, Link
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.platforms import PlatformDetails
from lti_tool.services.draft_submission import add_evidence, begin_attempt, save_self_ratings
from lti_tool.services.rate_submission import Judgement, rate_submission
from lti_tool.services.release_ratings import release_submission
from lti_tool.services.set_up_assessment import Choice, Conditions, set_up_assessment
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.work import Work

STANDARD = "530050-2021-2.0"
START = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
ISSUER = "https://lms.example"
TASK = ("2.1.1", "2.1.2", "2.1.3")
"""One whole work task of the elementary level."""


def conditions(
    title: str = "有效沟通",
    *,
    points: Decimal = Decimal(20),
    due_at: datetime | None = None,
    accepts_late: bool = True,
    attempts: int | None = None,
    release: ReleaseMode = ReleaseMode.HELD,
) -> Conditions:
    return Conditions(title, "", points, due_at, accepts_late, attempts, release)


def choice(*codes: str, level: str = "elementary") -> Choice:
    return Choice(STANDARD, level, dict.fromkeys(codes or TASK, 1))


@dataclass
class Classroom:
    """The course and what happens in it; each call below is one transaction a minute later."""

    database: Database
    catalogue: Catalogue
    course: Course
    teacher: Account
    now: datetime = START
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def working(self, who: Account | None = None) -> Iterator[Work]:
        """A transaction in somebody's name, the teacher's unless given."""
        self.now += timedelta(minutes=1)
        with self.database.transaction() as session:
            yield Work(
                session=session,
                catalogue=self.catalogue,
                actor_id=(who or self.teacher).id,
                now=self.now,
                zone=ZoneInfo("Asia/Shanghai"),
                new_id=lambda: f"id{next(self.numbers):06}",
            )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.database.reading() as session:
            yield session

    def enrol(self, name: str, role: Role = Role.STUDENT, *, number: str = "") -> Account:
        """A person of the course, known by name."""
        return enrol(self.database, self.course, name, role, number=number)

    def link(self, name: str = "link-1", *, line_item_url: str | None = None) -> Link:
        with self.database.transaction() as session:
            return courses.remember_link(
                session,
                course_id=self.course.id,
                link=ResourceLink(name, name),
                line_item_url=line_item_url,
            )

    def set_up(
        self, *codes: str, level: str = "elementary", given: Conditions | None = None
    ) -> Assessment:
        """An assessment of these codes (one whole task unless given)."""
        with self.working() as work:
            return set_up_assessment(
                work,
                choice(*codes, level=level),
                given or conditions(),
                course_id=self.course.id,
                link_id=None,
            )

    def draft(self, learner: Account, assessment: Assessment) -> Submission:
        """An attempt with one text that shows every code, not handed in."""
        with self.working(learner) as work:
            attempt = begin_attempt(work, assessment)
            piece = Evidence(
                work.new_id(),
                EvidenceKind.TEXT,
                "沟通记录",
                frozenset(assessment.codes),
                work.now,
                text="您好，我马上帮您处理。",
            )
            drafted = add_evidence(work, attempt, assessment, piece)
            own = {assessment.codes[0]: 3}
            return save_self_ratings(work, drafted, assessment, own)

    def hand_in(self, learner: Account, assessment: Assessment) -> Submission:
        """An attempt with one text, handed in."""
        drafted = self.draft(learner, assessment)
        with self.working(learner) as work:
            return submit_evidence(work, drafted, assessment)

    def rate(
        self,
        submission: Submission,
        assessment: Assessment,
        *levels: int,
        by: Account | None = None,
        comment: str = "做得不错",
    ) -> Sequence[Rating]:
        """Ratings of the first codes, in order; each corrects the newest before it."""
        given = []
        for code, number in zip(assessment.codes, levels, strict=False):
            given.append(self.rate_code(submission, assessment, code, number, comment, by=by))
        return given

    def rate_code(
        self,
        submission: Submission,
        assessment: Assessment,
        code: str,
        number: int,
        comment: str = "",
        *,
        seen: str | None = None,
        by: Account | None = None,
    ) -> Rating:
        """One rating; ``seen`` is the rating it corrects."""
        with self.working(by) as work:
            current = submissions.submission_of(work.session, submission.id)
            given = Judgement(code, number, comment, seen)
            return rate_submission(work, current, assessment, given)

    def release(self, submission: Submission, assessment: Assessment) -> Submission:
        with self.working() as work:
            current = submissions.submission_of(work.session, submission.id)
            return release_submission(work, current, assessment)

    def finish(self, learner: Account, assessment: Assessment, *levels: int) -> Submission:
        """Hand in, rate every code (3 where no level is given) and release."""
        submission = self.hand_in(learner, assessment)
        padded = (*levels, *(3 for _ in assessment.codes[len(levels) :]))
        self.rate(submission, assessment, *padded)
        return self.release(submission, assessment)


def classroom_in(database: Database, catalogue: Catalogue) -> Classroom:
    """An empty course with one teacher."""
    course = open_course(database)
    return Classroom(database, catalogue, course, enrol(database, course, "周敏", Role.TEACHER))


def open_course(database: Database, context_id: str = "course-1") -> Course:
    """A course of the one platform, with the grade service unless it is called ``bare``."""
    with database.transaction() as session:
        platform = platforms.platform_by(session, ISSUER, "client") or platforms.add_platform(
            session,
            PlatformDetails(
                name="LMS",
                issuer=ISSUER,
                client_id="client",
                auth_login_url=f"{ISSUER}/auth",
                auth_token_url=f"{ISSUER}/token",
                key_set_url=f"{ISSUER}/keys",
            ),
            now=START,
        )
        deployment = platforms.note_deployment(session, platform, "1", now=START)
        grades = GradeService(f"{ISSUER}/{context_id}/lineitems", None, frozenset({"score"}))
        return courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context(context_id, "电子商务客服实训", "EC-1"),
            grades=None if context_id == "bare" else grades,
            now=START,
        )


def enrol(
    database: Database, course: Course, name: str, role: Role, *, number: str = ""
) -> Account:
    with database.transaction() as session:
        account = people.remember_person(
            session,
            school_id=course.school_id,
            issuer=ISSUER,
            person=Person(name, name=name, student_number=number),
            now=START,
        )
        courses.remember_membership(
            session, course_id=course.id, person_id=account.id, role=role, now=START
        )
        return account
