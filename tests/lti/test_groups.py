"""Course groups: what is asked and what answers mean (Course Groups Service 1.0)."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.domain.launch import Group, Member, Person, Role
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Refused, RetryLater
from lti_tool.lti.claims import Claims
from lti_tool.lti.groups import CourseGroups, groups_offered
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.names_roles import ClassList
from tests.lti.platform_side import KEY, NOW, platform_at

PATH, PEOPLE = "/groups", "/memberships"
CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
URL = "https://lms.example.edu/groups"
STUDENT = frozenset({Role.STUDENT})


@pytest.fixture
def tokens(httpserver: HTTPServer, http: PlatformHttp) -> AccessTokens:
    httpserver.expect_request("/token").respond_with_json({"access_token": "b", "expires_in": 3600})
    return AccessTokens(http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u")


@pytest.fixture
def service(httpserver: HTTPServer, http: PlatformHttp, tokens: AccessTokens) -> CourseGroups:
    platform = platform_at(httpserver.url_for("").rstrip("/"))
    return CourseGroups(http, tokens, platform=platform, deployment="d1")


def told(*entries: object) -> dict[str, Any]:
    return {"id": "x", "groups": list(entries)}


def test_all_pages_are_read_with_the_services_scope_and_type(
    httpserver: HTTPServer, service: CourseGroups
) -> None:
    onward = f'<{httpserver.url_for(PATH)}?from=1>; rel="next"'
    second = httpserver.expect_request(PATH, query_string={"from": "1"})
    second.respond_with_json(told({"id": 7, "name": "二班", "set_id": "s"}))
    first = httpserver.expect_request(PATH)
    first.respond_with_json(told({"id": "6", "name": "一班"}), headers={"Link": onward})
    found = service.groups(httpserver.url_for(PATH), now=NOW)
    assert found == (Group("6", "一班"), Group("7", "二班"))
    token, asked, _ = (request for request, _ in httpserver.log)
    assert parse_qs(token.get_data(as_text=True))["scope"] == [SCOPE]
    assert asked.headers["Accept"] == "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    assert asked.headers["Authorization"] == "Bearer b"


def test_unreadable_groups_are_left_out_and_one_without_a_name_has_its_id(
    httpserver: HTTPServer, service: CourseGroups
) -> None:
    bad = [None, 1, {}, {"id": ""}, {"id": "x" * 256}, {"id": "5", "name": 4}]
    httpserver.expect_request(PATH).respond_with_json(told(*bad, {"id": "8"}))
    assert service.groups(httpserver.url_for(PATH), now=NOW) == (Group("8", "8"),)


@pytest.mark.parametrize("body", ["", "[]", "{}", "<html>", '{"groups": {}}'])
def test_what_is_no_list_of_groups_is_refused(
    httpserver: HTTPServer, service: CourseGroups, body: str
) -> None:
    httpserver.expect_request(PATH).respond_with_data(body)
    found = service.groups(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, Refused)
    assert found.reason == "malformed"


def test_a_page_elsewhere_gets_no_token(httpserver: HTTPServer, service: CourseGroups) -> None:
    link = {"Link": '<https://evil.example/more>; rel="next"'}
    httpserver.expect_request(PATH).respond_with_json(told({"id": "6"}), headers=link)
    found = service.groups(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, Refused)
    assert found.reason == "address_forbidden"


def test_where_the_class_list_tells_nobody_is_asked_for(
    httpserver: HTTPServer, http: PlatformHttp, tokens: AccessTokens, service: CourseGroups
) -> None:
    """The extension of names and roles: ``groups=true``, ``group_enrollments``."""
    members = [
        {"user_id": "5", "roles": ["Learner"], "group_enrollments": [{"group_id": 6}, {}, 1]},
        {"user_id": "6", "roles": ["Learner"], "group_enrollments": []},
        {"user_id": "7", "roles": ["Learner"]},
    ]
    asked = httpserver.expect_request(PEOPLE, query_string={"groups": "true"})
    asked.respond_with_json({"members": members})
    httpserver.expect_request(PATH, query_string="").respond_with_json(told({"id": "6"}))
    platform = platform_at(httpserver.url_for("").rstrip("/"))
    people = ClassList(http, tokens, platform=platform, deployment="d1")
    found = people.members(httpserver.url_for(PEOPLE), now=NOW, with_groups=True)
    assert isinstance(found, tuple)
    placed = service.placed(httpserver.url_for(PATH), found, now=NOW)
    assert isinstance(placed, tuple)
    assert [each.groups for each in placed[0]] == [frozenset({"6"}), frozenset(), None]


def test_elsewhere_each_student_is_asked_for(httpserver: HTTPServer, service: CourseGroups) -> None:
    for user, group in (("5", "6"), ("6", "7")):
        asked = httpserver.expect_request(PATH, query_string={"user_id": user})
        asked.respond_with_json(told({"id": group}))
    httpserver.expect_request(PATH).respond_with_json(told({"id": "6"}, {"id": "7"}))
    everybody = [
        Member(Person("3"), frozenset({Role.TEACHER}), active=True),
        Member(Person("5"), STUDENT, active=True),
        Member(Person("6"), STUDENT, active=True),
        Member(Person("9"), STUDENT, active=False),
    ]
    placed = service.placed(httpserver.url_for(PATH), everybody, now=NOW)
    assert isinstance(placed, tuple)
    assert [set(each.groups or ()) for each in placed[0]] == [set(), {"6"}, {"7"}, set()]


def test_trouble_on_the_way_makes_no_half_of_it(
    httpserver: HTTPServer, service: CourseGroups
) -> None:
    asked = httpserver.expect_request(PATH, query_string={"user_id": "5"})
    asked.respond_with_data("", status=503)
    httpserver.expect_request(PATH).respond_with_json(told({"id": "6"}))
    members = [Member(Person("5"), STUDENT, active=True)]
    assert isinstance(service.placed(httpserver.url_for(PATH), members, now=NOW), RetryLater)


@pytest.mark.parametrize(
    ("claim", "url"),
    [
        ({"context_groups_url": URL, "scope": [SCOPE]}, URL),
        ({"context_groups_url": URL, "scope": []}, None),
        ({"context_groups_url": URL}, None),
        ({"context_groups_url": "javascript:1", "scope": [SCOPE]}, None),
        ({"context_groups_url": 1, "scope": [SCOPE]}, None),
        ({"context_groups_url": URL, "scope": SCOPE}, None),
        ({"scope": [SCOPE]}, None),
        ([], None),
        (None, None),
    ],
    ids=str,
)
def test_groups_are_offered_where_the_claim_can_be_read(claim: object, url: str | None) -> None:
    """Nobody needs them to do their work, so nothing in it refuses a launch."""
    assert groups_offered(Claims({CLAIM: claim})) == url
