"""What exports of outcomes say in words: heads, states, and what an attainment is not."""

from collections.abc import Mapping

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import ExportFacts
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import Text

NOT_X = Text(
    "本工具的“等级达成”不是 X 证书。", "An attainment in this tool is not an X certificate."
)
STATES: Mapping[AttainmentState, Text] = {
    AttainmentState.NO_EVIDENCE: Text("无佐证", "No evidence"),
    AttainmentState.NOT_MET: Text("未达成", "Not attained"),
    AttainmentState.PROPOSED: Text("待认定", "Awaiting sign-off"),
    AttainmentState.ATTAINED: Text("已认定", "Signed off"),
    AttainmentState.REVOKED: Text("已撤销", "Revoked"),
}
MASTERIES: Mapping[MasteryState, Text] = {
    MasteryState.NO_EVIDENCE: Text("无佐证", "No evidence"),
    MasteryState.INSUFFICIENT: Text("佐证不足", "Insufficient evidence"),
    MasteryState.BELOW: Text("低于合格线", "Below standard"),
    MasteryState.MASTERED: Text("已掌握", "Mastered"),
    MasteryState.EXPIRED: Text("已过期", "Expired"),
    MasteryState.UNDER_REVIEW: Text("复核中", "Under review"),
    MasteryState.RED_LINE: Text("一票否决", "Red line"),
}


def notice(facts: ExportFacts) -> str:
    """What must be said wherever outcomes go: what they are not, and whose the standard is."""
    said = NOT_X.in_language(facts.language)
    if facts.rights.startswith(said) or said in facts.rights:
        return facts.rights
    return f"{said} {facts.rights}".strip()
