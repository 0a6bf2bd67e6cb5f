"""What can be wrong with a rubric or mapping file: one edit each, and what must be said of it.

Not here: the tests that make these edits (``test_broken_files``).
"""

from typing import NamedTuple

ID = "530050-2021-2.0"
ELEMENTARY = f"rubrics/{ID}/level-elementary.yaml"
INTERMEDIATE = f"rubrics/{ID}/level-intermediate.yaml"
ADVANCED = f"rubrics/{ID}/level-advanced.yaml"
STANDARD = f"rubrics/{ID}/standard.yaml"
RUBRIC = f"rubrics/{ID}/rubric.yaml"
DESCRIPTORS = f"rubrics/{ID}/descriptors-elementary-2.yaml"
EQUIVALENCE = f"mappings/{ID}/equivalence.yaml"
ATTAINMENT = f"mappings/{ID}/attainment.yaml"
PROGRAMMES = f"mappings/{ID}/programmes.yaml"


class Fault(NamedTuple):
    """``old`` in ``file`` becomes ``new``; ``at`` is what the blamed line then contains."""

    file: str
    old: str
    new: str
    at: str
    path: str
    reason: str


TOTAL = """area_cut: 80
totals:
  elementary:
    minimum: 60
    parts:
    - name: {zh: 理论, en: Theory}
      weight: 40
      areas: ['1']
    - name: {zh: 实践, en: Practice}
      weight: 60
      minimum: 60
      areas: ['2', '3', '4']"""


def total(old: str, new: str) -> str:
    """A weighted total with one edit."""
    return TOTAL.replace(old, new)


FIRST = "areas[0].tasks[0].requirements"
FAULTS = {
    "a code read as a number": Fault(
        ELEMENTARY,
        "- code: '1.1'",
        "- code: 4.20",
        "4.20",
        "areas[0].tasks[0].code",
        "YAML read this as the number 4.2; put it in quotes",
    ),
    "a code that is no code": Fault(
        ELEMENTARY, "'1.1.2'", "'1.1.x'", "1.1.x", f"{FIRST}[1].code", "not written as it must be"
    ),
    "a code twice": Fault(
        ELEMENTARY, "'1.1.2'", "'1.1.1'", "", f"{FIRST}[1].code", "1.1.1 stands here twice"
    ),
    "a code under the wrong task": Fault(
        ELEMENTARY,
        "'1.1.2'",
        "'1.2.9'",
        "1.2.9",
        f"{FIRST}[1].code",
        "1.2.9 does not belong under 1.1",
    ),
    "a task under the wrong area": Fault(
        ELEMENTARY,
        "- code: '1.2'\n",
        "- code: '2.9'\n",
        "'2.9'",
        "areas[0].tasks[1].code",
        "2.9 does not belong under 1",
    ),
    "an unknown key": Fault(
        ELEMENTARY,
        "      status: printed\n",
        "      status: printed\n      colour: red\n",
        "colour",
        f"{FIRST}[0].colour",
        "this key is not known",
    ),
    "a missing key": Fault(
        STANDARD, "published: '2021-12'\n", "", "", "published", "this is missing"
    ),
    "a key twice": Fault(
        STANDARD,
        "version: '2021-2.0'\n",
        "version: '2021-2.0'\nversion: '2021-2.0'\n",
        "version",
        "version",
        "this key stands here twice",
    ),
    "an unknown status": Fault(
        ELEMENTARY, "status: printed", "status: invented", "invented", f"{FIRST}[0].status", "'inv"
    ),
    "a text that is a number": Fault(
        ELEMENTARY,
        "text: 熟悉电脑的基本操作及办公软件的使用",
        "text: 12",
        "text: 12",
        f"{FIRST}[0].text",
        "put it in quotes",
    ),
    "a text with a space at its end": Fault(
        ELEMENTARY,
        "text: 熟悉电脑的基本操作及办公软件的使用",
        "text: '熟悉电脑 '",
        "熟悉电脑",
        f"{FIRST}[0].text",
        "not written as it must be",
    ),
    "a list where a text belongs": Fault(
        STANDARD,
        "zh: 初级",
        "zh: [初, 级]",
        "[初, 级]",
        "levels[0].name.zh",
        "text must stand here",
    ),
    "a text where keys belong": Fault(
        STANDARD,
        "publisher:\n  zh: 江苏京东信息技术有限公司\n"
        "  en: Jiangsu Jingdong Information Technology Co., Ltd.",
        "publisher: x",
        "publisher: x",
        "publisher",
        "keys with values must stand here",
    ),
    "a lost requirement with a text": Fault(
        ADVANCED,
        "      status: lost\n",
        "      status: lost\n      text: 能够猜测\n",
        "4.1.1",
        "areas[3].tasks[0].requirements[0]",
        "lost in source must have no text",
    ),
    "a printed requirement without a text": Fault(
        ELEMENTARY,
        "      text: 熟悉电脑的基本操作及办公软件的使用\n",
        "",
        "1.1.1",
        f"{FIRST}[0]",
        "the text is missing",
    ),
    "a word changed by mending": Fault(
        ADVANCED,
        "text: 能够基于对业务运营中的数据进行深度分析与诊断，洞察业务运营问题\n",
        "text: 能够对业务运营中的数据进行深度分析与诊断，洞察业务运营问题\n",
        "4.2.2",
        "areas[3].tasks[1].requirements[1]",
        "only punctuation may be mended",
    ),
    "a mended requirement without its printed form": Fault(
        ADVANCED,
        "      printed: 能够基于对业务运营中的数据进行深度分析与诊断，洞察业务运营问题，\n",
        "",
        "4.2.2",
        "areas[3].tasks[1].requirements[1]",
        "the printed form belongs to mended",
    ),
    "an inferred requirement without origin": Fault(
        INTERMEDIATE,
        "      inferred_from: elementary/2.1.1\n",
        "",
        "2.1.1",
        "areas[1].tasks[0].requirements[0]",
        "inferred_from belongs to inferred",
    ),
    "an inferred requirement from nowhere": Fault(
        INTERMEDIATE,
        "inferred_from: elementary/2.1.1",
        "inferred_from: elementary/2.1.9",
        "2.1.1",
        "areas[1].tasks[0].requirements[0]",
        "the standard has no elementary/2.1.9",
    ),
    "an inferred requirement with other words": Fault(
        INTERMEDIATE,
        "inferred_from: elementary/2.1.1",
        "inferred_from: elementary/2.1.2",
        "2.1.1",
        "areas[1].tasks[0].requirements[0]",
        "the inferred text must equal",
    ),
    "a file of another level": Fault(
        ELEMENTARY, "level: elementary", "level: advanced", "level:", "level", "must be elementary"
    ),
    "a file of another standard": Fault(
        RUBRIC, f"standard: {ID}", "standard: 530051-2021-2.0", "530051", "standard", ID
    ),
    "a code that is not the folder's": Fault(
        STANDARD, "code: '530050'", "code: '530051'", "version", "version", "must give the folder"
    ),
    "a percent over 100": Fault(
        RUBRIC, "percent: 100", "percent: 101", "101", "performance_levels[3].percent", "more than"
    ),
    "percents that do not rise": Fault(
        RUBRIC, "percent: 80", "percent: 50", "50", "performance_levels[2].percent", "must rise"
    ),
    "a percent that is a text": Fault(
        RUBRIC,
        "percent: 80",
        "percent: '80'",
        "'80'",
        "performance_levels[2].percent",
        "a whole number",
    ),
    "a number left out": Fault(
        RUBRIC, "number: 3", "number: 5", "5", "performance_levels[2].number", "must be 3"
    ),
    "a cut above all levels": Fault(
        RUBRIC, "cut: 3", "cut: 5", "cut: 5", "cut", "a number above the lowest level"
    ),
    "a cut that lets the lowest level pass": Fault(
        RUBRIC, "cut: 3", "cut: 1", "cut: 1", "cut", "a number above the lowest level"
    ),
    "a red line of an unknown requirement": Fault(
        RUBRIC, "elementary/2.2.4", "elementary/9.9.9", "9.9.9", "red_lines[0]", "has no elem"
    ),
    "a level name without English": Fault(
        RUBRIC, "    en: Meets\n", "", "name:", "performance_levels[2].name.en", "this is missing"
    ),
    "descriptors of an unknown requirement": Fault(
        DESCRIPTORS, "'2.1.1'", "'2.1.9'", "2.1.9", "criteria[0].code", "no text of"
    ),
    "descriptors twice for one class": Fault(
        DESCRIPTORS, "'2.1.2'", "'2.1.1'", "2.1.1", "criteria[1].code", "has descriptors already"
    ),
    "a descriptor without English": Fault(
        DESCRIPTORS,
        "      en: Order, problem or demand is missing, or something stated is untrue.\n",
        "",
        "1:",
        "criteria[13].descriptors.1.en",
        "this is missing",
    ),
    "a descriptor for a level that is none": Fault(
        DESCRIPTORS, "    4:\n", "    5:\n", "descriptors:", "criteria[0].descriptors", "1, 2, 3, 4"
    ),
    "two descriptors that read the same": Fault(
        DESCRIPTORS,
        "zh: 没有结束语，或先于客户挂断。",
        "zh: 有结束语，但致谢、提醒、道别缺一项；或客户闲谈超过 2 分钟仍未引回。",
        "descriptors:",
        "criteria[15].descriptors",
        "two levels read the same (zh)",
    ),
    "a link to nowhere": Fault(
        EQUIVALENCE,
        "higher: intermediate/1.1.1",
        "higher: intermediate/9.1.1",
        "lower:",
        "links[0]",
        "the standard has no intermediate/9.1.1",
    ),
    "a link to a key that is none": Fault(
        EQUIVALENCE, "intermediate/1.1.1", "中级/1.1.1", "中级", "links[0].higher", "not written"
    ),
    "a link within one level": Fault(
        EQUIVALENCE,
        "higher: intermediate/1.1.1",
        "higher: elementary/1.1.1",
        "lower:",
        "links[0]",
        "must be of a lower level",
    ),
    "a link tagged same between different texts": Fault(
        EQUIVALENCE,
        "higher: intermediate/1.1.1",
        "higher: intermediate/2.2.1",
        "lower:",
        "links[0]",
        "tagged same, but the two texts differ",
    ),
    "a link tagged diff between equal texts": Fault(
        EQUIVALENCE, "tags: [same]", "tags: [diff]", "lower:", "links[0]", "the two texts are equal"
    ),
    "a link tagged inferred between printed texts": Fault(
        EQUIVALENCE,
        "tags: [same]",
        "tags: [inferred]",
        "lower:",
        "links[0]",
        "neither is inferred so",
    ),
    "a link twice": Fault(
        EQUIVALENCE,
        "lower: elementary/1.1.2\n  higher: intermediate/1.1.2",
        "lower: elementary/1.1.1\n  higher: intermediate/1.1.1",
        "lower:",
        "links[1]",
        "this pair stands above already",
    ),
    "links that make two requirements of one level one": Fault(
        EQUIVALENCE,
        "lower: elementary/1.1.2\n  higher: intermediate/1.1.2\n  tags: [same]",
        "lower: elementary/1.1.3\n  higher: intermediate/1.1.1\n  tags: [diff]",
        "lower:",
        "links[2]",
        "of one level would become one requirement",
    ),
    "a link with an unknown tag": Fault(
        EQUIVALENCE,
        "tags: [same]",
        "tags: [equal]",
        "[equal]",
        "links[0].tags[0]",
        "'equal' is not one of",
    ),
    "a review without its day": Fault(
        EQUIVALENCE, "  reviewed: 2026-11-23\n", "", "lower:", "links[0]", "belong together"
    ),
    "a day that does not exist": Fault(
        EQUIVALENCE, "2026-11-23", "2026-13-45", "", "", "bad date or number"
    ),
    "a critical requirement of nowhere": Fault(
        ATTAINMENT, "'2.2.1'", "'2.2.9'", "2.2.9", "critical.elementary[0].code", "has no elem"
    ),
    "a critical requirement twice": Fault(
        ATTAINMENT, "'2.2.2'", "'2.2.1'", "2.2.1", "critical.elementary[1].code", "twice"
    ),
    "critical requirements of an unknown level": Fault(
        ATTAINMENT, "  advanced:\n", "  expert:\n", "expert", "critical.expert", "has no expert"
    ),
    "more ratings needed than looked at": Fault(
        ATTAINMENT,
        "needed: 2",
        "needed: 4",
        "needed",
        "mastery.needed",
        "not be more than the last ratings",
    ),
    "a waiver without a reason": Fault(
        ATTAINMENT, "policy: block", "policy: waive", "lost:", "lost", "a waiver needs a reason"
    ),
    "an area cut below 0": Fault(
        ATTAINMENT, "area_cut: 80", "area_cut: -1", "-1", "area_cut", "must not be less than 0"
    ),
    "a rate that leaves nothing to the newest rating": Fault(
        ATTAINMENT, "window: 3", "window: 3\n  rate: 0", "rate", "mastery.rate", "less than 1"
    ),
    "a method nobody knows": Fault(
        ATTAINMENT, "window: 3", "window: 3\n  method: luck", "luck", "mastery.method", "not one of"
    ),
    "more raters than ratings looked at": Fault(
        ATTAINMENT,
        "window: 3",
        "window: 3\n  minimum_raters: 4",
        "minimum_raters",
        "mastery.minimum_raters",
        "not be more than the last ratings",
    ),
    "a cut for an area of nowhere": Fault(
        ATTAINMENT,
        "area_cut: 80",
        "area_cut: 80\narea_cuts:\n  elementary:\n    '9': 50",
        "'9'",
        "area_cuts.elementary.9",
        "has no elementary/9",
    ),
    "weights that do not add up": Fault(
        ATTAINMENT,
        "area_cut: 80",
        total("weight: 40", "weight: 50"),
        "parts",
        "totals.elementary.parts",
        "add up to 110",
    ),
    "a requirement in two parts of a total": Fault(
        ATTAINMENT,
        "area_cut: 80",
        total("areas: ['2', '3', '4']", "codes: ['1.1.1']"),
        "name",
        "totals.elementary.parts[1]",
        "earlier part already",
    ),
    "a total over an area of nowhere": Fault(
        ATTAINMENT,
        "area_cut: 80",
        total("areas: ['1']", "areas: ['1', '9']"),
        "name",
        "totals.elementary.parts[0]",
        "has no elementary/9",
    ),
    "a kind of school twice": Fault(
        PROGRAMMES,
        "school_kind: 高等职业学校",
        "school_kind: 中等职业学校",
        "中等职业学校",
        "programmes[1].school_kind",
        "twice",
    ),
    "an empty list": Fault(
        PROGRAMMES,
        "  names:\n  - 市场营销\n  - 电子商务\n  - 跨境电子商务\n  - 旅游管理\n  - 物流管理\n",
        "  names: []\n",
        "names",
        "programmes[3].names",
        "at least 1",
    ),
    "broken YAML": Fault(RUBRIC, "cut: 3", "cut: [3", "", "", "not valid YAML"),
    "a tab for indentation": Fault(RUBRIC, "  name:", "\tname:", "name", "", "not valid YAML"),
    "two documents in one file": Fault(RUBRIC, "cut: 3", "---\ncut: 3", "", "", "not valid YAML"),
    "an object of Python": Fault(
        RUBRIC,
        "cut: 3",
        "cut: !!python/name:os.system",
        "cut: !!",
        "",
        "tags (!name) are not allowed",
    ),
    "an alias": Fault(
        RUBRIC, "cut: 3\n", "cut: &cut 3\nother: *cut\n", "*cut", "", "aliases (*name)"
    ),
    "a merge key": Fault(
        RUBRIC, "cut: 3\n", "cut: 3\n<<: {other: 1}\n", "<<", "", "a key must be plain text"
    ),
    "nesting without end": Fault(
        RUBRIC, "cut: 3", "cut: " + "[" * 30 + "]" * 30, "[[[", "", "nested deeper"
    ),
}
