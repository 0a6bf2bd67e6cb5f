"""A course's groups, on both kinds of database."""

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Group, Role
from lti_tool.persistence import groups
from lti_tool.persistence.database import Database
from tests.services.classroom import enrol, open_course

ONE, TWO = Group("g1", "客服一组"), Group("g2", "客服二组")


def test_groups_are_replaced_by_what_was_read_last_and_keep_our_ids(database: Database) -> None:
    course = open_course(database)
    people = [enrol(database, course, name, Role.STUDENT).id for name in ("甲", "乙")]
    with database.transaction() as session:
        groups.keep_groups(session, course.id, [ONE, TWO], {"g1": people, "g2": people[:1]})
        first, second = groups.groups_of(session, course.id)
        assert (first.name, second.name) == (ONE.name, TWO.name)
        assert groups.members_of(session, course.id, first.id) == set(people)
    with database.transaction() as session:
        renamed = Group("g1", "一组")
        groups.keep_groups(session, course.id, [renamed, Group("g3", "新组")], {"g1": people[1:]})
    with database.reading() as session:
        found = groups.groups_of(session, course.id)
        assert [(each.name, each.id == first.id) for each in found] == [
            ("一组", True),
            ("新组", False),
        ]
        assert groups.members_of(session, course.id, first.id) == {people[1]}


def test_a_group_of_another_course_is_not_found(database: Database) -> None:
    course, other = open_course(database), open_course(database, "course-2")
    with database.transaction() as session:
        groups.keep_groups(session, other.id, [ONE], {})
        (group,) = groups.groups_of(session, other.id)
    with database.reading() as session:
        assert groups.groups_of(session, course.id) == []
        with pytest.raises(NotFoundError):
            groups.members_of(session, course.id, group.id)
