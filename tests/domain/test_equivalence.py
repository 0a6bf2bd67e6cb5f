"""A school's links: what counts of its decisions, and which of them contradict each other."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.equivalence import (
    ConflictKind,
    LinkDecision,
    Verdict,
    conflicts,
    decided,
    kept_apart,
    links_in_force,
)
from lti_tool.domain.mapping import EquivalenceClasses, EquivalenceLink, LinkTag
from lti_tool.domain.standard import RequirementKey
from tests.domain.builders import DAY_0, key, standard

STANDARD = standard()
KEYS = [each.key for each in STANDARD.requirements()]


def link(lower: str, higher: str, tag: LinkTag = LinkTag.SAME) -> EquivalenceLink:
    return EquivalenceLink(key(lower), key(higher), (tag,), "note", "reviewer")


def decision(
    number: int,
    pair: tuple[RequirementKey, RequirementKey],
    verdict: Verdict,
    tag: LinkTag | None = LinkTag.DIFF,
) -> LinkDecision:
    tag = tag if verdict is Verdict.ACCEPT else None
    return LinkDecision(number, *pair, verdict, tag, "理由", 7, DAY_0, "何老师")


PAIRS = [
    (one, other)
    for one in KEYS
    for other in KEYS
    if STANDARD.rank(one.level) < STANDARD.rank(other.level)
]


def pairs() -> st.SearchStrategy[tuple[RequirementKey, RequirementKey]]:
    return st.sampled_from(PAIRS)


@st.composite
def records(draw: st.DrawFn) -> list[LinkDecision]:
    made = draw(st.lists(st.tuples(pairs(), st.sampled_from(Verdict)), max_size=12))
    return [decision(number, *each) for number, each in enumerate(made, 1)]


@st.composite
def link_sets(draw: st.DrawFn) -> list[EquivalenceLink]:
    made = draw(st.lists(st.tuples(pairs(), st.sampled_from(LinkTag)), max_size=12))
    return [EquivalenceLink(*pair, (tag,), "note", "reviewer") for pair, tag in made]


A = (key("low/1.1.1"), key("mid/1.1.1"))


def test_an_accepted_pair_is_linked_in_the_name_of_who_accepted_it() -> None:
    (made,) = links_in_force((), [decision(1, A, Verdict.ACCEPT)])
    assert (made.lower, made.higher, made.tags) == (*A, (LinkTag.DIFF,))
    assert (made.note, made.reviewer, made.reviewed) == ("理由", "何老师", DAY_0.date())
    assert made.shares_evidence


def test_a_rejected_pair_is_not_linked_though_it_was_shipped_so() -> None:
    shipped = [link("low/1.1.1", "mid/1.1.1"), link("low/1.1.2", "mid/1.1.2")]
    made = [decision(1, A, Verdict.REJECT)]
    assert links_in_force(shipped, made) == (shipped[1],)
    assert kept_apart(made) == {A}


def test_undoing_a_decision_brings_back_what_was_before_it() -> None:
    shipped = [link("low/1.1.1", "mid/1.1.1")]
    rejected = decision(1, A, Verdict.REJECT)
    accepted = decision(2, A, Verdict.ACCEPT, LinkTag.PROGRESS)
    once = [rejected, accepted, decision(3, A, Verdict.UNDO)]
    assert decided(once) == {A: rejected}
    assert links_in_force(shipped, [*once, decision(4, A, Verdict.UNDO)]) == tuple(shipped)


@given(records(), pairs(), st.sampled_from([Verdict.ACCEPT, Verdict.REJECT]))
def test_a_decision_and_its_undo_change_nothing(
    made: Sequence[LinkDecision], pair: tuple[RequirementKey, RequirementKey], verdict: Verdict
) -> None:
    shipped = [link("low/1.1.1", "mid/1.1.1")]
    count = len(made)
    after = [*made, decision(count + 1, pair, verdict), decision(count + 2, pair, Verdict.UNDO)]
    assert set(links_in_force(shipped, after)) == set(links_in_force(shipped, made))
    assert kept_apart(after) == kept_apart(made)


@given(records())
def test_each_pair_is_linked_at_most_once(made: Sequence[LinkDecision]) -> None:
    found = links_in_force([link("low/1.1.1", "mid/1.1.1")], made)
    assert len({(each.lower, each.higher) for each in found}) == len(found)


# --- Contradictions -------------------------------------------------------------------------------


def test_two_requirements_of_one_level_in_one_class_are_named_with_every_link_between() -> None:
    links = [link("low/1.1.1", "mid/1.1.1"), link("low/1.1.1", "mid/2.1.1")]
    (found,) = conflicts(STANDARD, links)
    assert found.kind is ConflictKind.ONE_LEVEL
    assert found.pair == (key("mid/1.1.1"), key("mid/2.1.1"))
    assert set(found.path) == set(links)
    words = found.words(STANDARD)
    assert "中级 1.1.1 与 中级 2.1.1" in words.zh
    assert "初级 1.1.1 — 中级 2.1.1" in words.zh
    assert "中级 1.1.1 and 中级 2.1.1" in (words.en or "")


def test_a_pair_marked_never_shared_may_not_be_united_by_others() -> None:
    never = link("low/1.1.1", "high/1.1.1", LinkTag.CONTEXT)
    links = [never, link("low/1.1.1", "mid/1.1.1"), link("mid/1.1.1", "high/1.1.1")]
    (found,) = conflicts(STANDARD, links)
    assert (found.kind, found.against) == (ConflictKind.KEPT_APART, never)
    assert found.path == tuple(links[1:])


def test_a_pair_the_school_rejected_may_not_be_united_by_others() -> None:
    apart = (key("low/1.1.1"), key("high/1.1.1"))
    links = [link("low/1.1.1", "mid/1.1.1"), link("mid/1.1.1", "high/1.1.1")]
    (found,) = conflicts(STANDARD, links, [apart])
    assert (found.kind, found.pair, found.against) == (ConflictKind.KEPT_APART, apart, None)


def test_progress_in_a_circle_is_found() -> None:
    links = [
        link("low/1.1.1", "mid/1.1.1"),
        link("low/1.1.2", "mid/1.1.2"),
        link("low/1.1.1", "mid/1.1.2", LinkTag.PROGRESS),
        link("low/1.1.2", "mid/1.1.1", LinkTag.PROGRESS),
    ]
    (found,) = conflicts(STANDARD, links)
    assert found.kind is ConflictKind.CIRCLE
    assert set(found.path) == set(links[2:])


@given(link_sets())
def test_links_without_a_contradiction_make_classes_of_one_requirement_per_level(
    links: Sequence[EquivalenceLink],
) -> None:
    found = {each.kind for each in conflicts(STANDARD, links)}
    classes = EquivalenceClasses(STANDARD, links)
    members = [classes.class_of(each).members for each in KEYS]
    crowded = any(len({each.level for each in one}) < len(one) for one in members)
    assert crowded == (ConflictKind.ONE_LEVEL in found)
    united = any(e.never_shares and e.higher in classes.class_of(e.lower).members for e in links)
    assert united == (ConflictKind.KEPT_APART in found)


@given(link_sets())
def test_every_step_of_a_contradiction_is_a_link_that_was_given(
    links: Sequence[EquivalenceLink],
) -> None:
    for each in conflicts(STANDARD, links):
        assert set(each.path) <= set(links)
        assert each.words(STANDARD).en
