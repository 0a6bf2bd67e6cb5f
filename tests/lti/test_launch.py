"""Launches: what they say, and who is let in."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.domain.launch import Launch, MessageType, Role
from lti_tool.lti.errors import (
    BadTokenError,
    DeploymentWaitingError,
    KeySetError,
)
from lti_tool.persistence.platforms import (
    DeploymentState,
    add_platform,
    approve_deployment,
    deployment,
    platform,
)
from tests.lti.conftest import Door
from tests.lti.platform_side import (
    ADDRESS,
    LTI,
    MEMBERSHIP,
    NOW,
    OTHER_KEY,
    deep_linking_claims,
    details,
    signed,
    student_claims,
)

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-launches.json").read_text(encoding="utf-8")
)
NOW_SECONDS = int(NOW.timestamp())


# --- What a launch says ---------------------------------------------------------------------------


def test_a_launch_says_who_comes_from_where_to_what(door: Door) -> None:
    launch = door.launch_with(student_claims, signed)
    assert launch.message_type is MessageType.RESOURCE_LINK
    assert launch.platform_id == door.platform.id
    assert launch.person.sub == "5"
    assert launch.person.name == "李 小龙"
    assert launch.person.student_number == "20240101"
    assert launch.roles == {Role.STUDENT}
    assert launch.context is not None
    assert launch.context.id == "c-1"
    assert launch.resource_link is not None
    assert launch.resource_link.title == "作业一"
    assert launch.custom == {"assessment": "a-7"}
    assert launch.locale == "zh_cn"
    assert launch.product == "moodle"
    assert launch.return_url == "https://lms.example.edu/back"
    assert launch.grades is not None
    assert launch.grades.line_items == "https://lms.example.edu/lineitems?type_id=1"
    assert len(launch.grades.scopes) == 4


def test_the_deployment_of_a_launch_is_our_row(door: Door) -> None:
    launch = door.launch_with(student_claims, signed)
    with door.database.transaction() as session:
        row = deployment(session, door.platform.id, "d1")
    assert row is not None
    assert launch.deployment_id == row.id


def test_the_product_a_launch_tells_is_kept_with_the_platform(door: Door) -> None:
    door.launch_with(student_claims, signed)
    with door.database.transaction() as session:
        kept = platform(session, door.platform.id)
    assert kept is not None
    assert kept.product == "moodle"


def test_a_deep_linking_request_is_read(door: Door) -> None:
    launch = door.launch_with(deep_linking_claims, signed)
    assert launch.message_type is MessageType.DEEP_LINKING
    assert launch.roles == {Role.TEACHER}
    assert launch.resource_link is None
    assert launch.deep_linking is not None
    assert launch.deep_linking.data == "opaque"
    assert launch.deep_linking.accept_line_item


def test_deep_linking_needs_no_sub(door: Door) -> None:
    assert door.launch_with(deep_linking_claims, signed, sub=None).person.sub == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": [MEMBERSHIP + "Learner", MEMBERSHIP + "Mentor"]},
        {"roles": ["Learner"]},
        {"roles": ["http://example.org/roles#Wizard"]},
        {"roles": []},
        {"name": None, "given_name": None, "family_name": None},
        {"email": None},
        {"name": None, "given_name": None, "family_name": None, "email": None, "lis": None},
        {"context": None},
        {"custom": None, "launch_presentation": None, "tool_platform": None, "endpoint": None},
        {"aud": ["client-1"]},
        {"aud": ["client-1", "other"], "azp": "client-1"},
        {"launch_presentation": {"return_url": "about:blank", "locale": None}},
    ],
)
def test_a_student_is_let_in_with(door: Door, changes: dict[str, Any]) -> None:
    assert door.launch_with(student_claims, signed, **changes).roles == {Role.STUDENT}


def test_variables_left_literal_and_empty_values_count_as_missing(door: Door) -> None:
    custom = {"a": "$ResourceLink.id.history", "b": "", "c": None, "d": "$5", "e": 7}
    launch = door.launch_with(
        student_claims, signed, custom=custom, lis={"person_sourcedid": "$Person.sourcedId"}
    )
    assert launch.custom == {"d": "$5"}
    assert launch.person.student_number == ""


def test_an_empty_line_item_counts_as_none(door: Door) -> None:
    launch = door.launch_with(student_claims, signed, endpoint={"scope": [], "lineitem": ""})
    assert launch.grades is not None
    assert launch.grades.line_item is None


@pytest.mark.parametrize("name", [name for name in CAPTURED if name != "submission-review"])
def test_a_launch_captured_from_moodle_is_accepted(door: Door, name: str) -> None:
    launch = captured_launch(door, CAPTURED[name])
    assert launch.person.sub == CAPTURED[name]["sub"]
    teaches = name in {"teacher", "netutor", "deeplink-one", "admin", "copied-course"}
    assert (Role.TEACHER in launch.roles) is (teaches or name == "duplicated-activity")


def test_a_teacher_switched_to_the_student_role_in_moodle_is_a_student(door: Door) -> None:
    launch = captured_launch(door, CAPTURED["teacher-switched-to-student"])
    assert launch.roles == {Role.STUDENT}


def test_a_submission_review_says_whose_work_it_is_about(door: Door) -> None:
    launch = captured_launch(door, CAPTURED["submission-review"])
    assert launch.message_type is MessageType.SUBMISSION_REVIEW
    assert launch.for_user == "5"


def captured_launch(door: Door, claims: dict[str, Any]) -> Launch:
    target = claims[LTI + "target_link_uri"].replace("http://127.0.0.1:9001/launch", "")
    target = ADDRESS.launch_url + target
    with door.database.transaction() as session:
        made = add_platform(
            session,
            details(
                door.platform.key_set_url.removesuffix("/jwks"),
                issuer=claims["iss"],
                client_id=claims["aud"],
            ),
            now=NOW,
        )
        approve_deployment(session, made, claims[LTI + "deployment_id"], now=NOW)
    request = door.login(iss=made.issuer, client_id=made.client_id, target_link_uri=target)
    fresh = {
        **claims,
        "nonce": request["nonce"],
        "iat": NOW_SECONDS,
        "exp": NOW_SECONDS + 60,
        LTI + "target_link_uri": target,
    }
    return door.launch({"state": request["state"], "id_token": signed(fresh)})


# --- Deployments ----------------------------------------------------------------------------------


def test_an_unknown_deployment_waits_until_it_is_approved(door_anywhere: Door) -> None:
    door = door_anywhere
    with pytest.raises(DeploymentWaitingError) as caught:
        door.launch_with(student_claims, signed, deployment_id="d2")
    assert (caught.value.reason, caught.value.deployment_id) == ("deployment_waiting", "d2")
    with door.database.transaction() as session:
        row = deployment(session, door.platform.id, "d2")
        assert row is not None
        assert row.state is DeploymentState.WAITING
        approve_deployment(session, door.platform, "d2", now=NOW)
    assert door.launch_with(student_claims, signed, deployment_id="d2").deployment_id == row.id


def test_a_forged_launch_leaves_no_deployment_behind(door: Door) -> None:
    request = door.login()
    claims = student_claims(request["nonce"], deployment_id="d9")
    with pytest.raises(BadTokenError):
        door.launch({"state": request["state"], "id_token": signed(claims, key=OTHER_KEY)})
    with door.database.transaction() as session:
        assert deployment(session, door.platform.id, "d9") is None


# --- Roles mapped by the administrator ------------------------------------------------------------


STAFF = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"


def test_a_mapped_institution_role_makes_a_registrar(door: Door) -> None:
    with door.database.transaction() as session:
        base = door.platform.key_set_url.removesuffix("/jwks")
        made = add_platform(
            session, details(base, client_id="client-2", registrar_roles=(STAFF,)), now=NOW
        )
        approve_deployment(session, made, "d1", now=NOW)
    request = door.login(client_id="client-2")
    claims = student_claims(request["nonce"], aud="client-2", roles=[STAFF])
    launch = door.launch({"state": request["state"], "id_token": signed(claims)})
    assert launch.roles == {Role.REGISTRAR}


def test_an_unreachable_key_set_is_told_apart(door: Door, httpserver: HTTPServer) -> None:
    httpserver.clear()
    httpserver.expect_request("/jwks").respond_with_data("<html>", status=404)
    with pytest.raises(KeySetError) as caught:
        door.launch_with(student_claims, signed)
    assert caught.value.reason == "keys_unreachable"
