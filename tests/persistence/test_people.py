"""Accounts as stored: unique by school, issuer and sub."""

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Person
from lti_tool.persistence import people
from lti_tool.persistence.database import Database
from tests.persistence.course_rows import MINUTE, NOW, make_course, make_person

ISSUER = "https://lms.example"


def test_the_same_sub_in_two_schools_is_two_people(database: Database) -> None:
    with database.transaction() as session:
        one = make_person(session, make_course(session))
        two = make_person(session, make_course(session, deployment="2"))
    assert one.sub == two.sub
    assert (one.id, one.school_id) != (two.id, two.school_id)
    assert one.school_id != two.school_id


def test_the_same_sub_at_two_issuers_of_one_school_is_two_people(database: Database) -> None:
    with database.transaction() as session:
        school_id = make_course(session).school_id
        made = {
            people.remember_person(
                session, school_id=school_id, issuer=issuer, person=Person("4"), now=NOW
            ).id
            for issuer in (ISSUER, "https://canvas.instructure.com")
        }
    assert len(made) == 2


def test_a_person_who_comes_back_is_the_same_and_keeps_what_is_not_told_again(
    database: Database,
) -> None:
    with database.transaction() as session:
        school_id = make_course(session).school_id
        told = Person("4", name="李小龙", student_number="2026001", email="li@school.example")
        first = people.remember_person(
            session, school_id=school_id, issuer=ISSUER, person=told, now=NOW
        )
        again = people.remember_person(
            session,
            school_id=school_id,
            issuer=ISSUER,
            person=Person("4", name="李小龙（改）"),
            now=NOW + MINUTE,
        )
    assert again.id == first.id
    assert again.name == "李小龙（改）"
    assert (again.student_number, again.email) == ("2026001", "li@school.example")


def test_texts_longer_than_their_columns_are_cut(database: Database) -> None:
    with database.transaction() as session:
        kept = people.remember_person(
            session,
            school_id=make_course(session).school_id,
            issuer=ISSUER,
            person=Person("4", name="龙" * 300, email="x" * 400),
            now=NOW,
        )
    assert (len(kept.name), len(kept.email)) == (255, 320)


@pytest.mark.parametrize(
    ("person", "label"),
    [
        (Person("4", name="李小龙", student_number="2026001"), "李小龙"),
        (Person("4", name="小龙 李", given_name="小龙", family_name="李"), "李小龙"),
        (
            Person("4", name="·买买提 阿依古丽", given_name="·买买提", family_name="阿依古丽"),
            "阿依古丽·买买提",
        ),
        (Person("4", student_number="2026001"), "2026001"),
        (Person("4"), "#4"),
    ],
)
def test_a_person_always_has_a_label(database: Database, person: Person, label: str) -> None:
    with database.transaction() as session:
        school_id = make_course(session).school_id
        kept = people.remember_person(
            session, school_id=school_id, issuer=ISSUER, person=person, now=NOW
        )
    assert kept.label == label


def test_people_are_found_by_id_and_only_those(database: Database) -> None:
    with database.transaction() as session:
        one = make_person(session, make_course(session))
        assert people.account(session, one.id) == one
        assert people.accounts(session, [one.id, one.id + 1]) == {one.id: one}
        with pytest.raises(NotFoundError):
            people.account(session, one.id + 1)
