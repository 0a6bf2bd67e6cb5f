"""What a CASE provider answers: each object of a package by its identifier, and errors.

A document, item or association that stands alone names its package or document too; inside a
package it must not. Not here: HTTP, and who may ask (``lti_tool.web``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lti_tool.catalogue import StandardBundle

from .case_objects import CaseVersion, Json, Kind, Maker, Object
from .case_package import case_package
from .formats import Format
from .handing_out import complete_framework

_DEFINED = {
    Kind.CONCEPT: "CFConcepts",
    Kind.SUBJECT: "CFSubjects",
    Kind.ITEM_TYPE: "CFItemTypes",
    Kind.LICENSE: "CFLicenses",
    Kind.GROUPING: "CFAssociationGroupings",
}
_SETS = (Kind.CONCEPT, Kind.SUBJECT, Kind.ITEM_TYPE)
"""Kinds whose answer is a set, since they may stand in a hierarchy."""


class CaseLibrary:
    """The packages of installed standards in one version of CASE, each made when it is asked for
    first and again once its standard has changed. ``base`` is this tool's address."""

    def __init__(self, version: CaseVersion, base: str) -> None:
        self._version = version
        self._base = base
        self._made: dict[str, tuple[StandardBundle, Object]] = {}

    def documents(self, bundles: Iterable[StandardBundle]) -> Sequence[Object]:
        """The document of each standard."""
        return [self._document(each) for each in bundles]

    def find(self, bundles: Iterable[StandardBundle], kind: Kind, identifier: str) -> "Json | None":
        """The answer for an object of this kind; None where there is none of this identifier."""
        for each in bundles:
            found = self._answer(each, kind, identifier)
            if found is not None:
                return found
        return None

    def _answer(self, bundle: StandardBundle, kind: Kind, identifier: str) -> "Json | None":
        maker = self._maker(bundle)
        if kind in {Kind.DOCUMENT, Kind.PACKAGE}:
            if maker.identifier(kind) != identifier:
                return None
            return self._package(bundle) if kind is Kind.PACKAGE else self._document(bundle)
        package = self._package(bundle)
        if kind is Kind.ITEM_ASSOCIATIONS:
            return self._item_associations(bundle, identifier)
        found = _by_identifier(_listed(package, kind), identifier)
        if found is None:
            return None
        if kind in _SETS:
            return {kind.value: [found]}
        return self._alone(bundle, found) if kind in {Kind.ITEM, Kind.ASSOCIATION} else found

    def _item_associations(self, bundle: StandardBundle, identifier: str) -> "Json | None":
        """An item with every association that begins or ends at it."""
        package = self._package(bundle)
        item = _by_identifier(_listed(package, Kind.ITEM), identifier)
        if item is None:
            return None
        links = [
            self._alone(bundle, each)
            for each in _listed(package, Kind.ASSOCIATION)
            if identifier in set(_ends(each))
        ]
        return {"CFItem": self._alone(bundle, item), "CFAssociations": links}

    def _document(self, bundle: StandardBundle) -> Object:
        maker = self._maker(bundle)
        document = _object(self._package(bundle)["CFDocument"])
        link = maker.link(Kind.PACKAGE, "", bundle.standard.title.zh)
        return {**document, "CFPackageURI": link}

    def _alone(self, bundle: StandardBundle, found: Object) -> Object:
        maker = self._maker(bundle)
        title = bundle.standard.title.zh
        return {**found, "CFDocumentURI": maker.link(Kind.DOCUMENT, "", title)}

    def _maker(self, bundle: StandardBundle) -> Maker:
        return Maker(bundle.standard.id, self._version, self._base, bundle.changed)

    def _package(self, bundle: StandardBundle) -> Object:
        known = self._made.get(bundle.standard.id)
        if known is None or known[0] is not bundle:
            to = Format.CASE_1_0 if self._version is CaseVersion.V1P0 else Format.CASE_1_1
            framework, _ = complete_framework(bundle, to)
            known = (bundle, case_package(framework, self._maker(bundle)))
            self._made[bundle.standard.id] = known
        return known[1]


def _listed(package: Object, kind: Kind) -> Iterator[Object]:
    defined = _DEFINED.get(kind)
    part = _object(package.get("CFDefinitions", {})) if defined else package
    found = part.get(kind.value, [])
    for each in found if isinstance(found, Sequence) and not isinstance(found, str) else ():
        yield _object(each)


def _by_identifier(objects: Iterable[Object], identifier: str) -> Object | None:
    return next((each for each in objects if each["identifier"] == identifier), None)


def _ends(association: Object) -> Iterator[Json]:
    for name in ("originNodeURI", "destinationNodeURI"):
        yield _object(association[name])["identifier"]


def _object(value: Json) -> Object:
    return value if isinstance(value, Mapping) else {}


def failure(minor: str, description: str) -> Object:
    """The body of an answer that refuses; ``minor`` is one of CASE's own words, such as
    ``unknownobject``."""
    code = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {"imsx_codeMinorField": [code]},
    }
