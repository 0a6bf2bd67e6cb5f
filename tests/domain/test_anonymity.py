"""Whose name is hidden, what stands for it, and what file names become."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_tool.domain.anonymity import is_nameless, pseudonym, without_names
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission, SubmissionState

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ASSESSMENT = Assessment(
    "a1", "s", "elementary", "沟通", "", (), Decimal(20), anonymous=True, seed="seed"
)
DRAFT, SUBMITTED, RELEASED = (
    SubmissionState.DRAFT,
    SubmissionState.SUBMITTED,
    SubmissionState.RELEASED,
)


def attempts(*states: SubmissionState) -> list[Submission]:
    return [
        Submission(f"w{number}", "a1", 9, number, state, 1, NOW)
        for number, state in enumerate(states, start=1)
    ]


@pytest.mark.parametrize(
    ("states", "hidden"),
    [
        ((), True),
        ((DRAFT,), True),
        ((SUBMITTED,), True),
        ((RELEASED,), False),
        ((RELEASED, DRAFT), False),
        ((RELEASED, SUBMITTED), True),
    ],
    ids=["nothing", "draft", "handed-in", "released", "next-draft", "next-handed-in"],
)
def test_a_name_is_hidden_until_the_newest_work_is_released(
    states: tuple[SubmissionState, ...], hidden: bool
) -> None:
    assert is_nameless(ASSESSMENT, attempts(*states)) is hidden
    assert is_nameless(ASSESSMENT, attempts(*states)[::-1]) is hidden


def test_other_assessments_hide_no_name() -> None:
    assert not is_nameless(replace(ASSESSMENT, anonymous=False), attempts(SUBMITTED))


def test_a_pseudonym_is_one_for_each_learner_and_another_in_each_assessment() -> None:
    here = {pseudonym(ASSESSMENT, each) for each in range(200)}

    assert len(here) == 200
    assert pseudonym(ASSESSMENT, 7) == pseudonym(ASSESSMENT, 7)
    assert pseudonym(ASSESSMENT, 7) != pseudonym(replace(ASSESSMENT, seed="other"), 7)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("王雨欣.docx", "2.docx"),
        ("王雨欣", "2"),
        ("作业.王雨欣", "2"),
        ("a.WangYuxin", "2"),
        ("x.tar.gz", "2.gz"),
    ],
)
def test_files_are_shown_by_number_and_kind(title: str, shown: str) -> None:
    text = Evidence("e1", EvidenceKind.TEXT, "沟通记录", frozenset(), NOW, text="您好")
    file = Evidence("e2", EvidenceKind.FILE, title, frozenset(), NOW)

    assert [each.title for each in without_names([text, file])] == ["沟通记录", shown]
