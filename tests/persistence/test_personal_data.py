"""Where personal data lie, what an erasure leaves of them, and that records stay records."""

import pytest
from sqlalchemy import String, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lti_tool.domain.launch import Role
from lti_tool.domain.personal_data import Fate, Occasion
from lti_tool.persistence import courses, erasures, personal_data, tables
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.persistence.personal_data import ACTING, NOT_PERSONAL, PLACES
from lti_tool.persistence.ratings import add_ratings
from tests.persistence.course_rows import (
    NOW,
    make_assessment,
    make_course,
    make_person,
    make_submission,
    rating,
)

TABLES = tables.metadata.tables
RECORDS = ("ratings", "decisions", "reviews", "review_answers", "second_resolutions")


@pytest.fixture
def course(database: Database) -> Course:
    with database.transaction() as session:
        return make_course(session)


@pytest.fixture
def learner(database: Database, course: Course) -> Account:
    """Somebody with one released rating, in the course."""
    with database.transaction() as session:
        made = make_person(session, course)
        teacher = make_person(session, course, "teacher")
        courses.remember_membership(
            session, course_id=course.id, person_id=made.id, role=Role.STUDENT, now=NOW
        )
        make_assessment(session, course, teacher)
        submission = make_submission(session, made)
        given = rating("r-1", submission, teacher, released_at=NOW)
        add_ratings(session, [given])
        return made


def begin(database: Database, person: Account) -> int:
    with database.transaction() as session:
        made = erasures.begin_erasure(
            session, person, Occasion.ASKED, asked_by=None, now=NOW, files=(), parts=()
        )
        return made.id


def test_every_table_is_known_to_hold_personal_data_or_none() -> None:
    places = {each.table for each in PLACES}
    assert places.isdisjoint(NOT_PERSONAL)
    assert places | NOT_PERSONAL == set(TABLES)


def test_everybody_named_in_a_row_is_known_as_its_owner_or_as_acting_for_the_school() -> None:
    owners = {(each.table, each.owner) for each in PLACES}
    named = {
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }
    assert named - owners == set(ACTING)


def test_every_text_that_people_write_is_removed_or_emptied() -> None:
    """What stays is codes, states and times: each text column of what is kept is named here."""
    stays = {
        (each.table, column.name)
        for each in PLACES
        if each.fate is not Fate.REMOVED and each.table != "people"
        for column in TABLES[each.table].columns
        if isinstance(column.type, String) and column.name not in each.emptied
    }
    assert {name for _, name in stays} == {
        *("id", "state", "standard_id", "level", "code", "kind", "role", "rule_version", "digest"),
        *("assessment_id", "submission_id", "rating_id", "review_id", "supersedes", "outcome"),
        *("action", "subject", "detail", "occasion", "decision_id", "export_id", "signed"),
        "shared_as",
    }


@pytest.mark.parametrize("table", RECORDS)
def test_nothing_of_a_record_can_be_changed(database: Database, table: str) -> None:
    """Asked of the triggers themselves, since not every record is at hand."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            found = connection.scalars(
                text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
                {"table": table},
            ).all()
            guarded = " ".join(each for each in found if "BEFORE UPDATE" in each)
            columns = [each["name"] for each in inspect(connection).get_columns(table)]
            assert all(f'"{each}"' in guarded or f"OF {each} ON" in guarded for each in columns)
        else:
            body = connection.scalar(
                text("SELECT prosrc FROM pg_proc WHERE proname = :name"),
                {"name": f"{table}_append_only"},
            )
            assert "to_jsonb(NEW)" in (body or "")


def test_a_comment_can_be_emptied_only_while_its_learner_is_being_erased(
    database: Database, learner: Account
) -> None:
    statements = {
        "emptied": "UPDATE ratings SET comment = ''",
        "changed": "UPDATE ratings SET comment = 'other'",
        "raised": "UPDATE ratings SET comment = '', performance_level = 4",
        "alone": "UPDATE ratings SET performance_level = 4",
    }

    def refused() -> set[str]:
        found = set()
        for name, statement in statements.items():
            try:
                with database.transaction() as session:
                    session.execute(text(statement))
            except DBAPIError:
                found.add(name)
        return found

    assert refused() == set(statements)
    erasure_id = begin(database, learner)
    assert refused() == set(statements) - {"emptied"}
    with database.transaction() as session:
        erasures.finish_erasure(session, erasure_id, now=NOW)
    assert refused() == set(statements)


def test_an_erased_person_is_a_number(database: Database, learner: Account) -> None:
    begin(database, learner)
    with database.transaction() as session:
        personal_data.erase(session, learner.id, now=NOW)
    people = TABLES["people"]
    with database.reading() as session:
        row = session.execute(select(people).where(people.c.id == learner.id)).mappings().one()
        kept = {name for name, value in row.items() if value not in (None, "")}
        assert row["sub"] == f"erased-{learner.id}"
        held = {each.kind: each.count for each in personal_data.held_of(session, [learner.id])}
        comments = session.scalars(select(TABLES["ratings"].c.comment)).all()
        left = session.scalars(select(TABLES["memberships"].c.left_at)).all()
    assert kept == {"id", "school_id", "issuer", "sub", "created_at", "last_seen_at"}
    assert held["ratings"] == held["rating_releases"] == held["submissions"] == 1
    assert set(comments) == {""}
    assert None not in left


def test_ratings_are_told_once_they_are_released(database: Database, learner: Account) -> None:
    with database.transaction() as session:
        submission = make_submission(session, learner, attempt=2)
        add_ratings(session, [rating("r-2", submission, learner)])
    with database.reading() as session:
        told = dict(personal_data.told_of(session, learner.id))
    assert [each["id"] for each in told["ratings"]] == ["r-1"]


def test_whoever_rated_acts_for_the_school(database: Database, learner: Account) -> None:
    with database.reading() as session:
        rater = session.scalars(select(TABLES["ratings"].c.rater_id)).one()
        assert personal_data.acts_for_the_school(session, rater)
