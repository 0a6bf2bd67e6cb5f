"""Which works are marked a second time, where that stands, and who may do what."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.assessment import (
    AssessedRequirement,
    Assessment,
    ReleaseMode,
    checked,
)
from lti_tool.domain.errors import BadAssessmentError, SecondMarkingRefusedError
from lti_tool.domain.rating import Rating
from lti_tool.domain.second_marking import (
    Resolution,
    SecondMarking,
    Stage,
    check_second_rater,
    compare,
    is_chosen,
    is_hidden,
    stage_of,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission, SubmissionState

NOW = datetime(2026, 9, 1, tzinfo=UTC)
FIRST, SECOND, THIRD = 1, 2, 3
KEYS = (RequirementKey("elementary", "2.1.1"), RequirementKey("elementary", "2.1.2"))
ASSESSMENT = Assessment(
    id="a1",
    standard_id="s",
    level="elementary",
    title="有效沟通",
    instructions="",
    requirements=tuple(map(AssessedRequirement, KEYS)),
    points=Decimal(20),
    second_percent=100,
    seed="seed",
)
WORK = Submission("w1", "a1", 9, 1, SubmissionState.SUBMITTED, 1, NOW)


def rating(key: RequirementKey = KEYS[0], *, level: int = 3, by: int = FIRST) -> Rating:
    name = f"{key.code}-{by}"
    return Rating(name, 9, "s", key, level, by, NOW, NOW, "a1", "w1")


BOTH = [rating(each) for each in KEYS]


def marking(*levels: int) -> SecondMarking:
    """A finished one, where the first rater gave 3 each time."""
    compared = [
        compare(rating(key), rating(key, level=level, by=SECOND), at=NOW)
        for key, level in zip(KEYS, levels, strict=False)
    ]
    return SecondMarking("w1", SECOND, NOW, NOW, tuple(compared))


@given(st.text(min_size=1), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_percentage_only_adds_works(work: str, one: int, two: int) -> None:
    low, high = sorted((one, two))

    if is_chosen(replace(ASSESSMENT, second_percent=low), work):
        assert is_chosen(replace(ASSESSMENT, second_percent=high), work)


@given(st.text())
def test_none_are_chosen_at_0_percent_and_all_at_100(work: str) -> None:
    assert not is_chosen(replace(ASSESSMENT, second_percent=0), work)
    assert is_chosen(ASSESSMENT, work)


def test_about_the_share_that_was_asked_for_is_chosen_the_same_for_the_same_seed() -> None:
    luck = Random(1)
    works = [f"{luck.random()}" for _ in range(2000)]
    fifth = replace(ASSESSMENT, second_percent=20)

    chosen = [is_chosen(fifth, each) for each in works]

    assert 0.17 < sum(chosen) / len(works) < 0.23
    assert [is_chosen(fifth, each) for each in works] == chosen
    assert [is_chosen(replace(fifth, seed="other"), each) for each in works] != chosen


@pytest.mark.parametrize(
    ("stored", "second", "stage"),
    [
        ([], None, Stage.FIRST),
        (BOTH[:1], None, Stage.FIRST),
        (BOTH, None, Stage.WAITING),
        (BOTH, SecondMarking("w1", SECOND, NOW), Stage.BEGUN),
        (BOTH, marking(3, 2), Stage.DIFFERENT),
        (BOTH, marking(3, 3), Stage.DONE),
        ([replace(BOTH[0], released_at=NOW), BOTH[1]], None, Stage.NONE),
    ],
    ids=["nothing", "half", "complete", "begun", "different", "agreed", "released"],
)
def test_the_stage_follows_from_what_was_given(
    stored: list[Rating], second: SecondMarking | None, stage: Stage
) -> None:
    assert stage_of(ASSESSMENT, WORK, stored, second) is stage


def test_work_that_was_not_chosen_or_is_not_in_the_raters_hands_is_not_marked_again() -> None:
    unchosen = replace(ASSESSMENT, second_percent=0)
    returned = replace(WORK, state=SubmissionState.RETURNED)

    assert stage_of(unchosen, WORK, BOTH, None) is Stage.NONE
    assert stage_of(ASSESSMENT, returned, BOTH, None) is Stage.NONE


def test_a_settled_difference_ends_it() -> None:
    open_ = marking(2, 3)
    settled = replace(open_.comparisons[0], resolution=Resolution("r", THIRD, NOW, "录音"))

    done = replace(open_, comparisons=(settled, open_.comparisons[1]))

    assert open_.is_under_way
    assert not done.is_under_way
    assert done.rating_ids == {"r", "2.1.1-1", "2.1.2-1"}
    assert stage_of(ASSESSMENT, WORK, BOTH, done) is Stage.DONE


def test_the_first_ratings_are_hidden_from_all_others_until_the_second_are_complete() -> None:
    for stage in (Stage.FIRST, Stage.WAITING, Stage.BEGUN):
        assert is_hidden(stage, BOTH, SECOND, ())
        assert not is_hidden(stage, BOTH, FIRST, ())
        assert not is_hidden(stage, BOTH, SECOND, [SECOND])
    for stage in (Stage.NONE, Stage.DIFFERENT, Stage.DONE):
        assert not is_hidden(stage, BOTH, SECOND, ())


def test_work_that_nobody_has_rated_hides_nothing() -> None:
    assert not is_hidden(Stage.FIRST, [], SECOND, ())


@pytest.mark.parametrize(
    ("stage", "rater", "person", "readers", "reason"),
    [
        (Stage.FIRST, None, SECOND, (), "not_now"),
        (Stage.DONE, SECOND, SECOND, (), "not_now"),
        (Stage.BEGUN, SECOND, THIRD, (), "taken"),
        (Stage.WAITING, None, FIRST, (), "own"),
        (Stage.WAITING, None, SECOND, (SECOND,), "own"),
    ],
    ids=["incomplete", "done", "taken", "first-rater", "reader"],
)
def test_only_one_other_person_marks_it_once_it_is_rated(
    stage: Stage, rater: int | None, person: int, readers: tuple[int, ...], reason: str
) -> None:
    begun = SecondMarking("w1", rater, NOW) if rater else None

    with pytest.raises(SecondMarkingRefusedError, match=reason):
        check_second_rater(stage, begun, BOTH, person_id=person, readers=readers)


def test_whoever_did_not_see_the_first_ratings_may_mark_it() -> None:
    check_second_rater(Stage.WAITING, None, BOTH, person_id=SECOND, readers=())


def test_what_is_released_at_once_cannot_be_marked_a_second_time() -> None:
    with pytest.raises(BadAssessmentError, match="second_percent: at_once"):
        checked(replace(ASSESSMENT, release=ReleaseMode.AT_ONCE))


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_is_between_0_and_100_percent(percent: int) -> None:
    with pytest.raises(BadAssessmentError, match="out_of_range"):
        checked(replace(ASSESSMENT, second_percent=percent))
