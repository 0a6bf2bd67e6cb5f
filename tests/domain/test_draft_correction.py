"""Corrections of a draft: what a person may change, and what stays as it was."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.draft_correction import Correction, CorrectionKind, corrected
from lti_tool.domain.standard import SourceStatus
from lti_tool.domain.standard_draft import (
    BadDraftError,
    DraftArea,
    DraftHead,
    DraftLevel,
    DraftRequirement,
    DraftTask,
    Note,
    NoteKind,
    Place,
    StandardDraft,
)


def requirement(code: str, text: str | None) -> DraftRequirement:
    status = SourceStatus.PRINTED if text else SourceStatus.LOST
    return DraftRequirement(code, text, status, marker="①", place=Place(line=7))


TASKS = (
    DraftTask("1.1", "准备", (requirement("1.1.1", None), requirement("1.1.2", "能够乙"))),
    DraftTask("1.2", "收尾", (requirement("1.2.1", "能够丙"),)),
)
DRAFT = StandardDraft(
    head=DraftHead(title="示例", publisher="甲", published="2023-05"),
    levels=(DraftLevel("elementary", "初级", (DraftArea("1", "基础", TASKS),)),),
    notes=(
        Note(NoteKind.MISSING, detail="code"),
        Note(NoteKind.MISSING, detail="version"),
        Note(NoteKind.LOST, "elementary", "1.1.1"),
    ),
)


def requirement_at(at: str, /, **values: str) -> Correction:
    return Correction(CorrectionKind.REQUIREMENT, "elementary", at, values)


def codes(draft: StandardDraft) -> list[str]:
    return [each.code for _, each in draft.requirements]


def test_a_lost_text_that_was_found_is_lost_no_more() -> None:
    draft = corrected(DRAFT, requirement_at("1.1.1", text="能够甲", status="printed"))
    _, first = next(draft.requirements)
    assert (first.text, first.status, first.place) == (
        "能够甲",
        SourceStatus.PRINTED,
        Place(line=7),
    )
    assert NoteKind.LOST not in {each.kind for each in draft.notes}


def test_a_text_marked_as_lost_is_noted_as_lost() -> None:
    draft = corrected(DRAFT, requirement_at("1.1.2", text="", status="lost"))
    lost = [each.subject for each in draft.notes if each.kind is NoteKind.LOST]
    assert lost == ["1.1.1", "1.1.2"]


def test_a_new_code_moves_the_requirement_to_its_task_in_order() -> None:
    draft = corrected(DRAFT, requirement_at("1.1.2", code="1.2.10"))
    assert codes(draft) == ["1.1.1", "1.2.1", "1.2.10"]


def test_what_is_no_requirement_is_taken_out() -> None:
    draft = corrected(DRAFT, Correction(CorrectionKind.REMOVAL, "elementary", "1.1.1"))
    assert codes(draft) == ["1.1.2", "1.2.1"]
    assert NoteKind.LOST not in {each.kind for each in draft.notes}


@pytest.mark.parametrize(("code", "title"), [("1", "area"), ("1.2", "task")])
def test_a_title_is_replaced_where_it_stands(code: str, title: str) -> None:
    draft = corrected(DRAFT, Correction(CorrectionKind.TITLE, "elementary", code, {"title": title}))
    area = draft.levels[0].areas[0]
    titles = {area.code: area.title, **{each.code: each.title for each in area.tasks}}
    assert titles == {"1": "基础", "1.1": "准备", "1.2": "收尾"} | {code: title}


def test_facts_that_were_missing_are_noted_no_more() -> None:
    draft = corrected(DRAFT, Correction(CorrectionKind.FACTS, values={"code": "990017"}))
    missing = [each.detail for each in draft.notes if each.kind is NoteKind.MISSING]
    assert (draft.head.missing(), missing) == (("version",), ["version"])


REFUSED = {
    "taken": (requirement_at("1.1.2", code="1.2.1"), "code_taken"),
    "no task": (requirement_at("1.1.2", code="2.1.1"), "not_a_code"),
    "no number": (requirement_at("1.1.2", code="1.1.x"), "not_a_code"),
    "wide number": (requirement_at("1.1.2", code="1.1.１"), "not_a_code"),
    "no text": (requirement_at("1.1.2", text=" "), "text_missing"),
    "lost with text": (requirement_at("1.1.2", status="lost"), "text_with_lost"),
    "status": (requirement_at("1.1.2", status="inferred"), "not_a_status"),
    "long": (requirement_at("1.1.2", text="x" * 2_001), "too_long"),
    "gone": (requirement_at("9.9.9"), "gone"),
    "moved last": (requirement_at("1.2.1", code="1.1.3"), "last"),
    "removed last": (Correction(CorrectionKind.REMOVAL, "elementary", "1.2.1"), "last"),
    "removed none": (Correction(CorrectionKind.REMOVAL, "elementary", "7"), "gone"),
    "blank": (Correction(CorrectionKind.TITLE, "elementary", "1", {"title": " "}), "title_missing"),
    "no title": (Correction(CorrectionKind.TITLE, "elementary", "7", {"title": "x"}), "gone"),
    "no level": (Correction(CorrectionKind.TITLE, "expert", "1", {"title": "x"}), "gone"),
    "path": (Correction(CorrectionKind.FACTS, values={"code": "../x"}), "not_a_code"),
    "month": (Correction(CorrectionKind.FACTS, values={"published": "2023-13"}), "not_a_month"),
}


@pytest.mark.parametrize(("correction", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(correction: Correction, reason: str) -> None:
    with pytest.raises(BadDraftError) as refused:
        corrected(DRAFT, correction)
    assert refused.value.reason == reason


VALUES = st.dictionaries(
    st.sampled_from(("code", "text", "status", "title", "version", "published")),
    st.one_of(
        st.text(max_size=12), st.sampled_from(("1.1.3", "1.2.2", "printed", "joined", "lost"))
    ),
    max_size=4,
)
CORRECTIONS = st.builds(
    Correction,
    st.sampled_from(CorrectionKind),
    st.sampled_from(("elementary", "expert")),
    st.sampled_from(("", "1", "1.1", "1.1.1", "1.1.2", "1.2.1", "1.1.3")),
    VALUES,
)


@given(made=st.lists(CORRECTIONS, max_size=6))
def test_whatever_is_corrected_a_draft_stays_sound(made: list[Correction]) -> None:
    draft = DRAFT
    for each in made:
        try:
            draft = corrected(draft, _of_its_kind(each))
        except BadDraftError:
            continue
    assert len(set(codes(draft))) == len(codes(draft))
    for level in draft.levels:
        for area in level.areas:
            for task in area.tasks:
                assert task.requirements
                for found in task.requirements:
                    assert found.code.startswith(f"{task.code}.")
                    assert (found.text is None) == (found.status is SourceStatus.LOST)


def _of_its_kind(correction: Correction) -> Correction:
    """Facts have other fields than a requirement."""
    facts = {"title", "code", "version", "published"}
    values: Mapping[str, str] = correction.values
    if correction.kind is CorrectionKind.FACTS:
        values = {name: value for name, value in values.items() if name in facts}
    return Correction(correction.kind, correction.level, correction.code, values)
