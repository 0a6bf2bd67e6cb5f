"""What each format cannot carry of a standard, in words, for the person who exports it.

Not here: what a reading leaves out, which the draft's notes say (``inward``).
"""

from collections.abc import Iterator

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import Requirement, SourceStatus, Text, WorkTask
from lti_tool.exchange.spreadsheets import RISKY

from .canvas_outcomes import MOST_N
from .formats import Format
from .framework import Framework


def left_out(bundle: StandardBundle, framework: Framework, to: Format) -> tuple[Text, ...]:
    """What the format leaves out of this standard, in lines; empty where it carries everything."""
    return (
        *_never(bundle),
        *_mastery(bundle, to),
        *(_rubric_only(bundle) if to is Format.CANVAS_RUBRICS else ()),
        *(_guarded(framework) if not to.is_case else ()),
    )


def _never(bundle: StandardBundle) -> Iterator[Text]:
    """What no format knows."""
    version = bundle.rule.version
    yield Text(f"等级达成规则（第 {version} 版）", f"the attainment rule (version {version})")
    count = len(bundle.ready)
    if count:
        yield Text(f"{count} 份现成考核", f"{count} ready assessments")


def _mastery(bundle: StandardBundle, to: Format) -> Iterator[Text]:
    rule = bundle.rule.mastery
    if to is not Format.CANVAS_OUTCOMES:
        yield Text("掌握度算法", "how mastery is computed")
        return
    if rule.method is MasteryMethod.N_OF_M:
        yield Text(
            f"掌握度只看最近 {rule.window} 次：Canvas 的 n_mastery 不限次数，"
            "且取达到合格线各次的平均",
            f"that mastery looks at the last {rule.window} ratings only: n_mastery of Canvas looks "
            "at all, and means those that reach the cut",
        )
        if rule.needed > MOST_N:
            yield Text(f"Canvas 的次数不超过 {MOST_N}", f"Canvas counts no further than {MOST_N}")
    if rule.expires_months or rule.minimum_evidence > 1 or rule.minimum_raters > 1:
        yield Text(
            "评分的有效期、最少次数和最少评分人数",
            "when ratings expire, how many are needed and by how many raters",
        )


def _rubric_only(bundle: StandardBundle) -> Iterator[Text]:
    yield Text(
        "标准的代码、版本、名称、制定单位、各等级的面向和岗位、术语、专业",
        "code, version, title and publisher of the standard, scope and job roles of its levels, "
        "terms, programmes",
    )
    lost = [each for each in bundle.standard.requirements() if _is_lost(each)]
    if lost:
        keys = ", ".join(str(each.key) for each in lost)
        yield Text(f"原文缺失、无从评分的要求：{keys}", f"requirements lost in source: {keys}")
    if any(task.status is not SourceStatus.PRINTED for task in _tasks(bundle)):
        yield Text("任务名称的原文情况", "how titles of tasks stand in the source")


def _tasks(bundle: StandardBundle) -> Iterator[WorkTask]:
    for level in bundle.standard.levels:
        yield from level.tasks


def _is_lost(requirement: Requirement) -> bool:
    return requirement.status is SourceStatus.LOST


def _guarded(framework: Framework) -> Iterator[Text]:
    """Cells that a spreadsheet would run begin with an apostrophe, which the importer shows."""
    count = sum(each.text.startswith(RISKY) for each in framework.items)
    if count:
        yield Text(
            f"{count} 处文字以 = + - @ ' 开头，前面加了撇号，以免被电子表格当作公式",
            f"{count} texts begin with = + - @ ' and got an apostrophe before it, so that no "
            "spreadsheet runs them",
        )
