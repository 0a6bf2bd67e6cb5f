"""The OneRoster 1.2 CSV files, held to the columns and the vocabulary of the CSV binding 1.2.1."""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from lti_tool.catalogue import load_catalogue
from lti_tool.domain.exported import ExportKind
from lti_tool.exchange.frameworks import exported
from lti_tool.exchange.frameworks.formats import Format
from lti_tool.exchange.outcomes import objectives, write_list
from tests.exchange.outcomes.sample import UNNUMBERED, kept

ROOT = Path(__file__).parent.parent.parent.parent
COLUMNS = {
    "manifest": "propertyName,value",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
    ),
    "courses": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
        "orgSourcedId,subjects,subjectCodes"
    ),
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
        "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
    ),
    "users": (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
        "userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
        "primaryOrgSourcedId,pronouns"
    ),
    "roles": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
        "orgSourcedId,userProfileSourcedId"
    ),
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
        "primary,beginDate,endDate"
    ),
    "categories": "sourcedId,status,dateLastModified,title,weight",
    "lineItems": (
        "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
        "categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId"
    ),
    "lineItemLearningObjectiveIds": (
        "sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId"
    ),
    "results": (
        "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,"
        "scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing"
    ),
    "resultLearningObjectiveIds": (
        "sourcedId,status,dateLastModified,resultSourcedId,source,learningObjectiveId,score,"
        "textScore"
    ),
}
REFERENCES = {
    "orgSourcedId": "orgs",
    "schoolSourcedId": "orgs",
    "primaryOrgSourcedId": "orgs",
    "academicSessionSourcedId": "academicSessions",
    "termSourcedIds": "academicSessions",
    "courseSourcedId": "courses",
    "classSourcedId": "classes",
    "categorySourcedId": "categories",
    "lineItemSourcedId": "lineItems",
    "resultSourcedId": "results",
    "userSourcedId": "users",
    "studentSourcedId": "users",
}
"""Columns with a key, and the file it must stand in (the binding's appendix A)."""
MANIFEST_FILES = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
]


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """The files by name, without their ending."""
    out = io.BytesIO()
    write_list(kept(ExportKind.ONE_ROSTER), out)
    with zipfile.ZipFile(out) as archive:
        return {
            name.removesuffix(".csv"): archive.read(name).decode() for name in archive.namelist()
        }


def rows(texts: Mapping[str, str], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texts[name], newline="")))


def test_every_file_has_the_columns_of_the_binding_in_their_order(
    texts: Mapping[str, str],
) -> None:
    assert {name: text.partition("\r\n")[0] for name, text in texts.items()} == COLUMNS


def test_the_manifest_names_every_file_of_the_binding(texts: Mapping[str, str]) -> None:
    told = {row["propertyName"]: row["value"] for row in rows(texts, "manifest")}
    assert (told["manifest.version"], told["oneroster.version"]) == ("1.0", "1.2")
    files = {name.removeprefix("file."): how for name, how in told.items() if "file." in name}
    assert sorted(files) == sorted(MANIFEST_FILES)
    assert {name for name, how in files.items() if how == "bulk"} == set(COLUMNS) - {"manifest"}
    assert set(files.values()) == {"bulk", "absent"}


def test_bulk_rows_carry_neither_status_nor_date(texts: Mapping[str, str]) -> None:
    for name in set(COLUMNS) - {"manifest"}:
        assert {(row["status"], row["dateLastModified"]) for row in rows(texts, name)} == {("", "")}


def test_ids_are_unique_and_every_key_that_is_named_stands_in_the_bundle(
    texts: Mapping[str, str],
) -> None:
    ids = {
        name: [row["sourcedId"] for row in rows(texts, name)]
        for name in set(COLUMNS) - {"manifest"}
    }
    assert all(each and len(each) == len(set(each)) for each in ids.values())
    named = [
        (name, column, row[column])
        for name in ids
        for row in rows(texts, name)
        for column in REFERENCES
        if row.get(column)
    ]
    assert {column for _, column, _ in named} == set(REFERENCES)
    assert [each for each in named if each[2] not in ids[REFERENCES[each[1]]]] == []


def test_every_row_has_as_many_cells_as_there_are_columns(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        width = {len(row) for row in csv.reader(io.StringIO(text, newline=""))}
        assert width == {COLUMNS[name].count(",") + 1}, name


def test_who_the_results_are_about_and_where_is_described(texts: Mapping[str, str]) -> None:
    (org,) = rows(texts, "orgs")
    assert (org["name"], org["type"]) == ("某职业学院", "school")
    (term,) = rows(texts, "academicSessions")
    dates = term["type"], term["startDate"], term["endDate"], term["schoolYear"]
    assert dates == ("term", "2026-09-02", "2026-09-05", "2027"), "the end is not part of it"
    users = [
        (each["sourcedId"], each["enabledUser"], each["givenName"], each["familyName"])
        for each in rows(texts, "users")
    ]
    assert users == [("2024030101", "true", "黄嘉怡", "-"), ("=1+1", "true", "@SUM(A1)", "-")]
    assert {each["email"] for each in rows(texts, "users")} == {""}
    assert {each["role"] for each in rows(texts, "roles")} == {"student"}
    assert {each["classType"] for each in rows(texts, "classes")} == {"scheduled"}


def test_a_bundle_without_anybody_names_nothing_that_is_not_in_it() -> None:
    out = io.BytesIO()
    write_list(kept(ExportKind.ONE_ROSTER, UNNUMBERED), out)
    with zipfile.ZipFile(out) as archive:
        classes = archive.read("classes.csv").decode()
        assert archive.read("users.csv").decode().count("\r\n") == 1
    (row,) = csv.DictReader(io.StringIO(classes, newline=""))
    assert row["termSourcedIds"] == ""


def test_a_level_is_a_result_from_0_to_1_under_the_student_number(
    texts: Mapping[str, str],
) -> None:
    told = [
        (
            row["studentSourcedId"],
            row["scoreStatus"],
            row["score"],
            row["scoreDate"],
            row["textScore"],
        )
        for row in rows(texts, "results")
    ]
    assert told == [
        ("2024030101", "fully graded", "1", "2026-09-02", "已认定"),
        ("=1+1", "partially graded", "0", "2026-09-04", "待认定"),
    ]
    item = rows(texts, "lineItems")[0]
    assert (item["resultValueMin"], item["resultValueMax"]) == ("0", "1")
    assert "不是 X 证书" in item["description"]
    assert all("不是 X 证书" in row["comment"] for row in rows(texts, "results"))


def test_who_has_no_student_number_is_not_in_it(texts: Mapping[str, str]) -> None:
    assert len(rows(texts, "results")) == 2
    assert len(rows(texts, "lineItems")) == 1


def test_requirements_without_evidence_are_left_out_and_never_zero(
    texts: Mapping[str, str],
) -> None:
    told = [
        (row["resultSourcedId"][-2:], row["source"], row["learningObjectiveId"], row["score"])
        for row in rows(texts, "resultLearningObjectiveIds")
    ]
    assert told == [
        ("11", "case", "id-1", "1"),
        ("11", "case", "id-2", "1"),
        ("12", "case", "id-1", "1"),
        ("12", "case", "id-2", "0"),
        ("12", "case", "id-3", "0"),
    ]
    words = [row["textScore"] for row in rows(texts, "resultLearningObjectiveIds")]
    assert words[2:] == ["已掌握", "低于合格线", "一票否决"]


def test_an_objective_is_the_item_of_the_published_framework() -> None:
    bundle = load_catalogue(ROOT / "rubrics", ROOT / "mappings").standards[-1]
    case = exported(bundle, Format.CASE_1_1, base="https://tool.example").content.decode()
    for level in bundle.standard.levels:
        found = objectives(bundle.standard, level)
        assert len(found) == len(level.requirements)
        assert [
            key for key, identifier in found if f'"identifier": "{identifier}"' not in case
        ] == []
