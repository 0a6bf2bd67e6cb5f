"""How alike two texts are, in Chinese or English: what stands between a rater and two clear levels.

Chinese is compared by characters, English by words. Numbers, codes and quoted words count as
blanks where patterns are looked for: a sentence filled in with other figures is the same sentence.
Not here: what is compared with what (``report``).
"""

import re
from collections.abc import Iterable
from itertools import pairwise

BLANK = "#"
LANGUAGES = ("zh", "en")

_FILLED = re.compile(
    r"“[^”]*”|「[^」]*」|‘[^’]*’|\"[^\"]*\"|[0-9]+(?:[.:,/-][0-9]+)*\s*%?"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_CHINESE_NUMBER = re.compile(
    r"[一二两三四五六七八九十]+(?=[个项处次张件条题笔例名组句步单天种类人])"
)
_ENGLISH_WORD = re.compile(rf"{BLANK}|[a-z]+(?:['’][a-z]+)?|[0-9]+(?:[.,][0-9]+)*%?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLAUSE_END = re.compile(r"[，。；：！？,.;:!?（）()、\n]+")

CHINESE_DEGREES = (
    *("能够较为", "较为", "比较", "非常", "十分", "极为", "极其", "相当", "基本上", "基本", "大致"),
    *(
        "大体",
        "大部分",
        "部分",
        "少量",
        "少许",
        "完全",
        "充分",
        "熟练地",
        "熟练",
        "准确地",
        "高效地",
    ),
    *(
        "高效",
        "良好地",
        "良好",
        "优秀",
        "出色地",
        "出色",
        "很好地",
        "很好",
        "较好地",
        "较好",
        "较快",
    ),
    *("较", "很", "最", "更", "稍", "略", "偶尔", "有时", "经常", "往往", "通常", "总是", "始终"),
    *("一定程度上", "一定的", "全面地", "全面", "独立地", "主动地", "积极地", "及时地", "及时"),
    *("灵活地", "灵活", "顺利地", "顺利", "初步", "深入地", "深入", "清晰地", "清楚地", "地"),
)
"""Words that only say how much or how well, longest first where one holds another."""
ENGLISH_DEGREES = frozenset(
    (
        *("a", "an", "the", "and", "very", "quite", "rather", "fairly", "mostly", "mainly"),
        *("largely", "generally", "basically", "broadly", "somewhat", "partly", "partially"),
        *("fully", "completely", "entirely", "thoroughly", "totally", "highly", "extremely"),
        *("well", "better", "best", "good", "excellent", "excellently", "skilfully"),
        *("skillfully", "fluently", "smoothly", "efficiently", "effectively", "adequately"),
        *("sufficiently", "roughly", "nearly", "almost", "reasonably", "clearly"),
        *("consistently", "always", "usually", "often", "sometimes", "occasionally"),
        *("independently", "correctly", "accurately", "properly", "appropriately", "actively"),
        *("promptly", "flexibly", "deeply", "more", "most", "less", "least", "slightly"),
        *("easily", "confidently", "expertly"),
    )
)


def blanked(text: str) -> str:
    """The text with numbers, codes and quoted words as blanks."""
    return _CHINESE_NUMBER.sub(BLANK, _FILLED.sub(BLANK, text))


def units(text: str, language: str) -> tuple[str, ...]:
    """What a text is made of: its Chinese characters and letters, or its English words."""
    if language == "en":
        return tuple(_ENGLISH_WORD.findall(text.lower()))
    return tuple(each for each in text if each.isalnum() or each == BLANK)


def pairs(parts: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Each two neighbours."""
    return frozenset(pairwise(parts))


def likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """The share of neighbours that two texts have in common, 0 to 1 (Dice's coefficient)."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def without_degrees(text: str, language: str) -> tuple[str, ...]:
    """The units of a text that are left when words of mere degree are taken out."""
    if language == "en":
        return tuple(each for each in units(text, "en") if each not in ENGLISH_DEGREES)
    for word in CHINESE_DEGREES:
        text = text.replace(word, "")
    return units(text, "zh")


def clauses(text: str) -> tuple[str, ...]:
    """The pieces between punctuation marks."""
    return tuple(each.strip() for each in _CLAUSE_END.split(text) if each.strip())


def is_written_in(text: str, language: str) -> bool:
    """Whether a text can be what its language says: Chinese has Chinese characters, English is
    mostly without (it may quote a Chinese sentence)."""
    han = len(_HAN.findall(text))
    return han > 0 if language == "zh" else han * 5 <= len(text)


def has_number(text: Iterable[str]) -> bool:
    """Whether a count, a time or an amount is among the units."""
    return any(each[0].isdecimal() or each in "一二两三四五六七八九十" for each in text)
