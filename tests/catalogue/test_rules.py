"""A rule file that asks for everything a rule may ask for."""

from pathlib import Path

from lti_tool.catalogue import load_catalogue
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


def test_a_rule_may_name_method_minimum_expiry_cuts_totals_and_credit(copy: Path) -> None:
    file = copy / ATTAINMENT
    text = file.read_text("utf-8")
    assert "  window: 3\n" in text
    text = text.replace("  window: 3\n", f"  window: 3\n{MASTERY}")
    text = text.replace("area_cut: 80", TOTAL.replace("areas: ['1']", "codes: ['1.1.1', '1.2.1']"))
    text += "area_cuts:\n  elementary:\n    '2': 90\ndownward_credit: true\n"
    file.write_text(text, "utf-8")
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
