"""The second reader's list: what it finds when planted, and that the shipped content has none."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lti_tool.catalogue import Finding, FindingKind, StandardBundle, content_report, coverage
from lti_tool.catalogue.wording import is_written_in, without_degrees
from lti_tool.domain.ready_assessment import Material, MaterialKind, ReadyAssessment
from lti_tool.domain.rubric import AssessmentMethod, Criterion
from lti_tool.domain.standard import RequirementKey, Text


def with_descriptors(
    bundle: StandardBundle, planted: Mapping[str, Mapping[int, Text]]
) -> StandardBundle:
    """The bundle with the descriptors of some requirements replaced."""
    criteria = dict(bundle.rubric.criteria)
    for name, texts in planted.items():
        key = RequirementKey.parse(name)
        old = criteria.get(key, Criterion(key))
        criteria[key] = replace(old, descriptors={**(old.descriptors or {}), **texts})
    return replace(bundle, rubric=replace(bundle.rubric, criteria=criteria))


def found(bundle: StandardBundle, kind: FindingKind, language: str = "") -> list[Finding]:
    every = content_report(bundle)
    return [each for each in every if each.kind is kind and language in ("", each.language)]


def test_the_shipped_content_gives_a_second_reader_nothing_to_mend(bundle: StandardBundle) -> None:
    assert content_report(bundle) == ()


def test_nothing_of_the_shipped_content_is_missing(bundle: StandardBundle) -> None:
    assert [str(each.level.en) for each in coverage(bundle) if not each.complete] == []


def test_a_sentence_filled_in_twice_is_found_through_its_figures(bundle: StandardBundle) -> None:
    one = Text(
        "接到第 3 单后 20 分钟内查出漏发商品并写明“补发”单号。",
        "Within 20 minutes of order 3 finds the item not sent and notes the number of the parcel.",
    )
    two = Text(
        "接到第 7 单后 45 分钟内查出漏发商品并写明“换货”单号。",
        "Within 45 minutes of order 7 finds the item not sent and notes the number of the parcel.",
    )
    planted = with_descriptors(bundle, {"elementary/2.1.1": {3: one}, "elementary/2.4.4": {2: two}})
    places = {each.places for each in found(planted, FindingKind.NEARLY_EQUAL)}
    assert places == {("elementary/2.1.1:3", "elementary/2.4.4:2")}
    assert len(found(planted, FindingKind.NEARLY_EQUAL)) == 2


def test_a_clause_used_for_three_requirements_is_a_pattern(bundle: StandardBundle) -> None:
    keys = ("elementary/2.1.1", "elementary/2.2.1", "elementary/2.3.1")
    words = ("报价单一页写清", "图表注明了来源", "仓位号读得出来")
    texts = {
        key: {4: Text(f"{word}，全过程没有任何差错和遗漏。", f"Something about {key}.")}
        for key, word in zip(keys, words, strict=True)
    }
    (only,) = found(with_descriptors(bundle, texts), FindingKind.REPEATED_CLAUSE)
    assert (only.places, only.words) == (keys, "全过程没有任何差错和遗漏")


def test_requirements_that_all_begin_alike_are_found(bundle: StandardBundle) -> None:
    every = [each.key for each in bundle.standard.level("elementary").requirements][:6]
    texts = {
        str(key): {1: Text(f"学生在现场不能{key.code}", "The student at the counter fails")}
        for key in every
    }
    (chinese,) = found(with_descriptors(bundle, texts), FindingKind.REPEATED_OPENING, "zh")
    assert chinese.words == "学生在现场不"


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        (Text("基本准确地填写工单", "Fills in A"), Text("熟练准确地填写工单", "Writes B")),
        (
            Text("填写工单甲", "Basically fills in the ticket fairly well"),
            Text("回访客户乙", "Fills in the ticket very well"),
        ),
        (
            Text(
                "接听电话时能说清退货地址、运费承担和退款到账时间并复述一遍",
                "Gives it",
            ),
            Text(
                "接听电话时能讲清退货地址、运费承担和退款到账时间并复述一遍",
                "Tells it",
            ),
        ),
    ],
    ids=["Chinese degree words", "English degree words", "hardly a word"],
)
def test_levels_that_differ_in_degree_alone_are_found(
    bundle: StandardBundle, lower: Text, higher: Text
) -> None:
    planted = with_descriptors(bundle, {"elementary/2.1.1": {2: lower, 3: higher}})
    assert [each.places for each in found(planted, FindingKind.DEGREE_ONLY)] == [
        ("elementary/2.1.1:2", "elementary/2.1.1:3")
    ]


def test_a_count_tells_two_levels_apart(bundle: StandardBundle) -> None:
    lower = Text("十张工单中有三张填错", "Three of ten tickets are wrong")
    higher = Text("十张工单中有一张填错", "One of ten tickets is wrong")
    planted = with_descriptors(bundle, {"elementary/2.1.1": {2: lower, 3: higher}})
    assert found(planted, FindingKind.DEGREE_ONLY) == []


def test_a_text_in_the_other_language_is_found(bundle: StandardBundle) -> None:
    texts = {2: Text("Says it late", "Says it late again"), 3: Text("当场说明", "当场说明原因")}
    planted = with_descriptors(bundle, {"elementary/2.1.1": texts})
    wrong = [(each.places, each.language) for each in found(planted, FindingKind.WRONG_LANGUAGE)]
    assert wrong == [(("elementary/2.1.1:2",), "zh"), (("elementary/2.1.1:3",), "en")]


def test_what_is_not_written_is_listed(bundle: StandardBundle) -> None:
    key = RequirementKey.parse("elementary/2.1.1")
    criteria = {at: each for at, each in bundle.rubric.criteria.items() if at != key}
    bare = replace(bundle, rubric=replace(bundle.rubric, criteria=criteria), ready={})
    assert {each.kind for each in content_report(bare) if each.places == (str(key),)} == {
        FindingKind.NO_DESCRIPTORS,
        FindingKind.NO_METHOD,
        FindingKind.NO_EVIDENCE,
    }
    assert len(found(bare, FindingKind.NO_ASSESSMENT)) == 47


def test_a_ready_assessment_says_where_every_code_shows(bundle: StandardBundle) -> None:
    words = Text("1. 答复客户 [2.1.1]", "1. Answer the customer [2.1.1]")
    material = Material(words, MaterialKind.TEXT, words)
    ready = ReadyAssessment(
        *("2.1", words, AssessmentMethod.CHAT_ROLE_PLAY, 20, words, words, (material,)),
        assessor=Text("留意 [2.1.2]", "Look at [2.1.2] and [2.1.3]"),
    )
    planted = replace(bundle, ready={("elementary", "2.1"): ready})
    missing = found(planted, FindingKind.CODE_NOT_NAMED)
    assert [(each.words, each.language) for each in missing] == [("2.1.3", "zh")]


def test_english_may_quote_a_chinese_sentence() -> None:
    assert is_written_in('Says "请稍等" before looking it up and comes back.', "en")
    assert not is_written_in("请稍等", "en")
    assert not is_written_in("Wait", "zh")


def test_words_of_degree_are_taken_out() -> None:
    assert without_degrees("能够较为熟练地操作", "zh") == ("操", "作")
    assert without_degrees("Quite skilfully answers 3 calls", "en") == ("answers", "3", "calls")
