"""A registrar brings a list of terms, programmes and classes: looks at what it would change, keeps
it or not, and takes it back later.

A list says nothing about what anybody has reached. Not here: reading the file
(``lti_tool.exchange.roll_tables``).
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.errors import NotFoundError, StaleFormError
from lti_tool.domain.roll import Enrolment, differences, filled
from lti_tool.persistence import people, rolls, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.rolls import Roll, RollState

from .work import Work


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that contradicts what is known. ``recorded`` is what the lists in force say, None
    where they say nothing; ``fields`` those in which it differs; ``account_name`` the name that
    the LMS gives to the student of this number, empty where it is the same or unknown."""

    row: int
    told: Enrolment
    recorded: Enrolment | None
    fields: tuple[str, ...]
    account_name: str


@dataclass(frozen=True, slots=True)
class RollPreview:
    """What a draft would bring: so many students that no list in force speaks of in that term, so
    many of whom it says nothing new, so many of whom it adds what was empty; every conflict by
    row. ``strangers`` counts numbers that no account of the school has yet; ``seen`` is what a
    decision on the draft must name, so that nobody decides on what they were not shown."""

    roll: Roll
    new: int
    same: int
    added: int
    conflicts: tuple[Conflict, ...]
    strangers: int
    seen: str


@dataclass(frozen=True, slots=True)
class RollsShown:
    """A school's imports, the newest first, and who brought or undid them, by id."""

    rolls: Sequence[Roll]
    people: Mapping[int, Account]


def bring_roll(
    work: Work, name: str, entries: Iterable[tuple[int, Enrolment]], *, school_id: int
) -> int:
    """Keep a list that was read as the actor's draft; returns its id. It counts nowhere yet."""
    return rolls.add_draft(
        work.session, name, entries, school_id=school_id, by=work.actor_id, now=work.now
    )


def preview_roll(session: Session, roll_id: int, *, school_id: int) -> RollPreview:
    """What a draft would change. Raises NotFoundError for what is no draft of this school."""
    roll = _draft(session, roll_id, school_id)
    entries = rolls.entries_of(session, roll_id)
    numbers = {each.student_number for _, each in entries}
    recorded = _recorded(session, school_id, numbers)
    accounts = people.students_by_number(session, school_id, numbers)
    conflicts: list[Conflict] = []
    new = same = added = 0
    for row, each in entries:
        known = recorded.get(each.key)
        conflict = _conflict(row, each, known, accounts.get(each.student_number, ()))
        if conflict is not None:
            conflicts.append(conflict)
        elif known is None:
            new += 1
        elif filled(each, known) == known:
            same += 1
        else:
            added += 1
    strangers = len(numbers - accounts.keys())
    return RollPreview(roll, new, same, added, tuple(conflicts), strangers, _digest(conflicts))


def keep_roll(
    work: Work, roll_id: int, *, school_id: int, leave: Collection[int], seen: str
) -> int:
    """Let a draft count, but for the rows to ``leave``; returns how many students it speaks of.

    Raises NotFoundError for what is no draft of this school (any more), StaleFormError where its
    conflicts are not those that were ``seen``.
    """
    schools.lock_school(work.session, school_id)
    shown = preview_roll(work.session, roll_id, school_id=school_id)
    if shown.seen != seen:
        raise StaleFormError
    told = {row: each for row, each in rolls.entries_of(work.session, roll_id) if row not in leave}
    numbers = {each.student_number for each in told.values()}
    recorded = _recorded(work.session, school_id, numbers)
    whole = {row: filled(each, recorded.get(each.key)) for row, each in told.items()}
    rolls.keep(work.session, roll_id, whole, now=work.now)
    work.note("import_roll", f"roll:{roll_id}", f"{len(whole)} kept")
    return len(whole)


def discard_roll(work: Work, roll_id: int, *, school_id: int) -> None:
    """Forget a draft. Raises NotFoundError for what is no draft of this school."""
    _draft(work.session, roll_id, school_id)
    rolls.remove_draft(work.session, roll_id)


def undo_roll(work: Work, roll_id: int, *, school_id: int) -> None:
    """Take a list back; what earlier ones told of its students counts again.

    Raises NotFoundError for another school's, StaleFormError for one that is not in force.
    """
    schools.lock_school(work.session, school_id)
    if rolls.roll_of(work.session, roll_id, school_id).state is not RollState.KEPT:
        raise StaleFormError
    rolls.undo(work.session, roll_id, by=work.actor_id, now=work.now)
    work.note("undo_roll", f"roll:{roll_id}")


def show_rolls(session: Session, school_id: int) -> RollsShown:
    """The imports of a school, its drafts left out."""
    found = rolls.rolls_of(session, school_id)
    made = [each for each in found if each.state is not RollState.DRAFT]
    ids = (each for roll in made for each in (roll.brought_by, roll.undone_by))
    return RollsShown(made, people.accounts(session, {each for each in ids if each is not None}))


def _draft(session: Session, roll_id: int, school_id: int) -> Roll:
    roll = rolls.roll_of(session, roll_id, school_id)
    if roll.state is not RollState.DRAFT:
        raise NotFoundError
    return roll


def _recorded(
    session: Session, school_id: int, numbers: Collection[str]
) -> Mapping[tuple[str, str], Enrolment]:
    found = rolls.enrolments(session, school_id, numbers)
    return {each.key: each for given in found.values() for each in given}


def _conflict(
    row: int, told: Enrolment, recorded: Enrolment | None, accounts: Sequence[Account]
) -> Conflict | None:
    fields = differences(told, recorded) if recorded is not None else ()
    name = _other_name(told.name, accounts)
    return Conflict(row, told, recorded, fields, name) if fields or name else None


def _other_name(name: str, accounts: Sequence[Account]) -> str:
    """The LMS's name where it is another one; without a name on either side nothing is said."""
    names = [each.name for each in accounts if each.name]
    same = any(_letters(name) == _letters(each) for each in names)
    return names[0] if name and names and not same else ""


def _letters(name: str) -> str:
    return "".join(name.split()).casefold()


def _digest(conflicts: Iterable[Conflict]) -> str:
    return hashlib.sha256(repr(list(conflicts)).encode()).hexdigest()
