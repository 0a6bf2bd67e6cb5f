"""Names and roles (LTI Advantage Conformance Guide, section 6.3): the request, its headers, the
bearer token, its scope, and the class that is read. What becomes of it in a course is tried over
HTTP in ``delivery``."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request

from lti_tool.domain.launch import Member, Role
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.names_roles import ClassList
from tests.lti.platform_side import KEY, MEMBERSHIP, NOW, platform_at

PATH = "/memberships"
CONTAINER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
PEOPLE = (
    {"user_id": "3", "roles": [MEMBERSHIP + "Instructor"], "name": "陆明慧", "status": "Active"},
    {"user_id": "5", "roles": ["Learner"], "name": "李 小龙", "email": "lixl@example.edu"},
    {"user_id": "6", "roles": [MEMBERSHIP + "Learner"], "status": "Inactive"},
)


@pytest.fixture
def read(httpserver: HTTPServer, http: PlatformHttp) -> tuple[Member, ...]:
    """The class of a course whose list comes in two pages."""
    token = {"access_token": "bearer-1", "token_type": "Bearer", "expires_in": 3600}
    httpserver.expect_request("/token", method="POST").respond_with_json(token)
    onward = f'<{httpserver.url_for(PATH)}?page=2>; rel="next"'
    second = httpserver.expect_request(PATH, method="GET", query_string={"page": "2"})
    second.respond_with_json(container(PEOPLE[2]), content_type=CONTAINER)
    first = httpserver.expect_request(PATH, method="GET")
    first.respond_with_json(
        container(*PEOPLE[:2]), content_type=CONTAINER, headers={"Link": onward}
    )
    tokens = AccessTokens(http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u")
    platform = platform_at(httpserver.url_for("").rstrip("/"))
    people = ClassList(http, tokens, platform=platform, deployment="d1")
    found = people.members(httpserver.url_for(PATH), now=NOW)
    assert isinstance(found, tuple)
    return found


def container(*members: Mapping[str, object]) -> dict[str, Any]:
    return {"id": "x", "context": {"id": "c-1"}, "members": list(members)}


def asked(server: HTTPServer, path: str) -> list[Request]:
    return [request for request, _ in server.log if request.path == path]


@pytest.mark.usefixtures("read")
def test_6_3_1_the_service_is_asked_at_the_address_of_the_launch(httpserver: HTTPServer) -> None:
    """NRPS 2.0, sections 2.1 and 2.4.2: GET ``context_memberships_url``, and the ``next`` link
    exactly as it was given."""
    requests = asked(httpserver, PATH)
    assert [each.method for each in requests] == ["GET", "GET"]
    assert [each.query_string for each in requests] == [b"", b"page=2"]


@pytest.mark.usefixtures("read")
def test_6_3_2_the_request_says_which_media_type_it_takes(httpserver: HTTPServer) -> None:
    """NRPS 2.0, section 2.2: the membership container's media type in ``Accept``, no body."""
    for each in asked(httpserver, PATH):
        assert each.headers["Accept"] == CONTAINER
        assert each.get_data() == b""


@pytest.mark.usefixtures("read")
def test_6_3_3_the_request_carries_a_bearer_token(httpserver: HTTPServer) -> None:
    """LTI security framework 1.0, sections 4.1 and 4.1.1: one token by client credentials, with
    an assertion signed by the tool's own key."""
    assert {each.headers["Authorization"] for each in asked(httpserver, PATH)} == {
        "Bearer bearer-1"
    }
    (token,) = asked(httpserver, "/token")
    form = parse_qs(token.get_data(as_text=True))
    assert form["grant_type"] == ["client_credentials"]
    claims = jwt.decode(
        form["client_assertion"][0],
        KEY.public_key(),
        algorithms=["RS256"],
        options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
    )
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        "client-1",
        "client-1",
        httpserver.url_for("/token"),
    )


@pytest.mark.usefixtures("read")
def test_6_3_4_the_token_is_asked_for_with_the_services_only_scope(httpserver: HTTPServer) -> None:
    """NRPS 2.0, section 2.1: ``contextmembership.readonly``, and nothing besides."""
    (token,) = asked(httpserver, "/token")
    assert parse_qs(token.get_data(as_text=True))["scope"] == [SCOPE]


def test_6_3_5_the_class_is_read_with_roles_and_states(read: tuple[Member, ...]) -> None:
    """NRPS 2.0, sections 2.2 and 2.3: only ``user_id`` and ``roles`` are sure to be there, roles
    may be short, and who has no ``status`` is active."""
    told = [(each.person.sub, each.person.name, set(each.roles), each.active) for each in read]
    assert told == [
        ("3", "陆明慧", {Role.TEACHER}, True),
        ("5", "李 小龙", {Role.STUDENT}, True),
        ("6", "", {Role.STUDENT}, False),
    ]
