"""How much of a standard's content is written, by level and language.

Content is ours: descriptors, ways to assess, suggested evidence, English requirements, ready
assessments. A class counts at the level of its lowest member. Not here: whether it is any good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.domain.rubric import Criterion
from lti_tool.domain.standard import Level, Text

from .bundle import StandardBundle


@dataclass(frozen=True, slots=True)
class Share:
    """How many there are of how many there should be; written ``17/49``."""

    written: int
    of: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.written == self.of

    def __str__(self) -> str:
        return f"{self.written}/{self.of}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is written for one level."""

    level: Text
    descriptors: tuple[Share, Share]
    """Classes described at every performance level: in Chinese, in English."""
    methods: Share
    """Classes with a way to assess them."""
    evidence: Share
    """Classes with suggested evidence in both languages."""
    english: Share
    """Requirements with an unofficial English translation."""
    ready: Share
    """Work tasks with a ready assessment."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing at this level."""
        shares = (self.methods, self.evidence, self.english, self.ready)
        return all(each.complete for each in (*self.descriptors, *shares))


def coverage(bundle: StandardBundle) -> tuple[Coverage, ...]:
    """What is written for each level, lowest first. What is lost in source needs nothing."""
    return tuple(_of_level(bundle, each) for each in bundle.standard.levels)


def _of_level(bundle: StandardBundle, level: Level) -> Coverage:
    criteria = _criteria(bundle, level)
    texts = [each for each in level.requirements if each.text is not None]
    return Coverage(
        level=level.name,
        descriptors=(
            _share([_described(bundle, each, "zh") for each in criteria]),
            _share([_described(bundle, each, "en") for each in criteria]),
        ),
        methods=_share([each.method is not None for each in criteria]),
        evidence=_share([bool(each.evidence and each.evidence.en) for each in criteria]),
        english=_share([each.english is not None for each in texts]),
        ready=_share([(level.key, each.code) in bundle.ready for each in level.tasks]),
    )


def _criteria(bundle: StandardBundle, level: Level) -> Sequence[Criterion]:
    """One criterion for each class that is lowest at this level and not lost in source."""
    lowest = (
        each
        for each in level.requirements
        if each.text is not None and bundle.classes.class_of(each.key).key == each.key
    )
    return [bundle.rubric.criterion(each.key) for each in lowest]


def _described(bundle: StandardBundle, criterion: Criterion, language: str) -> bool:
    numbers = {each.number for each in bundle.rubric.choices(criterion.requirement)}
    texts = (criterion.descriptors or {}).items()
    return {n for n, text in texts if (text.en if language == "en" else text.zh)} == numbers


def _share(answers: Iterable[bool]) -> Share:
    every = list(answers)
    return Share(sum(every), len(every))
