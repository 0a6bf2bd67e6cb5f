"""What the demo's open assessment gives to work with. Invented; the story is in ``demo_class``."""

from lti_tool.domain.brief import Brief, SetMaterial
from lti_tool.domain.ready_assessment import MaterialKind
from lti_tool.domain.rubric import AssessmentMethod

OPEN_BRIEF = Brief(
    scenario=(
        "你是“暖屋小家电”的在线客服，今天上午 10 点接到林女士的会话。她昨晚签收的电热水壶外壳"
        "开裂，明天家里来客人要用，情绪激动，要求马上退款。"
    ),
    material=(
        SetMaterial(
            "会话开头",
            MaterialKind.TRANSCRIPT,
            "客户：刚拆箱就看到外壳裂了一条口子，你们卖的什么东西！\n"
            "客服：您好，请稍等，我正在查看您的订单。\n"
            "客户：别让我等，明天家里来人要用，现在就给我退钱！\n"
            "（客户发来一张裂缝照片，看不到订单标签）",
        ),
        SetMaterial(
            "林女士近三个月的订单",
            MaterialKind.TABLE,
            "订单号,商品,件数,实付（元）,状态\n"
            "NW-20815,电热水壶 1.7 升 米白,1,129.00,昨天 19:42 签收\n"
            "NW-20377,恒温杯垫,2,78.00,上个月签收\n"
            "NW-19960,电热水壶 1.7 升 深灰,1,119.00,两个月前签收",
        ),
        SetMaterial(
            "店铺规则",
            MaterialKind.TEXT,
            "签收后 48 小时内反馈破损，凭看得到订单标签的照片换新或全额退款，运费店铺承担。\n"
            "换新：当天 16:00 前登记，当天发出，同城次日上午送达；其余地区 2 至 3 天。\n"
            "退款：收到照片后 24 小时内原路退回，一般 1 至 3 个工作日到账。",
        ),
    ),
    assessor=(
        "扮演林女士：前两句只发火，被说中“明天要用、壳裂了”后才肯补照片 [2.1.2]。\n"
        "近三个月有两把水壶，要问清是哪一单，答案是 NW-20815 [2.2.1]。\n"
        "追问“换新明天到得了吗”：同城且 16:00 前登记才到得了，要先问地址 [2.2.2]。\n"
        "方案要说出为什么选换新或退款 [2.2.3]；说“发好评才退”之类的话，按一票否决 [2.2.4]。\n"
        "工单里订单号、签收时间、照片、方案和时限缺一项即未达标 [2.4.1]。"
    ),
    method=AssessmentMethod.CHAT_ROLE_PLAY,
    minutes=30,
)
