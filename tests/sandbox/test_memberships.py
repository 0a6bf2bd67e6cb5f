"""Names and roles: who is in the course, and in which shape."""

import pytest
from flask.testing import FlaskClient

from lti_tool.sandbox import Platform
from lti_tool.sandbox.memberships import MEMBERS_TYPE
from tests.sandbox.calls import GradeService
from tests.sandbox.conftest import captured


@pytest.fixture
def service(client: FlaskClient, platform: Platform) -> GradeService:
    return GradeService(client, platform)


def test_a_moodle_member_has_the_observed_fields(client: FlaskClient, moodle: Platform) -> None:
    real = captured("moodle-members")["answer"]
    service = GradeService(client, moodle)

    answer = service.call("GET", moodle.addresses.memberships, accept=MEMBERS_TYPE)

    assert answer.headers["Content-Type"] == f"{MEMBERS_TYPE}; charset=utf-8"
    said = answer.get_json()
    assert list(said) == list(real)
    assert list(said["context"]) == list(real["context"])
    assert list(said["members"][1]) == list(real["members"][0])
    assert said["members"][1]["roles"] == real["members"][0]["roles"] == ["Learner"]
    assert len(said["members"]) == 32


def test_canvas_roles_are_full_and_a_page_holds_fifty(
    client: FlaskClient, canvas: Platform
) -> None:
    service = GradeService(client, canvas)

    said = service.call("GET", canvas.addresses.memberships + "?limit=500").get_json()

    assert len(said["members"]) == 32
    assert said["members"][0]["roles"] == [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    ]


def test_the_next_link_leads_to_the_rest(service: GradeService) -> None:
    first = service.call("GET", service.platform.addresses.memberships + "?role=Learner&limit=20")
    url, _, rel = first.headers["Link"].partition("; ")

    second = service.call("GET", url.strip("<>"))

    assert rel == 'rel="next"'
    ids = [m["user_id"] for page in (first, second) for m in page.get_json()["members"]]
    assert ids == [student.user_id for student in service.platform.students]
    assert "Link" not in second.headers


def test_members_of_an_unknown_link_are_not_there(service: GradeService) -> None:
    url = service.platform.addresses.memberships

    assert service.call("GET", f"{url}?rlid=9999").status_code == 404
    activity = service.platform.add_activity("A")
    assert service.call("GET", f"{url}?rlid={activity.resource_link_id}").status_code == 200


def test_moodle_takes_no_list_of_media_types(client: FlaskClient, moodle: Platform) -> None:
    service = GradeService(client, moodle)
    accept = f"{MEMBERS_TYPE}, application/json"

    answer = service.call("GET", moodle.addresses.memberships, accept=accept)

    assert answer.status_code == 400
