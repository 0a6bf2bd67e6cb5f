"""How a submission may change state, when it may be handed in, and what evidence may be."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations, product

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import (
    AttemptsUsedError,
    BadEvidenceError,
    EmptySubmissionError,
    NotInAssessmentError,
    PastDueError,
    TransitionError,
)
from lti_tool.domain.submission import (
    ALLOWED,
    Action,
    Evidence,
    EvidenceKind,
    Submission,
    SubmissionState,
    after,
    check_codes,
    check_submit,
    check_withdraw,
    checked_evidence,
    missing_evidence,
    missing_self_ratings,
    next_attempt,
)
from tests.domain.builders import DAY_0, assessment, evidence, submission

DRAFT, SUBMITTED, RETURNED, RELEASED = SubmissionState
EDIT, SUBMIT, WITHDRAW, RETURN, RELEASE = Action
LATER = DAY_0 + timedelta(days=1)
STRICT = assessment(due_at=DAY_0, accepts_late=False)
LENIENT = assessment(due_at=DAY_0, accepts_late=True)
SHOWN = evidence("1.1.1")


# --- Transitions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "action", "then"),
    [
        (DRAFT, EDIT, DRAFT),
        (DRAFT, SUBMIT, SUBMITTED),
        (SUBMITTED, WITHDRAW, DRAFT),
        (SUBMITTED, RETURN, RETURNED),
        (DRAFT, RELEASE, RELEASED),
        (SUBMITTED, RELEASE, RELEASED),
        (RETURNED, EDIT, RETURNED),
        (RETURNED, SUBMIT, SUBMITTED),
        (RELEASED, RELEASE, RELEASED),
    ],
)
def test_an_allowed_action_leads_to_its_state(
    state: SubmissionState, action: Action, then: SubmissionState
) -> None:
    assert after(state, action) is then


@pytest.mark.parametrize(
    ("state", "action"), [pair for pair in product(SubmissionState, Action) if pair not in ALLOWED]
)
def test_every_other_action_is_refused_with_state_and_action(
    state: SubmissionState, action: Action
) -> None:
    before = dict(ALLOWED)
    with pytest.raises(TransitionError) as refusal:
        after(state, action)
    assert (refusal.value.state, refusal.value.action) == (state.value, action.value)
    assert before == ALLOWED


def test_twelve_of_the_twenty_pairs_are_refused() -> None:
    assert len(set(product(SubmissionState, Action)) - set(ALLOWED)) == 11


def test_nothing_leads_out_of_released_but_another_release() -> None:
    assert {action for state, action in ALLOWED if state is RELEASED} == {RELEASE}


@pytest.mark.parametrize(
    ("state", "editable"),
    [(DRAFT, True), (RETURNED, True), (SUBMITTED, False), (RELEASED, False)],
)
def test_a_learner_edits_drafts_and_returned_work_only(
    state: SubmissionState, editable: bool
) -> None:
    assert submission(state).can_edit is editable


# --- Attempts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "number"), [((), 1), ((RELEASED,), 2), ((RELEASED, RELEASED), 3)]
)
def test_the_next_attempt_counts_on_from_the_released_ones(
    states: Sequence[SubmissionState], number: int
) -> None:
    attempts = [submission(state, attempt=n) for n, state in enumerate(states, 1)]
    assert next_attempt(assessment(), attempts) == number


@pytest.mark.parametrize("state", [DRAFT, SUBMITTED, RETURNED])
def test_no_attempt_begins_while_another_is_open_whatever_the_order(
    state: SubmissionState,
) -> None:
    attempts = [submission(RELEASED, attempt=1), submission(state, attempt=2)]
    for order in permutations(attempts):
        with pytest.raises(TransitionError) as refusal:
            next_attempt(assessment(), order)
        assert refusal.value.state == state.value


def test_no_attempt_begins_when_all_are_used() -> None:
    twice = assessment(attempts=2)
    used = [submission(RELEASED, attempt=1), submission(RELEASED, attempt=2)]
    assert next_attempt(twice, used[:1]) == 2
    with pytest.raises(AttemptsUsedError) as refusal:
        next_attempt(twice, used)
    assert refusal.value.allowed == 2


# --- Handing in and taking back -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "state", "note"),
    [
        (LENIENT, DRAFT, ""),
        (LENIENT, RETURNED, "请补充记录"),
        (STRICT, RETURNED, "请补充记录"),
        (STRICT, RETURNED, ""),
        (STRICT, DRAFT, "请补充记录"),
    ],
)
def test_work_is_taken_after_the_due_time_if_late_work_is_or_if_it_was_given_back(
    to: Assessment, state: SubmissionState, note: str
) -> None:
    check_submit(to, submission(state, SHOWN, return_note=note), LATER)


def test_late_work_is_refused_where_none_is_taken() -> None:
    work = submission(DRAFT, SHOWN)
    check_submit(STRICT, work, DAY_0)
    with pytest.raises(PastDueError):
        check_submit(STRICT, work, LATER)


@pytest.mark.parametrize("state", [DRAFT, RETURNED])
def test_work_without_evidence_is_refused(state: SubmissionState) -> None:
    with pytest.raises(EmptySubmissionError):
        check_submit(LENIENT, submission(state), DAY_0)


@pytest.mark.parametrize("state", [SUBMITTED, RELEASED])
def test_work_is_not_handed_in_twice(state: SubmissionState) -> None:
    with pytest.raises(TransitionError):
        check_submit(LENIENT, submission(state, SHOWN), DAY_0)


def test_work_may_be_taken_back_while_it_can_be_handed_in_again() -> None:
    check_withdraw(STRICT, submission(SUBMITTED, SHOWN), DAY_0)
    check_withdraw(LENIENT, submission(SUBMITTED, SHOWN), LATER)
    check_withdraw(STRICT, submission(SUBMITTED, SHOWN, return_note="请补充"), LATER)


def test_work_is_not_taken_back_where_that_would_lose_it() -> None:
    with pytest.raises(PastDueError):
        check_withdraw(STRICT, submission(SUBMITTED, SHOWN), LATER)


@pytest.mark.parametrize("state", [DRAFT, RETURNED, RELEASED])
def test_only_work_that_waits_can_be_taken_back(state: SubmissionState) -> None:
    with pytest.raises(TransitionError):
        check_withdraw(LENIENT, submission(state, SHOWN), DAY_0)


# --- Codes ----------------------------------------------------------------------------------------


def test_codes_of_the_assessment_pass_and_others_are_named() -> None:
    check_codes(assessment("1.1.1", "1.1.2"), frozenset({"1.1.1"}))
    check_codes(assessment("1.1.1", "1.1.2"), frozenset())
    with pytest.raises(NotInAssessmentError) as refusal:
        check_codes(assessment("1.1.1"), frozenset({"1.1.1", "9.9.9"}))
    assert refusal.value.code == "9.9.9"


def test_codes_nobody_showed_are_listed_in_the_order_of_the_assessment() -> None:
    to = assessment("2.1.1", "1.1.2", "1.1.1")
    assert missing_evidence(to, submission()) == to.codes
    assert missing_evidence(to, submission(DRAFT, evidence("1.1.2"))) == ("2.1.1", "1.1.1")


def test_a_piece_of_evidence_may_show_several_codes() -> None:
    both = submission(DRAFT, evidence("1.1.1", "1.1.2"))
    assert missing_evidence(assessment("1.1.1", "1.1.2"), both) == ()


def test_codes_without_a_self_rating_are_listed_in_the_order_of_the_assessment() -> None:
    to = assessment("2.1.1", "1.1.2", "1.1.1")
    rated = submission(self_ratings={"1.1.2": 1})
    assert missing_self_ratings(to, rated) == ("2.1.1", "1.1.1")


# --- Evidence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "accepted",
    [
        evidence(text="我的回答"),
        evidence(text="字" * 20_000),
        evidence(kind=EvidenceKind.LINK, text="", url="http://a.cn"),
        evidence(kind=EvidenceKind.LINK, text="", url="HTTPS://录音.中国/第 1 段?x=1#y"),
        evidence(kind=EvidenceKind.LINK, text="", url="http://[2001:db8::1]:8080/"),
        evidence(kind=EvidenceKind.FILE, text=""),
        evidence(title="t" * 255),
    ],
)
def test_good_evidence_is_given_back_as_it_is(accepted: Evidence) -> None:
    assert checked_evidence(accepted) is accepted


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (evidence(text=" \n\t"), "text_missing"),
        (evidence(text="字" * 20_001), "text_too_long"),
        (evidence(title="t" * 256), "title_too_long"),
        (evidence(kind=EvidenceKind.LINK, url="https://a.cn/" + "x" * 2000), "link_too_long"),
    ],
)
def test_bad_evidence_is_refused_with_its_reason(refused: Evidence, reason: str) -> None:
    with pytest.raises(BadEvidenceError) as refusal:
        checked_evidence(refused)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.cn",
        "javascript:alert(1)",
        "ftp://a.cn",
        "file:///etc/passwd",
        "data:text/html,x",
        "//a.cn",
        "http://",
        "https:///path",
        "http:a.cn",
        "http://[",
        "http://a b.cn",
        "https://a.cn/\nx",
        "java\tscript://a.cn",
    ],
)
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    link = evidence(kind=EvidenceKind.LINK, text="", url=url)
    with pytest.raises(BadEvidenceError) as refusal:
        checked_evidence(link)
    assert refusal.value.reason == "link_not_web"


def test_a_submission_begins_without_evidence_or_self_ratings() -> None:
    new = Submission("s", "a", 1, 1, DRAFT, 1, DAY_0)
    assert (new.evidence, dict(new.self_ratings), new.submitted_at) == ((), {}, None)
