"""Valid launches (LTI Advantage Conformance Guide, sections 6.1.2 and 6.1.3): nine as an
instructor, nine as a student; every one comes to a page that answers."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.lti.http_lms import HttpLms, title_of
from tests.lti.platform_side import ADDRESS, MEMBERSHIP, signed, student_claims

NAMES = ("name", "given_name", "family_name")
UNKNOWN = "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"


def without(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names)


def arrival(lms: HttpLms, roles: list[str], taken_out: Mapping[str, Any]) -> tuple[str, int]:
    """Whose page the launch comes to, and its status."""
    browser = lms.browser()
    request = lms.request(browser)
    id_token = signed(student_claims(request["nonce"], roles=roles, **taken_out))
    answer = lms.post(browser, {"state": request["state"], "id_token": id_token})
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    page = browser.get(place, base_url=ADDRESS.base_url)
    return place.split("/")[3], page.status_code


INSTRUCTOR = [MEMBERSHIP + "Instructor"]
LEARNER = [MEMBERSHIP + "Learner"]
EMAIL_ONLY = without(*NAMES, "lis")
NAMES_ONLY = without("email")
NOTHING_PERSONAL = without(*NAMES, "email", "lis")
WITHOUT_CONTEXT = without(*NAMES, "lis", "context")


@pytest.mark.parametrize(
    ("roles", "taken_out"),
    [
        pytest.param(INSTRUCTOR, {}, id="plain"),
        pytest.param(
            [*INSTRUCTOR, MEMBERSHIP + "Mentor", MEMBERSHIP + "ContentDeveloper"],
            {},
            id="several roles",
        ),
        pytest.param(["Instructor"], {}, id="short role name"),
        pytest.param([UNKNOWN, *INSTRUCTOR], {}, id="unknown role"),
        pytest.param(INSTRUCTOR, EMAIL_ONLY, id="email only"),
        pytest.param(INSTRUCTOR, NAMES_ONLY, id="names only"),
        pytest.param(INSTRUCTOR, NOTHING_PERSONAL, id="no personal data"),
    ],
)
def test_6_1_2_an_instructors_launch_is_accepted(
    lms: HttpLms, roles: list[str], taken_out: dict[str, Any]
) -> None:
    """Core 1.3, sections 5.3.6 and 5.3.7, appendix A.2."""
    assert arrival(lms, roles, taken_out) == ("teacher", 200)


@pytest.mark.parametrize(
    ("roles", "taken_out"),
    [
        pytest.param(LEARNER, {}, id="plain"),
        pytest.param([*LEARNER, MEMBERSHIP + "Mentor"], {}, id="several roles"),
        pytest.param(["Learner"], {}, id="short role name"),
        pytest.param([UNKNOWN], {}, id="unknown role"),
        pytest.param([], {}, id="no role"),
        pytest.param(LEARNER, EMAIL_ONLY, id="email only"),
        pytest.param(LEARNER, NAMES_ONLY, id="names only"),
        pytest.param(LEARNER, NOTHING_PERSONAL, id="no personal data"),
    ],
)
def test_6_1_3_a_students_launch_is_accepted(
    lms: HttpLms, roles: list[str], taken_out: dict[str, Any]
) -> None:
    """Core 1.3, sections 5.3.6 and 5.3.7, appendix A.2."""
    assert arrival(lms, roles, taken_out) == ("student", 200)


def test_6_1_2_an_instructors_launch_without_a_role_is_accepted_as_a_students(
    lms: HttpLms,
) -> None:
    """Core 1.3, section 5.3.7: the list of roles may be empty; then it allows the least."""
    assert arrival(lms, [], {}) == ("student", 200)


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param(INSTRUCTOR, id="6.1.2 instructor"),
        pytest.param(LEARNER, id="6.1.3 student"),
    ],
)
def test_a_launch_with_an_email_but_without_context_is_accepted(
    lms: HttpLms, roles: list[str]
) -> None:
    """Core 1.3, section 5.4.1: the context is optional. Nothing can be assessed outside a
    course, so a page says where to go."""
    answer = lms.launch(student_claims, roles=roles, **WITHOUT_CONTEXT)
    assert answer.status_code == 200
    assert title_of(answer)
