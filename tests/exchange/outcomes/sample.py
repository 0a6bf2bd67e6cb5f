"""Made-up exports for the tests of files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import (
    ExportContent,
    ExportFacts,
    ExportKind,
    ExportLine,
    Holder,
    LevelFacts,
)
from lti_tool.exchange.outcomes import Kept

WHEN = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
"""The second of September in Shanghai."""
FACTS = ExportFacts(
    school_id=7,
    school="某职业学院",
    standard_id="530050-2021-2.0",
    code="530050",
    version="2021-2.0",
    title="电子商务客户服务",
    rights="标准文本的权利属于其发布机构。",
    language="zh",
    zone="Asia/Shanghai",
    levels=(
        LevelFacts("elementary", "初级", ("id-1", "id-2", "id-3")),
        LevelFacts("intermediate", "中级", ("id-4",)),
    ),
)
ATTAINED = ExportLine(
    holder=Holder(11, "2024030101", "黄嘉怡", "Huang Jiayi"),
    level="elementary",
    state=AttainmentState.ATTAINED,
    mastered=48,
    total=49,
    rule_version="1",
    changed_at=WHEN,
    decision_id="d-1",
    decided_at=WHEN,
    courses=("客服实训", "直播运营"),
    term="2026秋",
    programme="电子商务",
    class_name="电商2401",
    masteries="mm.",
)
PROPOSED = replace(
    ATTAINED,
    holder=Holder(12, "=1+1", "@SUM(A1)"),
    state=AttainmentState.PROPOSED,
    changed_at=WHEN + timedelta(days=2),
    decision_id="",
    decided_at=None,
    masteries="mbx",
)
UNNUMBERED = replace(ATTAINED, holder=Holder(13, "", "丙"), level="intermediate", masteries="m")


def kept(kind: ExportKind, *lines: ExportLine, language: str = "zh") -> Kept:
    """An export of these lines, of all three unless given."""
    chosen = lines or (ATTAINED, PROPOSED, UNNUMBERED)
    content = ExportContent(replace(FACTS, language=language), chosen)
    return Kept("export-1", kind, WHEN, content)
