"""What an export of a whole school is drawn from beside its outcomes, each in one query: how the
LMS names people, and mastery requirement by requirement.

Not here: the exports themselves (``exports``).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.exported import LETTERS, Holder
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import RequirementKey

from .people import FIRST_HAN, PersonRow, as_account
from .standings import MasteryRow

PIECE = 5000
"""Rows held at a time while a whole school is read."""
NOTHING = LETTERS[MasteryState.NO_EVIDENCE].encode()


def holders_of(
    session: Session, school_id: int, learner_id: int | None = None
) -> Mapping[int, Holder]:
    """Everybody of a school, or this one of them, as the LMS names them, by id."""
    row = PersonRow
    query = select(
        *(row.id, row.school_id, row.sub, row.name, row.given_name, row.family_name),
        *(row.student_number, row.email),
    ).where(row.school_id == school_id)
    if learner_id is not None:
        query = query.where(row.id == learner_id)
    return {each.id: _holder(each) for each in session.execute(query)}


def mastery_letters(
    session: Session, school_id: int, standard_id: str, places: Mapping[RequirementKey, int]
) -> Mapping[int, bytes]:
    """The state of each class (by its representative, at its place) as a letter, by learner; a
    learner without evidence is missing. Read in pieces: memory grows with learners, by one byte
    for each class."""
    blank = NOTHING * len(places)
    letters = {state.value: ord(letter) for state, letter in LETTERS.items()}
    by_pair = {(key.level, key.code): place for key, place in places.items()}
    query = (
        select(MasteryRow.learner_id, MasteryRow.level, MasteryRow.code, MasteryRow.state)
        .join(PersonRow, PersonRow.id == MasteryRow.learner_id)
        .where(PersonRow.school_id == school_id, MasteryRow.standard_id == standard_id)
        .execution_options(yield_per=PIECE)
    )
    found: dict[int, bytearray] = {}
    with session.execute(query) as rows:
        for learner_id, level, code, state in rows:
            place = by_pair.get((level, code))
            if place is not None:
                row = found.setdefault(learner_id, bytearray(blank))
                row[place] = letters[state]
    return {learner_id: bytes(row) for learner_id, row in found.items()}


def _holder(row: Any) -> Holder:
    known = as_account(row)
    told = (row.name, f"{row.family_name} {row.given_name}".strip())
    other = (each for each in told if each and not _is_chinese(each))
    latin = next(other, "") if _is_chinese(known.name) else ""
    return Holder(known.id, known.student_number, known.name, latin)


def _is_chinese(name: str) -> bool:
    return any(letter >= FIRST_HAN for letter in name)
