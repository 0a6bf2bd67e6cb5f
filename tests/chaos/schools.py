"""A school on each of the three LMSs: a course, a teacher, students whose work is handed in and
waits to be rated. Made with the tool's own use cases.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lti_tool.app import Parts
from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Context, GradeService, Person, Role
from lti_tool.domain.submission import Evidence, EvidenceKind
from lti_tool.persistence import courses, paces, people, platforms
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.paces import Limits
from lti_tool.persistence.platforms import PlatformDetails
from lti_tool.services.draft_submission import add_evidence, begin_attempt
from lti_tool.services.set_up_assessment import Choice, Conditions, set_up_assessment
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.work import Work

from .fake_lms import NAMES

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = frozenset({SCOPE + each for each in ("lineitem", "score", "result.readonly")})
STANDARD = "530050-2021-2.0"
CODES = ("2.1.1", "2.1.2", "2.1.3", "2.2.1")
LEARNERS = 10


@dataclass(frozen=True)
class Task:
    """Work to be rated. Everything is plain, so that it may be written down for teachers."""

    submission_id: str
    assessment_id: str
    course_id: int
    learner_id: int
    teacher_id: int


def found(parts: Parts, lms: str) -> Sequence[dict[str, object]]:
    """Make the schools; the work to be rated, as plain values."""
    with parts.database.transaction() as session:
        made = [each for name in NAMES for each in _school(parts, session, name, lms)]
    return [asdict(each) for each in made]


def working(parts: Parts, session: Session, actor_id: int) -> Work:
    """A use case's means in somebody's name."""
    return Work(
        session=session,
        catalogue=parts.catalogue,
        actor_id=actor_id,
        now=parts.clock(),
        zone=ZoneInfo("Asia/Shanghai"),
        new_id=lambda: secrets.token_urlsafe(16),
    )


def _school(parts: Parts, session: Session, name: str, lms: str) -> Sequence[Task]:
    course = _course(parts, session, name, lms)
    teacher = _member(parts, session, course, "teacher", Role.TEACHER)
    conditions = Conditions("有效沟通", "", Decimal(1000), None, True, None, ReleaseMode.AT_ONCE)
    weights = {code: 2**place for place, code in enumerate(CODES)}
    assessment = set_up_assessment(
        working(parts, session, teacher),
        Choice(STANDARD, "elementary", weights),
        conditions,
        course_id=course.id,
        link_id=None,
    )
    learners = [
        _member(parts, session, course, f"student-{number}", Role.STUDENT)
        for number in range(LEARNERS)
    ]
    return [
        Task(_handed_in(parts, session, each, assessment), assessment.id, course.id, each, teacher)
        for each in learners
    ]


def _course(parts: Parts, session: Session, name: str, lms: str) -> Course:
    base, now = f"{lms}/{name}", parts.clock()
    platform = platforms.add_platform(
        session,
        PlatformDetails(
            name=name,
            issuer=base,
            client_id=f"client-{name}",
            auth_login_url=f"{base}/auth",
            auth_token_url=f"{base}/token",
            key_set_url=f"{base}/keys",
            product="moodle",
        ),
        now=now,
    )
    paces.set_limits(session, platform.id, Limits(100.0, 200), now=now)
    deployment = platforms.approve_deployment(session, platform, "1", now=now)
    return courses.remember_course(
        session,
        school_id=deployment.school_id,
        platform_id=platform.id,
        deployment_id=deployment.id,
        context=Context(name, name, ""),
        grades=GradeService(f"{base}/lineitems", None, SCOPES),
        now=now,
    )


def _member(parts: Parts, session: Session, course: Course, sub: str, role: Role) -> int:
    platform = platforms.platform(session, course.platform_id)
    account = people.remember_person(
        session,
        school_id=course.school_id,
        issuer=platform.issuer if platform else "",
        person=Person(f"{course.title}-{sub}", name=sub),
        now=parts.clock(),
    )
    courses.remember_membership(
        session, course_id=course.id, person_id=account.id, role=role, now=parts.clock()
    )
    return account.id


def _handed_in(parts: Parts, session: Session, learner: int, assessment: Assessment) -> str:
    """Work with one text; the submission's id."""
    work = working(parts, session, learner)
    piece = Evidence(
        work.new_id(),
        EvidenceKind.TEXT,
        "沟通记录",
        frozenset(assessment.codes),
        work.now - timedelta(seconds=1),
        text="您好，我马上帮您处理。",
    )
    draft = add_evidence(work, begin_attempt(work, assessment), assessment, piece)
    return submit_evidence(work, draft, assessment).id
