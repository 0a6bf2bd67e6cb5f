"""What the shipped standard, rubric and mappings hold."""

import csv
import io
from collections import Counter

import pytest

from lti_tool.catalogue import COLUMNS, Catalogue, StandardBundle, standard_csv
from lti_tool.domain.errors import UnknownStandardError
from lti_tool.domain.mapping import LinkTag, LostPolicy
from lti_tool.domain.standard import RequirementKey


def key(text: str) -> RequirementKey:
    return RequirementKey.parse(text)


def test_the_three_levels_hold_49_64_and_38_requirements(bundle: StandardBundle) -> None:
    counts = {
        level.name.zh: (len(level.areas), len(level.tasks), len(level.requirements))
        for level in bundle.standard.levels
    }
    assert counts == {"初级": (4, 15, 49), "中级": (6, 20, 64), "高级": (4, 12, 38)}


def test_the_levels_range_over_49_76_and_96_classes(bundle: StandardBundle) -> None:
    levels = ("elementary", "intermediate", "advanced")
    assert [len(bundle.classes.up_to(each)) for each in levels] == [49, 76, 96]


def test_a_code_finds_the_newest_version_and_an_id_its_own(catalogue: Catalogue) -> None:
    assert catalogue.find("530050") is catalogue.find("530050-2021-2.0")


@pytest.mark.parametrize("name", ["", "53005", "530050-2021", "530050-2021-2.0-"])
def test_a_name_that_is_not_installed_is_refused(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(UnknownStandardError):
        catalogue.find(name)


def test_every_proposed_link_was_reviewed(bundle: StandardBundle) -> None:
    assert len(bundle.links) == 74
    assert all(each.reviewer and each.reviewed for each in bundle.links)
    first = Counter(each.tags[0] for each in bundle.links)
    assert first == {
        LinkTag.SAME: 52,
        LinkTag.INFERRED: 2,
        LinkTag.DIFF: 2,
        LinkTag.CONTEXT: 3,
        LinkTag.PROGRESS: 4,
        LinkTag.JUDGEMENT: 11,
    }


def test_equal_words_at_two_levels_are_always_judged_by_a_link(bundle: StandardBundle) -> None:
    judged = {frozenset((each.lower, each.higher)) for each in bundle.links}
    levels = bundle.standard.levels
    unjudged = {
        (str(low.key), str(high.key))
        for index, level in enumerate(levels)
        for low in level.requirements
        for above in levels[index + 1 :]
        for high in above.requirements
        if low.text and low.text == high.text and frozenset((low.key, high.key)) not in judged
    }
    # Judged already through 初级 2.2.3, which is one class with 中级 2.2.3.
    assert unjudged == {("intermediate/2.2.3", "advanced/1.1.2")}


def test_the_same_words_in_a_harder_context_are_another_competence(
    bundle: StandardBundle,
) -> None:
    for lower, higher in (("4.1.3", "1.1.2"), ("4.2.1", "1.2.1"), ("4.1.2", "1.1.1")):
        low, high = key(f"intermediate/{lower}"), key(f"advanced/{higher}")
        assert bundle.classes.class_of(low) != bundle.classes.class_of(high)


def test_the_rule_is_marked_as_this_tools_proposal(bundle: StandardBundle) -> None:
    rule = bundle.rule
    assert {each.code for each in rule.critical["elementary"]} == {
        "2.2.1",
        "2.2.2",
        "2.4.1",
        "3.2.3",
    }
    assert (rule.version, rule.area_cut, rule.lost) == ("1", 80, LostPolicy.BLOCK)
    assert (rule.mastery.needed, rule.mastery.window) == (2, 3)
    assert "建议" in rule.origin.zh
    assert set(rule.reasons) == {each for level in rule.critical.values() for each in level}
    assert rule.origin.en is not None
    assert "proposal" in rule.origin.en


def test_the_notice_says_that_an_attainment_is_no_certificate(bundle: StandardBundle) -> None:
    notice = bundle.standard.rights_notice
    assert "不得印刷、销售" in notice.zh
    assert "不是 X 证书" in notice.zh
    assert notice.en is not None
    assert "not an X certificate" in notice.en


def test_performance_levels_give_0_50_80_and_100_percent(bundle: StandardBundle) -> None:
    levels = bundle.rubric.performance_levels
    assert [each.name.zh for each in levels] == ["未达标", "接近达标", "达标", "优秀"]
    assert [each.percent for each in levels] == [0, 50, 80, 100]
    assert bundle.rubric.cut == 3


def test_the_red_line_is_one_at_both_levels_that_print_it(bundle: StandardBundle) -> None:
    red = {str(each.requirement) for each in bundle.rubric.criteria.values() if each.red_line}
    assert red == {"elementary/2.2.4", "intermediate/2.2.4"}


@pytest.mark.parametrize("level", ["elementary", "intermediate"])
def test_the_routine_service_area_is_described_in_both_languages(
    bundle: StandardBundle, level: str
) -> None:
    area = bundle.standard.level(level).areas[1]
    assert len(area.requirements) == 17
    for each in area.requirements:
        criterion = bundle.rubric.criterion(each.key)
        numbers = {choice.number for choice in bundle.rubric.choices(each.key)}
        assert criterion.descriptors is not None
        assert set(criterion.descriptors) == numbers
        assert criterion.evidence is not None
        assert each.english
        assert all(text.zh and text.en for text in criterion.descriptors.values())


def test_no_descriptor_is_used_twice(bundle: StandardBundle) -> None:
    written = {
        bundle.classes.class_of(each.requirement).key: each.descriptors
        for each in bundle.rubric.criteria.values()
        if each.descriptors
    }
    texts = Counter(text.zh for each in written.values() for text in each.values())
    assert [text for text, count in texts.items() if count > 1] == []


def test_a_requirement_without_descriptors_says_so(bundle: StandardBundle) -> None:
    assert bundle.rubric.criterion(key("advanced/4.1.1")).descriptors is None


def test_the_csv_has_one_line_per_requirement_and_a_header(bundle: StandardBundle) -> None:
    text = standard_csv(bundle.standard)
    rows = list(csv.reader(io.StringIO(text)))
    assert "\r" not in text
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 152
    assert rows[1] == [
        "初级",
        "1",
        "电子商务客户服务必备知识技能与基本素质",
        "1.1",
        "职业准备",
        "1.1.1",
        "熟悉电脑的基本操作及办公软件的使用",
        "printed",
    ]


def test_the_csv_leaves_a_lost_text_empty(bundle: StandardBundle) -> None:
    rows = list(csv.DictReader(io.StringIO(standard_csv(bundle.standard))))
    lost = [row for row in rows if row["status"] == "lost"]
    assert [(row["level"], row["code"], row["text"]) for row in lost] == [("高级", "4.1.1", "")]
    assert Counter(row["status"] for row in rows) == {
        "printed": 144,
        "joined": 1,
        "mended": 3,
        "inferred": 2,
        "lost": 1,
    }
