"""Groups of a course as the LMS has them, and who is in which.

They are a way to look at the class, nothing more: nothing rests on them. Not here: reading them
from the LMS (``lti_tool.lti.groups``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Group

from .database import Base


class GroupRow(Base):
    """A group of a course; the platform's id of it is unique within the course only."""

    __tablename__ = "course_groups"
    __table_args__ = (UniqueConstraint("course_id", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    group_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))


class GroupMemberRow(Base):
    """A person in a group, as last read."""

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("course_groups.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """A group by our own id, which stays the same however often the groups are read."""

    id: int
    name: str


def keep_groups(
    session: Session,
    course_id: int,
    groups: Sequence[Group],
    members: Mapping[str, Collection[int]],
) -> None:
    """Let these be the course's groups; ``members`` has our ids of people by the platform's id of
    the group. Groups that are gone are forgotten."""
    query = select(GroupRow).filter_by(course_id=course_id)
    known = {row.group_id: row for row in session.scalars(query)}
    told = {each.id: each.name for each in groups}
    ids = [row.id for row in known.values()]
    session.execute(delete(GroupMemberRow).where(GroupMemberRow.group_id.in_(ids)))
    for group_id, row in known.items():
        if group_id not in told:
            session.delete(row)
    for group_id, name in told.items():
        row = known.get(group_id) or GroupRow(course_id=course_id, group_id=group_id)
        row.name = name
        session.add(row)
        session.flush()
        for person_id in sorted(set(members.get(group_id, ()))):
            session.add(GroupMemberRow(group_id=row.id, person_id=person_id))
    session.flush()


def groups_of(session: Session, course_id: int) -> Sequence[CourseGroup]:
    """The course's groups by name; empty where the LMS tells of none."""
    query = select(GroupRow).filter_by(course_id=course_id).order_by(GroupRow.name, GroupRow.id)
    return [CourseGroup(row.id, row.name) for row in session.scalars(query)]


def members_of(session: Session, course_id: int, group_id: int) -> frozenset[int]:
    """The ids of the people in a group, by our id of it. Raises NotFoundError for another
    course's."""
    row = session.get(GroupRow, group_id)
    if row is None or row.course_id != course_id:
        raise NotFoundError
    query = select(GroupMemberRow.person_id).filter_by(group_id=group_id)
    return frozenset(session.scalars(query))
