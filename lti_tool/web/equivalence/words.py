"""Links in words: tags, verdicts, and pairs in addresses. No page itself."""

from collections.abc import Iterable

from flask import url_for

from lti_tool.domain.equivalence import Pair, Verdict, pair_faults
from lti_tool.domain.link_proposals import Proposal, ProposalKind
from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import RequirementKey, Standard
from lti_tool.web.localisation import gettext, in_page_language


def tag_words(tag: LinkTag) -> str:
    """What a tag says about a pair, and whether evidence is shared."""
    return {
        LinkTag.SAME: gettext("The same: evidence is shared"),
        LinkTag.INFERRED: gettext("Inferred: evidence is shared"),
        LinkTag.DIFF: gettext("Other wording: evidence is shared"),
        LinkTag.CONTEXT: gettext("Harder context: not shared"),
        LinkTag.PROGRESS: gettext("Continues the lower: not shared"),
        LinkTag.JUDGEMENT: gettext("Related otherwise: not shared"),
    }[tag]


def verdict_words(verdict: Verdict, tag: LinkTag | None) -> str:
    """What was decided."""
    if verdict is Verdict.ACCEPT and tag is not None:
        return tag_words(tag)
    if verdict is Verdict.REJECT:
        return gettext("Kept apart")
    return gettext("The decision before was undone")


def kind_words(kind: ProposalKind) -> str:
    """Why a pair is proposed."""
    return {
        ProposalKind.SAME: gettext("same text"),
        ProposalKind.MOVED: gettext("same text, other code"),
        ProposalKind.INFERRED: gettext("inferred"),
        ProposalKind.NEAR: gettext("near text"),
    }[kind]


def tag_choices(standard: Standard, proposal: Proposal) -> list[tuple[str, str]]:
    """The tags that agree with the two texts, the proposed one first, each in words."""
    tags: Iterable[LinkTag] = sorted(LinkTag, key=lambda each: each is not proposal.tag)
    return [
        (each.value, tag_words(each))
        for each in tags
        if not any(pair_faults(standard, *proposal.pair, each))
    ]


def name_of(standard: Standard, key: RequirementKey) -> str:
    """A requirement by its level and code."""
    return f"{in_page_language(standard.level(key.level).name)} {key.code}"


def address_of(standard: Standard, pair: Pair) -> str:
    """The address of a pair's page."""
    lower, higher = pair
    return url_for(
        "equivalence.pair",
        standard_id=standard.id,
        lower_level=lower.level,
        lower_code=lower.code,
        higher_level=higher.level,
        higher_code=higher.code,
    )
