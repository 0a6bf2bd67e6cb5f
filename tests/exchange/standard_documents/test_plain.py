"""Characters: what is layout goes, what is text stays."""

import pytest

from lti_tool.exchange.standard_documents.markers import Style, marked, pieces
from lti_tool.exchange.standard_documents.plain import are_parted, clean, join, tidy


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("职 业 准 备", "职业准备"),
        ("前 言", "前言"),
        ("物流体系及 SOP 操作", "物流体系及 SOP 操作"),
        ("客户  服务", "客户服务"),
        ("use of  SOP", "use of SOP"),
        ("1 . 1 . 1 熟 悉", "1.1.1熟悉"),
    ],
)
def test_layout_spaces_go_and_others_stay(printed: str, kept: str) -> None:
    assert tidy(printed) == kept


@pytest.mark.parametrize(
    ("printed", "kept"),
    [("⽅案、客⼾、⼯作", "方案、客户、工作"), ("⻅⻓⻔⻚", "见长门页"), ("a\u200bb\ufeff", "ab")],
    ids=["kangxi", "supplement", "invisible"],
)
def test_look_alikes_of_fonts_become_characters(printed: str, kept: str) -> None:
    assert clean(printed) == kept


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [("及时向上级反", "映", "及时向上级反映"), ("the", "use", "the use"), ("近", "7天", "近7天")],
)
def test_pieces_of_a_text_are_joined_as_they_were(first: str, second: str, whole: str) -> None:
    assert join(first, second) == whole


@pytest.mark.parametrize(
    ("line", "style", "numbers", "text"),
    [
        ("1.1.1 熟悉", Style.THREE, (1, 1, 1), "熟悉"),
        ("１．１．１熟悉", Style.THREE, (1, 1, 1), "熟悉"),
        ("1.1职业准备", Style.TWO, (1, 1), "职业准备"),
        ("2. 订单", Style.ONE, (2,), "订单"),
        ("2、订单", Style.ONE, (2,), "订单"),
        ("2订单", Style.BARE, (2,), "订单"),
        ("十二、订单", Style.HAN, (12,), "订单"),
        ("（三）订单", Style.HAN_BRACKET, (3,), "订单"),
        ("（3）订单", Style.BRACKET, (3,), "订单"),
        ("3）订单", Style.BRACKET, (3,), "订单"),
        ("⑶订单", Style.BRACKET, (3,), "订单"),
        ("③订单", Style.CIRCLE, (3,), "订单"),
        ("工作领域一：订单", Style.HAN, (1,), "订单"),
        ("任务2.1 订单", Style.TWO, (2, 1), "订单"),
        ("熟悉订单", Style.NONE, (), "熟悉订单"),
        ("一般问题", Style.NONE, (), "一般问题"),
    ],
)
def test_a_marker_is_told_from_its_text(
    line: str, style: Style, numbers: tuple[int, ...], text: str
) -> None:
    found = marked(line)
    assert (found.style, found.numbers, found.text) == (style, numbers, text)


@pytest.mark.parametrize(
    ("cell", "style", "count"),
    [
        ("1.1.1 甲1.1.2 乙", Style.THREE, 2),
        ("1.1.1 按照1.1.2的步骤操作", Style.THREE, 1),
        ("1.1.3 见 1.1.1 的要求", Style.THREE, 1),
        ("1.1.1 甲\n1.1.3 丙", Style.THREE, 2),
        ("（1）甲（2）乙（3）丙", Style.BRACKET, 3),
        ("①甲②乙", Style.CIRCLE, 2),
    ],
)
def test_several_in_one_cell_are_parted_and_what_is_spoken_of_is_not(
    cell: str, style: Style, count: int
) -> None:
    assert len(pieces(cell, style)) == count


@pytest.mark.parametrize(
    ("texts", "whole"),
    [(["开通 SOP 流程", "用SOP"], "及 SOP"), (["开通SOP流程"], "及SOP"), ([], "及SOP")],
    ids=["parted", "close", "unknown"],
)
def test_latin_words_at_a_line_end_are_joined_as_the_document_does(
    texts: list[str], whole: str
) -> None:
    assert join("及", "SOP", parted=are_parted(texts)) == whole
    assert join("及", "时", parted=True) == "及时"
