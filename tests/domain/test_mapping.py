"""Equivalence: what shares evidence, and that classes are a partition in every case."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.mapping import EquivalenceClasses, EquivalenceLink, LinkTag
from lti_tool.domain.standard import RequirementKey
from tests.domain.builders import key, standard

STANDARD = standard()
KEYS = [each.key for each in STANDARD.requirements()]


def link(lower: RequirementKey, higher: RequirementKey, *tags: LinkTag) -> EquivalenceLink:
    return EquivalenceLink(lower, higher, tags or (LinkTag.SAME,), "note", "reviewer")


def pairs() -> st.SearchStrategy[list[EquivalenceLink]]:
    one = st.builds(
        link, st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(list(LinkTag))
    )
    return st.lists(one, max_size=12)


@pytest.mark.parametrize(
    ("tags", "reviewer", "shares"),
    [
        ((LinkTag.SAME,), None, True),
        ((LinkTag.INFERRED,), None, False),
        ((LinkTag.INFERRED,), "a person", True),
        ((LinkTag.DIFF,), None, False),
        ((LinkTag.DIFF,), "a person", True),
        ((LinkTag.DIFF, LinkTag.CONTEXT), "a person", False),
        ((LinkTag.CONTEXT,), "a person", False),
        ((LinkTag.PROGRESS,), "a person", False),
        ((LinkTag.JUDGEMENT,), "a person", False),
    ],
)
def test_the_tag_and_the_review_decide_whether_evidence_is_shared(
    tags: tuple[LinkTag, ...], reviewer: str | None, shares: bool
) -> None:
    made = EquivalenceLink(KEYS[0], KEYS[-1], tags, "note", reviewer)
    assert made.shares_evidence is shares


@given(pairs())
def test_every_requirement_is_in_exactly_one_class(links: list[EquivalenceLink]) -> None:
    classes = EquivalenceClasses(STANDARD, links)
    found = {classes.class_of(each) for each in KEYS}
    members = list(chain.from_iterable(each.members for each in found))
    assert sorted(members) == sorted(KEYS)
    assert all(each in classes.class_of(each).members for each in KEYS)


@given(pairs())
def test_linked_requirements_share_a_class_if_and_only_if_a_path_of_links_shares(
    links: list[EquivalenceLink],
) -> None:
    classes = EquivalenceClasses(STANDARD, links)
    for start in KEYS:
        reached, edge = {start}, {start}
        while edge:
            edge = {
                end
                for each in links
                if each.shares_evidence
                for begin, end in ((each.lower, each.higher), (each.higher, each.lower))
                if begin in edge
            } - reached
            reached |= edge
        assert set(classes.class_of(start).members) == reached


@given(pairs().flatmap(lambda links: st.tuples(st.just(links), st.permutations(links))))
def test_the_order_of_links_does_not_matter(
    both: tuple[list[EquivalenceLink], list[EquivalenceLink]],
) -> None:
    one, other = (EquivalenceClasses(STANDARD, links) for links in both)
    assert [one.class_of(each) for each in KEYS] == [other.class_of(each) for each in KEYS]


@given(pairs())
def test_a_higher_level_ranges_over_all_classes_of_the_lower_ones(
    links: list[EquivalenceLink],
) -> None:
    classes = EquivalenceClasses(STANDARD, links)
    low, mid, high = (set(classes.up_to(each.key)) for each in STANDARD.levels)
    assert low <= mid <= high
    assert high == {classes.class_of(each) for each in KEYS}


def test_the_lowest_member_stands_for_its_class() -> None:
    classes = EquivalenceClasses(STANDARD, [link(key("low/1.1.1"), key("mid/1.1.1"))])
    assert classes.class_of(key("mid/1.1.1")).key == key("low/1.1.1")
