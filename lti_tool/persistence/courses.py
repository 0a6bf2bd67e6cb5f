"""Courses (LTI contexts), who belongs to them, and the resource links inside them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Row,
    String,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Context, GradeService, ResourceLink, Role

from .database import Base, Json, UtcDateTime
from .inserts import insert_or_refresh, insert_or_update
from .learners import MergedAccountRow
from .people import Account, PersonRow, as_account


class CourseRow(Base):
    """A course. A context id is unique within its deployment only."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500), default="")
    label: Mapped[str] = mapped_column(String(255), default="")
    line_items_url: Mapped[str | None] = mapped_column(String(2000))
    grade_scopes: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MembershipRow(Base):
    """A person in a course in one role, as last seen at a launch or on the class list. ``left_at``
    is when the class list no longer had them; their work stays."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("course_id", "person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResourceLinkRow(Base):
    """A link in a course. ``assessment_id`` is None until a teacher sets it up."""

    __tablename__ = "resource_links"
    __table_args__ = (UniqueConstraint("course_id", "link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500), default="")
    assessment_id: Mapped[str | None] = mapped_column(ForeignKey("assessments.id"), index=True)
    line_item_url: Mapped[str | None] = mapped_column(String(2000))


COURSES, LINKS = (Base.metadata.tables[each] for each in ("courses", "resource_links"))
COURSE_OF_CONTEXT = select(COURSES).where(
    COURSES.c.deployment_id == bindparam("deployment_id"),
    COURSES.c.context_id == bindparam("context_id"),
)
LINK_OF_COURSE = select(LINKS).where(
    LINKS.c.course_id == bindparam("course_id"), LINKS.c.link_id == bindparam("link_id")
)


@dataclass(frozen=True, slots=True)
class Course:
    """A course. ``line_items_url`` is None where the platform offers no grade service."""

    id: int
    school_id: int
    platform_id: int
    deployment_id: int
    context_id: str
    title: str
    label: str
    line_items_url: str | None
    grade_scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    """A resource link of a course."""

    id: int
    course_id: int
    title: str
    assessment_id: str | None
    line_item_url: str | None


def remember_course(
    session: Session,
    *,
    school_id: int,
    platform_id: int,
    deployment_id: int,
    context: Context,
    grades: GradeService | None,
    now: datetime,
) -> Course:
    """Find or create the course. A launch without the grade claim leaves what is known."""
    row = insert_or_refresh(
        session,
        CourseRow,
        COURSE_OF_CONTEXT,
        {"deployment_id": deployment_id, "context_id": context.id},
        made={"school_id": school_id, "platform_id": platform_id, "created_at": now},
        told=told_of_course(context, grades),
    )
    return _course(row)


def told_of_course(context: Context, grades: GradeService | None) -> dict[str, object]:
    """What a launch tells about a course, by column; empty where it tells nothing."""
    told: dict[str, object] = {"title": context.title[:500], "label": context.label[:255]}
    if grades is not None and grades.line_items:
        told["line_items_url"] = grades.line_items
        told["grade_scopes"] = sorted(grades.scopes)
    return told


def course(session: Session, course_id: int) -> Course:
    """The course. Raises NotFoundError."""
    row = session.get(CourseRow, course_id)
    if row is None:
        raise NotFoundError
    return _course(row)


def courses_of_school(session: Session, school_id: int) -> Sequence[Course]:
    """Every course of a school, oldest first."""
    query = select(CourseRow).filter_by(school_id=school_id).order_by(CourseRow.id)
    return [_course(row) for row in session.scalars(query)]


def courses_by_student(
    session: Session, school_id: int, among: Collection[int] | None = None
) -> Mapping[int, Sequence[int]]:
    """The ids of the courses of a school that each learner, of these if given, was seen in as a
    student, with whichever of their accounts."""
    learner = func.coalesce(MergedAccountRow.learner_id, MembershipRow.person_id)
    query = (
        select(learner, MembershipRow.course_id)
        .join(CourseRow, CourseRow.id == MembershipRow.course_id)
        .outerjoin(MergedAccountRow, MergedAccountRow.account_id == MembershipRow.person_id)
        .where(CourseRow.school_id == school_id, MembershipRow.role == Role.STUDENT)
        .order_by(MembershipRow.course_id)
        .distinct()
    )
    if among is not None:
        merged = select(MergedAccountRow.account_id).where(MergedAccountRow.learner_id.in_(among))
        own = MembershipRow.person_id.in_(among)
        query = query.where(or_(own, MembershipRow.person_id.in_(merged)))
    found: dict[int, list[int]] = {}
    for person_id, course_id in session.execute(query):
        found.setdefault(person_id, []).append(course_id)
    return found


def courses_of_student(
    session: Session, person_id: int, *, present: bool = False
) -> Sequence[Course]:
    """The courses in which the person was seen as a student, oldest first; ``present`` leaves out
    those the person has left."""
    query = (
        select(CourseRow)
        .join(MembershipRow, MembershipRow.course_id == CourseRow.id)
        .where(MembershipRow.person_id == person_id, MembershipRow.role == Role.STUDENT)
        .order_by(CourseRow.id)
    )
    if present:
        query = query.where(MembershipRow.left_at.is_(None))
    return [_course(row) for row in session.scalars(query)]


def remember_membership(
    session: Session, *, course_id: int, person_id: int, role: Role, now: datetime
) -> None:
    """Note that the person is in the course in this role."""
    key = {"course_id": course_id, "person_id": person_id, "role": role.value}
    seen = {"last_seen_at": now, "left_at": None}
    insert_or_update(session, MembershipRow, key, seen)


def mark_left(
    session: Session, course_id: int, *, but: Collection[int], unseen_since: datetime, now: datetime
) -> None:
    """Note that the course's students have left it, all but these; those seen since are left out:
    they came while the list was being read."""
    query = select(MembershipRow).where(
        MembershipRow.course_id == course_id,
        MembershipRow.role == Role.STUDENT,
        MembershipRow.left_at.is_(None),
        MembershipRow.last_seen_at < unseen_since,
    )
    for row in session.scalars(query).all():
        if row.person_id not in but:
            row.left_at = now
    session.flush()


def people_of(session: Session, course_id: int, role: Role) -> frozenset[int]:
    """The ids of everybody who is or was in the course in this role."""
    query = select(MembershipRow.person_id).filter_by(course_id=course_id, role=role.value)
    return frozenset(session.scalars(query))


def students_of(session: Session, course_id: int) -> Sequence[Account]:
    """The course's students by student number, then name; those who left are not among them."""
    return _students(session, course_id, MembershipRow.left_at.is_(None))


def former_students_of(session: Session, course_id: int) -> Sequence[Account]:
    """The students who left the course, by student number, then name."""
    return _students(session, course_id, MembershipRow.left_at.is_not(None))


def _students(session: Session, course_id: int, which: ColumnElement[bool]) -> Sequence[Account]:
    query = (
        select(PersonRow)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(MembershipRow.course_id == course_id, MembershipRow.role == Role.STUDENT, which)
        .order_by(PersonRow.student_number, PersonRow.name, PersonRow.id)
    )
    return [as_account(row) for row in session.scalars(query)]


def is_student(session: Session, course_id: int, person_id: int) -> bool:
    """Whether the person was seen as a student of the course."""
    return (
        session.scalar(
            select(MembershipRow.id).filter_by(
                course_id=course_id, person_id=person_id, role=Role.STUDENT.value
            )
        )
        is not None
    )


def remember_link(
    session: Session, *, course_id: int, link: ResourceLink, line_item_url: str | None
) -> Link:
    """Find or create the resource link.

    A launch without a line item leaves what is known: Moodle omits the claim when a link has
    two columns, and sends it empty after its column was deleted.
    """
    row = insert_or_refresh(
        session,
        ResourceLinkRow,
        LINK_OF_COURSE,
        {"course_id": course_id, "link_id": link.id},
        made={},
        told=told_of_link(link, line_item_url),
    )
    return _link(row)


def told_of_link(link: ResourceLink, line_item_url: str | None) -> dict[str, object]:
    """What a launch tells about a link, by column; empty where it tells nothing."""
    return {"title": link.title[:500], "line_item_url": line_item_url}


def known_link(
    session: Session, *, deployment_id: int, context_id: str, link_id: str
) -> Link | None:
    """The resource link by the platform's words for it; None for one that never was launched."""
    query = select(LINKS).where(
        LINKS.c.course_id == COURSES.c.id,
        COURSES.c.deployment_id == deployment_id,
        COURSES.c.context_id == context_id,
        LINKS.c.link_id == link_id,
    )
    row = session.execute(query).one_or_none()
    return None if row is None else _link(row)


def link(session: Session, link_id: int) -> Link:
    """The resource link by our id. Raises NotFoundError."""
    row = session.get(ResourceLinkRow, link_id)
    if row is None:
        raise NotFoundError
    return _link(row)


def point_link(session: Session, link_id: int, assessment_id: str) -> None:
    """Let the link open this assessment."""
    row = session.get(ResourceLinkRow, link_id)
    if row is None:
        raise NotFoundError
    row.assessment_id = assessment_id
    session.flush()


def line_item_url_of(session: Session, assessment_id: str) -> str | None:
    """The assessment's own column as the platform told it at a launch; None if it never did."""
    query = (
        select(ResourceLinkRow.line_item_url)
        .where(
            ResourceLinkRow.assessment_id == assessment_id,
            ResourceLinkRow.line_item_url.is_not(None),
        )
        .order_by(ResourceLinkRow.id)
        .limit(1)
    )
    return session.scalar(query)


def _course(row: CourseRow | Row[Any]) -> Course:
    return Course(
        row.id,
        row.school_id,
        row.platform_id,
        row.deployment_id,
        row.context_id,
        row.title,
        row.label,
        row.line_items_url,
        frozenset(row.grade_scopes),
    )


def _link(row: ResourceLinkRow | Row[Any]) -> Link:
    return Link(row.id, row.course_id, row.title, row.assessment_id, row.line_item_url)
