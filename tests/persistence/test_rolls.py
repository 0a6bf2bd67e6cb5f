"""What the registrar's lists say, one import after the other, and what is in force of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.roll import Enrolment
from lti_tool.persistence import rolls
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.persistence.rolls import RollState
from tests.services.classroom import START, enrol, open_course

TERM = "2026-2027-1"


@pytest.fixture
def opened(database_url: str) -> Iterator[Database]:
    """On both databases: the rule that one entry is in force stands in a partial index."""
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def registrar(opened: Database) -> Account:
    return enrol(opened, open_course(opened), "李慧", Role.TEACHER)


def bring(
    opened: Database, registrar: Account, *classes: tuple[str, str], keep: bool = True
) -> int:
    """A list that puts these student numbers into these classes."""
    entries = {
        row: Enrolment(number, TERM, "电子商务", name_of_class)
        for row, (number, name_of_class) in enumerate(classes, 2)
    }
    with opened.transaction() as session:
        made = rolls.add_draft(
            session,
            "名单.csv",
            entries.items(),
            school_id=registrar.school_id,
            by=registrar.id,
            now=START,
        )
    if keep:
        with opened.transaction() as session:
            minutes = timedelta(minutes=made)
            rolls.keep(session, made, entries, now=START + minutes)
    return made


def classes(opened: Database, registrar: Account) -> dict[str, list[str]]:
    with opened.reading() as session:
        found = rolls.enrolments(session, registrar.school_id)
    return {number: [each.class_name for each in given] for number, given in found.items()}


def undo(opened: Database, registrar: Account, roll_id: int) -> None:
    with opened.transaction() as session:
        rolls.undo(session, roll_id, by=registrar.id, now=START)


def test_a_draft_counts_nowhere_and_gives_way_to_the_next_one(
    opened: Database, registrar: Account
) -> None:
    first = bring(opened, registrar, ("1", "甲班"), keep=False)
    second = bring(opened, registrar, ("2", "甲班"), keep=False)
    assert classes(opened, registrar) == {}
    with opened.reading() as session:
        assert [each.id for each in rolls.rolls_of(session, registrar.school_id)] == [second]
        with pytest.raises(NotFoundError):
            rolls.roll_of(session, first, registrar.school_id)


def test_the_list_kept_last_counts(opened: Database, registrar: Account) -> None:
    bring(opened, registrar, ("1", "甲班"), ("2", "甲班"))
    bring(opened, registrar, ("2", "乙班"), ("3", "乙班"))
    assert classes(opened, registrar) == {"1": ["甲班"], "2": ["乙班"], "3": ["乙班"]}


def test_undoing_an_import_brings_back_what_was_before(
    opened: Database, registrar: Account
) -> None:
    bring(opened, registrar, ("1", "甲班"), ("2", "甲班"))
    second = bring(opened, registrar, ("2", "乙班"), ("3", "乙班"))
    undo(opened, registrar, second)
    assert classes(opened, registrar) == {"1": ["甲班"], "2": ["甲班"]}
    with opened.reading() as session:
        last = rolls.rolls_of(session, registrar.school_id)[0]
    assert (last.state, last.students, last.in_force) == (RollState.UNDONE, 2, 0)


def test_undoing_an_earlier_import_leaves_what_a_later_one_told(
    opened: Database, registrar: Account
) -> None:
    first = bring(opened, registrar, ("1", "甲班"), ("2", "甲班"))
    second = bring(opened, registrar, ("2", "乙班"))
    undo(opened, registrar, first)
    assert classes(opened, registrar) == {"2": ["乙班"]}
    undo(opened, registrar, second)
    assert classes(opened, registrar) == {}


def test_places_are_those_in_force(opened: Database, registrar: Account) -> None:
    first = bring(opened, registrar, ("1", "甲班"))
    bring(opened, registrar, ("2", "乙班"))
    with opened.reading() as session:
        found = rolls.places(session, registrar.school_id)
    assert (found.terms, found.programmes) == ((TERM,), ("电子商务",))
    assert found.classes == ("乙班", "甲班")
    undo(opened, registrar, first)
    with opened.reading() as session:
        assert rolls.places(session, registrar.school_id).classes == ("乙班",)
