"""Checks objects of CASE against a schema written from the specification: what must be there, of
which form, and nothing else. Associations and links must lead to what the package holds.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

Check = Callable[[Any], None]
BOTH: Final = ("v1p0", "v1p1")
NEW: Final = ("v1p1",)


class Schema(Enum):
    PACKAGE = auto()
    DOCUMENT = auto()
    ITEM = auto()
    ASSOCIATION = auto()


def _uuid(value: Any) -> None:
    assert str(UUID(value)) == value


def _uri(value: Any) -> None:
    parts = urlsplit(value)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert not re.search(r"\s", value)


def _words(value: Any) -> None:
    assert isinstance(value, str)
    assert value.strip() == value != ""
    assert not re.search(r"[\r\n\t]", value), "CASE 1.0 has normalised strings"


def _time(value: Any) -> None:
    assert datetime.fromisoformat(value).tzinfo is not None


def _day(value: Any) -> None:
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)


def _whole(value: Any) -> None:
    assert type(value) is int


def _number(value: Any) -> None:
    assert type(value) in {int, float}


def _list_of(check: Check) -> Check:
    def every(value: Any) -> None:
        assert isinstance(value, list)
        assert value
        for each in value:
            check(each)

    return every


def _one_of(*allowed: str) -> Check:
    def one(value: Any) -> None:
        assert value in allowed

    return one


Fields = Mapping[str, tuple[bool, Check, tuple[str, ...]]]
"""By name: whether it must be there, its form, and the versions that know it."""


def _must(check: Check) -> tuple[bool, Check, tuple[str, ...]]:
    return True, check, BOTH


def _may(check: Check, versions: tuple[str, ...] = BOTH) -> tuple[bool, Check, tuple[str, ...]]:
    return False, check, versions


def _shape(fields: Fields, version: str) -> Check:
    def shaped(value: Any) -> None:
        assert isinstance(value, dict)
        known = {name for name, (_, _, versions) in fields.items() if version in versions}
        assert set(value) <= known, set(value) - known
        for name, (needed, form, _) in fields.items():
            assert name in value or not needed, name
            if name in value:
                form(value[name])

    return shaped


_COMMON: Fields = {
    "identifier": _must(_uuid),
    "uri": _must(_uri),
    "lastChangeDateTime": _must(_time),
}


_LEVEL: Fields = {
    **_COMMON,
    "description": _may(_words),
    "quality": _may(_words),
    "score": _may(_number),
    "feedback": _may(_words),
    "position": _may(_whole),
    "rubricCriterionId": _may(_uuid),
}
_TITLED: Fields = {**_COMMON, "title": _must(_words), "description": _may(_words)}
_CODED: Fields = {**_TITLED, "hierarchyCode": _must(_words)}
_KINDS = (
    *("isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo"),
    *("replacedBy", "exemplar", "hasSkillLevel"),
)


def _document(link: Check) -> Fields:
    return {
        **_COMMON,
        "creator": _must(_words),
        "title": _must(_words),
        "publisher": _may(_words),
        "language": _may(_words),
        "version": _may(_words),
        "statusStartDate": _may(_day),
        "licenseURI": _may(link),
        "notes": _may(_words),
        "caseVersion": _may(_one_of("1.1"), NEW),
    }


def _item(link: Check) -> Fields:
    return {
        **_COMMON,
        "fullStatement": _must(_words),
        "humanCodingScheme": _may(_words),
        "CFItemType": _may(_words),
        "CFItemTypeURI": _may(link),
        "educationLevel": _may(_list_of(_words)),
        "language": _may(_words),
        "licenseURI": _may(link),
        "notes": _may(_words),
    }


def _association(link: Check, version: str) -> Fields:
    new = ("isTranslationOf",) if version == "v1p1" else ()
    return {
        **_COMMON,
        "associationType": _must(_one_of(*_KINDS, *new)),
        "originNodeURI": _must(link),
        "destinationNodeURI": _must(link),
        "sequenceNumber": _may(_whole),
        "CFAssociationGroupingURI": _may(link),
        "notes": _may(_words, NEW),
    }


def _rubric(link: Check, version: str) -> Fields:
    criterion: Fields = {
        **_COMMON,
        "category": _may(_words),
        "description": _may(_words),
        "CFItemURI": _may(link),
        "weight": _may(_number),
        "position": _may(_whole),
        "rubricId": _may(_uuid),
        "CFRubricCriterionLevels": _may(_list_of(_shape(_LEVEL, version))),
    }
    return {
        **_COMMON,
        "title": _may(_words),
        "description": _may(_words),
        "CFRubricCriteria": _may(_list_of(_shape(criterion, version))),
    }


def _definitions(version: str) -> Fields:
    kinds: Mapping[str, Fields] = {
        "CFItemTypes": {**_CODED, "description": _must(_words)},
        "CFConcepts": _CODED,
        "CFLicenses": {**_TITLED, "licenseText": _must(_words)},
        "CFAssociationGroupings": _TITLED,
    }
    return {name: _may(_list_of(_shape(each, version))) for name, each in kinds.items()}


def _parts(version: str) -> Mapping[str, Check]:
    link = _shape({"title": _must(_words), "identifier": _must(_uuid), "uri": _must(_uri)}, version)
    document, item, association = _document(link), _item(link), _association(link, version)
    package: Fields = {
        "CFDocument": _must(_shape(document, version)),
        "CFItems": _must(_list_of(_shape(item, version))),
        "CFAssociations": _must(_list_of(_shape(association, version))),
        "CFDefinitions": _may(_shape(_definitions(version), version)),
        "CFRubrics": _may(_list_of(_shape(_rubric(link, version), version))),
    }
    return {
        "PACKAGE": _shape(package, version),
        "DOCUMENT": _shape({**document, "CFPackageURI": _must(link)}, version),
        "ITEM": _shape({**item, "CFDocumentURI": _must(link)}, version),
        "ASSOCIATION": _shape({**association, "CFDocumentURI": _may(link)}, version),
    }


def check(value: Any, schema: Schema, version: str) -> None:
    """Fails where the object is not as CASE of this version (``v1p1``) says."""
    _parts(version)[schema.name](value)
    if schema is Schema.PACKAGE:
        _check_links(value)


def _check_links(package: Mapping[str, Any]) -> None:
    """No identifier twice, no link into nothing, every item below the document, levels of each
    criterion from the best or the worst on."""
    document = package["CFDocument"]["identifier"]
    items = {each["identifier"] for each in package["CFItems"]}
    parts = [*package["CFItems"], *package["CFAssociations"], *package.get("CFRubrics", [])]
    assert len({each["identifier"] for each in parts}) == len(parts)
    parents = {}
    for each in package["CFAssociations"]:
        ends = [each[name]["identifier"] for name in ("originNodeURI", "destinationNodeURI")]
        assert set(ends) <= items | {document}
        if each["associationType"] == "isChildOf":
            assert ends[0] not in parents
            parents[ends[0]] = ends[1]
    assert set(parents) == items
    for each in items:
        at, steps = each, 0
        while at != document:
            at, steps = parents[at], steps + 1
            assert steps < 10
    for rubric in package.get("CFRubrics", []):
        for criterion in rubric["CFRubricCriteria"]:
            assert criterion["CFItemURI"]["identifier"] in items
            assert criterion["rubricId"] == rubric["identifier"]
            scores = [each["score"] for each in criterion["CFRubricCriterionLevels"]]
            assert scores == sorted(scores)
