"""CASE packages: every required field and link, and packages of others in every shape they have."""

import json
from typing import Any

import pytest

from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import Text
from lti_tool.domain.standard_draft import NoteKind, StandardDraft
from lti_tool.exchange.frameworks import Format, NotAFrameworkError, exported, read_framework
from tests.exchange.frameworks.bundles import confirmed, real
from tests.exchange.frameworks.case_schema import Schema, check

BASE = "https://tool.example"
VERSIONS = {"v1p0": Format.CASE_1_0, "v1p1": Format.CASE_1_1}
DOCUMENT = {
    "identifier": "d",
    "uri": "https://cf.example/d",
    "creator": "State",
    "title": "Science",
    "lastChangeDateTime": "2020-01-01T00:00:00Z",
}


def package(to: Format) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(exported(real(), to, base=BASE).content)
    return found


def item(key: str, text: str = "", **more: object) -> dict[str, object]:
    return {"identifier": key, "fullStatement": text or f"Does {key}", **more}


def link(kind: str, origin: str, destination: str, **more: object) -> dict[str, object]:
    ends = {"originNodeURI": origin, "destinationNodeURI": destination}
    nodes = {name: {"identifier": end, "title": "t", "uri": "u"} for name, end in ends.items()}
    return {"associationType": kind, **nodes, **more}


def read(content: object) -> StandardDraft:
    return read_framework(json.dumps(content).encode(), "package.json")


def texts(draft: StandardDraft) -> list[str | None]:
    return [each.text for _, each in draft.requirements]


# --- Out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_every_required_field_and_link_is_there(version: str) -> None:
    check(package(VERSIONS[version]), Schema.PACKAGE, version)


def test_identifiers_are_the_same_in_both_versions_and_at_every_address() -> None:
    def identifiers(made: dict[str, Any]) -> dict[str, str]:
        return {each["humanCodingScheme"]: each["identifier"] for each in made["CFItems"][:200]}

    older = identifiers(package(Format.CASE_1_0))
    elsewhere = exported(real(), Format.CASE_1_0, base="https://other.example").content
    assert identifiers(json.loads(elsewhere)) == older
    newer = {each["identifier"] for each in package(Format.CASE_1_1)["CFItems"]}
    assert set(older.values()) <= newer


def test_the_kinds_of_links_say_what_the_tags_mean() -> None:
    made = package(Format.CASE_1_1)
    groups = {
        each["identifier"]: each["title"]
        for each in made["CFDefinitions"]["CFAssociationGroupings"]
    }
    kinds = {
        (groups[each["CFAssociationGroupingURI"]["identifier"]].split("+")[0]): each[
            "associationType"
        ]
        for each in made["CFAssociations"]
        if "CFAssociationGroupingURI" in each
    }
    expected = {
        "same": "exactMatchOf",
        "inferred": "exactMatchOf",
        "diff": "exactMatchOf",
        "context": "isRelatedTo",
        "progress": "precedes",
        "judgement": "isRelatedTo",
    }
    assert kinds == {tag: expected[tag] for tag in kinds}
    assert "exactMatchOf" in kinds.values()


def test_only_the_newer_version_has_translations() -> None:
    kinds = {
        version: {each["associationType"] for each in package(to)["CFAssociations"]}
        for version, to in VERSIONS.items()
    }
    assert kinds["v1p1"] - kinds["v1p0"] == {"isTranslationOf"}


def test_every_described_requirement_has_a_criterion_in_both_languages() -> None:
    chinese, english = package(Format.CASE_1_1)["CFRubrics"]
    assert len(chinese["CFRubricCriteria"]) == len(english["CFRubricCriteria"]) == 150
    levels = chinese["CFRubricCriteria"][0]["CFRubricCriterionLevels"]
    assert [each["quality"] for each in levels] == ["未达标", "接近达标", "达标", "优秀"]
    assert [each["position"] for each in levels] == [1, 2, 3, 4]


# --- Back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "wrapped"])
@pytest.mark.parametrize("rooted", [False, True], ids=["roots unlinked", "roots linked"])
def test_a_package_is_read_in_every_shape(wrapped: bool, rooted: bool) -> None:
    links = [link("isChildOf", "b", "a"), link("isChildOf", "c", "a")]
    links += [link("isChildOf", "a", "d")] if rooted else []
    content = {
        "CFDocument": DOCUMENT,
        "CFItems": [item("a"), item("b"), item("c")],
        "CFAssociations": links,
    }
    draft = read({"CFPackage": content} if wrapped else content)
    assert draft.head.title == "Science"
    assert draft.head.publisher == "State"
    assert texts(draft) == ["Does b", "Does c"]


def test_siblings_stand_by_their_sequence_numbers() -> None:
    content = {
        "CFDocument": DOCUMENT,
        "CFItems": [item("a"), item("b"), item("c")],
        "CFAssociations": [
            link("isChildOf", "b", "a", sequenceNumber=2),
            link("isChildOf", "c", "a", sequenceNumber=1),
        ],
    }
    assert texts(read(content)) == ["Does c", "Does b"]


def test_a_translation_is_laid_beside_what_it_translates_whichever_end_it_stands_at() -> None:
    content = {
        "CFDocument": DOCUMENT,
        "CFItems": [
            *(item("a", "能够接待", language="zh"), item("b", "能够道别", language="zh-CN")),
            *(item("x", "Receives", language="en"), item("y", "Says goodbye", language="en-GB")),
        ],
        "CFAssociations": [link("isTranslationOf", "x", "a"), link("isTranslationOf", "b", "y")],
    }
    draft = read(content)
    assert texts(draft) == ["能够接待", "能够道别"]
    assert draft.content.english["level_1/1.1.1"] == "Receives"
    assert draft.content.english["level_1/1.1.2"] == "Says goodbye"


def test_what_has_no_place_in_a_standard_is_noted_with_its_count() -> None:
    content = {
        "CFDocument": DOCUMENT,
        "CFItems": [item("a"), item("b"), item("c"), item("d1")],
        "CFAssociations": [
            *(link("exemplar", "a", "b"), link("exemplar", "b", "a")),
            *(link("isChildOf", "c", "d1"), link("isChildOf", "d1", "c")),
        ],
    }
    draft = read(content)
    assert texts(draft) == ["Does a", "Does b"]
    left = {each.detail: each.times for each in draft.notes if each.kind is NoteKind.UNPLACED}
    assert left == {"CFAssociation exemplar": 2, "CFItem isChildOf …": 2}


def test_a_match_that_somebody_else_claims_shares_no_evidence() -> None:
    tree = {"初级": "a", "中级": "b"}
    items, links = [], []
    for name, key in tree.items():
        items += [item(key, name), *(item(f"{key}{n}") for n in range(3))]
        parents = zip([key, f"{key}0", f"{key}1"], [f"{key}{n}" for n in range(3)], strict=True)
        links += [link("isChildOf", child, parent) for parent, child in parents]
    content = {
        "CFDocument": DOCUMENT,
        "CFItems": items,
        "CFAssociations": [*links, link("exactMatchOf", "b2", "a2")],
    }
    (found,) = read(content).content.links
    assert (found.lower.level, found.higher.level) == ("elementary", "intermediate")
    assert found.tags == (LinkTag.JUDGEMENT,)
    assert not found.shares_evidence


def test_a_rubric_of_somebody_else_can_be_confirmed_in_its_own_language() -> None:
    levels = [
        {"quality": name, "description": f"{name}：说得清楚", "score": score}
        for name, score in (("优", 3), ("良", 2), ("差", 0))
    ]
    content = {
        "CFDocument": {**DOCUMENT, "version": "2020", "statusStartDate": "2020-05-01"},
        "CFItems": [item("a", "能够接待")],
        "CFRubrics": [
            {
                "CFRubricCriteria": [
                    {"CFItemURI": {"identifier": "a"}, "CFRubricCriterionLevels": levels}
                ]
            }
        ],
    }
    draft = read(content).with_facts({"code": "X1"})
    made = confirmed(draft)
    (criterion,) = made.rubric.criteria.values()
    assert [each.percent for each in made.rubric.performance_levels] == [0, 67, 100]
    assert made.rubric.cut == 2
    assert (criterion.descriptors or {})[3] == Text("优：说得清楚")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ([], ""),
        ({}, "CFDocument"),
        ({"CFDocument": {**DOCUMENT, "title": ""}}, "CFDocument.title"),
        ({"CFDocument": DOCUMENT, "CFItems": [{"identifier": "a"}]}, "CFItems[0].fullStatement"),
        ({"CFDocument": DOCUMENT, "CFItems": [item("a", "x" * 30_000)]}, "CFItems[0]"),
        (
            {"CFDocument": DOCUMENT, "CFAssociations": [{"associationType": "isChildOf"}]},
            "CFAssociations[0].originNodeURI",
        ),
        ({"CFPackage": {"CFDocument": {}}}, "CFPackage.CFDocument.identifier"),
    ],
)
def test_a_package_with_a_fault_is_refused_with_its_place(content: object, place: str) -> None:
    with pytest.raises(NotAFrameworkError) as raised:
        read(content)
    assert raised.value.reason == "case"
    assert place in raised.value.detail


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b'{"CFDocument": NaN}', b"\xff\xfe", b'{"a":' * 50_000]
)
def test_json_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(NotAFrameworkError):
        read_framework(content, "a.json")


def test_a_document_without_items_is_refused() -> None:
    with pytest.raises(NotAFrameworkError, match="no_items"):
        read({"CFDocument": DOCUMENT})
