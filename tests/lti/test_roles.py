"""What roles allow."""

import pytest

from lti_tool.domain.launch import Role
from lti_tool.lti.roles import roles_here

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
STUDENT, TEACHER, REGISTRAR = Role.STUDENT, Role.TEACHER, Role.REGISTRAR


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([], {STUDENT}),
        ([M + "#Learner"], {STUDENT}),
        (["Learner"], {STUDENT}),
        (["urn:lti:role:ims/lis/Learner"], {STUDENT}),
        ([M + "#Instructor"], {TEACHER}),
        (["Instructor"], {TEACHER}),
        (["urn:lti:role:ims/lis/Instructor"], {TEACHER}),
        ([M + "/Instructor#TeachingAssistant", M + "#Instructor"], {TEACHER}),
        ([M + "/Instructor#TeachingAssistant"], {TEACHER}),
        ([M + "#Administrator"], {TEACHER}),
        ([M + "#Instructor", M + "#Learner"], {TEACHER, STUDENT}),
        ([M + "#Mentor"], {STUDENT}),
        ([M + "#Instructors"], {STUDENT}),
        ([INSTITUTION + "Instructor", M + "#Learner"], {STUDENT}),
        ([INSTITUTION + "Administrator"], {STUDENT}),
        ([SYSTEM + "SysAdmin"], {STUDENT}),
        (["http://example.org/membership#Instructor"], {STUDENT}),
        (["", "#", "/", "instructor", "教师"], {STUDENT}),
    ],
)
def test_roles_of_a_launch(roles: list[str], expected: set[Role]) -> None:
    assert roles_here(roles, ()) == expected


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([INSTITUTION + "Staff"], {REGISTRAR}),
        ([INSTITUTION + "Staff", M + "#Instructor"], {REGISTRAR, TEACHER}),
        ([INSTITUTION + "Staff", M + "#Learner"], {REGISTRAR, STUDENT}),
        ([INSTITUTION + "Staffer"], {STUDENT}),
    ],
)
def test_a_mapped_role_makes_a_registrar(roles: list[str], expected: set[Role]) -> None:
    assert roles_here(roles, (INSTITUTION + "Staff",)) == expected
