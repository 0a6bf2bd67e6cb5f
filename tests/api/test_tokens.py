"""Who is let in: a token that works, of the right scope, not too often; others are told why."""

import re
from datetime import timedelta
from itertools import product

from lti_tool.api.application import ENDPOINTS
from lti_tool.domain.access_token import Scope
from lti_tool.persistence import api_tokens
from lti_tool.services.issue_token import By, revoke_token
from tests.api.conftest import Program, token_for
from tests.services.classroom import STANDARD, Classroom

PATHS = {
    Scope.LEARNERS: "/learners",
    Scope.OUTCOMES: f"/outcomes?standard={STANDARD}",
    Scope.DECISIONS: "/decisions",
    Scope.STANDARDS: "/standards",
    Scope.ASSESSMENTS: "/assessments",
}


def kind(problem: dict[str, str]) -> str:
    return problem["type"].rpartition(":")[2]


def test_without_a_token_nobody_is_let_in(program: Program) -> None:
    for header in ("", "Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 300):
        problem = program.problem("/learners", 401, headers={"Authorization": header})
        assert kind(problem) == "token-missing", header


def test_every_address_of_data_asks_for_a_token(program: Program) -> None:
    program.secret = None
    for each in ENDPOINTS:
        path = re.sub(r"<[a-z]+:[a-z_]+>", "1", each.rule)
        assert kind(program.problem(path, 401)) == "token-missing", path


def test_a_token_that_nobody_issued_is_refused(program: Program) -> None:
    program.secret = "dabiao_invented"
    answer = program.get("/learners")
    assert answer.status_code == 401
    assert kind(answer.json or {}) == "token-unknown"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_an_expired_token_is_refused_to_the_second(program: Program) -> None:
    program.classroom.now += timedelta(days=30, seconds=-1)
    assert program.get("/learners").status_code == 200
    program.classroom.now += timedelta(seconds=1)
    assert kind(program.problem("/learners", 401)) == "token-expired"


def test_a_revoked_token_is_refused_at_once(program: Program) -> None:
    assert program.get("/learners").status_code == 200
    with program.classroom.database.transaction() as session:
        token = api_tokens.api_tokens_of(session, program.classroom.course.school_id)[0]
        revoke_token(session, token.id, By(None, program.classroom.now))
    assert kind(program.problem("/learners", 401)) == "token-revoked"


def test_a_token_reads_what_its_scope_names_and_nothing_else(
    program: Program, classroom: Classroom
) -> None:
    for scope, (needed, path) in product(Scope, PATHS.items()):
        if program.secret != (secret := f"only-{scope}"):
            program.secret = secret
            token_for(classroom, secret, scopes=frozenset({scope}))
        answer = program.get(path)
        assert answer.status_code == (200 if needed is scope else 403)
        if needed is not scope:
            assert kind(answer.json or {}) == "scope-missing"
            assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]


def test_when_it_was_last_used_is_kept_to_within_five_minutes(program: Program) -> None:
    def used() -> object:
        with program.classroom.reading() as session:
            school_id = program.classroom.course.school_id
            return api_tokens.api_tokens_of(session, school_id)[0].last_used

    begin = program.classroom.now
    seen = []
    for minutes in (0, 4, 6):
        program.classroom.now = begin + timedelta(minutes=minutes)
        program.get("/learners")
        seen.append(used())
    assert seen == [begin, begin, begin + timedelta(minutes=6)]


def test_refusals_speak_the_callers_language(program: Program) -> None:
    program.secret = None
    titles = {}
    for language in ("en-GB,zh;q=0.5", "zh-CN,en;q=0.5", "fr", ""):
        program.language = language
        answer = program.get("/learners")
        titles[language] = (answer.json or {})["title"], answer.headers["Content-Language"]
    chinese = ("缺少访问令牌", "zh-CN")
    assert list(titles.values()) == [("An access token is needed", "en"), *[chinese] * 3]


def test_a_token_that_asks_too_often_is_told_when_to_come_again(program: Program) -> None:
    answers = [program.get("/standards") for _ in range(121)]
    assert [each.status_code for each in answers] == [200] * 120 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].content_type == "application/problem+json"
    program.classroom.now += timedelta(seconds=2)
    assert program.get("/standards").status_code == 200


def test_guessing_tokens_is_slowed_down_by_address(program: Program) -> None:
    program.secret = "guessed"
    peer = {"REMOTE_ADDR": "203.0.113.9"}
    client = program.app.test_client()
    headers = {"Authorization": "Bearer guessed"}
    seen = [
        client.get("/api/v1/learners", headers=headers, environ_base=peer).status_code
        for _ in range(61)
    ]
    assert seen == [401] * 60 + [429]


def test_no_cookie_is_set_or_read_and_no_other_site_is_let_in(program: Program) -> None:
    for secret in (program.secret, None):
        program.secret = secret
        answer = program.get("/learners", headers={"Origin": "https://elsewhere.example"})
        assert "Set-Cookie" not in answer.headers
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
