"""Reads one standard: its folder in ``rubrics/`` and its folder in ``mappings/``.

Goes on as far as the files allow, so that one look lists every fault. Not here: which standards
there are (``reader``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from lti_tool.domain.mapping import AttainmentRule, EquivalenceClasses, EquivalenceLink
from lti_tool.domain.ready_assessment import ReadyAssessments
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.standard import Standard, Text

from .document import UnreadableError
from .mappings import build_links, link_problems, programmes_problems
from .problems import CatalogueError, Problem
from .ready_assessments import assessment_problems, build_assessments
from .rubrics import build_rubric, descriptor_problems, red_line_problems, scale_problems
from .rules import build_rule, rule_problems
from .schemas import (
    AssessmentFile,
    AttainmentFile,
    DescriptorFile,
    EquivalenceFile,
    LevelFile,
    OfStandard,
    ProgrammesFile,
    RubricFile,
    StandardFile,
)
from .standards import build_standard, level_problems, standard_problems
from .validation import Parsed, Schema, parse

OwnSchema = TypeVar("OwnSchema", bound=OfStandard)


@dataclass(frozen=True, slots=True)
class StandardBundle:
    """A standard with everything laid over it."""

    standard: Standard
    rubric: Rubric
    classes: EquivalenceClasses
    rule: AttainmentRule
    links: tuple[EquivalenceLink, ...]
    ready: ReadyAssessments
    changed: datetime
    """When its files were last changed in this installation."""
    others: Mapping[str, Rubric] = field(default_factory=dict)
    """The rubrics of the other versions installed, by standard id: evidence carried over was
    judged by them."""


def read_bundle(rubrics: Path, mappings: Path) -> StandardBundle:
    """Read the two folders of one standard. Raises CatalogueError listing every problem."""
    reading = _Reading(rubrics, mappings)
    bundle = reading.bundle()
    if bundle is None or reading.problems:
        raise CatalogueError(reading.problems)
    return bundle


@dataclass(slots=True)
class _Reading:
    """One standard being read. A step that cannot go on leaves None and its problems."""

    rubrics: Path
    mappings: Path
    problems: list[Problem] = field(default_factory=list)

    def bundle(self) -> StandardBundle | None:
        head = self._parse(self.rubrics / "standard.yaml", StandardFile)
        rubric = self._own(self.rubrics / "rubric.yaml", RubricFile)
        descriptors = self._all_own("descriptors-*.yaml", DescriptorFile)
        assessments = self._all_own("assessments-*.yaml", AssessmentFile)
        equivalence = self._own(self.mappings / "equivalence.yaml", EquivalenceFile)
        attainment = self._own(self.mappings / "attainment.yaml", AttainmentFile)
        scaled = rubric is not None and self._sound(scale_problems(rubric))
        standard = self._standard(head)
        if standard is None:
            return None
        rule = self._rule(attainment, standard)
        links = self._links(equivalence, standard)
        self._sound(assessment_problems(assessments, standard))
        if rubric is None or links is None or not scaled:
            return None
        classes = EquivalenceClasses(standard, links)
        judged = self._rubric(rubric, descriptors, standard, classes)
        if rule is None or judged is None:
            return None
        ready = build_assessments(each.value for each in assessments)
        changed = _changed(self.rubrics, self.mappings)
        return StandardBundle(standard, judged, classes, rule, links, ready, changed)

    def _standard(self, head: Parsed[StandardFile] | None) -> Standard | None:
        programmes = self._own(self.mappings / "programmes.yaml", ProgrammesFile)
        if programmes:
            self._sound(programmes_problems(programmes))
        self._refuse_strangers(head)
        if head is None:
            return None
        levels = [each for each in map(self._level, head.value.levels_once()) if each]
        sound = self._sound(standard_problems(head, levels))
        if not sound or programmes is None or len(levels) < len(head.value.levels):
            return None
        return build_standard(head.value, [each.value for each in levels], programmes.value)

    def _level(self, key: str) -> Parsed[LevelFile] | None:
        level = self._own(self.rubrics / f"level-{key}.yaml", LevelFile)
        return level if level and self._sound(level_problems(level, key)) else None

    def _all_own(self, names: str, schema: type[OwnSchema]) -> list[Parsed[OwnSchema]]:
        files = sorted(self.rubrics.glob(names))
        return [each for file in files if (each := self._own(file, schema))]

    def _rule(
        self, file: Parsed[AttainmentFile] | None, standard: Standard
    ) -> AttainmentRule | None:
        if file is None or not self._sound(rule_problems(file, standard)):
            return None
        return build_rule(file.value, standard)

    def _links(
        self, file: Parsed[EquivalenceFile] | None, standard: Standard
    ) -> tuple[EquivalenceLink, ...] | None:
        if file is None or not self._sound(link_problems(file, standard)):
            return None
        return build_links(file.value)

    def _rubric(
        self,
        file: Parsed[RubricFile],
        descriptors: list[Parsed[DescriptorFile]],
        standard: Standard,
        classes: EquivalenceClasses,
    ) -> Rubric | None:
        if not self._sound(red_line_problems(file, standard)):
            return None
        if not self._sound(descriptor_problems(descriptors, file.value, standard, classes)):
            return None
        return build_rubric(file.value, [each.value for each in descriptors], classes)

    def _parse(self, file: Path, schema: type[Schema]) -> Parsed[Schema] | None:
        try:
            return parse(file, schema)
        except UnreadableError as error:
            self.problems += error.problems
            return None

    def _own(self, file: Path, schema: type[OwnSchema]) -> Parsed[OwnSchema] | None:
        """Parse a file that must say that it belongs to this standard."""
        parsed = self._parse(file, schema)
        if parsed and parsed.value.standard != self.rubrics.name:
            name = self.rubrics.name
            reason = Text(f"应与文件夹名 {name} 一致", f"must be the folder's name, {name}")
            self.problems.append(parsed.problem(reason, "standard"))
        return parsed

    def _sound(self, problems: Iterable[Problem]) -> bool:
        """Note the problems; whether there were none."""
        before = len(self.problems)
        self.problems += problems
        return len(self.problems) == before

    def _refuse_strangers(self, head: Parsed[StandardFile] | None) -> None:
        """A misspelt file name would otherwise be passed over in silence."""
        known = {"standard.yaml", "rubric.yaml"}
        known |= {f"level-{key}.yaml" for key in head.value.levels_once()} if head else set()
        expected = {
            self.rubrics: known,
            self.mappings: {"equivalence.yaml", "attainment.yaml", "programmes.yaml"},
        }
        for folder, names in expected.items():
            for file in sorted(folder.glob("*.y*ml")):
                levels_unknown = head is None and file.match("level-*.yaml")
                if file.name in names or _is_one_of_many(file) or levels_unknown:
                    continue
                reason = Text("不认识这个文件名", "a file of this name is not known")
                self.problems.append(Problem(file, 1, "", reason))


def _changed(*folders: Path) -> datetime:
    times = [each.stat().st_mtime for folder in folders for each in folder.glob("*.yaml")]
    return datetime.fromtimestamp(max(times), UTC)


def _is_one_of_many(file: Path) -> bool:
    return file.match("descriptors-*.yaml") or file.match("assessments-*.yaml")
