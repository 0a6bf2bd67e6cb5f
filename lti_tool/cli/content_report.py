"""``lti-tool standard report``: what a second reader should look at in a standard's content.

Not here: how it is found (``lti_tool.catalogue.report``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from lti_tool.catalogue import Finding, FindingKind
from lti_tool.domain.standard import Text

from .console import said, say, write

_KINDS: Mapping[FindingKind, Text] = {
    FindingKind.NEARLY_EQUAL: Text("除数字、引语外几乎相同", "nearly equal but for figures"),
    FindingKind.REPEATED_CLAUSE: Text("同一句式反复出现", "one clause used again and again"),
    FindingKind.REPEATED_OPENING: Text("开头千篇一律", "many begin alike"),
    FindingKind.DEGREE_ONLY: Text("两级只差程度副词", "two levels differ in degree words alone"),
    FindingKind.WRONG_LANGUAGE: Text("语言不对或缺失", "wrong or missing language"),
    FindingKind.NO_DESCRIPTORS: Text("没有描述", "no descriptors"),
    FindingKind.NO_METHOD: Text("没有考核方式", "no way to assess it"),
    FindingKind.NO_EVIDENCE: Text("没有佐证建议", "no suggested evidence"),
    FindingKind.NO_ENGLISH: Text("没有英译", "no English"),
    FindingKind.NO_ASSESSMENT: Text("没有现成考核", "no ready assessment"),
    FindingKind.CODE_NOT_NAMED: Text(
        "说明和考评员提示都没有提到编号", "code named neither in instructions nor for the assessor"
    ),
}


def print_report(findings: Sequence[Finding]) -> int:
    """Print every finding and a count of each kind; 1 where there is any, else 0."""
    for each in findings:
        language = f" ({each.language})" if each.language else ""
        words = f": {each.words}" if each.words else ""
        write(f"{'  '.join(each.places)}{language}  {_words(each.kind)}{words}")
    counts = Counter(each.kind for each in findings)
    for kind, count in counts.items():
        write(f"{count:5}  {_words(kind)}")
    if not findings:
        say("没有发现问题", "nothing found")
    return 1 if findings else 0


def _words(kind: FindingKind) -> str:
    words = _KINDS[kind]
    return said(words.zh, words.in_language("en"))
