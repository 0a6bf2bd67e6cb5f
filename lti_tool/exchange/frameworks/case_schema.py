"""What is read of a CASE package, by anybody: fields nobody here understands are passed over.

Not here: what it means (``case_reading``).
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"\S")]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class LinkIn(_Schema):
    """A link to an object."""

    identifier: Id


class DocumentIn(_Schema):
    """The framework."""

    identifier: Id
    title: Said
    creator: Words = ""
    publisher: Words | None = None
    version: Words | None = None
    status_start_date: Words | None = Field(None, alias="statusStartDate")
    notes: Words | None = None


class ItemIn(_Schema):
    """A node."""

    identifier: Id
    full_statement: Said = Field(alias="fullStatement")
    human_coding_scheme: Words | None = Field(None, alias="humanCodingScheme")
    language: Words | None = None
    notes: Words | None = None


class AssociationIn(_Schema):
    """A link between two nodes."""

    association_type: Id = Field(alias="associationType")
    origin: LinkIn = Field(alias="originNodeURI")
    destination: LinkIn = Field(alias="destinationNodeURI")
    sequence_number: int | None = Field(None, alias="sequenceNumber")
    notes: Words | None = None


class LevelIn(_Schema):
    """One rating of a criterion."""

    quality: Words | None = None
    description: Words | None = None
    score: Annotated[float, Field(ge=0, le=1e6)] | None = None


class CriterionIn(_Schema):
    """How one item is judged."""

    CFItemURI: LinkIn | None = None
    description: Words | None = None
    weight: float | None = None
    CFRubricCriterionLevels: list[LevelIn] | None = None


class RubricIn(_Schema):
    """A rubric."""

    description: Words | None = None
    CFRubricCriteria: list[CriterionIn] | None = None


class ConceptIn(_Schema):
    """A term."""

    title: Said
    hierarchy_code: Words = Field("", alias="hierarchyCode")
    description: Words | None = None


class LicenseIn(_Schema):
    """What may be done with the framework."""

    license_text: Words = Field("", alias="licenseText")


class DefinitionsIn(_Schema):
    """What items and links refer to."""

    CFConcepts: list[ConceptIn] | None = None
    CFLicenses: list[LicenseIn] | None = None


class PackageIn(_Schema):
    """A package."""

    CFDocument: DocumentIn
    CFItems: list[ItemIn] = []
    CFAssociations: list[AssociationIn] = []
    CFDefinitions: DefinitionsIn | None = None
    CFRubrics: list[RubricIn] | None = None


class WrappedIn(_Schema):
    """A package in the wrapper some put around it."""

    CFPackage: PackageIn
