"""The class list: what is asked of it and what its answers mean (NRPS 2.0)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.domain.launch import Member, Person, Role
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.names_roles import ClassList
from tests.lti.platform_side import KEY, NOW, platform_at

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-roster.json").read_text(encoding="utf-8")
)
PATH = "/CourseSection/2/bindings/1/memberships"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"


@pytest.fixture
def people(httpserver: HTTPServer, http: PlatformHttp) -> ClassList:
    httpserver.expect_request("/token").respond_with_json({"access_token": "b", "expires_in": 60})
    tokens = AccessTokens(http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u")
    platform = platform_at(httpserver.url_for("").rstrip("/"))
    return ClassList(http, tokens, platform=platform, deployment="d1")


@pytest.fixture
def listed(httpserver: HTTPServer, people: ClassList) -> Callable[..., Any]:
    """What comes of a page with these members."""

    def read(*members: Any, **headers: str) -> Any:
        body = {"id": "x", "context": {"id": "2"}, "members": list(members)}
        httpserver.expect_request(PATH).respond_with_json(body, headers=headers)
        return people.members(httpserver.url_for(PATH), now=NOW)

    return read


# --- What is asked (6.3: request, headers, bearer token, scope) ---


def test_the_list_is_asked_for_as_moodle_wants_it_with_the_least_scope(
    httpserver: HTTPServer, people: ClassList
) -> None:
    captured = CAPTURED["nrps-members"]["response"]["body"]
    httpserver.expect_request(PATH).respond_with_json(captured)
    found = people.members(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, tuple)
    assert len(found) == len(captured["members"])
    token, asked = (request for request, _ in httpserver.log)
    assert parse_qs(token.get_data(as_text=True))["scope"] == [
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
    ]
    assert asked.method == "GET"
    assert asked.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert asked.headers["Authorization"] == "Bearer b"


def test_a_role_may_be_asked_for(httpserver: HTTPServer, people: ClassList) -> None:
    captured = CAPTURED["nrps-role-learner"]["response"]["body"]
    httpserver.expect_request(PATH, query_string={"role": "Learner"}).respond_with_json(captured)
    found = people.members(httpserver.url_for(PATH), now=NOW, role="Learner")
    assert isinstance(found, tuple)
    assert {each.roles for each in found} == {frozenset({Role.STUDENT})}


def test_all_pages_are_read_by_the_links_that_moodle_sends(
    httpserver: HTTPServer, people: ClassList
) -> None:
    first, second = CAPTURED["nrps-limit2"]["response"], CAPTURED["nrps-limit2-from2"]["response"]
    onward = httpserver.url_for(PATH) + "?limit=2&from=2"
    link = {"Link": f'<{onward}>; rel="next"'}
    httpserver.expect_request(PATH, query_string="limit=2&from=2").respond_with_json(second["body"])
    httpserver.expect_request(PATH).respond_with_json(first["body"], headers=link)
    found = people.members(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, tuple)
    told = [*first["body"]["members"], *second["body"]["members"]]
    assert [each.person.sub for each in found] == [each["user_id"] for each in told]


# --- What is told ---


def test_only_user_id_and_roles_are_needed(listed: Callable[..., Any]) -> None:
    assert listed({"user_id": "5", "roles": [LEARNER]}) == (
        Member(Person("5"), frozenset({Role.STUDENT}), active=True),
    )


@pytest.mark.parametrize(
    ("roles", "meant"),
    [
        (["Learner"], {Role.STUDENT}),
        ([LEARNER], {Role.STUDENT}),
        ([INSTRUCTOR], {Role.TEACHER}),
        ([INSTRUCTOR, LEARNER], {Role.TEACHER, Role.STUDENT}),
        ([MENTOR], set()),
        (["urn:example:unheard-of"], set()),
        ([], set()),
    ],
)
def test_roles_are_short_or_full_and_an_unknown_one_means_nothing(
    listed: Callable[..., Any], roles: list[str], meant: set[Role]
) -> None:
    assert listed({"user_id": "5", "roles": roles})[0].roles == meant


@pytest.mark.parametrize(
    ("status", "active"), [("Active", True), (None, True), ("Inactive", False), ("Deleted", False)]
)
def test_somebody_is_in_the_course_unless_the_status_says_otherwise(
    listed: Callable[..., Any], status: str | None, active: bool
) -> None:
    assert listed({"user_id": "5", "roles": ["Learner"], "status": status})[0].active is active


def test_unreadable_entries_are_left_out_and_a_number_is_an_id(
    listed: Callable[..., Any],
) -> None:
    bad = [None, "x", {}, {"user_id": ""}, {"user_id": "x" * 256}, {"user_id": "6", "roles": "no"}]
    found = listed(*bad, {"user_id": 7, "roles": ["Learner"], "name": "张\x00"}, {"user_id": 8})
    assert [each.person.sub for each in found] == ["8"]


# --- Trouble ---


def test_a_page_that_fails_makes_no_half_of_a_list(
    httpserver: HTTPServer, people: ClassList
) -> None:
    onward = httpserver.url_for("/more")
    httpserver.expect_request(PATH).respond_with_json(
        {"members": [{"user_id": "5", "roles": []}]}, headers={"Link": f'<{onward}>; rel="next"'}
    )
    httpserver.expect_request("/more").respond_with_data("", status=503)
    assert isinstance(people.members(httpserver.url_for(PATH), now=NOW), RetryLater)


def test_a_page_elsewhere_gets_no_token(listed: Callable[..., Any]) -> None:
    found = listed({"user_id": "5"}, Link='<https://evil.example/more>; rel="next"')
    assert isinstance(found, Refused)
    assert found.reason == "address_forbidden"


@pytest.mark.parametrize("body", ["", "[]", "{}", "<html>", '{"members": {}}'])
def test_what_is_no_list_of_people_is_refused(
    httpserver: HTTPServer, people: ClassList, body: str
) -> None:
    httpserver.expect_request(PATH).respond_with_data(body)
    found = people.members(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, Refused)
    assert found.reason == "malformed"


def test_a_service_switched_off_is_a_refusal(httpserver: HTTPServer, people: ClassList) -> None:
    captured = CAPTURED["nrps-service-off"]["response"]
    httpserver.expect_request(PATH).respond_with_json(captured["body"], status=captured["status"])
    assert isinstance(people.members(httpserver.url_for(PATH), now=NOW), Refused)
