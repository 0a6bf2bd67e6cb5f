"""The description is true: requests made up from it are answered as it says."""

import json
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from lti_tool.api.application import ENDPOINTS
from tests.api.conftest import Program
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD

MADE_UP = hypothesis.settings(
    max_examples=8,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""So many requests for each endpoint; the same in every run."""
NAMES = [each.name for each in ENDPOINTS]


def description(program: Program) -> dict[str, object]:
    told: dict[str, object] = json.loads(program.get("/openapi.json").text)
    return told


@pytest.fixture
def filled(program: Program) -> Program:
    """A school with something of every kind in it."""
    learner = program.classroom.enrol("黄嘉怡", number="2024030107")
    master(program.classroom, learner, whole_level(program.classroom))
    sign_off_now(program.classroom, learner)
    return program


def test_everything_that_can_be_asked_is_described_and_nothing_else(program: Program) -> None:
    told = description(program)
    paths = told["paths"]
    assert isinstance(paths, dict)
    assert sorted(each["get"]["operationId"] for each in paths.values()) == sorted(NAMES)
    assert all(list(each) == ["get"] for each in paths.values())
    assert told["servers"] == [{"url": "https://tool.example/api/v1"}]


def test_the_description_for_people_names_every_address_and_loads_nothing_foreign(
    program: Program,
) -> None:
    program.secret = None
    for language, heading in (("zh", "等级达成结果 JSON 接口"), ("en", "JSON API of a school")):
        program.language = language
        page = program.get("/")
        assert heading in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        for each in ENDPOINTS:
            assert f'id="o-{each.name}"' in page.text
    with program.get("/static/page.css") as style:
        assert style.status_code == 200


@pytest.mark.parametrize("mode", GenerationMode)
def test_made_up_requests_are_answered_as_described(filled: Program, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", filled.app)
    real = real_parameters(filled)
    found = schema.get_all_operations()
    operations = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(operations) == len(ENDPOINTS)

    def ask(case: "schemathesis.Case[Any]") -> None:
        filled.classroom.now += timedelta(seconds=1)
        if mode is GenerationMode.POSITIVE:
            for given_here in (case.query, case.path_parameters):
                given_here.pop("cursor", None)
                given_here.update({name: real[name] for name in given_here if name in real})
        case.call_and_validate(headers={"Authorization": f"Bearer {filled.secret}"})

    for each in operations:
        MADE_UP(given(case=each.as_strategy(generation_mode=mode))(ask))()


def real_parameters(filled: Program) -> dict[str, object]:
    """What is really there, for requests that would seldom hit it."""
    (decision,) = filled.told("/decisions")["data"]
    return {
        "standard": STANDARD,
        "standard_id": STANDARD,
        "level": LEVEL,
        "requirement": f"{LEVEL}/2.1.1",
        "decision_id": decision["id"],
        "learner_id": decision["learner"]["id"],
    }
