"""Reads a CASE 1.0 or 1.1 package, with or without a wrapper, by whomever it was written.

Items that hang from nothing stand at the top, with or without a link to the document. A translation
is laid beside what it translates. Not here: what the tree means as a standard (``inward``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import ValidationError

from .case_objects import ENGLISH, Association
from .case_rubrics import JUDGED
from .case_schema import (
    AssociationIn,
    CriterionIn,
    DefinitionsIn,
    ItemIn,
    PackageIn,
    RubricIn,
    WrappedIn,
)
from .facts import Fact, Facts, first, one_line, read
from .framework import Framework, Item, NotAFrameworkError, Relation
from .scales import Scale, descriptors, read_scale, scale_of

LINKS = frozenset({Association.SAME, Association.RELATED, Association.PRECEDES, "isPeerOf"})
LAST = 1_000_000


def read_case(content: bytes) -> Framework:
    """The framework of a JSON file. Raises NotAFrameworkError ``case``, naming each place that is
    not as it must be, up to five."""
    package = _package(content)
    tree = _Tree(package)
    facts = tuple(_head_facts(package))
    zh, en = _by_language(package.CFRubrics or [])
    scale = read_scale(facts) or _scale(zh)
    judged = _judged(zh, en, scale, 100 if read_scale(facts) else None)
    return Framework(
        title=one_line(package.CFDocument.title),
        facts=facts,
        items=[_item(each, above, tree, judged) for each, above in tree.ordered()],
        performance_levels=scale[0] if scale else (),
        cut=scale[1] if scale else 0,
        relations=[_relation(each) for each in tree.links],
        dropped=tuple(tree.dropped()),
    )


def _package(content: bytes) -> PackageIn:
    try:
        if b'"CFPackage"' in content:
            return WrappedIn.model_validate_json(content).CFPackage
        return PackageIn.model_validate_json(content)
    except ValidationError as error:
        found = [_fault(each["loc"], each["msg"]) for each in error.errors(include_url=False)[:5]]
        raise NotAFrameworkError("case", "; ".join(found)) from error


def _fault(place: Iterable[int | str], reason: str) -> str:
    path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place)
    return f"{path.removeprefix('.')}: {reason}" if path else reason


class _Tree:
    """The items in their places, the translations apart from them."""

    def __init__(self, package: PackageIn) -> None:
        self._items = {each.identifier: each for each in package.CFItems}
        by_kind: dict[str, list[AssociationIn]] = defaultdict(list)
        for each in package.CFAssociations:
            by_kind[each.association_type].append(each)
        self.english = self._translations(by_kind[Association.TRANSLATION])
        self._parents = self._placed(by_kind[Association.CHILD])
        self.links = [each for each in package.CFAssociations if each.association_type in LINKS]
        own = {*LINKS, Association.CHILD, Association.TRANSLATION}
        self._others = Counter(kind for kind, listed in by_kind.items() for _ in listed)
        for kind in own:
            del self._others[kind]
        self._reached = 0

    def _translations(self, links: Sequence[AssociationIn]) -> Mapping[str, str]:
        """The English of items by identifier. Which end is the translation, its language says."""
        found: dict[str, str] = {}
        self._translating: set[str] = set()
        for each in links:
            ends = [each.origin.identifier, each.destination.identifier]
            known = [self._items[end] for end in ends if end in self._items]
            english = [one for one in known if (one.language or "").startswith(ENGLISH)]
            if len(known) == 2 and len(english) == 1:
                other = known[0] if known[1] is english[0] else known[1]
                found[other.identifier] = one_line(english[0].full_statement)
                self._translating.add(english[0].identifier)
        return found

    def _placed(self, links: Sequence[AssociationIn]) -> Mapping[str, tuple[str, int]]:
        """Each item's parent and place below it. One that holds nothing but translations is none
        of the standard's."""
        found: dict[str, tuple[str, int]] = {}
        held: dict[str, set[str]] = defaultdict(set)
        for each in links:
            child, parent = each.origin.identifier, each.destination.identifier
            held[parent].add(child)
            if child in self._items and parent in self._items:
                found.setdefault(child, (parent, _place(each)))
            elif child in self._items:
                found.setdefault(child, ("", _place(each)))
        self._translating |= {
            parent for parent, children in held.items() if children <= self._translating
        }
        return found

    def ordered(self) -> Iterator[tuple[ItemIn, str]]:
        """The items from the top down, each with its parent's identifier."""
        below: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for number, key in enumerate(self._items):
            parent, place = self._parents.get(key, ("", LAST))
            if key not in self._translating:
                below[parent].append((place, number, key))
        waiting = [("", key) for _, _, key in sorted(below[""], reverse=True)]
        while waiting:
            parent, key = waiting.pop()
            self._reached += 1
            yield self._items[key], parent
            waiting += [(key, child) for _, _, child in sorted(below[key], reverse=True)]

    def dropped(self) -> Iterator[str]:
        """What has no place in a standard, once for each time it stands there."""
        for kind, times in self._others.items():
            yield from [f"CFAssociation {kind}"] * times
        left = len(self._items) - len(self._translating & set(self._items)) - self._reached
        yield from ["CFItem isChildOf …"] * left


def _place(link: AssociationIn) -> int:
    return LAST if link.sequence_number is None else link.sequence_number


def _item(each: ItemIn, parent: str, tree: _Tree, judged: Mapping[str, Facts]) -> Item:
    _, facts = read(each.notes or "")
    english = tree.english.get(each.identifier)
    own: Facts = (*facts, *([("en", english)] if english else []))
    code = one_line(each.human_coding_scheme or "")
    said = (*own, *judged.get(each.identifier, ()))
    return Item(each.identifier, parent, code, one_line(each.full_statement), said)


def _relation(link: AssociationIn) -> Relation:
    _, facts = read(link.notes or "")
    kind: Facts = facts or (("link_note", link.association_type),)
    return Relation(link.origin.identifier, link.destination.identifier, kind)


def _head_facts(package: PackageIn) -> Iterator[Fact]:
    document = package.CFDocument
    yield from read(document.notes or "")[1]
    yield "publisher", one_line(document.publisher or document.creator)
    yield "version", one_line(document.version or "")
    yield "published", (document.status_start_date or "")[:7]
    definitions = package.CFDefinitions or DefinitionsIn()
    for licence in definitions.CFLicenses or []:
        yield "rights", one_line(licence.license_text)
    for concept in definitions.CFConcepts or []:
        yield "term", one_line(concept.title)
        yield "term_code", one_line(concept.hierarchy_code)
        yield "definition", one_line(concept.description or "")


# --- Rubrics --------------------------------------------------------------------------------------


def _by_language(rubrics: Sequence[RubricIn]) -> tuple[list[CriterionIn], list[CriterionIn]]:
    """The criteria of rubrics in Chinese or an unnamed language, and of those in English."""
    found: tuple[list[CriterionIn], list[CriterionIn]] = ([], [])
    for each in rubrics:
        language = first(read(each.description or "")[1], "language")
        found[language == ENGLISH].extend(each.CFRubricCriteria or [])
    return found


def _scale(criteria: Sequence[CriterionIn]) -> Scale | None:
    """The scale of the criterion with the most levels."""
    ratings = max((_ratings(each) for each in criteria), key=len, default=[])
    return scale_of([(points, name) for points, name, _ in ratings], None)


def _ratings(criterion: CriterionIn) -> list[tuple[float, str, str]]:
    return [
        (each.score, one_line(each.quality or ""), one_line(each.description or ""))
        for each in criterion.CFRubricCriterionLevels or []
        if each.score is not None
    ]


def _judged(
    zh: Sequence[CriterionIn], en: Sequence[CriterionIn], scale: Scale | None, top: float | None
) -> Mapping[str, Facts]:
    """How each item is judged, as facts by its identifier."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for each in zh:
        if each.CFItemURI is None:
            continue
        facts = found[each.CFItemURI.identifier]
        words, said = read(each.description or "")
        facts += [fact for fact in said if fact[0] in JUDGED]
        facts += [("evidence", words)] if words and not first(said, "evidence") else []
        facts += descriptors(_ratings(each), scale, top)
        if each.weight is not None and 1 < each.weight <= 100 and each.weight.is_integer():
            facts.append(("weight", str(int(each.weight))))
    for each in en:
        if each.CFItemURI is not None:
            facts = found[each.CFItemURI.identifier]
            facts += [fact for fact in read(each.description or "")[1] if fact[0] in JUDGED]
            said = tuple(descriptors(_ratings(each), scale, top))
            facts += [(f"{number}:en", words) for number, words in said]
    return {key: tuple(facts) for key, facts in found.items()}
