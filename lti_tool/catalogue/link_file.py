"""Writes links as an ``equivalence.yaml`` that ``mappings/`` takes as it is."""

from collections.abc import Iterable, Mapping

import yaml

from lti_tool.domain.mapping import EquivalenceLink
from lti_tool.domain.standard import Standard

HEAD = "# Which requirements of different levels count as one competence. The first tag decides.\n"
WIDTH = 100


def links_yaml(standard: Standard, links: Iterable[EquivalenceLink]) -> str:
    """The file's content; the same links give the same text."""
    content = {"standard": standard.id, "links": [_entry(each) for each in links]}
    return HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=WIDTH)


def _entry(link: EquivalenceLink) -> Mapping[str, object]:
    entry: dict[str, object] = {
        "lower": str(link.lower),
        "higher": str(link.higher),
        "tags": [each.value for each in link.tags],
        "note": link.note,
    }
    if link.reviewer and link.reviewed:
        entry |= {"reviewer": link.reviewer, "reviewed": link.reviewed}
    return entry
