"""Standards over HTTP at the CASE endpoints: who may read them, and what each answers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.settings import Settings, SettingsError, read_settings
from tests.exchange.frameworks.case_schema import Schema, check
from tests.services.classroom import Classroom

TOKEN = "a token for another system, long enough"
BASE = "https://tool.example"
NOBODY = "00000000-0000-4000-8000-000000000000"
VERSIONS = ("v1p0", "v1p1")

Served = Callable[..., FlaskClient]


@pytest.fixture
def served(settings: Settings, catalogue: Catalogue, classroom: Classroom) -> Iterator[Served]:
    """The application with some settings changed."""
    with ExitStack() as opened:

        def serve(*, token: str | None = None, to_all: bool = False) -> FlaskClient:
            changed = replace(settings, case_token=token, case_open=to_all)
            parts = build_parts(changed, clock=lambda: classroom.now, catalogue=catalogue)
            opened.callback(parts.database.close)
            return create_app(parts).test_client()

        yield serve


def body(client: FlaskClient, path: str) -> Any:
    """The JSON of an answer."""
    return client.get(path).get_json()


def path_of(uri: str) -> str:
    assert uri.startswith(f"{BASE}/ims/case/")
    return uri.removeprefix(BASE)


def document(client: FlaskClient, version: str) -> Any:
    return body(client, f"/ims/case/{version}/CFDocuments")["CFDocuments"][0]


def refusal(client: FlaskClient, path: str) -> tuple[int, str]:
    answer = client.get(path)
    assert answer.get_json()["imsx_codeMajor"] == "failure"
    fields = answer.get_json()["imsx_codeMinor"]["imsx_codeMinorField"]
    return answer.status_code, fields[0]["imsx_codeMinorFieldValue"]


def test_nothing_is_given_out_unless_somebody_says_so(served: Served) -> None:
    client = served()
    assert refusal(client, "/ims/case/v1p1/CFDocuments") == (403, "forbidden")
    assert refusal(client, f"/ims/case/v1p0/CFItems/{NOBODY}") == (403, "forbidden")


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_a_wrong_token_is_refused(served: Served, given: str) -> None:
    client = served(token=TOKEN)
    answer = client.get("/ims/case/v1p1/CFDocuments", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_opens_the_standards(served: Served) -> None:
    client = served(token=TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = client.get("/ims/case/v1p1/CFDocuments", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["X-Total-Count"] == "1"


def test_a_short_token_and_an_odd_switch_are_refused_at_the_start() -> None:
    given = {"LTI_TOOL_CASE_TOKEN": "short", "LTI_TOOL_CASE_OPEN": "yes"}
    with pytest.raises(SettingsError) as raised:
        read_settings(given, default_base_url=BASE)
    assert {each.partition(":")[0] for each in raised.value.problems} == set(given)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_found_under_its_own_uri(served: Served, version: str) -> None:
    client = served(to_all=True)
    found = document(client, version)
    package = body(client, path_of(found["CFPackageURI"]["uri"]))
    check(package, Schema.PACKAGE, version)
    samples = [package["CFItems"][-1], package["CFAssociations"][-1], package["CFRubrics"][0]]
    samples += [package["CFDefinitions"][kind][0] for kind in ("CFLicenses",)]
    for each in samples:
        answer = client.get(path_of(each["uri"]))
        assert {**answer.get_json(), **each} == answer.get_json()
    types = package["CFDefinitions"]["CFItemTypes"]
    assert body(client, path_of(types[0]["uri"])) == {"CFItemTypes": [types[0]]}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_that_stands_alone_names_where_it_belongs(served: Served, version: str) -> None:
    client = served(to_all=True)
    found = document(client, version)
    check(found, Schema.DOCUMENT, version)
    item = body(client, f"/ims/case/{version}/CFPackages/{found['identifier']}")["CFItems"][5]
    alone = body(client, path_of(item["uri"]))
    check(alone, Schema.ITEM, version)
    assert alone["CFDocumentURI"]["identifier"] == found["identifier"]
    links = body(client, f"/ims/case/{version}/CFItemAssociations/{item['identifier']}")
    assert links["CFItem"] == alone
    for each in links["CFAssociations"]:
        check(each, Schema.ASSOCIATION, version)
        ends = (each["originNodeURI"]["identifier"], each["destinationNodeURI"]["identifier"])
        assert item["identifier"] in ends


def test_the_rights_notice_goes_with_the_standard(served: Served) -> None:
    client = served(to_all=True)
    licence = document(client, "v1p1")["licenseURI"]["uri"]
    assert "不得印刷、销售" in body(client, path_of(licence))["licenseText"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("CFItems/none", (404, "invalid_uuid")),
        (f"CFItems/{NOBODY}", (404, "unknownobject")),
        (f"CFItemAssociations/{NOBODY}", (404, "unknownobject")),
        (f"CFThings/{NOBODY}", (404, "invalid_uuid")),
        ("CFDocuments?limit=0", (400, "invalid_selection_field")),
        ("CFDocuments?offset=-1", (400, "invalid_selection_field")),
        ("CFDocuments?fields=nothing", (400, "invalid_selection_field")),
        ("CFDocuments?filter=title='x'", (400, "invalid_selection_field")),
        ("CFDocuments?sort=nothing", (400, "invalid_sort_field")),
        ("CFDocuments?sort=title&orderBy=up", (400, "invalid_sort_field")),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_words_of_case(
    served: Served, path: str, expected: tuple[int, str]
) -> None:
    assert refusal(served(to_all=True), f"/ims/case/v1p1/{path}") == expected


def test_documents_come_a_page_at_a_time_with_the_fields_asked_for(served: Served) -> None:
    client = served(to_all=True)
    answer = client.get("/ims/case/v1p1/CFDocuments?limit=1&offset=1&fields=title&sort=title")
    assert answer.get_json() == {"CFDocuments": []}
    assert answer.headers["Link"].endswith('rel="prev"')
    first = body(client, "/ims/case/v1p1/CFDocuments?fields=title,identifier")["CFDocuments"]
    assert list(first[0]) == ["title", "identifier"]
