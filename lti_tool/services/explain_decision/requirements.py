"""The requirements behind a level by work area, each with the ratings that decide; the gaps."""

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.domain.attainment import AreaStanding, Gap
from lti_tool.domain.mapping import EquivalenceClass
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.rating import Rating
from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Text,
    WorkArea,
)
from lti_tool.persistence import assessments, decisions, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.decisions import Waiver
from lti_tool.persistence.people import Account

from .subject import Subject


@dataclass(frozen=True, slots=True)
class RatingShown:
    """A rating that decides. ``title`` is its assessment's; ``via`` is set where it was given for
    another member of the class than the requirement shown."""

    rating: Rating
    performance: PerformanceLevel
    breach: bool
    rater: Account | None
    title: str
    via: RequirementKey | None


@dataclass(frozen=True, slots=True)
class RequirementShown:
    """One requirement (equivalence class) with the ratings that decide, oldest first.

    ``also`` are the other places where it counts. ``critical`` says why it is critical, None if
    it is not. ``waiver`` is the school's, for a requirement lost in source.
    """

    requirement: Requirement
    mastery: Mastery
    ratings: tuple[RatingShown, ...]
    also: tuple[RequirementKey, ...]
    critical: Text | None
    red_line: bool
    lost: bool
    waiver: Waiver | None
    waived_by: Account | None
    credited: bool
    """Whether it counts as mastered because a requirement that continues it is."""

    @property
    def state(self) -> str:
        """The state of mastery, or ``lost`` or ``waived``."""
        if self.lost:
            return "waived" if self.waiver else "lost"
        return self.mastery.state.value

    @property
    def raters(self) -> tuple[str, ...]:
        """The names of those who gave these ratings, each once."""
        known = (each.rater for each in self.ratings)
        return tuple(dict.fromkeys(each.label for each in known if each is not None))


@dataclass(frozen=True, slots=True)
class AreaShown:
    """A work area under its level, with the requirements that are not shown further up.

    ``standing`` is None for an area whose requirements all count in one shown further up.
    """

    level: Level
    area: WorkArea
    standing: AreaStanding | None
    requirements: tuple[RequirementShown, ...]

    @property
    def mastered(self) -> int:
        """How many of the requirements are mastered."""
        return sum(each.mastery.state is MasteryState.MASTERED for each in self.requirements)

    @property
    def is_complete(self) -> bool:
        """Whether nothing here is left to look at."""
        return self.mastered == len(self.requirements)


@dataclass(frozen=True, slots=True)
class GapShown:
    """A step of the shortest list: ``gap.needed`` of the options."""

    gap: Gap
    level: Level
    area: WorkArea | None
    options: tuple[RequirementShown, ...]


def areas_of(session: Session, subject: Subject) -> tuple[AreaShown, ...]:
    """Every work area of the level and the lower ones, lowest first; each class once."""
    shown = _Requirements(session, subject)
    standing = {(each.level, each.area): each for each in subject.attainment.areas}
    left = {each.key: each for each in subject.classes}
    found = []
    for level in subject.levels:
        for area in level.areas:
            keys = [subject.rules.classes.class_of(each.key).key for each in area.requirements]
            here = [shown.requirement(left.pop(key)) for key in keys if key in left]
            if here:
                counts = standing.get((level.key, area.code))
                found.append(AreaShown(level, area, counts, tuple(here)))
    return tuple(found)


def gaps_of(subject: Subject, areas: Iterable[AreaShown]) -> tuple[GapShown, ...]:
    """The shortest list of what is missing, drawn from these areas."""
    by_key = {each.mastery.requirement: each for area in areas for each in area.requirements}
    return tuple(
        GapShown(
            gap,
            subject.bundle.standard.level(gap.level),
            _area(subject, gap) if gap.area else None,
            tuple(by_key[key] for key in gap.options),
        )
        for gap in subject.attainment.gaps
    )


def _area(subject: Subject, gap: Gap) -> WorkArea:
    areas = subject.bundle.standard.level(gap.level).areas
    return next(each for each in areas if each.code == gap.area)


class _Requirements:
    """Draws requirements with their ratings; what all of them need is read once."""

    def __init__(self, session: Session, subject: Subject) -> None:
        self._subject = subject
        given = [rating for each in subject.evidence for rating in each.ratings]
        waivers = decisions.waivers_of(
            session, subject.learner.school_id, subject.bundle.standard.id
        )
        self._waivers = {each.requirement: each for each in waivers}
        persons = {each.rater_id for each in given} | {each.waived_by for each in waivers}
        self._people = people.accounts(session, persons)
        self._titles = assessments.titles_of(session, {each.assessment_id for each in given})
        self._critical = subject.critical

    def requirement(self, cls: EquivalenceClass) -> RequirementShown:
        standard = self._subject.bundle.standard
        mastery = self._subject.masteries.get(cls.key, Mastery(cls.key, MasteryState.NO_EVIDENCE))
        members = [standard.requirement(key) for key in cls.members]
        lost = all(each.status is SourceStatus.LOST for each in members)
        waivers = (self._waivers.get(key) for key in cls.members)
        waiver = next((each for each in waivers if each is not None), None)
        return RequirementShown(
            requirement=members[0],
            mastery=mastery,
            ratings=tuple(self._rating(each, cls.key) for each in mastery.ratings),
            also=cls.members[1:],
            critical=self._critical.get(cls.key),
            red_line=self._subject.rubric.criterion(cls.key).red_line,
            lost=lost,
            waiver=waiver if lost else None,
            waived_by=self._people.get(waiver.waived_by) if waiver else None,
            credited=cls.key in self._subject.attainment.credited,
        )

    def _rating(self, rating: Rating, key: RequirementKey) -> RatingShown:
        rubric, number = self._subject.rubrics.of(rating.assessment_id), rating.performance_level
        return RatingShown(
            rating=rating,
            performance=next(each for each in rubric.performance_levels if each.number == number),
            breach=rubric.is_breach(rating.judged, number),
            rater=self._people.get(rating.rater_id),
            title=self._titles.get(rating.assessment_id, ""),
            via=rating.requirement if rating.requirement != key else None,
        )
