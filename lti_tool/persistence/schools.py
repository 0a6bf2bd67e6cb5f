"""Schools: what a registrar sees. A deployment belongs to one; several may share one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.errors import NotFoundError

from . import joins
from .platforms import DeploymentRow, SchoolRow


@dataclass(frozen=True, slots=True)
class School:
    """A school by our row id."""

    id: int
    name: str


def schools(session: Session) -> Sequence[School]:
    """Every school, in the order they were made."""
    return [School(row.id, row.name) for row in session.scalars(select(SchoolRow).order_by("id"))]


def school(session: Session, school_id: int) -> School:
    """The school of this id. Raises NotFoundError."""
    row = session.get(SchoolRow, school_id)
    if row is None:
        raise NotFoundError
    return School(row.id, row.name)


def lock_school(session: Session, school_id: int) -> None:
    """Let nobody else change what there is one of in this school until this transaction ends."""
    query = select(SchoolRow.id).where(SchoolRow.id == school_id)
    session.execute(query.with_for_update(key_share=True))


def ensure_school(session: Session, name: str) -> School:
    """The school of this name, made if there is none."""
    row = session.scalar(select(SchoolRow).filter_by(name=name).order_by(SchoolRow.id).limit(1))
    if row is None:
        row = SchoolRow(name=name)
        session.add(row)
        session.flush()
    return School(row.id, row.name)


def join_school(session: Session, deployment_id: int, school_id: int) -> None:
    """Let a deployment, by our row id, belong to a school; its old one goes if nothing else is
    there. What it already brought to its old school stays there: join before its first launch, or
    join the schools (``joins``). Raises NotFoundError."""
    row = session.get(DeploymentRow, deployment_id)
    if row is None:
        raise NotFoundError
    before, row.school_id = row.school_id, school(session, school_id).id
    session.flush()
    if before != school_id:
        joins.remove_if_empty(session, before)
