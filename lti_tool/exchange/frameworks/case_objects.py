"""The objects of CASE 1.0 and 1.1 (1EdTech) and their links, with identifiers that never change.

An identifier is made of the standard's id and the object's place in it (UUID version 5), so that
another export, or another installation, gives the same. Not here: which objects there are
(``case_package``).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | Mapping[str, Json] | Sequence[Json]"
Object = Mapping[str, Json]

_NAMESPACE = uuid.UUID("6d8c7a52-3c55-5b0e-9d3e-4f6d1f0b5a30")
CHINESE, ENGLISH = "zh-CN", "en"


class CaseVersion(StrEnum):
    """The versions, by the step of the path that names them."""

    V1P0 = "v1p0"
    V1P1 = "v1p1"


class Kind(StrEnum):
    """The kinds of objects, by the step of the path that names them."""

    DOCUMENT = "CFDocuments"
    PACKAGE = "CFPackages"
    ITEM = "CFItems"
    ASSOCIATION = "CFAssociations"
    ITEM_ASSOCIATIONS = "CFItemAssociations"
    GROUPING = "CFAssociationGroupings"
    CONCEPT = "CFConcepts"
    SUBJECT = "CFSubjects"
    ITEM_TYPE = "CFItemTypes"
    LICENSE = "CFLicenses"
    RUBRIC = "CFRubrics"
    CRITERION = "CFRubricCriteria"
    LEVEL = "CFRubricCriterionLevels"


class Association(StrEnum):
    """The kinds of associations this tool writes; for ``isChildOf`` the origin is the child."""

    CHILD = "isChildOf"
    SAME = "exactMatchOf"
    RELATED = "isRelatedTo"
    PRECEDES = "precedes"
    TRANSLATION = "isTranslationOf"
    """Only in 1.1; the origin is the translation."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes objects of one standard. ``base`` is this tool's address without a slash at the end;
    ``changed`` is when the standard was last changed in this installation."""

    standard_id: str
    version: CaseVersion
    base: str
    changed: datetime

    def identifier(self, kind: Kind, key: str = "") -> str:
        """The identifier of an object by its key; a package has its document's."""
        own = Kind.DOCUMENT if kind is Kind.PACKAGE else kind
        return str(uuid.uuid5(_NAMESPACE, f"{self.standard_id}/{own}/{key}"))

    def uri(self, kind: Kind, key: str = "") -> str:
        """Where the object is served; parts of a rubric are served within it."""
        if kind in {Kind.CRITERION, Kind.LEVEL}:
            language = key.partition("/")[0]
            return f"{self.uri(Kind.RUBRIC, language)}#{self.identifier(kind, key)}"
        return f"{self.base}/ims/case/{self.version}/{kind}/{self.identifier(kind, key)}"

    def made(self, kind: Kind, key: str, **fields: Json) -> Object:
        """An object; fields that are empty are left out, since CASE knows no null."""
        given = {name: value for name, value in fields.items() if value not in ("", (), [])}
        return {
            "identifier": self.identifier(kind, key),
            "uri": self.uri(kind, key),
            "lastChangeDateTime": self.changed.isoformat(timespec="seconds"),
            **given,
        }

    def link(self, kind: Kind, key: str, title: str) -> Object:
        """A link to an object."""
        identifier, uri = self.identifier(kind, key), self.uri(kind, key)
        return {"title": title, "identifier": identifier, "uri": uri}
