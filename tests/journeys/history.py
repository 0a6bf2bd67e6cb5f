"""Ratings of an earlier term: a student comes with two rounds on every code but one task's.

That task was rated once, so one more rating of it completes 初级. The earlier course has no
gradebook. It goes through the use cases, as people did then; the tool need not be served.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lti_tool.app import Parts
from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Context, Launch, MessageType, Person, Role
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.persistence import platforms, ratings
from lti_tool.persistence.database import Session
from lti_tool.services.draft_submission import add_evidence, begin_attempt
from lti_tool.services.enter_from_launch import Entry, enter_from_launch
from lti_tool.services.release_ratings import release_submission
from lti_tool.services.set_up_assessment import Choice, Conditions, set_up_assessment
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.work import Work

from .servers import Tool

STANDARD = "530050-2021-2.0"
LEVEL = "elementary"
COURSE = Context("earlier", "电子商务客服实训（一）", "EC100")
UNFINISHED = "2.2."
MEETS = 3


def give_history(tool: Tool, issuer: str, sub: str) -> None:
    """Store the earlier term of the student with this ``sub``."""
    with tool.parts() as parts, parts.database.transaction() as session:
        _Term(parts, session, issuer, sub).live()


class _Term:
    """One term of one student."""

    def __init__(self, parts: Parts, session: Session, issuer: str, sub: str) -> None:
        self._parts = parts
        self._session = session
        self._begin = parts.clock() - timedelta(weeks=10)
        known = platforms.platforms(session)
        self._platform = next(each for each in known if each.issuer == issuer)
        self._teacher = self._arrive("earlier-teacher", Role.TEACHER)
        self._student = self._arrive(sub, Role.STUDENT)

    def live(self) -> None:
        """Two assessments, the second without the unfinished task."""
        level = self._parts.catalogue.find(STANDARD).standard.level(LEVEL)
        codes = [each.code for each in level.requirements]
        self._assess("第一轮", codes, self._begin)
        finished = [code for code in codes if not code.startswith(UNFINISHED)]
        self._assess("第二轮", finished, self._begin + timedelta(weeks=4))

    def _arrive(self, sub: str, role: Role) -> Entry:
        deployment = platforms.deployments(self._session, self._platform.id)[0]
        launch = Launch(
            platform_id=self._platform.id,
            deployment_id=deployment.id,
            message_type=MessageType.RESOURCE_LINK,
            person=Person(sub, name=sub),
            roles=frozenset({role}),
            context=COURSE,
            resource_link=None,
            grades=None,
        )
        return enter_from_launch(self._session, launch, now=self._begin, new_id=_new_id)

    def _assess(self, title: str, codes: Sequence[str], when: datetime) -> None:
        teaching = self._work(self._teacher, when)
        course = self._teacher.course
        if course is None:
            raise ValueError("a launch with a context enters a course")
        assessment = set_up_assessment(
            teaching,
            Choice(STANDARD, LEVEL, dict.fromkeys(codes, 1)),
            Conditions(title, "", Decimal(100), None, True, None, ReleaseMode.HELD),
            course_id=course.id,
            link_id=None,
        )
        done = self._hand_in(self._work(self._student, when + timedelta(days=1)), assessment)
        self._rate(self._work(self._teacher, when + timedelta(days=2)), done, assessment)

    def _hand_in(self, work: Work, assessment: Assessment) -> Submission:
        codes = frozenset(assessment.codes)
        piece = Evidence(
            _new_id(), EvidenceKind.TEXT, "沟通记录", codes, work.now, text="上学期的沟通记录"
        )
        draft = add_evidence(work, begin_attempt(work, assessment), assessment, piece)
        return submit_evidence(work, draft, assessment)

    def _rate(self, work: Work, submission: Submission, assessment: Assessment) -> None:
        given = [self._rating(work, submission, assessment, code) for code in assessment.codes]
        ratings.add_ratings(work.session, given)
        release_submission(work, submission, assessment)

    def _rating(
        self, work: Work, submission: Submission, assessment: Assessment, code: str
    ) -> Rating:
        return Rating(
            id=_new_id(),
            learner_id=submission.learner_id,
            standard_id=assessment.standard_id,
            requirement=assessment.key(code),
            performance_level=MEETS,
            rater_id=work.actor_id,
            performed_at=submission.submitted_at or work.now,
            rated_at=work.now,
            assessment_id=assessment.id,
            submission_id=submission.id,
        )

    def _work(self, who: Entry, when: datetime) -> Work:
        return Work(
            session=self._session,
            catalogue=self._parts.catalogue,
            actor_id=who.account.id,
            now=when,
            zone=ZoneInfo(self._parts.settings.time_zone),
            new_id=_new_id,
        )


def _new_id() -> str:
    return secrets.token_urlsafe(16)
