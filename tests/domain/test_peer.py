"""Peer rating: who may look at which work, balanced and never the own one; what a plan may be."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.assessment import AssessedRequirement, Assessment
from lti_tool.domain.errors import BadPeerPlanError, BadRatingError, PeerRefusedError
from lti_tool.domain.peer import (
    LAPSE,
    MAX_COMMENT,
    Example,
    Judged,
    PeerPlan,
    PeerTask,
    check_given,
    check_rating,
    check_taking,
    checked_plan,
    in_drawn_order,
    next_work,
    peer_codes,
)
from lti_tool.domain.rubric import Criterion, PerformanceLevel, Rubric
from lti_tool.domain.standard import RequirementKey, Text
from lti_tool.domain.submission import Submission, SubmissionState

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SEED = "seed"
RED = RequirementKey("elementary", "2.2.4")
KEYS = (RequirementKey("elementary", "2.1.1"), RequirementKey("elementary", "2.1.2"), RED)
LEVELS = tuple(PerformanceLevel(number, Text(f"{number}"), 0) for number in (1, 2, 3, 4))
RUBRIC = Rubric("s", LEVELS, 3, {RED: Criterion(RED, red_line=True)})
ASSESSMENT = Assessment(
    "a", "s", "elementary", "t", "", tuple(map(AssessedRequirement, KEYS)), Decimal(20)
)
PLAN = PeerPlan("a", 2)
EXAMPLE = Example("文字", "", {"2.1.1": Judged(3, "好"), "2.1.2": Judged(2, "缺")})


def work(learner_id: int, state: SubmissionState = SubmissionState.SUBMITTED) -> Submission:
    return Submission(f"w{learner_id}", "a", learner_id, 1, state, 1, NOW)


def task(rater_id: int, of: int, *, at: datetime = NOW, done: bool = False) -> PeerTask:
    name = f"t{rater_id}-{of}"
    return PeerTask(name, "a", rater_id, f"w{of}", at, NOW if done else None)


def handed_out(learners: int, each: int, seed: str) -> list[PeerTask]:
    """Everybody takes their works, one at a time and in an order of chance."""
    works = [work(number) for number in range(learners)]
    turns = [number for number in range(learners) for _ in range(each)]
    random.Random(seed).shuffle(turns)
    tasks: list[PeerTask] = []
    for rater_id in turns:
        found = next_work(seed, rater_id, works, tasks, now=NOW)
        if found is not None:
            tasks.append(task(rater_id, found.learner_id))
    return tasks


@given(learners=st.integers(1, 12), each=st.integers(1, 5), seed=st.text(max_size=4))
def test_nobody_gets_their_own_work_or_one_twice(learners: int, each: int, seed: str) -> None:
    tasks = handed_out(learners, each, seed)

    assert all(one.submission_id != f"w{one.rater_id}" for one in tasks)
    assert len({(one.rater_id, one.submission_id) for one in tasks}) == len(tasks)


@given(learners=st.integers(2, 12), each=st.integers(1, 5), seed=st.text(max_size=4))
def test_works_are_looked_at_about_equally_often(learners: int, each: int, seed: str) -> None:
    looked = Counter(one.submission_id for one in handed_out(learners, each, seed))
    counts = [looked[f"w{number}"] for number in range(learners)]

    assert max(counts) - min(counts) <= 2
    assert max(counts) <= min(each, learners - 1) + 1


def test_the_seed_draws_the_same_again_and_another_one_otherwise() -> None:
    works = [work(number) for number in range(40)]
    drawn = [next_work(seed, 0, works, (), now=NOW) for seed in ("a", "a", "b")]

    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_a_work_that_an_absent_student_took_is_given_to_others() -> None:
    works = [work(number) for number in range(3)]
    tasks = [task(3, 1), task(3, 1), task(4, 2, done=True)]

    soon = next_work(SEED, 0, works, tasks, now=NOW)
    later = next_work(SEED, 0, works, tasks, now=NOW + LAPSE)

    assert soon == works[2]
    assert later == works[1]


def test_the_work_of_the_own_team_is_the_own() -> None:
    works = [work(number) for number in range(3)]

    found = next_work(SEED, 0, works, (), now=NOW, mates=(1,))

    assert found == works[2]


def test_what_its_author_is_revising_is_shown_to_nobody() -> None:
    works = [work(1, SubmissionState.RETURNED), work(2, SubmissionState.DRAFT)]

    assert next_work(SEED, 0, works, (), now=NOW) is None


@pytest.mark.parametrize(
    ("plan", "own", "held", "calibrated", "reason"),
    [
        (PLAN, [work(0)], 2, True, "enough"),
        (PLAN, [], 0, True, "own_first"),
        (PLAN, [work(0, SubmissionState.DRAFT)], 0, True, "own_first"),
        (replace(PLAN, example=EXAMPLE), [work(0)], 0, False, "example_first"),
        (replace(PLAN, closes_at=NOW - timedelta(1)), [work(0)], 0, True, "closed"),
        (replace(PLAN, works=0), [work(0)], 0, True, "closed"),
    ],
    ids=["enough", "nothing begun", "draft", "example", "closed", "off"],
)
def test_a_work_is_not_taken(
    plan: PeerPlan, own: list[Submission], held: int, calibrated: bool, reason: str
) -> None:
    tasks = [task(0, number) for number in range(1, held + 1)]

    with pytest.raises(PeerRefusedError) as caught:
        check_taking(plan, own, tasks, calibrated=calibrated, now=NOW)

    assert caught.value.reason == reason


def test_who_handed_in_takes_one_more_work() -> None:
    check_taking(PLAN, [work(0)], [task(0, 1)], calibrated=False, now=NOW)


@pytest.mark.parametrize(
    ("found", "state", "closes", "reason"),
    [
        (task(0, 1, done=True), SubmissionState.SUBMITTED, None, "done"),
        (task(0, 1), SubmissionState.RETURNED, None, "gone"),
        (task(0, 1), SubmissionState.SUBMITTED, NOW - timedelta(1), "closed"),
    ],
    ids=["done", "gone", "closed"],
)
def test_a_task_is_not_worked_on(
    found: PeerTask, state: SubmissionState, closes: datetime | None, reason: str
) -> None:
    with pytest.raises(PeerRefusedError) as caught:
        check_rating(replace(PLAN, closes_at=closes), found, work(1, state), NOW)

    assert caught.value.reason == reason


def test_peers_rate_no_red_line() -> None:
    assert peer_codes(ASSESSMENT, RUBRIC) == ("2.1.1", "2.1.2")


@pytest.mark.parametrize(
    ("judged", "complete", "code", "reason"),
    [
        ({"2.1.1": Judged(3)}, True, "2.1.2", "not_rated"),
        ({"2.1.1": Judged(9)}, False, "2.1.1", "performance_level"),
        ({"2.1.1": Judged(3, "长" * (MAX_COMMENT + 1))}, False, "2.1.1", "too_long"),
        ({"2.2.4": Judged(1)}, False, "2.2.4", "not_for_peers"),
    ],
    ids=["missing", "no level", "long", "red line"],
)
def test_a_peers_rating_is_refused_with_its_code(
    judged: dict[str, Judged], complete: bool, code: str, reason: str
) -> None:
    with pytest.raises(BadRatingError) as caught:
        check_given(judged, ASSESSMENT, RUBRIC, complete=complete)

    assert (caught.value.code, caught.value.reason) == (code, reason)


def test_a_rating_may_be_kept_unfinished() -> None:
    check_given({"2.1.1": Judged(3)}, ASSESSMENT, RUBRIC, complete=False)


@pytest.mark.parametrize(
    ("plan", "field", "reason"),
    [
        (replace(PLAN, works=6), "works", "out_of_range"),
        (replace(PLAN, works=-1), "works", "out_of_range"),
        (replace(PLAN, example=replace(EXAMPLE, text=" ")), "text", "missing"),
        (replace(PLAN, example=replace(EXAMPLE, text="长" * 20_001)), "text", "too_long"),
        (replace(PLAN, example=replace(EXAMPLE, ratings={})), "2.1.1", "level_missing"),
        (
            replace(PLAN, example=replace(EXAMPLE, ratings={"2.1.1": Judged(3)})),
            "2.1.1",
            "reason_missing",
        ),
    ],
    ids=["many", "negative", "empty", "long", "level", "reason"],
)
def test_a_plan_is_refused_with_its_field(plan: PeerPlan, field: str, reason: str) -> None:
    with pytest.raises(BadPeerPlanError) as caught:
        checked_plan(plan, ASSESSMENT, RUBRIC)

    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_an_assessment_of_red_lines_alone_is_not_for_peers() -> None:
    red = replace(ASSESSMENT, requirements=(AssessedRequirement(RED),))

    with pytest.raises(BadPeerPlanError, match="red_lines_only"):
        checked_plan(PLAN, red, RUBRIC)
    assert checked_plan(replace(PLAN, works=0), red, RUBRIC).works == 0


def test_the_order_peers_are_numbered_in_tells_nothing_of_time() -> None:
    tasks = [task(number, 0, done=True) for number in range(1, 9)]
    drawn = in_drawn_order(SEED, tasks)

    assert drawn == in_drawn_order(SEED, reversed(tasks))
    assert drawn != tasks
