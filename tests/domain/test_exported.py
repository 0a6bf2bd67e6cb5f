"""Lines of exports: their fingerprint, and what differs between two exports."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import (
    LETTERS,
    Changed,
    ExportContent,
    ExportFacts,
    ExportLine,
    Holder,
    LevelFacts,
    changes,
)
from lti_tool.domain.mastery import MasteryState

WHEN = datetime(2026, 9, 1, tzinfo=UTC)
FACTS = ExportFacts(
    *(1, "某学院", "530050-2021-2.0", "530050", "2021-2.0", "客户服务", "版权", "zh"),
    *("Asia/Shanghai", (LevelFacts("elementary", "初级"), LevelFacts("advanced", "高级"))),
)

lines = st.builds(
    ExportLine,
    holder=st.builds(
        Holder, st.integers(1, 6), st.sampled_from(("", "7", "007")), st.text(max_size=3)
    ),
    level=st.sampled_from(("elementary", "advanced")),
    state=st.sampled_from(AttainmentState),
    mastered=st.integers(0, 96),
    total=st.just(96),
    rule_version=st.just("1"),
    changed_at=st.just(WHEN),
    courses=st.tuples(st.text(max_size=2)),
)
exports = st.lists(lines, unique_by=lambda each: each.key, max_size=8)


def line(
    number: int = 1,
    *,
    state: AttainmentState = AttainmentState.PROPOSED,
    decision_id: str = "",
    courses: tuple[str, ...] = (),
) -> ExportLine:
    made = ExportLine(
        holder=Holder(number, f"00{number}", "甲"),
        level="elementary",
        state=state,
        mastered=49,
        total=49,
        rule_version="1",
        changed_at=WHEN,
        decision_id=decision_id,
    )
    return replace(made, courses=courses)


def test_every_state_of_mastery_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(MasteryState)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_what_is_new_changed_and_gone_is_told_apart() -> None:
    signed = line(2, state=AttainmentState.ATTAINED, decision_id="d1")
    found = changes([line(1), line(2), line(3)], [line(2), line(4)])
    assert [each.key[0] for each in found.gone] == [1, 3]
    assert [each.key[0] for each in found.new] == [4]
    assert changes([line(2)], [signed]).changed == (Changed(line(2), signed),)


def test_the_name_of_a_course_is_no_change() -> None:
    assert changes([line()], [line(courses=("另一门课",))]).count == 0


@given(exports)
def test_nothing_differs_from_itself(some: list[ExportLine]) -> None:
    assert changes(some, some).count == 0


@given(exports, exports)
def test_differences_turn_round_with_the_exports(
    one: list[ExportLine], other: list[ExportLine]
) -> None:
    there, back = changes(one, other), changes(other, one)
    assert {each.key for each in there.new} == {each.key for each in back.gone}
    assert {each.after.key for each in there.changed} == {each.after.key for each in back.changed}


@given(exports)
def test_the_digest_depends_on_every_figure(some: list[ExportLine]) -> None:
    content = ExportContent(FACTS, tuple(some))
    assert content.digest == ExportContent(FACTS, tuple(some)).digest
    for at, each in enumerate(some):
        altered = (*some[:at], replace(each, mastered=each.mastered + 1), *some[at + 1 :])
        assert ExportContent(FACTS, altered).digest != content.digest
