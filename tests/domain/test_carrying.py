"""The plan for evidence of an older version, and ratings that count in the newer one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.carrying import Carry, CarryDecision, carried, carried_steps, plan
from lti_tool.domain.rating import Rating, in_force
from lti_tool.domain.revision import revision
from lti_tool.domain.standard import RequirementKey
from tests.domain.builders import DAY_0, key
from tests.domain.test_link_proposals import made
from tests.domain.test_revision import DATA, GREET, LOSSES, ORDERS

OLD = made({"low": {"1.1.1": GREET, "1.1.2": DATA, "1.1.3": LOSSES, "2.1.1": ORDERS}})
NEW = made(
    {
        "low": {
            "1.1.1": GREET,
            "1.1.2": "能够整理客户数据",
            "1.1.4": "能够按月撰写服务分析报告",
            "3.1.1": ORDERS,
        }
    }
)
CHANGES = revision(OLD, NEW).changes
KEYS = [each.key for each in NEW.requirements()]


def decision(
    number: int, old: RequirementKey, new: RequirementKey | None, carry: Carry
) -> CarryDecision:
    return CarryDecision(number, "T1-1", old, new, carry, "理由", 7, DAY_0)


def rating(id_: str, code: str, supersedes: str | None = None) -> Rating:
    return Rating(
        *(id_, 1, "T1-1", RequirementKey("low", code), 3, 7, DAY_0, DAY_0, "a1", "s1"),
        released_at=DAY_0,
        supersedes=supersedes,
    )


def test_each_kind_of_change_has_its_proposal_and_nothing_is_carried_unconfirmed() -> None:
    steps = plan(CHANGES, ())
    shown = [(each.old.code, each.new.code if each.new else None, each.proposed) for each in steps]
    assert shown == [
        ("1.1.1", "1.1.1", Carry.CARRIED),
        ("1.1.2", "1.1.2", Carry.LOOK),
        ("1.1.2", "1.1.4", Carry.LOOK),
        ("1.1.3", None, Carry.LEFT),
        ("2.1.1", "3.1.1", Carry.LOOK),
    ]
    assert all(each.carry is not Carry.CARRIED for each in steps)


def test_a_later_decision_replaces_an_earlier_one() -> None:
    one, new = key("low/1.1.1"), key("low/1.1.1")
    made_ = [decision(1, one, new, Carry.CARRIED), decision(2, one, new, Carry.LEFT)]
    assert plan(CHANGES, made_)[0].carry is Carry.LEFT
    assert carried_steps(made_) == {}
    assert carried_steps(made_[:1]) == {"T1-1": {one: (new,)}}


def test_a_requirement_chosen_by_hand_stands_in_the_plan() -> None:
    by_hand = decision(1, key("low/1.1.3"), key("low/3.1.1"), Carry.CARRIED)
    steps = [each for each in plan(CHANGES, [by_hand]) if each.old == key("low/1.1.3")]
    assert [(each.new, each.carry) for each in steps] == [
        (None, Carry.LEFT),
        (key("low/3.1.1"), Carry.CARRIED),
    ]


def test_a_carried_rating_keeps_its_id_and_version_and_says_from_where() -> None:
    steps = {"T1-1": {key("low/1.1.2"): (key("low/1.1.2"), key("low/1.1.4"))}}
    found = carried([rating("r1", "1.1.2"), rating("r2", "1.1.1")], steps, NEW)
    assert [(each.id, each.requirement.code) for each in found] == [
        ("r1", "1.1.2"),
        ("r1", "1.1.4"),
    ]
    assert {each.standard_id for each in found} == {"T1-1"}
    assert {each.judged for each in found} == {key("low/1.1.2")}


def test_a_requirement_that_is_gone_from_the_new_version_takes_no_evidence() -> None:
    steps = {"T1-1": {key("low/1.1.1"): (key("low/9.9.9"),)}}
    assert carried([rating("r1", "1.1.1")], steps, NEW) == []


def test_a_correction_counts_for_every_requirement_its_rating_is_carried_to() -> None:
    steps = {"T1-1": {key("low/1.1.2"): (key("low/1.1.2"), key("low/1.1.4"))}}
    given_ = [rating("r1", "1.1.2"), rating("r2", "1.1.2", supersedes="r1")]
    counted = in_force(carried(given_, steps, NEW))
    assert sorted((each.id, each.requirement.code) for each in counted) == [
        ("r2", "1.1.2"),
        ("r2", "1.1.4"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([each.key for each in OLD.requirements()]),
            st.sampled_from([*KEYS, None]),
            st.sampled_from(Carry),
        ),
        max_size=12,
    )
)
def test_evidence_counts_exactly_where_the_plan_says_carried(
    choices: Sequence[tuple[RequirementKey, RequirementKey | None, Carry]],
) -> None:
    decisions = [decision(number, *each) for number, each in enumerate(choices, 1)]
    planned = {
        (each.old, each.new)
        for each in plan(CHANGES, decisions)
        if each.carry is Carry.CARRIED and each.new is not None
    }
    counted = carried_steps(decisions).get("T1-1", {})
    assert {(old, new) for old, targets in counted.items() for new in targets} == planned
