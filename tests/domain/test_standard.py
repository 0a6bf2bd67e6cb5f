"""Standards: keys, order, levels and the language of texts."""

import pytest

from lti_tool.domain.errors import UnknownRequirementError
from lti_tool.domain.standard import (
    Requirement,
    RequirementKey,
    Text,
    code_order,
    requirements_by_code,
)
from tests.domain.builders import key, standard

STANDARD = standard()


def test_a_bare_code_is_no_key() -> None:
    for text in ("2.1.1", "low/", "/2.1.1", ""):
        with pytest.raises(UnknownRequirementError):
            RequirementKey.parse(text)


def test_a_key_reads_back_what_it_writes() -> None:
    assert RequirementKey.parse(str(key("low/2.1.1"))) == key("low/2.1.1")


def test_the_same_code_at_two_levels_is_two_requirements() -> None:
    assert key("low/1.1.1") != key("mid/1.1.1")


def test_codes_are_ordered_by_number_and_not_by_letter() -> None:
    assert sorted(["2.10.1", "2.9.1", "2.1"], key=code_order) == ["2.1", "2.9.1", "2.10.1"]


def test_levels_below_belong_to_a_level() -> None:
    assert [each.key for each in STANDARD.up_to("mid")] == ["low", "mid"]
    assert STANDARD.rank("low") < STANDARD.rank("high")


def test_an_unknown_level_or_requirement_is_refused() -> None:
    with pytest.raises(UnknownRequirementError):
        STANDARD.level("expert")
    with pytest.raises(UnknownRequirementError):
        STANDARD.requirement(key("low/9.9.9"))


def test_a_requirement_is_found_by_its_key_and_within_a_level_by_its_code() -> None:
    found = STANDARD.requirement(key("mid/1.1.2"))
    assert requirements_by_code(STANDARD.level("mid"))["1.1.2"] is found


def test_requirements_come_in_the_order_of_the_source() -> None:
    found = [
        (STANDARD.rank(each.key.level), code_order(each.code)) for each in STANDARD.requirements()
    ]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "words"), ("en_GB", "words"), ("zh_Hans_CN", "文字")]
)
def test_words_are_given_in_the_readers_language(language: str, expected: str) -> None:
    assert Text("文字", "words").in_language(language) == expected


def test_words_without_translation_are_chinese_for_everybody() -> None:
    assert Text("文字").in_language("en") == "文字"
    assert Requirement(key("low/1.1.1"), "条文").wording("en") == "条文"


def test_a_lost_requirement_has_no_wording_in_any_language() -> None:
    lost = STANDARD.requirement(key("high/2.1.1"))
    assert (lost.wording("zh_Hans_CN"), lost.wording("en")) == (None, None)
