"""A platform, a course, people and a column as stored, for tests that need them to be there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lti_tool.domain.assessment import AssessedRequirement, Assessment, ReleaseMode
from lti_tool.domain.launch import Context, GradeService, Person
from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import assessments, courses, line_items, people, platforms, submissions
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import LineItem
from lti_tool.persistence.people import Account
from lti_tool.persistence.platforms import PlatformDetails

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def make_course(session: Session, *, client_id: str = "client", deployment: str = "1") -> Course:
    """A course with a gradebook, at a platform and a deployment of these names."""
    issuer = "https://lms.example"
    platform = platforms.platform_by(session, issuer, client_id) or platforms.add_platform(
        session,
        PlatformDetails(
            name="LMS",
            issuer=issuer,
            client_id=client_id,
            auth_login_url=f"{issuer}/auth",
            auth_token_url=f"{issuer}/token",
            key_set_url=f"{issuer}/keys",
        ),
        now=NOW,
    )
    noted = platforms.note_deployment(session, platform, deployment, now=NOW)
    return courses.remember_course(
        session,
        school_id=noted.school_id,
        platform_id=platform.id,
        deployment_id=noted.id,
        context=Context("course-1", "电子商务客服实训", "EC-1"),
        grades=GradeService(f"{issuer}/lineitems", None, frozenset({"score"})),
        now=NOW,
    )


def make_person(session: Session, course: Course, sub: str = "4") -> Account:
    return people.remember_person(
        session,
        school_id=course.school_id,
        issuer="https://lms.example",
        person=Person(sub, name="李小龙"),
        now=NOW,
    )


def make_column(session: Session, course: Course, resource_id: str = "a-1") -> LineItem:
    return line_items.ensure_line_item(
        session,
        course_id=course.id,
        resource_id=resource_id,
        tag=line_items.GRADE_TAG,
        label="有效沟通",
        maximum=Decimal(20),
    )


def assessment(name: str = "a-1", *codes: str) -> Assessment:
    return Assessment(
        id=name,
        standard_id="530050-2021-2.0",
        level="elementary",
        title="有效沟通",
        instructions="",
        requirements=tuple(
            AssessedRequirement(RequirementKey("elementary", code), place)
            for place, code in enumerate(codes or ("2.1.2", "2.1.1"), start=1)
        ),
        points=Decimal(20),
        due_at=NOW + MINUTE,
        accepts_late=True,
        attempts=2,
        release=ReleaseMode.HELD,
    )


def make_assessment(session: Session, course: Course, teacher: Account) -> Assessment:
    made = assessment()
    assessments.add_assessment(session, made, course_id=course.id, created_by=teacher.id, now=NOW)
    return made


def make_submission(session: Session, learner: Account, attempt: int = 1) -> Submission:
    made = Submission(
        id=f"s-{attempt}",
        assessment_id="a-1",
        learner_id=learner.id,
        attempt=attempt,
        state=SubmissionState.DRAFT,
        version=1,
        created_at=NOW,
    )
    submissions.add_submission(session, made)
    return made


def rating(
    name: str,
    submission: Submission,
    rater: Account,
    *,
    code: str = "2.1.1",
    supersedes: str | None = None,
    released_at: datetime | None = None,
) -> Rating:
    return Rating(
        id=name,
        learner_id=submission.learner_id,
        standard_id="530050-2021-2.0",
        requirement=RequirementKey("elementary", code),
        performance_level=3,
        rater_id=rater.id,
        performed_at=NOW,
        rated_at=NOW,
        assessment_id=submission.assessment_id,
        submission_id=submission.id,
        comment="做得不错",
        evidence_ids=("e-1",),
        released_at=released_at,
        supersedes=supersedes,
    )
