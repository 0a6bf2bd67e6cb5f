"""All that two schools have becomes one school's: courses, people, standings, lists.

What a school decided for itself (rule, equivalence, rubric, waivers) stays with it, since decisions
are looked up there. So do the papers it handed out and the keys it signed them with: a credential
names its issuer by the school's number, and is verified there for years. Not here: whether it may
be done (``lti_tool.services.join_schools``).
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from .database import Base
from .people import PersonRow
from .platforms import SchoolRow
from .rolls import RollEntryRow
from .standings import AttainmentRow

DECIDED = (
    *("rules", "link_decisions", "carry_decisions", "rubric_versions", "rubric_drafts"),
    "waivers",
)
"""What a school decides for itself; the decisions on its learners rest on it."""
MOVED = (
    *("deployments", "courses", "people", "attainments", "sessions", "invitations"),
    *("rolls", "roll_entries", "merges", "recomputations", "api_tokens", "standard_imports"),
    *("exports", "erasures", "retention_proposals"),
)
"""What goes over."""
STAYING = ("papers", "issuer_keys")
"""What was handed out in the old school's name, and must be found under it."""


def decided_for_itself(session: Session, school_id: int) -> tuple[str, ...]:
    """The names of the tables with decisions of the school's own; empty where it has made none."""
    return tuple(name for name in DECIDED if _has_rows(session, name, school_id))


def rows_of(session: Session, school_id: int, *names: str) -> Mapping[str, int]:
    """How many rows of these tables are the school's, by table."""
    return {
        name: session.scalar(
            select(func.count()).select_from(_table(name)).where(_own(name, school_id))
        )
        or 0
        for name in names
    }


def people_in_both(session: Session, school_id: int, other_id: int) -> int:
    """How many users of one platform have an account in both schools."""
    other = aliased(PersonRow)
    same = exists().where(
        other.school_id == other_id, other.issuer == PersonRow.issuer, other.sub == PersonRow.sub
    )
    query = select(func.count(PersonRow.id)).where(PersonRow.school_id == school_id, same)
    return session.scalar(query) or 0


def move_all(session: Session, school_id: int, into_id: int, *, now: datetime) -> None:
    """Let everything of one school be the other's. A list of the other goes before what a list of
    this one says of the same student in the same term."""
    mine, theirs = RollEntryRow, aliased(RollEntryRow)
    told = exists().where(
        theirs.school_id == into_id,
        theirs.in_force,
        theirs.student_number == mine.student_number,
        theirs.term == mine.term,
    )
    session.execute(
        update(mine)
        .where(mine.school_id == school_id, mine.in_force, told)
        .values(in_force=False)
        .execution_options(synchronize_session=False)
    )
    # Whoever asks what has changed in the other school must hear of them.
    own = AttainmentRow.school_id == school_id
    session.execute(update(AttainmentRow).where(own).values(changed_at=now))
    for name in MOVED:
        moved = update(_table(name)).where(_own(name, school_id)).values(school_id=into_id)
        session.execute(moved)
    session.expire_all()


def remove_if_empty(session: Session, school_id: int) -> bool:
    """Forget a school that nothing belongs to, no invitation either; whether it was one."""
    if _has_rows(session, "invitations", school_id):
        return False
    try:
        with session.begin_nested():
            session.execute(delete(SchoolRow).where(SchoolRow.id == school_id))
    except IntegrityError:
        return False
    session.expire_all()
    return True


def _has_rows(session: Session, name: str, school_id: int) -> bool:
    query = select(_table(name).c.school_id).where(_own(name, school_id)).limit(1)
    return session.execute(query).first() is not None


def _own(name: str, school_id: int) -> ColumnElement[bool]:
    return _table(name).c.school_id == school_id


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
