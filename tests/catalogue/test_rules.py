"""A rule file that asks for everything a rule may ask for."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lti_tool.catalogue import (
    CatalogueError,
    StandardBundle,
    content_of,
    load_catalogue,
    rule_from,
)
from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import RequirementKey
from tests.catalogue.faults import ATTAINMENT, ID, TOTAL

MASTERY = """  method: weighted
  rate: 70
  minimum_evidence: 2
  minimum_raters: 2
  expires_months: 36
"""


def full_rule(text: str) -> str:
    """The shipped rule with all that a rule may ask for."""
    assert "  window: 3\n" in text
    text = text.replace("  window: 3\n", f"  window: 3\n{MASTERY}")
    text = text.replace("area_cut: 80", TOTAL.replace("areas: ['1']", "codes: ['1.1.1', '1.2.1']"))
    return text + "area_cuts:\n  elementary:\n    '2': 90\ndownward_credit: true\n"


def test_a_rule_may_name_method_minimum_expiry_cuts_totals_and_credit(copy: Path) -> None:
    file = copy / ATTAINMENT
    file.write_text(full_rule(file.read_text("utf-8")), "utf-8")
    rule = load_catalogue(copy / "rubrics", copy / "mappings").find(ID).rule
    assert rule.mastery == MasteryRule(2, 3, MasteryMethod.WEIGHTED, 70, 2, 2, 36)
    assert (rule.cut_of("elementary", "2"), rule.cut_of("elementary", "1")) == (90, 80)
    assert rule.downward_credit
    total = rule.totals["elementary"]
    assert [(each.name.zh, each.weight, each.minimum) for each in total.parts] == [
        ("理论", 40, 0),
        ("实践", 60, 60),
    ]
    assert total.parts[0].requirements == (
        RequirementKey("elementary", "1.1.1"),
        RequirementKey("elementary", "1.2.1"),
    )
    assert len(total.parts[1].requirements) == 38


def test_a_rule_written_out_is_the_same_rule_again(bundle: StandardBundle) -> None:
    assert rule_from(content_of(bundle.rule), bundle.standard) == bundle.rule


def test_a_full_rule_written_out_is_the_same_rule_again(copy: Path) -> None:
    file = copy / ATTAINMENT
    file.write_text(full_rule(file.read_text("utf-8")), "utf-8")
    found = load_catalogue(copy / "rubrics", copy / "mappings").find(ID)
    content = json.loads(json.dumps(content_of(found.rule)))
    assert rule_from(content, found.standard) == found.rule


def test_a_rule_of_a_school_is_refused_with_every_problem_by_its_path(
    bundle: StandardBundle,
) -> None:
    content = {**content_of(bundle.rule), "area_cut": 120, "downward_credit": "perhaps"}
    with pytest.raises(CatalogueError) as refused:
        rule_from(content, bundle.standard)
    assert [each.path for each in refused.value.problems] == ["area_cut", "downward_credit"]


# --- What a school may not set --------------------------------------------------------------------


def refused(bundle: StandardBundle, **changed: object) -> list[tuple[str, str]]:
    """What is wrong with the shipped rule so changed: each place and reason."""
    with pytest.raises(CatalogueError) as found:
        rule_from({**content_of(bundle.rule), **changed}, bundle.standard)
    return [(each.path, each.reason.en or "") for each in found.value.problems]


def total(*weights: int, codes: Sequence[str] = ("1.1.1",), minimum: int = 60) -> object:
    """A weighted total of an area each, the first part of these codes."""
    parts = [{"name": {"zh": "理论", "en": "Theory"}, "weight": weights[0], "codes": list(codes)}]
    parts += [
        {"name": {"zh": "实践", "en": "Practice"}, "weight": each, "areas": [str(number)]}
        for number, each in enumerate(weights[1:], 2)
    ]
    return {"elementary": {"minimum": minimum, "parts": parts}}


def test_a_rule_of_a_school_that_names_an_unknown_code_is_refused(bundle: StandardBundle) -> None:
    critical = [{"code": "9.9.9", "reason": {"zh": "没有这一条", "en": "there is none"}}]
    (problem,) = refused(bundle, critical={"elementary": critical})
    assert problem[0].startswith("critical.elementary")
    found = refused(bundle, totals=total(40, 60, codes=["1.1.1", "9.9.9"]))
    assert found == [("totals.elementary.parts[0]", "the standard has no elementary/9.9.9")]


def test_a_rule_of_a_school_whose_weights_do_not_add_up_is_refused(bundle: StandardBundle) -> None:
    (problem,) = refused(bundle, totals=total(40, 50))
    assert problem[0].startswith("totals.elementary")
    assert "100" in problem[1]


@pytest.mark.parametrize("cut", [-1, 101, 1000])
def test_a_rule_of_a_school_with_a_cut_outside_the_scale_is_refused(
    bundle: StandardBundle, cut: int
) -> None:
    assert [path for path, _ in refused(bundle, area_cut=cut)] == ["area_cut"]
    (problem,) = refused(bundle, area_cuts={"elementary": {"1": cut}})
    assert problem[0].startswith("area_cuts.elementary")
    (problem,) = refused(bundle, totals=total(40, 60, minimum=cut))
    assert problem[0].startswith("totals.elementary")
