"""Which pairs of requirements a person is asked to compare, and why in words."""

from collections.abc import Mapping

from lti_tool.domain.link_proposals import ProposalKind, compared, propose
from lti_tool.domain.mapping import EquivalenceLink, LinkTag
from lti_tool.domain.standard import (
    Level,
    Requirement,
    RequirementKey,
    SourceStatus,
    Standard,
    Text,
    WorkArea,
    WorkTask,
)
from tests.domain.builders import LEVEL_NAMES, key

SCRIPTS = "能够按话术规范回应客户咨询"
ORDERS = "能够核对订单地址与收货信息"
ORDERS_TOO = "能够核对订单地址和收货信息"


def made(levels: Mapping[str, Mapping[str, str | None]]) -> Standard:
    """A standard of one task per level, with these texts by code; None is lost in source."""
    return Standard(
        *("T1", "1", Text("标准"), Text("发布方"), "2026-09", Text("版权")),
        tuple(_level(name, texts) for name, texts in levels.items()),
    )


def _level(name: str, texts: Mapping[str, str | None]) -> Level:
    tasks = tuple(
        WorkTask(code.rpartition(".")[0], Text(f"任务{code[0]}"), (_requirement(name, code, text),))
        for code, text in texts.items()
    )
    return Level(
        name, Text(LEVEL_NAMES[name]), Text("范围"), (), (WorkArea("1", Text("领"), tasks),)
    )


def _requirement(level: str, code: str, text: str | None) -> Requirement:
    status = SourceStatus.PRINTED if text else SourceStatus.LOST
    return Requirement(RequirementKey(level, code), text, status)


STANDARD = made(
    {
        "low": {"1.1.1": SCRIPTS, "2.1.1": ORDERS, "3.1.1": None},
        "mid": {"1.1.1": SCRIPTS, "2.1.1": ORDERS_TOO, "4.1.1": SCRIPTS, "3.1.1": None},
    }
)


def linked(lower: str, higher: str, tag: LinkTag) -> EquivalenceLink:
    return EquivalenceLink(key(lower), key(higher), (tag,), "note", "reviewer")


def test_same_text_moved_code_and_near_text_are_proposed_in_this_order() -> None:
    found = [
        (str(each.lower.key), str(each.higher.key), each.kind) for each in propose(STANDARD, ())
    ]
    assert found == [
        ("low/1.1.1", "mid/1.1.1", ProposalKind.SAME),
        ("low/1.1.1", "mid/4.1.1", ProposalKind.MOVED),
        ("low/2.1.1", "mid/2.1.1", ProposalKind.NEAR),
    ]


def test_a_proposal_says_in_words_what_agrees_and_what_differs() -> None:
    _, moved, near = propose(STANDARD, ())
    assert [each.zh for each in moved.reasons] == [
        "文字逐字相同",
        "编码不同（1.1.1 → 4.1.1）",
        "工作任务不同（任务1 → 任务4），情境可能不同",
    ]
    assert not moved.same_task
    assert [each.zh for each in near.reasons][1] == "只在低等级：“与”；只在高等级：“和”"
    assert all(each.en for each in near.reasons)


def test_what_is_related_already_is_not_proposed_again() -> None:
    links = [linked("low/1.1.1", "mid/1.1.1", LinkTag.SAME)]
    links.append(linked("low/1.1.1", "mid/4.1.1", LinkTag.PROGRESS))
    assert [each.kind for each in propose(STANDARD, links)] == [ProposalKind.NEAR]


def test_what_the_school_keeps_apart_is_not_proposed_again() -> None:
    apart = [(key("low/2.1.1"), key("mid/2.1.1"))]
    kinds = [each.kind for each in propose(STANDARD, (), apart)]
    assert ProposalKind.NEAR not in kinds


def test_a_text_that_is_lost_is_like_no_other() -> None:
    assert all(each.lower.text and each.higher.text for each in propose(STANDARD, ()))
    found = compared(STANDARD, key("low/3.1.1"), key("mid/3.1.1"))
    assert found.likeness == 0
    assert found.reasons[0].zh == "有一条原文缺失，无从比较"


def test_proposing_links_nothing() -> None:
    proposals = propose(STANDARD, ())
    assert propose(STANDARD, ()) == proposals
    assert {each.tag for each in proposals} == {LinkTag.SAME, LinkTag.DIFF}
