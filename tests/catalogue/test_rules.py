"""A rule file that asks for everything a rule may ask for."""

import json
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
