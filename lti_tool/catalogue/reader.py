"""Reads every standard in ``rubrics/`` with its ``mappings/`` into one frozen catalogue.

Everything is checked on load and every fault of every file is reported at once. Not here: the
command that prints them, and anything stored in the database.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lti_tool.domain.errors import UnknownStandardError
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.standard import Text

from .bundle import StandardBundle, read_bundle
from .problems import CatalogueError, Problem


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All installed standards, by code and then from the oldest version to the newest."""

    standards: tuple[StandardBundle, ...]

    def find(self, name: str) -> StandardBundle:
        """The standard of an id (530050-2021-2.0), or the newest version of a code (530050).

        Raises UnknownStandardError.
        """
        for each in reversed(self.standards):
            if name in {each.standard.id, each.standard.code}:
                return each
        raise UnknownStandardError(name)

    def installed(self, standard_id: str) -> StandardBundle | None:
        """The standard of exactly this id; None where it is not installed."""
        return next((each for each in self.standards if each.standard.id == standard_id), None)


def load_catalogue(rubrics_dir: Path, mappings_dir: Path) -> Catalogue:
    """Read and check all standards: one folder per standard and version in both directories.

    Raises CatalogueError listing every problem of every file.
    """
    problems = list(_stray_folders(rubrics_dir, mappings_dir))
    bundles: list[StandardBundle] = []
    for folder in _folders(rubrics_dir):
        try:
            bundles.append(read_bundle(folder, mappings_dir / folder.name))
        except CatalogueError as error:
            problems += error.problems
    if problems:
        raise CatalogueError(problems)
    return catalogue_of(bundles)


def catalogue_of(bundles: Iterable[StandardBundle]) -> Catalogue:
    """A catalogue of standards that were read, in its order; each knows its other versions."""
    ordered = sorted(bundles, key=_order)
    return Catalogue(tuple(replace(each, others=_others(each, ordered)) for each in ordered))


def _others(bundle: StandardBundle, bundles: Iterable[StandardBundle]) -> Mapping[str, Rubric]:
    versions = (each for each in bundles if each.standard.code == bundle.standard.code)
    return {each.standard.id: each.rubric for each in versions if each is not bundle}


def _order(bundle: StandardBundle) -> tuple[str, tuple[int, ...]]:
    numbers = re.findall(r"[0-9]+", bundle.standard.version)
    return bundle.standard.code, tuple(int(each) for each in numbers)


def _folders(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    return sorted(each for each in directory.iterdir() if each.is_dir() and each.name[0] != ".")


def _stray_folders(rubrics_dir: Path, mappings_dir: Path) -> Iterator[Problem]:
    for directory in (rubrics_dir, mappings_dir):
        if not directory.is_dir():
            yield Problem(directory, 1, "", Text("缺少这个文件夹", "the folder is missing"))
    for folder in _folders(mappings_dir):
        if not (rubrics_dir / folder.name).is_dir():
            reason = Text("没有这个标准的量规文件夹", "there is no rubric folder for this standard")
            yield Problem(folder, 1, "", reason)
