"""The story the demo tells: assessments over some weeks, and how well each student does.

People, marks and evidence are invented. Not here: putting it into the tool (``seed``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from lti_tool.domain.brief import Brief

from .demo_brief import OPEN_BRIEF

SEED = 530050
SECOND_PERCENT = 80
"""So much of the last area that each of its codes has enough pairs in two rounds."""
BEGINNING_TEACHERS_WORDS = (
    "表达清楚，先安抚再处理，很好。",
    "方案可行，时效也说明了。",
    "记录完整，接手的同事不用再问。",
)
WEAK_WORDS = (
    "先回应客户情绪，再问订单号。",
    "方案漏了运费和时效，请补全。",
    "工单缺少客户诉求，请对照会话补写。",
)
BREACH_REASON = "会话第 14 分钟把另一位客户的手机号发给了来电客户，泄露客户信息。"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One assessment: codes that begin with one of ``parts``, held so long ago; so many percent
    of its works are marked a second time.

    ``is_open``: it is under way; only some students have handed in and nobody is rated yet.
    """

    title: str
    task: str
    parts: tuple[str, ...]
    ago: timedelta
    points: Decimal
    is_open: bool = False
    second_percent: int = 0
    brief: Brief | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """How a student does: ``skill`` from 0 to 1; ``almost`` lacks only one critical code;
    ``breach``: crosses the red line in the second round; ``hands_in``: has handed in the open
    assessment."""

    skill: float
    almost: bool = False
    breach: bool = False
    absent_share: float = 0.0
    hands_in: bool = False
    drafts: bool = False


def chapters() -> Sequence[Chapter]:
    """The course so far, oldest first; the last is under way."""
    rounds = (
        ("客服基础与需求探索", ("1.",), "完成一次从问候到确认问题的客服会话，并提交会话记录。"),
        ("常规业务处理实操", ("2.",), "处理一次常规售后咨询：沟通、解答、跟进、录入、结束服务。"),
        ("订单处理实操", ("3.",), "按给定订单完成售前信息收集、售中发货和售后退换货处理。"),
        ("仓配一体服务实操", ("4.",), "按 SOP 完成入仓、答疑和特色仓业务的操作演示。"),
    )
    held = [
        Chapter(
            title=f"{title}（{number}）",
            task=task,
            parts=parts,
            ago=timedelta(weeks=weeks + (4 if number == "一" else 0)),
            points=Decimal(100),
            second_percent=SECOND_PERCENT if parts == ("4.",) else 0,
        )
        for number in ("一", "二")
        for weeks, (title, parts, task) in zip((5, 4, 3, 2), rounds, strict=True)
    ]
    return [*held, _open_chapter()]


def _open_chapter() -> Chapter:
    return Chapter(
        title="破损商品售后咨询实操",
        task=(
            "客户收到的电热水壶外壳开裂，第二天就要用，情绪激动，要求马上退款。请以在线客服身份"
            "完成一次完整服务：安抚情绪、核实订单、给出方案并说明原因、创建售后工单。\n\n"
            "请提交：① 完整的沟通记录；② 售后工单截图或文字；③ 方案说明，150 字以内。"
        ),
        parts=("2.1.2", "2.2.", "2.4.1"),
        ago=timedelta(days=3),
        points=Decimal(20),
        is_open=True,
        brief=OPEN_BRIEF,
    )


def pupils(count: int) -> Sequence[Pupil]:
    """The class, in the order of student numbers."""
    luck = Random(SEED)  # noqa: S311 - an invented class, the same at every start
    named = [
        Pupil(0.97, almost=True, hands_in=True),
        Pupil(1.0),
        Pupil(1.0, hands_in=True),
        Pupil(0.95, breach=True, hands_in=True),
        Pupil(0.35, absent_share=0.4, drafts=True),
    ]
    others = [_pupil(luck, place) for place in range(count)]
    return (named + others)[:count]


def _pupil(luck: Random, place: int) -> Pupil:
    return Pupil(
        skill=luck.uniform(0.45, 0.98),
        absent_share=luck.choice((0.0, 0.0, 0.0, 0.1, 0.3)),
        hands_in=place % 5 == 1,
        drafts=place % 7 == 2,
    )


def levels_given(
    pupil: Pupil, codes: Sequence[str], red_lines: frozenset[str], luck: Random, *, second: bool
) -> Iterator[tuple[str, int]]:
    """The performance level of each code on one submission; the second round goes better."""
    skill = min(1.0, pupil.skill + (0.08 if second else 0.0))
    for code in codes:
        if code in red_lines:
            yield code, 1 if pupil.breach and second else 3
        elif pupil.almost and code == "2.2.1":
            yield code, 3 if second else 2
        elif luck.random() < skill or pupil.almost:
            yield code, 4 if luck.random() < skill - 0.55 else 3
        else:
            yield code, 2 if luck.random() < skill + 0.2 else 1


def transcript(luck: Random) -> str:
    """A short service conversation, as a student would hand it in."""
    order = luck.randrange(10**11, 10**12)
    hours = luck.choice((24, 48, 72))
    return (
        "客服：您好，这里是售后客服，请问有什么可以帮您？\n"
        "客户：水壶收到就是裂的，我明天就要用，马上给我退款！\n"
        "客服：收到新买的水壶却是裂的，明天又急着用，换成我也会着急。我马上为您处理，"
        f"请问是尾号 {order % 10000:04d} 的这笔订单吗？\n"
        "客户：是的。\n"
        "客服：为您准备了两个方案：一、今天为您补发一只，明早送达，破损件由快递上门取回，运费"
        f"我们承担；二、退货退款，退款在收到商品后 {hours} 小时内原路退回。"
        "考虑到您明天要用，建议先补发。\n"
        "客户：那就补发吧。\n"
        f"客服：好的，已创建售后工单，订单 {order}，补发单号稍后短信发给您。还有其他可以帮您的吗？"
    )


def second_opinion(level: int, *, is_red_line: bool, luck: Random) -> int:
    """What a colleague gives who has not seen the first level: mostly the same."""
    if is_red_line or luck.random() < 0.82:
        return level
    return min(4, max(1, level + luck.choice((-1, -1, 1))))
