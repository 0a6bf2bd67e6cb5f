"""A ready assessment, made up, for the tests of use cases and pages."""

from dataclasses import replace

from lti_tool.catalogue import Catalogue
from lti_tool.domain.ready_assessment import Material, MaterialKind, ReadyAssessment
from lti_tool.domain.rubric import AssessmentMethod
from lti_tool.domain.standard import Text

SECRET = "暗号：裂纹在杯底"
"""Stands in the notes for the assessor and nowhere else."""

READY = ReadyAssessment(
    task="2.1",
    title=Text("茶具店的一通电话", "A call at a tea-ware shop"),
    method=AssessmentMethod.PHONE_ROLE_PLAY,
    minutes=25,
    scenario=Text(
        "你是茶具店的客服。\n客户来电说茶杯裂了。",
        "You serve customers of a tea-ware shop.\nA customer calls: the cup is cracked.",
    ),
    instructions=Text(
        "1. 接电话并安抚 [2.1.2]。\n2. 记录并致谢 [2.1.1、2.1.3]。",
        "1. Take the call and calm the customer [2.1.2].\n2. Note and thank [2.1.1, 2.1.3].",
    ),
    material=(
        Material(
            Text("来电前的会话", "The chat before"),
            MaterialKind.TRANSCRIPT,
            Text(
                "客户：杯子裂了。\n客服：请发照片。\n（客户发来照片）",
                "Customer: The cup is cracked.\nAgent: Please send a photo.\n(A photo arrives)",
            ),
        ),
        Material(
            Text("订单", "The order"),
            MaterialKind.TABLE,
            Text(
                '商品,数量,单价,金额\n"茶杯，白",2,29.00,58.00',
                'Item,Count,Price,Amount\n"Cup, white",2,29.00,58.00',
            ),
        ),
        Material(
            Text("店规", "Shop rules"),
            MaterialKind.TEXT,
            Text("破损 48 小时内报备。", "Report damage within 48 hours."),
        ),
    ),
    assessor=Text(
        f"扮演客户，先抱怨两次。\n{SECRET} [2.1.2]",
        f"Play the customer, complain twice first.\n{SECRET} [2.1.2]",
    ),
)


def with_ready(catalogue: Catalogue) -> Catalogue:
    """The catalogue with ``READY`` as the one ready assessment of its newest standard."""
    *older, newest = catalogue.standards
    return Catalogue((*older, replace(newest, ready={("elementary", "2.1"): READY})))
