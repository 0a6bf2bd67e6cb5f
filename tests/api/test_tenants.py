"""A token of one school reads nothing of another, whatever real ids it names: every endpoint is
walked, one that is added later, too."""

import re
from itertools import count
from urllib.parse import quote

import pytest

from lti_tool.api.application import ENDPOINTS
from lti_tool.domain.launch import Context, GradeService
from lti_tool.persistence import courses, platforms
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Database
from tests.api.conftest import Program, token_for
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import ISSUER, STANDARD, START

STUDENT = "机密学生乙"
NUMBER = "SECRET-20240001"
PLAN = "综合考核"
ABOUT_NOBODY = {"standards", "requirements"}


@pytest.fixture
def victim(program: Program) -> dict[str, str]:
    """The real ids of a school's learner, decision and assessment, by parameter."""
    program.classroom.numbers = count(10**15)
    learner = program.classroom.enrol(STUDENT, number=NUMBER)
    assessment = whole_level(program.classroom)
    master(program.classroom, learner, assessment)
    decision = sign_off_now(program.classroom, learner)
    return {
        "learner_id": str(learner.id),
        "learner": str(learner.id),
        "decision_id": decision.id,
        "standard_id": STANDARD,
        "standard": STANDARD,
        "level": LEVEL,
        "course": str(program.classroom.course.id),
        "student_number": NUMBER,
        "search": STUDENT,
        "requirement": f"{LEVEL}/2.1.1",
    }


def another_school(database: Database) -> Course:
    """A course of another deployment, which is a school of its own, with the same course id."""
    with database.transaction() as session:
        platform = platforms.platform_by(session, ISSUER, "client")
        assert platform
        deployment = platforms.approve_deployment(session, platform, "2", now=START)
        return courses.remember_course(
            session,
            school_id=deployment.school_id,
            platform_id=platform.id,
            deployment_id=deployment.id,
            context=Context("course-1", "别的课程", "X"),
            grades=GradeService(f"{ISSUER}/x/lineitems", None, frozenset({"score"})),
            now=START,
        )


def addresses(victim: dict[str, str]) -> dict[str, list[str]]:
    """Every endpoint with the victim's ids: without narrowing, and narrowed by each parameter."""
    found = {}
    for each in ENDPOINTS:
        path = re.sub(r"<[a-z]+:([a-z_]+)>", lambda part: victim[part[1]], each.rule)
        fields = each.query.model_fields
        needed = {name: victim[name] for name, field in fields.items() if field.is_required()}
        optional = [name for name in fields if name in victim and name not in needed]
        narrowed = [needed, *({**needed, name: victim[name]} for name in optional)]
        found[each.name] = [
            path + "?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())
            for query in narrowed
        ]
    return found


def test_another_schools_token_gets_nowhere_with_real_ids(
    program: Program, victim: dict[str, str]
) -> None:
    own, program.secret = program.secret, "of another school"
    token_for(program.classroom, program.secret, course=another_school(program.classroom.database))
    for name, paths in addresses(victim).items():
        for path in paths:
            answer = program.get(path)
            assert answer.status_code in {200, 400, 404}, path
            told = answer.get_data(as_text=True)
            assert [each for each in (STUDENT, NUMBER, PLAN) if each in told] == [], path
            if answer.status_code == 200 and name not in ABOUT_NOBODY:
                assert (answer.json or {})["data"] == [], path
    program.secret = own
    seen = {
        name: program.get(paths[0]).get_data(as_text=True)
        for name, paths in addresses(victim).items()
    }
    assert all(
        STUDENT in told or PLAN in told for name, told in seen.items() if name not in ABOUT_NOBODY
    )
