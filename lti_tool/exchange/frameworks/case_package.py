"""A framework as a CASE package: document, items, associations, definitions, rubrics.

What CASE has no field for stands as facts in ``notes``, which nobody has to understand. English is
a translation of its own in 1.1 and a fact in 1.0, which knows no translations; so are the reviews
of links, since associations got notes in 1.1. Not here: serving (``case_service``).
"""

from collections.abc import Iterator, Mapping, Sequence

from lti_tool.domain.mapping import LinkTag

from .case_objects import (
    CHINESE,
    ENGLISH,
    Association,
    CaseVersion,
    Json,
    Kind,
    Maker,
    Object,
)
from .case_rubrics import JUDGED, case_rubrics
from .facts import Facts, every, first, records, without, written
from .framework import Framework, Item, Relation
from .outward import with_links

TYPES = ("技能等级", "工作领域", "工作任务", "职业技能要求")
TYPE_WORDS = ("Skill level", "Work area", "Work task", "Skill requirement")
TRANSLATION = "英文译文"
HOLDER = "英文译文（非官方） Unofficial English translation"
_IN_FIELDS = ("publisher", "version", "published", "rights", "term", "term_code", "definition")
_TAGS: Mapping[str, Association] = {
    LinkTag.SAME: Association.SAME,
    LinkTag.INFERRED: Association.SAME,
    LinkTag.DIFF: Association.SAME,
    LinkTag.CONTEXT: Association.RELATED,
    LinkTag.PROGRESS: Association.PRECEDES,
    LinkTag.JUDGEMENT: Association.RELATED,
}


def case_package(framework: Framework, maker: Maker) -> Object:
    """The package, without a wrapper."""
    facts = _item_facts(framework, maker.version)
    rubrics = case_rubrics(framework, maker)
    package: dict[str, Json] = {
        "CFDocument": _document(framework, maker),
        "CFItems": [
            *(_item(framework, maker, each, facts[each.id]) for each in framework.items),
            *_translations(framework, maker),
        ],
        "CFAssociations": [
            *_children(framework, maker),
            *(_association(framework, maker, each) for each in framework.relations),
            *_translates(framework, maker),
        ],
        "CFDefinitions": _definitions(framework, maker),
    }
    return {**package, "CFRubrics": rubrics} if rubrics else package


def _item_facts(framework: Framework, version: CaseVersion) -> Mapping[str, Facts]:
    """What stands in the notes of each item."""
    numbers = [str(each.number) for each in framework.performance_levels]
    judged = [*JUDGED, *numbers, *(f"{each}:en" for each in numbers)]
    if version is CaseVersion.V1P0:
        every_fact = with_links(framework)
        return {key: without(facts, judged) for key, facts in every_fact.items()}
    return {each.id: without(each.facts, [*judged, "en"]) for each in framework.items}


# --- Document and items ---------------------------------------------------------------------------


def _document(framework: Framework, maker: Maker) -> Object:
    facts = framework.facts
    published = first(facts, "published")
    rights = first(facts, "rights")
    optional: dict[str, Json] = {"caseVersion": "1.1"} if _is_newer(maker) else {}
    if rights:
        optional["licenseURI"] = maker.link(Kind.LICENSE, "", "权利声明")
    return maker.made(
        Kind.DOCUMENT,
        "",
        title=framework.title,
        creator=first(facts, "publisher"),
        publisher=first(facts, "publisher"),
        language=CHINESE,
        version=first(facts, "version"),
        statusStartDate=f"{published}-01" if published else "",
        notes=written(without(facts, _IN_FIELDS)),
        **optional,
    )


def _item(framework: Framework, maker: Maker, item: Item, facts: Facts) -> Object:
    level = item.id.partition("/")[0]
    name = next(each.text for each in framework.items if each.id == level)
    rights = first(framework.facts, "rights")
    link: dict[str, Json] = (
        {"licenseURI": maker.link(Kind.LICENSE, "", "权利声明")} if rights else {}
    )
    kind = TYPES[item.depth]
    return maker.made(
        Kind.ITEM,
        item.id,
        fullStatement=item.text,
        humanCodingScheme=item.code,
        CFItemType=kind,
        CFItemTypeURI=maker.link(Kind.ITEM_TYPE, kind, kind),
        educationLevel=[name],
        language=CHINESE,
        notes=written(facts),
        **link,
    )


def _children(framework: Framework, maker: Maker) -> Iterator[Object]:
    """Every item hangs from its parent, those at the top from the document."""
    texts = {each.id: each.text for each in framework.items}
    places: dict[str, int] = {}
    for each in framework.items:
        places[each.parent] = places.get(each.parent, 0) + 1
        above = (
            maker.link(Kind.ITEM, each.parent, texts[each.parent])
            if each.parent
            else maker.link(Kind.DOCUMENT, "", framework.title)
        )
        yield maker.made(
            Kind.ASSOCIATION,
            f"{Association.CHILD}/{each.id}",
            associationType=Association.CHILD.value,
            sequenceNumber=places[each.parent],
            originNodeURI=maker.link(Kind.ITEM, each.id, each.text),
            destinationNodeURI=above,
        )


# --- Links ----------------------------------------------------------------------------------------


def _association(framework: Framework, maker: Maker, link: Relation) -> Object:
    texts = {each.id: each.text for each in framework.items}
    tags = every(link.facts, "link_tag")
    group = "+".join(tags)
    notes = {"notes": written(link.facts)} if _is_newer(maker) else {}
    return maker.made(
        Kind.ASSOCIATION,
        f"{link.origin}+{link.destination}",
        associationType=_TAGS[tags[0]].value,
        originNodeURI=maker.link(Kind.ITEM, link.origin, texts[link.origin]),
        destinationNodeURI=maker.link(Kind.ITEM, link.destination, texts[link.destination]),
        CFAssociationGroupingURI=maker.link(Kind.GROUPING, group, group),
        **notes,
    )


# --- English, in 1.1 ------------------------------------------------------------------------------


def _translations(framework: Framework, maker: Maker) -> Iterator[Object]:
    translated = _translated(framework, maker)
    if translated:
        yield maker.made(
            Kind.ITEM,
            f"{ENGLISH}/",
            fullStatement=HOLDER,
            CFItemType=TRANSLATION,
            CFItemTypeURI=maker.link(Kind.ITEM_TYPE, TRANSLATION, TRANSLATION),
            language=ENGLISH,
        )
    for each in translated:
        yield maker.made(
            Kind.ITEM,
            f"{ENGLISH}/{each.id}",
            fullStatement=first(each.facts, "en"),
            humanCodingScheme=each.code,
            CFItemType=TRANSLATION,
            CFItemTypeURI=maker.link(Kind.ITEM_TYPE, TRANSLATION, TRANSLATION),
            language=ENGLISH,
        )


def _translates(framework: Framework, maker: Maker) -> Iterator[Object]:
    """Translations hang from an item of their own, and point at what they translate."""
    translated = _translated(framework, maker)
    holder = maker.link(Kind.ITEM, f"{ENGLISH}/", HOLDER)
    top = sum(not each.parent for each in framework.items) + 1
    if translated:
        yield maker.made(
            Kind.ASSOCIATION,
            f"{Association.CHILD}/{ENGLISH}/",
            associationType=Association.CHILD.value,
            sequenceNumber=top,
            originNodeURI=holder,
            destinationNodeURI=maker.link(Kind.DOCUMENT, "", framework.title),
        )
    for number, each in enumerate(translated, 1):
        own = maker.link(Kind.ITEM, f"{ENGLISH}/{each.id}", first(each.facts, "en"))
        yield maker.made(
            Kind.ASSOCIATION,
            f"{Association.CHILD}/{ENGLISH}/{each.id}",
            associationType=Association.CHILD.value,
            sequenceNumber=number,
            originNodeURI=own,
            destinationNodeURI=holder,
        )
        yield maker.made(
            Kind.ASSOCIATION,
            f"{Association.TRANSLATION}/{each.id}",
            associationType=Association.TRANSLATION.value,
            originNodeURI=own,
            destinationNodeURI=maker.link(Kind.ITEM, each.id, each.text),
        )


def _translated(framework: Framework, maker: Maker) -> Sequence[Item]:
    if not _is_newer(maker):
        return ()
    return [each for each in framework.items if first(each.facts, "en")]


def _is_newer(maker: Maker) -> bool:
    return maker.version is CaseVersion.V1P1


# --- Definitions ----------------------------------------------------------------------------------


def _definitions(framework: Framework, maker: Maker) -> Object:
    kinds = list(zip(TYPES, TYPE_WORDS, strict=True))
    if _translated(framework, maker):
        kinds.append((TRANSLATION, "Unofficial English translation"))
    groups = dict.fromkeys("+".join(every(each.facts, "link_tag")) for each in framework.relations)
    rights = first(framework.facts, "rights")
    found: dict[str, Json] = {
        "CFItemTypes": [
            maker.made(
                Kind.ITEM_TYPE, kind, title=kind, description=words, hierarchyCode=str(number)
            )
            for number, (kind, words) in enumerate(kinds, 1)
        ],
        "CFConcepts": list(_concepts(framework, maker)),
        "CFLicenses": [
            maker.made(Kind.LICENSE, "", title="权利声明", licenseText=each)
            for each in ([rights] if rights else [])
        ],
        "CFAssociationGroupings": [
            maker.made(Kind.GROUPING, each, title=each) for each in groups if each
        ],
    }
    return {name: listed for name, listed in found.items() if listed}


def _concepts(framework: Framework, maker: Maker) -> Iterator[Object]:
    for each in records(framework.facts, "term"):
        code = first(each, "term_code")
        yield maker.made(
            Kind.CONCEPT,
            code,
            title=first(each, "term"),
            hierarchyCode=code,
            description=first(each, "definition"),
        )
