"""Everything that is kept about a person, on whichever of their accounts, for themselves. Not
here: writing it into files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import audit_log, learners, people, personal_data
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account


@dataclass(frozen=True, slots=True)
class PersonalData:
    """``told`` are the rows of each table, values by column; ``files`` the names of the person's
    files by the key of their content."""

    person: Account
    made_at: datetime
    told: Mapping[str, Sequence[Mapping[str, Any]]]
    files: Mapping[str, str]


def export_person(
    session: Session, person_id: int, *, school_id: int | None, by: int | None, now: datetime
) -> PersonalData:
    """Gather it, and keep in the audit log that it was; ``by`` None: by the command line. Raises
    NotFoundError for somebody of another school; ``school_id`` None: of any."""
    person = people.account(session, person_id)
    if school_id is not None and person.school_id != school_id:
        raise NotFoundError
    told: dict[str, list[Mapping[str, Any]]] = {}
    files: dict[str, str] = {}
    for each in learners.accounts_of(session, [person_id])[person_id]:
        audit_log.note(session, "export_person", f"learner:{each}", actor_id=by, now=now)
        for table, rows in personal_data.told_of(session, each):
            known = told.setdefault(table, [])
            known.extend([row for row in rows if row not in known])
        files |= personal_data.names_of_files(session, each)
    return PersonalData(person=person, made_at=now, told=told, files=files)
