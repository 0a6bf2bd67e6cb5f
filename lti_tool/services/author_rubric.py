"""A school writes its own rubric: a draft under way, numbered versions, one of them in force.

A version never changes. What is published counts for assessments set up from then on. Not here:
tables in and out (``lti_tool.exchange``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.rubric_authoring import (
    Cells,
    Change,
    Fault,
    changes,
    heads,
    read_cells,
    read_scale,
    with_criterion,
    with_scale,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import people, rubric_versions, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.rubric_versions import RubricDraft, RubricVersion
from lti_tool.persistence.schools import School

from .work import Work, as_in_force

SHIPPED = 0
"""The number of the shipped rubric among a school's versions."""


@dataclass(frozen=True, slots=True)
class Authoring:
    """A school's rubric for one standard. ``number`` is the version in force, 0 the shipped one;
    ``versions`` run newest first; ``changes`` are the draft's against what is in force; ``keys``
    stand for the classes that can be judged; ``people`` wrote versions and draft, by id."""

    school: School
    bundle: StandardBundle
    rubric: Rubric
    number: int
    versions: tuple[RubricVersion, ...]
    draft: RubricDraft | None
    changes: tuple[Change, ...]
    keys: tuple[RequirementKey, ...]
    people: Mapping[int, Account]

    @property
    def shown(self) -> Rubric:
        """The draft, or what is in force where there is none."""
        return self.draft.rubric if self.draft else self.rubric

    @property
    def revision(self) -> int:
        """What a change must have seen: the draft's revision, 0 without a draft."""
        return self.draft.revision if self.draft else 0

    @property
    def changed_rows(self) -> frozenset[str]:
        """The rows that the draft changes."""
        return frozenset(each.row for each in self.changes)


def show_authoring(
    session: Session, catalogue: Catalogue, standard_id: str, *, school_id: int
) -> Authoring:
    """A school's rubric, its versions and its draft. Raises UnknownStandardError."""
    shipped = catalogue.find(standard_id)
    rubric = as_in_force(session, shipped, school_id).rubric
    versions = tuple(rubric_versions.versions_of(session, school_id, shipped.standard.id))
    draft = rubric_versions.draft_of(session, school_id, shipped.standard.id)
    keys = heads(shipped.standard, shipped.classes)
    authors = {each.created_by for each in versions} | ({draft.changed_by} if draft else set())
    return Authoring(
        school=schools.school(session, school_id),
        bundle=shipped,
        rubric=rubric,
        number=versions[0].number if versions else SHIPPED,
        versions=versions,
        draft=draft,
        changes=changes(rubric, draft.rubric, keys) if draft else (),
        keys=keys,
        people=people.accounts(session, authors),
    )


def rubric_numbered(
    session: Session, bundle: StandardBundle, number: int, *, school_id: int
) -> Rubric:
    """The rubric of a version, the shipped one for 0. Raises NotFoundError."""
    if number == SHIPPED:
        return bundle.rubric
    for each in rubric_versions.versions_of(session, school_id, bundle.standard.id):
        if each.number == number:
            return rubric_versions.rubric_of(session, each.id)
    raise NotFoundError


def edit_criterion(
    work: Work, standard_id: str, key: RequirementKey, cells: Cells, *, school_id: int, seen: int
) -> tuple[Fault, ...]:
    """Change how a requirement and its class are judged, in the draft.

    Returns what is wrong; then nothing is stored. Raises StaleFormError unless ``seen`` is the
    draft's revision, NotFoundError for a requirement that does not stand for a class.
    """

    def edit(shown: Authoring) -> tuple[Rubric, tuple[Fault, ...]]:
        if key not in shown.keys:
            raise NotFoundError
        rubric = shown.shown
        base = rubric.criterion(key)
        criterion, faults = read_cells(cells, base, rubric.performance_levels, rubric.cut)
        return with_criterion(rubric, shown.bundle.classes, criterion), faults

    return _edit(work, standard_id, edit, school_id=school_id, seen=seen)


def edit_scale(
    work: Work, standard_id: str, cells: Cells, *, school_id: int, seen: int
) -> tuple[Fault, ...]:
    """Change the performance levels' names and percents and the cut, in the draft.

    Returns what is wrong; then nothing is stored. Raises StaleFormError.
    """

    def edit(shown: Authoring) -> tuple[Rubric, tuple[Fault, ...]]:
        levels, cut, faults = read_scale(cells, shown.shown)
        return (shown.shown if faults else with_scale(shown.shown, levels, cut)), faults

    return _edit(work, standard_id, edit, school_id=school_id, seen=seen)


def take_rubric(work: Work, standard_id: str, rubric: Rubric, *, school_id: int, seen: int) -> None:
    """Let a whole rubric, read from a table and without faults, be the draft.

    Raises StaleFormError.
    """
    _edit(work, standard_id, lambda _: (rubric, ()), school_id=school_id, seen=seen)


def discard_draft(work: Work, standard_id: str, *, school_id: int, seen: int) -> None:
    """Throw the draft away. Raises StaleFormError."""
    rubric_versions.drop_draft(work.session, school_id, standard_id, seen=seen)
    work.note("discard_rubric_draft", f"school:{school_id}", standard_id)


def publish_draft(
    work: Work, standard_id: str, *, note: str, school_id: int, seen: int
) -> RubricVersion:
    """Put the draft in force as the next version, for assessments set up from now on.

    Raises StaleFormError for a draft that is not the one seen or changes nothing,
    ReasonMissingError without a note.
    """
    shown = show_authoring(work.session, work.catalogue, standard_id, school_id=school_id)
    if shown.draft is None or shown.revision != seen or not shown.changes:
        raise StaleFormError
    rubric_versions.drop_draft(work.session, school_id, shown.bundle.standard.id, seen=seen)
    return _publish(work, shown, shown.draft.rubric, note)


def go_back(
    work: Work, standard_id: str, number: int, *, note: str, school_id: int, seen: int
) -> RubricVersion:
    """Put an earlier version, or the shipped rubric (0), in force again, as a new version.

    Raises StaleFormError unless ``seen`` is the number in force, NotFoundError,
    ReasonMissingError.
    """
    shown = show_authoring(work.session, work.catalogue, standard_id, school_id=school_id)
    if shown.number != seen or number == shown.number:
        raise StaleFormError
    rubric = rubric_numbered(work.session, shown.bundle, number, school_id=school_id)
    return _publish(work, shown, rubric, note)


def _publish(work: Work, shown: Authoring, rubric: Rubric, note: str) -> RubricVersion:
    if not note.strip():
        raise ReasonMissingError
    made = rubric_versions.add_version(
        work.session,
        rubric,
        school_id=shown.school.id,
        note=note.strip(),
        created_by=work.actor_id,
        now=work.now,
    )
    subject = f"rubric:{shown.school.id}/{rubric.standard_id}"
    work.note("publish_rubric", subject, f"{made.number}: {made.note}"[:500])
    return made


def _edit(
    work: Work,
    standard_id: str,
    edit: Callable[[Authoring], tuple[Rubric, tuple[Fault, ...]]],
    *,
    school_id: int,
    seen: int,
) -> tuple[Fault, ...]:
    shown = show_authoring(work.session, work.catalogue, standard_id, school_id=school_id)
    rubric, faults = edit(shown)
    if not faults:
        rubric_versions.keep_draft(
            work.session,
            rubric,
            school_id=school_id,
            seen=seen,
            changed_by=work.actor_id,
            now=work.now,
        )
    return faults
