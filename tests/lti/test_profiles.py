"""What differs by LMS is what was captured from it, or what its documentation says."""

import json
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.launch import Context, Launch, MessageType, Person, ResourceLink
from lti_tool.lti.answers import is_not_newer
from lti_tool.lti.http import HttpAnswer
from lti_tool.lti.profiles import (
    CANVAS,
    DEFAULT,
    KNOWN,
    MOODLE,
    may_speak_for,
    profile_of,
    without_stand_in,
)
from tests.lti.platform_side import LTI, MEMBERSHIP

DATA = Path(__file__).parent / "data"
CONNECTING = json.loads((DATA / "moodle-4.5.5-connecting.json").read_text(encoding="utf-8"))
LAUNCHES = json.loads((DATA / "moodle-4.5.5-launches.json").read_text(encoding="utf-8"))
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def answer(name: str) -> HttpAnswer:
    """A captured answer, its body as it was on the wire."""
    response: dict[str, Any] = CONNECTING[name]["response"]
    body = response["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    return HttpAnswer("", response["status"], {}, text.encode())


def test_a_profile_is_found_by_the_product_that_launches_name() -> None:
    told = LAUNCHES["student"][LTI + "tool_platform"]["product_family_code"]
    assert profile_of(told) is MOODLE
    assert profile_of(" Canvas ") is CANVAS
    assert profile_of("") is profile_of("sakai") is DEFAULT


@pytest.mark.parametrize(
    ("product", "link", "kept"),
    [("canvas", "c-1", False), ("canvas", "l-1", True), ("moodle", "c-1", True), ("", "c-1", True)],
)
def test_canvas_names_the_course_where_there_is_no_link(
    product: str, link: str, kept: bool
) -> None:
    """Documented. Moodle numbers courses and links both from 1, so the same id means nothing."""
    launch = Launch(
        platform_id=1,
        deployment_id=1,
        message_type=MessageType.RESOURCE_LINK,
        person=Person("5"),
        roles=frozenset(),
        context=Context("c-1"),
        resource_link=ResourceLink(link),
        grades=None,
        product=product,
    )
    assert (without_stand_in(launch).resource_link is not None) is kept


def test_moodles_addresses_are_those_of_its_configuration() -> None:
    configuration = CONNECTING["openid-configuration"]
    assert MOODLE.endpoints is not None
    assert MOODLE.endpoints.at("http://moodle.localhost:8081/") == {
        "issuer": configuration["issuer"],
        "auth_login_url": configuration["authorization_endpoint"],
        "auth_token_url": configuration["token_endpoint"],
        "key_set_url": configuration["jwks_uri"],
    }


def test_canvas_answers_at_the_same_addresses_for_every_school() -> None:
    assert CANVAS.endpoints is not None
    assert CANVAS.endpoints.at("https://one.example") == CANVAS.endpoints.at("https://two.example")


def test_moodle_offers_the_placements_and_variables_that_are_asked_for() -> None:
    platform = CONNECTING["openid-configuration"][PLATFORM]
    offered = {each["type"]: each.get("placements", []) for each in platform["messages_supported"]}
    for message, placements in MOODLE.placements.items():
        assert {each.name for each in placements} <= set(offered[message])
    assert {each.removeprefix("$") for each in MOODLE.variables.values()} <= set(
        platform["variables"]
    )


def test_moodle_says_409_to_a_score_that_is_not_newer_and_400_to_a_broken_one() -> None:
    assert is_not_newer(answer("ags-score-same-timestamp"), MOODLE.stale_statuses)
    assert not is_not_newer(answer("ags-score-missing-timestamp"), MOODLE.stale_statuses)


def test_moodle_has_no_page_for_a_limit_on_results() -> None:
    assert answer("ags-results-limit1").status == 404


def test_moodles_roster_calls_a_teacher_a_learner_whose_launch_says_instructor() -> None:
    launch = LAUNCHES["netutor"]
    assert launch[LTI + "roles"] == [MEMBERSHIP + "Instructor"]
    members = CONNECTING["nrps-members"]["response"]["body"]["members"]
    assert [each["roles"] for each in members if each["user_id"] == launch["sub"]] == [["Learner"]]


def test_every_custom_parameter_is_a_flat_text_with_a_lower_case_name() -> None:
    for profile in (DEFAULT, *KNOWN):
        for name, variable in profile.variables.items():
            assert name == name.lower()
            assert variable.startswith("$")


@pytest.mark.parametrize(
    ("issuer", "configuration"),
    [
        ("https://lms.example", "https://lms.example/openid"),
        ("https://lms.example/moodle", "https://lms.example:8443/openid"),
        ("https://canvas.instructure.com", "https://school.instructure.com/api/lti/security/x"),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com/api/lti/security/x"),
        ("https://canvas.beta.instructure.com", "https://school.beta.instructure.com/x"),
    ],
)
def test_a_configuration_speaks_for_its_own_issuer(issuer: str, configuration: str) -> None:
    assert may_speak_for(issuer, configuration)


@pytest.mark.parametrize(
    ("issuer", "configuration"),
    [
        ("https://lms.example", "https://evil.example/openid"),
        ("https://lms.example", "https://lms.example.evil.example/openid"),
        ("https://lms.example", "https://lms.example@evil.example/openid"),
        ("https://canvas.instructure.com", "https://evilinstructure.com/openid"),
        ("https://canvas.instructure.com.evil.example", "https://school.instructure.com/x"),
        ("https://school.instructure.com", "https://other.instructure.com/x"),
        ("urn:lms", "urn:lms"),
        ("", "https:///openid"),
    ],
)
def test_a_configuration_cannot_speak_for_another_issuer(issuer: str, configuration: str) -> None:
    assert not may_speak_for(issuer, configuration)
