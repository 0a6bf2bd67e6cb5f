"""What an assessment gives to work with: a copy in one language, its bounds, its notes by code."""

from dataclasses import replace

import pytest

from lti_tool.domain.brief import (
    MAX_MATERIAL,
    MAX_WORDS,
    Brief,
    SetMaterial,
    checked_brief,
    copy_of,
)
from lti_tool.domain.errors import BadAssessmentError
from lti_tool.domain.ready_assessment import MaterialKind, ReadyAssessment
from lti_tool.domain.rubric import AssessmentMethod
from lti_tool.domain.standard import Text

TABLE = SetMaterial("订单", MaterialKind.TABLE, "商品,数量\n茶杯,2")
TALK = SetMaterial("会话", MaterialKind.TRANSCRIPT, "客户：裂了。\n（沉默）")
BRIEF = Brief(
    scenario="你是客服。",
    material=(TABLE, TALK),
    assessor="开场白\n先问人 [2.1.1、2.1.3]\n报时限 [2.1.2]\n道别 [2.1.10]",
)


def test_a_copy_is_in_one_language_and_names_its_task() -> None:
    ready = ReadyAssessment(
        task="2.1",
        title=Text("题", "Title"),
        method=AssessmentMethod.JUDGEMENT,
        minutes=30,
        scenario=Text("情境", "Scenario"),
        instructions=Text("做", "Do"),
        material=(),
        assessor=Text("提示", "Notes"),
    )
    chinese, english = copy_of(ready, "elementary", "zh"), copy_of(ready, "elementary", "en")
    assert (chinese.scenario, english.scenario) == ("情境", "Scenario")
    assert chinese.origin == english.origin == "elementary/2.1"


def test_notes_stand_beside_the_codes_they_name() -> None:
    assert BRIEF.notes_on("2.1.3") == ("先问人 [2.1.1、2.1.3]",)
    assert BRIEF.notes_on("2.1.1") == ("先问人 [2.1.1、2.1.3]",)
    assert BRIEF.notes_on("2.1") == ()


def test_material_is_read_by_its_kind() -> None:
    assert TABLE.rows == (("商品", "数量"), ("茶杯", "2"))
    assert [each.speaker for each in TALK.turns] == ["客户", None]


def test_a_sound_brief_passes_unchanged() -> None:
    assert checked_brief(BRIEF) is BRIEF
    assert checked_brief(Brief()) == Brief()


@pytest.mark.parametrize(
    ("brief", "field", "reason"),
    [
        (Brief(scenario="长" * (MAX_WORDS + 1)), "scenario", "too_long"),
        (Brief(assessor="长" * (MAX_WORDS + 1)), "assessor", "too_long"),
        (Brief(material=(TABLE,) * (MAX_MATERIAL + 1)), "material", "too_many"),
        (Brief(material=(TALK, replace(TABLE, title=" "))), "material.1.title", "missing"),
        (Brief(material=(replace(TABLE, words=" "),)), "material.0.words", "missing"),
        (Brief(material=(replace(TABLE, title="长" * 121),)), "material.0.title", "too_long"),
        (Brief(material=(replace(TALK, words="长" * 10_001),)), "material.0.words", "too_long"),
        (Brief(material=(replace(TABLE, words="a,b\nc"),)), "material.0.words", "bad_table"),
    ],
    ids=["scenario", "notes", "pieces", "no title", "no words", "title", "words", "table"],
)
def test_a_brief_out_of_bounds_is_refused_by_field(brief: Brief, field: str, reason: str) -> None:
    with pytest.raises(BadAssessmentError) as refused:
        checked_brief(brief)
    assert (refused.value.field, refused.value.reason) == (field, reason)
