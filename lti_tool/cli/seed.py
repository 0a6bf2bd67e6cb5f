"""Fills the demo: a school, two platforms, a class, and the weeks that ``demo_class`` tells.

It goes through the same use cases as people do; only the clock is set back, and a submission's
ratings are stored together, since they were given together.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lti_tool.app import Parts
from lti_tool.domain import launch as told
from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.rating import Rating
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.persistence import platforms, ratings, schools, standings
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.platforms import Platform, PlatformDetails
from lti_tool.sandbox import (
    LineItem,
    Person,
    Sandbox,
    colleague,
    registrar,
    registrations,
    students,
    teacher,
)
from lti_tool.sandbox import Platform as SandboxPlatform
from lti_tool.services.draft_submission import add_evidence, begin_attempt, save_self_ratings
from lti_tool.services.enter_from_launch import ASSESSMENT_FIELD, Entry, enter_from_launch
from lti_tool.services.release_ratings import release_submission
from lti_tool.services.set_up_assessment import Choice, Conditions, set_up_assessment
from lti_tool.services.sign_off_attainment import LevelOf, sign_off_attainment
from lti_tool.services.standing import evidence_digest, level_rule, masteries_of
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.work import Work

from .demo_class import (
    BEGINNING_TEACHERS_WORDS,
    BREACH_REASON,
    SEED,
    WEAK_WORDS,
    Chapter,
    Pupil,
    chapters,
    levels_given,
    pupils,
    transcript,
)
from .demo_second import RELEASED, Raters, SecondMarking

SCHOOL = "示范职业技术学院"
STANDARD = "530050"
LEVEL = "elementary"
TERM = timedelta(weeks=10)
REVIEW_DAYS = 30
"""Longer than usual: what was released weeks ago can still be asked about."""
GRADE_SCOPES = frozenset(
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
)


@dataclass(frozen=True, slots=True)
class Classroom:
    """One course of the demo inside the tool: who teaches and learns there."""

    course: Course
    raters: Raters
    registrar_id: int
    learner_ids: tuple[int, ...]


def register_platforms(parts: Parts, sandbox: Sandbox) -> Sequence[Platform]:
    """Connect both platforms of the sandbox, their deployments in one school."""
    made = []
    with parts.database.transaction() as session:
        school = schools.ensure_school(session, SCHOOL)
        for each in registrations(sandbox.settings):
            details = PlatformDetails(
                name=each.name,
                issuer=each.issuer,
                client_id=each.client_id,
                auth_login_url=each.auth_login_url,
                auth_token_url=each.auth_token_url,
                key_set_url=each.key_set_url,
                frame_origins=(each.frame_origin,),
                registrar_roles=(each.registrar_role,),
            )
            platform = platforms.add_platform(session, details, now=parts.clock())
            deployment = platforms.approve_deployment(
                session, platform, each.deployment_id, now=parts.clock()
            )
            schools.join_school(session, deployment.id, school.id)
            made.append(platform)
    return made


def fill(parts: Parts, sandbox: Sandbox) -> None:
    """Tell the whole story in the Moodle course; in the Canvas course only its last chapter."""
    moodle, canvas = register_platforms(parts, sandbox)
    story = chapters()
    _Storyteller(parts, sandbox.platforms["moodle"], moodle).tell(story)
    _Storyteller(parts, sandbox.platforms["canvas"], canvas).tell(story[-1:])


class _Storyteller:
    """Lives through the weeks of one course."""

    def __init__(self, parts: Parts, lms: SandboxPlatform, platform: Platform) -> None:
        self._parts = parts
        self._lms = lms
        self._platform = platform
        self._bundle = parts.catalogue.find(STANDARD)
        self._luck = Random(SEED)  # noqa: S311 - an invented class, the same at every start
        self._zone = ZoneInfo(parts.settings.time_zone)

    def tell(self, story: Sequence[Chapter]) -> None:
        """One transaction per chapter, oldest first, then the registrar's sign-offs."""
        now = self._parts.clock()
        with self._parts.database.transaction() as session:
            room = self._enter(session, now - TERM)
        for number, chapter in enumerate(story):
            with self._parts.database.transaction() as session:
                self._live(session, room, chapter, now - chapter.ago, second=number >= 4)
        with self._parts.database.transaction() as session:
            self._sign_off(session, room, now)

    # --- who is there ---

    def _enter(self, session: Session, when: datetime) -> Classroom:
        name = self._lms.manner.name
        members = students(platform=name)
        teacher_entry = self._arrive(session, teacher(platform=name), told.Role.TEACHER, when)
        other_entry = self._arrive(session, colleague(platform=name), told.Role.TEACHER, when)
        registrar_entry = self._arrive(session, registrar(platform=name), told.Role.REGISTRAR, when)
        learners = [self._arrive(session, each, told.Role.STUDENT, when) for each in members]
        course = teacher_entry.course
        if course is None:
            raise ValueError("a launch with a context enters a course")
        return Classroom(
            course,
            Raters(teacher_entry.account.id, other_entry.account.id),
            registrar_entry.account.id,
            tuple(each.account.id for each in learners),
        )

    def _arrive(self, session: Session, person: Person, role: told.Role, when: datetime) -> Entry:
        course = self._lms.manner.course
        deployment = platforms.deployments(session, self._platform.id)[0]
        launch = told.Launch(
            platform_id=self._platform.id,
            deployment_id=deployment.id,
            message_type=told.MessageType.RESOURCE_LINK,
            person=told.Person(
                sub=person.user_id,
                name=person.shown_name,
                given_name=person.given_name,
                family_name=person.family_name,
                email=person.email,
                student_number=person.student_number,
            ),
            roles=frozenset({role}),
            context=told.Context(course.context_id, course.title, course.label),
            resource_link=None,
            grades=told.GradeService(self._lms.addresses.line_items, None, GRADE_SCOPES),
            product=self._lms.manner.name,
        )
        return enter_from_launch(
            session, launch, now=when, new_id=lambda: secrets.token_urlsafe(16)
        )

    # --- what happens ---

    def _live(
        self, session: Session, room: Classroom, chapter: Chapter, when: datetime, *, second: bool
    ) -> None:
        setting_up = self._work(session, room.raters.teacher_id, when)
        assessment = self._set_up(setting_up, room, chapter, when)
        red_lines = self._red_lines(assessment.codes)
        marking = SecondMarking(assessment, room.raters, red_lines, leaves=second)
        group = zip(room.learner_ids, pupils(len(room.learner_ids)), strict=True)
        for place, (learner_id, pupil) in enumerate(group):
            begun = when + timedelta(days=1, minutes=7 * place)
            if chapter.is_open:
                self._work_on(session, learner_id, pupil, assessment, begun)
            elif self._luck.random() >= pupil.absent_share:
                work = self._work(session, learner_id, begun)
                handed_in = self._hand_in(work, assessment)
                fate = marking.fate(handed_in, place=place)
                rater_id = marking.first_rater(fate)
                rated = self._work(session, rater_id, begun + timedelta(days=2))
                self._rate(rated, handed_in, assessment, pupil, second=second)
                if fate is not None:
                    rated = marking.mark(rated, handed_in, fate)
                if fate in RELEASED:
                    release_submission(rated, handed_in, assessment)

    def _set_up(self, work: Work, room: Classroom, chapter: Chapter, when: datetime) -> Assessment:
        level = self._bundle.standard.level(LEVEL)
        codes = [r.code for r in level.requirements if r.code.startswith(chapter.parts)]
        assessment = set_up_assessment(
            work,
            Choice(self._bundle.standard.id, LEVEL, dict.fromkeys(codes, 1)),
            Conditions(
                title=chapter.title,
                instructions=chapter.task,
                points=chapter.points,
                due_at=_evening(when + timedelta(days=6), self._zone),
                accepts_late=True,
                attempts=3,
                release=ReleaseMode.HELD,
                review_days=REVIEW_DAYS,
                second_percent=chapter.second_percent,
            ),
            course_id=room.course.id,
            link_id=None,
            brief=chapter.brief,
        )
        self._lms.add_activity(
            chapter.title,
            custom={ASSESSMENT_FIELD: assessment.id},
            column=LineItem(
                0, chapter.title, float(chapter.points), resource_id=assessment.id, tag="grade"
            ),
        )
        return assessment

    def _work_on(
        self,
        session: Session,
        learner_id: int,
        pupil: Pupil,
        assessment: Assessment,
        begun: datetime,
    ) -> None:
        """The assessment under way: some have handed in, some have a draft."""
        work = self._work(session, learner_id, begun)
        if pupil.hands_in:
            self._hand_in(work, assessment)
        elif pupil.drafts:
            self._draft(work, assessment)

    def _draft(self, work: Work, assessment: Assessment) -> Submission:
        draft = begin_attempt(work, assessment)
        codes = frozenset(assessment.codes)
        draft = add_evidence(work, draft, assessment, self._piece(work, codes))
        given = {code: self._luck.choice((3, 3, 4)) for code in assessment.codes}
        red_lines = self._red_lines(assessment.codes)
        return save_self_ratings(
            work, draft, assessment, given | dict.fromkeys(red_lines, self._bundle.rubric.cut)
        )

    def _hand_in(self, work: Work, assessment: Assessment) -> Submission:
        draft = self._draft(work, assessment)
        return submit_evidence(replace(work, now=work.now + timedelta(hours=3)), draft, assessment)

    def _piece(self, work: Work, codes: frozenset[str]) -> Evidence:
        return Evidence(
            id=work.new_id(),
            kind=EvidenceKind.TEXT,
            title="沟通记录",
            codes=codes,
            created_at=work.now,
            text=transcript(self._luck),
        )

    def _rate(
        self,
        work: Work,
        submission: Submission,
        assessment: Assessment,
        pupil: Pupil,
        *,
        second: bool,
    ) -> None:
        red_lines = self._red_lines(assessment.codes)
        given = levels_given(pupil, assessment.codes, red_lines, self._luck, second=second)
        ratings.add_ratings(
            work.session,
            [self._rating(work, submission, assessment, code, level) for code, level in given],
        )

    def _rating(
        self, work: Work, submission: Submission, assessment: Assessment, code: str, level: int
    ) -> Rating:
        return Rating(
            id=work.new_id(),
            learner_id=submission.learner_id,
            standard_id=assessment.standard_id,
            requirement=assessment.key(code),
            performance_level=level,
            rater_id=work.actor_id,
            performed_at=submission.submitted_at or work.now,
            rated_at=work.now,
            assessment_id=assessment.id,
            submission_id=submission.id,
            comment=self._comment(code, level),
            evidence_ids=tuple(each.id for each in submission.evidence),
        )

    def _comment(self, code: str, level: int) -> str:
        cut = self._bundle.rubric.cut
        if level < cut and self._red_lines((code,)):
            return BREACH_REASON
        if level < cut:
            return self._luck.choice(WEAK_WORDS)
        return self._luck.choice(BEGINNING_TEACHERS_WORDS) if level > cut else ""

    def _sign_off(self, session: Session, room: Classroom, now: datetime) -> None:
        """The registrar has signed off the first student whom the rule proposes."""
        standard_id = self._bundle.standard.id
        outcomes = standings.outcomes_of_school(
            session, room.course.school_id, standard_id, course_id=room.course.id
        )
        proposed = (each for each in outcomes if each.state is AttainmentState.PROPOSED)
        first = next(proposed, None)
        if first is None:
            return
        work = self._work(session, room.registrar_id, now - timedelta(days=1))
        rules = level_rule(session, self._bundle, room.course.school_id)
        masteries = masteries_of(session, self._bundle, rules, first.learner.id, work.now)
        sign_off_attainment(
            work,
            LevelOf(first.learner.id, standard_id, first.level),
            seen_digest=evidence_digest(rules, first.learner.id, first.level, masteries),
            school_id=room.course.school_id,
        )

    def _red_lines(self, codes: Sequence[str]) -> frozenset[str]:
        rubric = self._bundle.rubric
        keys = {code: RequirementKey(LEVEL, code) for code in codes}
        return frozenset(code for code, key in keys.items() if rubric.criterion(key).red_line)

    def _work(self, session: Session, actor_id: int, when: datetime) -> Work:
        return Work(
            session=session,
            catalogue=self._parts.catalogue,
            actor_id=actor_id,
            now=when,
            zone=self._zone,
            new_id=lambda: secrets.token_urlsafe(16),
        )


def _evening(day: datetime, zone: ZoneInfo) -> datetime:
    return day.astimezone(zone).replace(hour=18, minute=0, second=0, microsecond=0)
