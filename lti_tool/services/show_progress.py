"""How far a student is from each level of a standard: the shortest list of what is missing and
which assessment covers it, the standing of every requirement, and the ratings behind them.

Not here: one assessment's feedback (``show_feedback``), and the decision itself (``standing``,
``sign_off_attainment``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.assessment import Assessment, extended
from lti_tool.domain.attainment import (
    AreaStanding,
    Attainment,
    AttainmentState,
    Decision,
    Gap,
    attainment_state,
    in_scope,
)
from lti_tool.domain.errors import UnknownRequirementError
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.rubric import Rubric, Rubrics
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    WorkArea,
)
from lti_tool.domain.submission import Submission, SubmissionState
from lti_tool.persistence import assessments, extensions, people, submissions
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .standing import last_decisions, level_rule, masteries_of
from .work import as_in_force, ratings_of, rubrics_of


@dataclass(frozen=True, slots=True)
class Opportunity:
    """An assessment of this course that covers a requirement and that can still be taken."""

    assessment: Assessment
    attempt: Submission | None
    """The student's newest attempt, None before the first."""
    is_past: bool
    """Whether it was due already, and nothing is handed in that waits to be rated."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One requirement (equivalence class): its state and what can be done about it.

    ``requirement`` stands for the class; ``reached`` counts the ratings at or above the cut among
    the last ones that decide. ``waived`` tells of a lost requirement that the school left out.
    """

    requirement: Requirement
    state: MasteryState
    latest: Rating | None
    reached: int
    lost: bool
    waived: bool
    opportunities: tuple[Opportunity, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the shortest list: master ``gap.needed`` of ``options``."""

    gap: Gap
    level: Level
    area: WorkArea | None
    options: tuple[Standing, ...]
    standing: AreaStanding | None
    """The area's counts, None where no area is short."""


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """How the student stands to one level.

    ``steps`` are all steps to it, lower levels included; ``own_steps`` only those printed under
    this level. ``added`` are the requirements it adds to the lower levels, by work area in the
    order of the source.
    """

    level: Level
    attainment: Attainment
    state: AttainmentState
    decision: Decision | None
    steps: tuple[Step, ...]
    added: tuple[tuple[Standing, ...], ...]

    @property
    def own_steps(self) -> tuple[Step, ...]:
        """The steps that belong to this level itself, not to one below it."""
        return tuple(each for each in self.steps if each.level.key == self.level.key)

    @property
    def added_total(self) -> int:
        """How many requirements this level adds to those below it."""
        return sum(len(area) for area in self.added)

    @property
    def added_mastered(self) -> int:
        """How many of the added requirements are mastered."""
        return sum(each.state is MasteryState.MASTERED for area in self.added for each in area)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One rating that counts, and the title of the assessment it was given in."""

    rating: Rating
    title: str
    breach: bool
    decides: bool
    """Whether it is among the last ratings that the rule looks at."""


@dataclass(frozen=True, slots=True)
class History:
    """Every rating of one requirement that counts, newest first."""

    standing: Standing
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class ProgressShown:
    """The page. ``levels`` run from the lowest; ``areas`` are all work areas of the standard.

    ``rated`` are the requirements with ratings, in the order of the source; ``history`` is that
    of the chosen one, None where nothing is rated yet.
    """

    learner: Account
    standard: Standard
    rubric: Rubric
    rules: LevelRule
    levels: tuple[LevelProgress, ...]
    areas: tuple[tuple[WorkArea, AreaStanding], ...]
    rated: tuple[Requirement, ...]
    history: History | None
    updated_at: datetime | None
    """When the newest rating that counts was released."""

    @property
    def next_level(self) -> LevelProgress | None:
        """The lowest level that is not signed off, None when all are."""
        open_levels = (each for each in self.levels if each.state is not AttainmentState.ATTAINED)
        return next(open_levels, None)

    @property
    def attained(self) -> LevelProgress | None:
        """The highest level that is signed off."""
        signed = [each for each in self.levels if each.state is AttainmentState.ATTAINED]
        return signed[-1] if signed else None


def standards_of_course(
    session: Session, catalogue: Catalogue, course_id: int
) -> Sequence[Standard]:
    """The standards that the course assesses, in the order of their first assessment."""
    ids = dict.fromkeys(each.standard_id for each in assessments.assessments_of(session, course_id))
    return [catalogue.find(each).standard for each in ids]


def show_progress(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    *,
    learner_id: int,
    course_id: int,
    now: datetime,
    chosen: str | None = None,
) -> ProgressShown:
    """A student's progress under one standard; assessments come from this course.

    ``chosen`` names the requirement whose history is wanted (``elementary/2.2.3``), None or an
    unknown one the requirement rated last. Raises UnknownStandardError, NotFoundError.
    """
    bundle = catalogue.find(standard_id)
    learner = people.account(session, learner_id)
    rules = level_rule(session, bundle, learner.school_id)
    masteries = masteries_of(session, bundle, rules, learner.id, now)
    rated = tuple(_ratings(session, learner, bundle))
    rubrics = rubrics_of(session, bundle, rated)
    view = _View(
        bundle, rules, rubrics, masteries, _opportunities(session, learner.id, course_id, now)
    )
    decided = last_decisions(session, learner.id, bundle.standard.id)
    return ProgressShown(
        learner=learner,
        standard=bundle.standard,
        rubric=as_in_force(session, bundle, learner.school_id).rubric,
        rules=rules,
        levels=tuple(view.level(each, decided.get(each.key)) for each in bundle.standard.levels),
        areas=view.areas(),
        rated=tuple(view.standing(key).requirement for key in view.rated()),
        history=_history(session, view, rated, chosen),
        updated_at=max((each.released_at for each in rated if each.released_at), default=None),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What every part of the page is drawn from."""

    bundle: StandardBundle
    rules: LevelRule
    rubrics: Rubrics
    masteries: Mapping[RequirementKey, Mastery]
    opportunities: Sequence[Opportunity]

    def level(self, level: Level, decision: Decision | None) -> LevelProgress:
        attainment = self.rules.evaluate(level.key, self.masteries)
        evidence = bool(in_scope(self.rules.scope(level.key), self.masteries))
        return LevelProgress(
            level=level,
            attainment=attainment,
            state=attainment_state(attainment, has_evidence=evidence, last=decision),
            decision=decision,
            steps=tuple(self._step(gap, attainment) for gap in attainment.gaps),
            added=self._added(level),
        )

    def areas(self) -> tuple[tuple[WorkArea, AreaStanding], ...]:
        highest = self.bundle.standard.levels[-1]
        standings = self.rules.evaluate(highest.key, self.masteries).areas
        return tuple((self._area(each.level, each.area), each) for each in standings)

    def rated(self) -> tuple[RequirementKey, ...]:
        """The classes with ratings, in the order of the source."""
        highest = self.bundle.standard.levels[-1]
        classes = self.rules.classes.up_to(highest.key)
        return tuple(each.key for each in classes if each.key in self.masteries)

    def standing(self, key: RequirementKey) -> Standing:
        """How the student stands to a class, by its representative."""
        mastery = self.masteries.get(key, Mastery(key, MasteryState.NO_EVIDENCE))
        cls = self.rules.classes.class_of(key)
        members = [self.bundle.standard.requirement(each) for each in cls.members]
        lost = all(each.status is SourceStatus.LOST for each in members)
        return Standing(
            requirement=members[0],
            state=mastery.state,
            latest=mastery.latest,
            reached=sum(
                each.performance_level >= self.rubrics.of(each.assessment_id).cut
                for each in mastery.ratings
            ),
            lost=lost,
            waived=lost and not self.rules.waived.isdisjoint(cls.members),
            opportunities=tuple(self._covering(cls.members)),
        )

    def _covering(self, members: Sequence[RequirementKey]) -> Iterable[Opportunity]:
        for each in self.opportunities:
            asked = {requirement.key for requirement in each.assessment.requirements}
            same = each.assessment.standard_id == self.bundle.standard.id
            if same and not asked.isdisjoint(members):
                yield each

    def _step(self, gap: Gap, attainment: Attainment) -> Step:
        found = (a for a in attainment.areas if (a.level, a.area) == (gap.level, gap.area))
        return Step(
            gap=gap,
            level=self.bundle.standard.level(gap.level),
            area=self._area(gap.level, gap.area) if gap.area else None,
            options=tuple(self.standing(key) for key in gap.options),
            standing=next(found, None),
        )

    def _area(self, level: str, code: str) -> WorkArea:
        areas = self.bundle.standard.level(level).areas
        return next(each for each in areas if each.code == code)

    def _added(self, level: Level) -> tuple[tuple[Standing, ...], ...]:
        """The classes whose lowest member is printed under this level, by area."""
        classes = self.rules.classes
        areas = (
            tuple(
                self.standing(each.key)
                for each in area.requirements
                if classes.class_of(each.key).key == each.key
            )
            for area in level.areas
        )
        return tuple(area for area in areas if area)


def _opportunities(
    session: Session, learner_id: int, course_id: int, now: datetime
) -> Sequence[Opportunity]:
    found = []
    more_time = extensions.extensions_of(session, learner_id)
    for everybodys in assessments.assessments_of(session, course_id):
        each = extended(everybodys, more_time.get(everybodys.id))
        attempts = submissions.attempts_of(session, each.id, learner_id)
        newest = attempts[-1] if attempts else None
        if _can_be_taken(each, newest, now):
            waits = newest is not None and newest.state is SubmissionState.SUBMITTED
            found.append(Opportunity(each, newest, each.is_late(now) and not waits))
    return sorted(found, key=_when)


def _can_be_taken(assessment: Assessment, newest: Submission | None, now: datetime) -> bool:
    """Whether a rating may still come of it: work is under way, or an attempt may be begun."""
    if newest is not None and newest.state is SubmissionState.SUBMITTED:
        return True
    if newest is not None and newest.state is SubmissionState.RETURNED:
        return True
    if assessment.is_late(now) and not assessment.accepts_late:
        return False
    used = newest.attempt if newest is not None else 0
    drafting = newest is not None and newest.state is SubmissionState.DRAFT
    return drafting or assessment.attempts is None or used < assessment.attempts


def _when(opportunity: Opportunity) -> tuple[bool, bool, float]:
    """What comes or waits before what is past; those with a due time first, soonest first."""
    due = opportunity.assessment.due_at
    return opportunity.is_past, due is None, due.timestamp() if due is not None else 0.0


def _ratings(session: Session, learner: Account, bundle: StandardBundle) -> Sequence[Rating]:
    found = ratings_of(session, bundle, [learner.id], school_id=learner.school_id)
    return in_force(found.get(learner.id, ()))


def _history(
    session: Session, view: _View, rated: Sequence[Rating], chosen: str | None
) -> History | None:
    if not rated:
        return None
    key = _chosen(view, chosen) or view.rules.classes.class_of(rated[-1].requirement).key
    members = view.rules.classes.class_of(key).members
    deciding = {each.id for each in view.masteries[key].ratings}
    entries = tuple(
        HistoryEntry(
            rating=each,
            title=_title(session, each.assessment_id),
            breach=_is_breach(view.rubrics, each),
            decides=each.id in deciding,
        )
        for each in reversed(rated)
        if each.requirement in members
    )
    return History(view.standing(key), entries)


def _is_breach(rubrics: Rubrics, rating: Rating) -> bool:
    rubric = rubrics.of(rating.assessment_id)
    return rubric.is_breach(rating.judged, rating.performance_level)


def _chosen(view: _View, name: str | None) -> RequirementKey | None:
    """The class of a requirement with ratings; None for any other name."""
    try:
        key = view.bundle.standard.requirement(RequirementKey.parse(name or "")).key
    except UnknownRequirementError:
        return None
    representative = view.rules.classes.class_of(key).key
    return representative if representative in view.masteries else None


def _title(session: Session, assessment_id: str) -> str:
    """The title of an assessment of any course: the rating in it is the student's own."""
    course_id = assessments.course_of(session, assessment_id)
    return assessments.assessment(session, assessment_id, course_id=course_id).title
