"""What follows from ratings and decisions: mastery, attainment and the scores for the gradebook,
all in the transaction that released or decided. Not here: how they get to the LMS.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import StaleFormError
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Submission
from lti_tool.persistence import (
    audit_log,
    courses,
    decisions,
    line_items,
    ratings,
    scores,
    standings,
)
from lti_tool.persistence.database import Database
from lti_tool.persistence.people import Account
from lti_tool.services.release_ratings import release_submission
from lti_tool.services.sign_off_attainment import revoke_attainment, sign_off_attainment
from lti_tool.services.standing import evidence_digest, level_rule, masteries_of
from tests.services.attaining import give, master, subject, whole_level
from tests.services.classroom import (
    STANDARD,
    TASK,
    Classroom,
    classroom_in,
    conditions,
    enrol,
    open_course,
)
from tests.services.queued import ATTAINMENT, GRADE, grade, level, mastered, state, told

AT_ONCE = conditions(release=ReleaseMode.AT_ONCE)
TWO_WEAK = {"1.1.1": 2, "4.1.1": 2}
"""Two codes below the cut in areas that can bear it."""


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    return classroom.enrol("陈思雨")


def sign_off(classroom: Classroom, learner: Account) -> None:
    with classroom.working() as work:
        bundle = work.bundle(STANDARD)
        rules = level_rule(work.session, bundle, learner.school_id)
        known = masteries_of(work.session, bundle, rules, learner.id, work.now)
        digest = evidence_digest(rules, learner.id, "elementary", known)
        school_id = classroom.course.school_id
        sign_off_attainment(work, subject(learner), seen_digest=digest, school_id=school_id)


# --- one transaction ---


def test_a_release_brings_mastery_attainment_and_both_scores(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up()
    classroom.finish(learner, assessment, 4, 3, 2)

    assert grade(classroom) == (Decimal("15.33"), "2/3 达标；未达标：2.1.3")
    assert mastered(classroom, learner) == 3
    assert state(classroom, learner) is AttainmentState.NOT_MET
    found = level(classroom)
    assert found is not None
    assert found[0] == 0
    assert found[1].startswith("0/49 已掌握；未达成：")


def test_drafts_bring_nothing(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up()
    classroom.rate(classroom.hand_in(learner, assessment), assessment, 4, 3, 2)

    assert grade(classroom) is None
    assert level(classroom) is None
    assert mastered(classroom, learner) == 0
    assert state(classroom, learner) is None


def test_ratings_released_at_once_count_one_by_one_and_the_grade_waits_for_the_last(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up(given=AT_ONCE)
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 3, 3)
    assert mastered(classroom, learner) == 2
    assert level(classroom) is not None
    assert grade(classroom) is None

    classroom.rate_code(submission, assessment, TASK[2], 3)
    assert grade(classroom) == (Decimal(16), "3/3 达标")


def stopped_at(monkeypatch: pytest.MonkeyPatch, place: str) -> type[Exception]:
    """Lets one of the last steps of a release fail."""

    class BrokenOff(Exception):
        """The database went away."""

    def break_off(*_arguments: object, **_options: object) -> None:
        raise BrokenOff

    module = {"queue_score": scores, "store_outcomes": standings, "store_masteries": standings}
    monkeypatch.setattr(module[place], place, break_off)
    return BrokenOff


@pytest.mark.parametrize("place", ["queue_score", "store_masteries", "store_outcomes"])
def test_an_error_on_the_way_leaves_nothing_of_a_release(
    classroom: Classroom, learner: Account, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    assessment = classroom.set_up()
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, 4, 3, 2)
    before = _everything(classroom, learner, submission)
    with monkeypatch.context() as patch:
        broken_off = stopped_at(patch, place)
        with pytest.raises(broken_off):
            classroom.release(submission, assessment)
    assert _everything(classroom, learner, submission) == before

    classroom.release(submission, assessment)
    assert grade(classroom) is not None


def _everything(classroom: Classroom, learner: Account, submission: Submission) -> object:
    with classroom.reading() as session:
        given: list[Rating] = sorted(
            ratings.ratings_of_submission(session, submission.id), key=lambda each: each.id
        )
        log = audit_log.entries_about(session, f"submission:{submission.id}")
        columns = line_items.line_items_of(session, classroom.course.id)
    return (
        given,
        list(log),
        list(columns),
        told(classroom, GRADE),
        told(classroom, ATTAINMENT),
        mastered(classroom, learner),
        state(classroom, learner),
    )


# --- the grade, over attempts and corrections ---


def test_a_corrected_rating_changes_the_grade(classroom: Classroom, learner: Account) -> None:
    assessment = classroom.set_up(given=AT_ONCE)
    submission = classroom.hand_in(learner, assessment)
    first, *_ = classroom.rate(submission, assessment, 2, 3, 3)
    classroom.rate_code(submission, assessment, TASK[0], 3, seen=first.id)
    assert grade(classroom) == (Decimal(16), "3/3 达标")


def test_a_breach_of_the_red_line_makes_the_grade_zero_and_says_so(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up("2.2.1", "2.2.4")
    classroom.finish(learner, assessment, 4, 1)
    assert grade(classroom) == (Decimal(0), "1/2 达标；未达标：2.2.4 红线")


def test_the_newest_completely_rated_attempt_is_the_grade(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up(given=AT_ONCE)
    first = classroom.hand_in(learner, assessment)
    classroom.rate(first, assessment, 4, 4, 4)
    second = classroom.hand_in(learner, assessment)
    classroom.rate(second, assessment, 3, 3)
    assert grade(classroom) == (Decimal(20), "3/3 达标"), "the second is not complete yet"

    classroom.rate_code(second, assessment, TASK[2], 3)
    assert grade(classroom) == (Decimal(16), "3/3 达标")


def test_correcting_an_older_attempt_leaves_the_grade_of_the_newest(
    classroom: Classroom, learner: Account
) -> None:
    assessment = classroom.set_up(given=AT_ONCE)
    first = classroom.hand_in(learner, assessment)
    corrected, *_ = classroom.rate(first, assessment, 2, 2, 2)
    second = classroom.hand_in(learner, assessment)
    classroom.rate(second, assessment, 3, 3, 3)
    before = told(classroom, GRADE)

    classroom.rate_code(first, assessment, TASK[0], 4, seen=corrected.id)
    assert grade(classroom) == (Decimal(16), "3/3 达标")
    assert told(classroom, GRADE) == before


def test_a_course_without_a_gradebook_is_rated_all_the_same(
    classroom: Classroom, learner: Account
) -> None:
    bare = Classroom(
        classroom.database,
        classroom.catalogue,
        open_course(classroom.database, "bare"),
        classroom.teacher,
        now=classroom.now,
        numbers=classroom.numbers,
    )
    someone = bare.enrol("赵晓明")
    bare.finish(someone, bare.set_up())
    assert mastered(bare, someone) == 3
    assert state(bare, someone) is AttainmentState.NOT_MET
    assert told(bare, GRADE) == told(bare, ATTAINMENT) == []


# --- the level's column ---


def test_a_level_shows_the_gap_until_it_is_signed_off(
    classroom: Classroom, learner: Account
) -> None:
    assessment = whole_level(classroom)
    master(classroom, learner, assessment, but={"2.2.4": 1, **TWO_WEAK})
    assert level(classroom) == (Decimal(0), "46/49 已掌握；未达成：2.2.4 红线")


def test_a_level_whose_rule_is_met_still_shows_zero_and_waits_for_sign_off(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    assert level(classroom) == (Decimal(0), "49/49 已掌握；已符合规则，待认定")
    assert state(classroom, learner) is AttainmentState.PROPOSED


def test_a_sign_off_shows_one_with_date_and_rule_and_stays(
    classroom: Classroom, learner: Account
) -> None:
    assessment = whole_level(classroom)
    master(classroom, learner, assessment, but=TWO_WEAK)
    sign_off(classroom, learner)
    signed = level(classroom)
    assert signed == (
        Decimal(1),
        "初级已认定 2026-09-01（47/49；530050-2021-2.0，规则 1；非 X 证书）",
    )
    weaker = classroom.hand_in(learner, assessment)
    give(classroom, learner, weaker, assessment, {"2.2.1": 1})
    assert level(classroom) == signed


def test_a_revocation_shows_zero_again_with_its_date(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    sign_off(classroom, learner)
    with classroom.working() as work:
        school_id = classroom.course.school_id
        revoke_attainment(work, subject(learner), reason="误录", school_id=school_id)
    assert level(classroom) == (Decimal(0), "初级认定已于 2026-09-01 撤销；49/49 已掌握")


def test_the_date_of_a_sign_off_is_that_of_the_school(
    classroom: Classroom, learner: Account
) -> None:
    master(classroom, learner, whole_level(classroom))
    classroom.now = classroom.now.replace(day=2, hour=17)
    sign_off(classroom, learner)
    found = level(classroom)
    assert found is not None
    assert "2026-09-03" in found[1]


def test_a_course_has_columns_only_for_the_levels_it_assesses(
    classroom: Classroom, learner: Account
) -> None:
    classroom.finish(learner, classroom.set_up())
    assert level(classroom) is not None
    assert level(classroom, "intermediate") is None

    classroom.finish(learner, classroom.set_up("4.1.1", "4.1.2", level="intermediate"))
    found = level(classroom, "intermediate")
    assert found is not None
    assert found[1].startswith("0/76 已掌握")
    assert level(classroom, "advanced") is None
    (column, _), *_ = told(classroom, ATTAINMENT)
    assert (column.maximum, column.url) == (Decimal(1), None)


def test_nothing_is_told_of_a_learner_without_evidence(
    classroom: Classroom, learner: Account
) -> None:
    other = classroom.enrol("孙文杰")
    classroom.finish(learner, classroom.set_up())
    assert {each.person_id for _, each in told(classroom, ATTAINMENT)} == {learner.id}
    assert state(classroom, other) is None


def test_every_course_of_the_learner_that_assesses_the_level_is_told(
    classroom: Classroom, learner: Account
) -> None:
    second = open_course(classroom.database, "course-2")
    enrol(classroom.database, second, "陈思雨", Role.STUDENT)
    later = Classroom(
        classroom.database,
        classroom.catalogue,
        second,
        classroom.teacher,
        now=classroom.now,
        numbers=classroom.numbers,
    )
    later.set_up()
    classroom.finish(learner, classroom.set_up())
    assert level(later) == level(classroom)
    assert level(later) is not None
    with classroom.reading() as session:
        assert len(courses.courses_of_student(session, learner.id)) == 2


# --- two at once ---


@pytest.fixture
def shared(database: Database, catalogue: Catalogue) -> Classroom:
    """The course on both kinds of database."""
    return classroom_in(database, catalogue)


def test_two_releases_for_one_learner_at_once_both_count(shared: Classroom) -> None:
    learner = shared.enrol("陈思雨")
    waiting = [rated(shared, learner, codes) for codes in (TASK, ("2.2.1", "2.2.2"))]
    start = Barrier(2)

    def release(place: int) -> None:
        submission, assessment = waiting[place]
        start.wait()
        with shared.working() as work:
            release_submission(work, submission, assessment)

    both(release)
    assert mastered(shared, learner) == 5
    assert len(told(shared, GRADE)) == 2
    assert level(shared) is not None


def test_two_sign_offs_at_once_make_one_decision(shared: Classroom) -> None:
    learner = shared.enrol("陈思雨")
    master(shared, learner, whole_level(shared))
    start = Barrier(2)
    refused: list[str] = []

    def decide(_place: int) -> None:
        start.wait()
        try:
            sign_off(shared, learner)
        except StaleFormError as stale:
            refused.append(str(stale))

    both(decide)
    assert len(refused) == 1
    with shared.reading() as session:
        made = decisions.decisions_of(session, learner.id, STANDARD)
    assert len(made) == 1


def rated(
    classroom: Classroom, learner: Account, codes: tuple[str, ...]
) -> tuple[Submission, Assessment]:
    assessment = classroom.set_up(*codes)
    submission = classroom.hand_in(learner, assessment)
    classroom.rate(submission, assessment, *(3 for _ in codes))
    return submission, assessment


def both(run: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
