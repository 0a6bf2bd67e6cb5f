"""Ratings as stored: only ever added to, each corrected once, each code first rated once."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from lti_tool.domain.errors import StaleRatingError
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings
from lti_tool.persistence.database import Database, DatabaseError
from lti_tool.persistence.people import Account
from tests.persistence.course_rows import (
    MINUTE,
    NOW,
    make_assessment,
    make_course,
    make_person,
    make_submission,
    rating,
)

STANDARD = "530050-2021-2.0"


@dataclass
class Desk:
    """A teacher with one submission before them."""

    database: Database
    teacher: Account
    submission: Submission

    def add(self, *given: Rating) -> None:
        with self.database.transaction() as session:
            ratings.add_ratings(session, given)

    def stored(self) -> dict[str, Rating]:
        with self.database.reading() as session:
            found = ratings.ratings_of_submission(session, self.submission.id)
        return {each.id: each for each in found}


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.transaction() as session:
        course = make_course(session)
        teacher, learner = make_person(session, course, "3"), make_person(session, course)
        make_assessment(session, course, teacher)
        return Desk(database, teacher, make_submission(session, learner))


def test_a_rating_comes_back_as_it_was_given(desk: Desk) -> None:
    draft = rating("r-1", desk.submission, desk.teacher)
    released = rating("r-2", desk.submission, desk.teacher, code="2.1.2", released_at=NOW)
    desk.add(draft, released)
    assert desk.stored() == {"r-1": draft, "r-2": released}
    with desk.database.reading() as session:
        learner_id = desk.submission.learner_id
        assert len(ratings.ratings_of_learner(session, learner_id, STANDARD)) == 2
        assert ratings.ratings_of_learner(session, learner_id, "another") == []
        assert len(ratings.ratings_of_assessment(session, "a-1")) == 2


def test_a_draft_is_released_once(desk: Desk) -> None:
    draft = rating("r-1", desk.submission, desk.teacher)
    desk.add(draft)
    later = NOW + MINUTE
    with desk.database.transaction() as session:
        ratings.release(session, ["r-1"], by=desk.teacher.id, now=later)
    assert desk.stored() == {"r-1": replace(draft, released_at=later)}
    with pytest.raises(DatabaseError), desk.database.transaction() as session:
        ratings.release(session, ["r-1"], by=desk.teacher.id, now=later)


def test_two_first_ratings_of_one_code_conflict(desk: Desk) -> None:
    desk.add(rating("r-1", desk.submission, desk.teacher))
    with pytest.raises(StaleRatingError, match=r"2\.1\.1"):
        desk.add(rating("r-2", desk.submission, desk.teacher))
    assert list(desk.stored()) == ["r-1"]


def test_two_corrections_of_one_rating_conflict(desk: Desk) -> None:
    desk.add(rating("r-1", desk.submission, desk.teacher))
    desk.add(rating("r-2", desk.submission, desk.teacher, supersedes="r-1"))
    with pytest.raises(StaleRatingError):
        desk.add(rating("r-3", desk.submission, desk.teacher, supersedes="r-1"))
    assert list(desk.stored()) == ["r-1", "r-2"]


def test_another_attempt_is_rated_anew(desk: Desk) -> None:
    with desk.database.transaction() as session:
        learner = replace(desk.teacher, id=desk.submission.learner_id)
        second = make_submission(session, learner, 2)
    desk.add(rating("r-1", desk.submission, desk.teacher), rating("r-2", second, desk.teacher))
    assert list(desk.stored()) == ["r-1"]


def test_a_draft_may_be_taken_back(desk: Desk) -> None:
    desk.add(rating("r-1", desk.submission, desk.teacher))
    with desk.database.transaction() as session:
        ratings.remove_draft(session, "r-1")
    assert desk.stored() == {}


@pytest.mark.parametrize("how", ["released", "corrected"])
def test_a_released_or_corrected_rating_cannot_be_taken_back(desk: Desk, how: str) -> None:
    released_at = NOW if how == "released" else None
    desk.add(rating("r-1", desk.submission, desk.teacher, released_at=released_at))
    if how == "corrected":
        desk.add(rating("r-2", desk.submission, desk.teacher, supersedes="r-1"))
    with pytest.raises(DatabaseError), desk.database.transaction() as session:
        ratings.remove_draft(session, "r-1")
    assert "r-1" in desk.stored()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ratings SET performance_level = 4",
        "UPDATE ratings SET comment = comment",
        "UPDATE rating_releases SET released_by = 1",
    ],
)
def test_the_database_itself_refuses_to_change_a_rating(desk: Desk, change: str) -> None:
    given = rating("r-1", desk.submission, desk.teacher, released_at=NOW)
    desk.add(given)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        desk.database.transaction() as session,
    ):
        session.execute(text(change))
    assert desk.stored() == {"r-1": given}
