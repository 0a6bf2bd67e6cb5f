"""Characters: what is equal for recognition though it is printed otherwise, and what is layout.

Two ways apart: ``folded`` is only compared, never kept; ``tidy`` gives the text that is kept, word
for word but for line ends and layout spaces. Not here: codes and markers (``markers``).
"""

import re
import unicodedata
from collections.abc import Iterable

_WIDE = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_NARROW = str.maketrans({**_WIDE, "　": " ", "．": ".", "。": ".", "㈠": "一"})
"""One character for one, so that a place in the folded text is one in the printed text."""

_TRADITIONAL = (
    "職業領務級標準發佈製訂術語義適範圍參獻聲權歸屬體張電"
    "話編號歲無項應關識點與專類學負責為種廠規崗檔單"
)
_SIMPLIFIED = (
    "职业领务级标准发布制订术语义适范围参献声权归属体张电"
    "话编号岁无项应关识点与专类学负责为种厂规岗档单"
)
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
"""The characters of the words that a layout is known by; texts are kept as printed."""

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’…—"
_CJK_GAP = re.compile(rf"(?<=[{CJK}])[ \t\u00a0\u3000]+(?=[{CJK}])")
_SPACE = re.compile(r"[ \t\u00a0\u3000]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f]")
_FORMS = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff]")
_LOOKS = (
    "⺁⺒⺓⺝⺞⺟⺠⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳⼾",
    "厂巳幺月歹母民西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟户",
)
_RADICALS = dict(zip(*_LOOKS, strict=True))
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_PARTED = re.compile(rf"{_HAN} (?=[A-Za-z])|[A-Za-z] (?={_HAN})")
_CLOSE = re.compile(rf"{_HAN}(?:[A-Za-z])|[A-Za-z](?:{_HAN})")
LEAST_TOKENS = 4
SINGLE_SHARE = 0.8


def narrow(text: str) -> str:
    """Full-width digits, letters and punctuation as plain ones, character for character."""
    return text.translate(_NARROW)


def folded(text: str) -> str:
    """The text for comparing: plain, simplified where a layout's words are, without any space."""
    plain = unicodedata.normalize("NFKC", text).translate(_FOLD)
    return re.sub(r"\s+", "", plain)


def clean(text: str) -> str:
    """The text without characters that nobody can see; line feeds stay. Radicals and compatibility
    forms become the characters they look like."""
    seen = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _FORMS.sub(lambda found: _character(found[0]), seen)


def _character(form: str) -> str:
    """PDF files name ⽅ (a radical) where 方 is printed, since a font draws both alike; observed
    in files that Chromium and Word make. Unicode knows the character of most radicals (NFKC)."""
    return _RADICALS.get(form) or unicodedata.normalize("NFKC", form)


def is_spaced(text: str) -> bool:
    """Whether a space stands between nearly all characters (職 業 準 備)."""
    tokens = text.split()
    single = sum(len(each) == 1 for each in tokens)
    return len(tokens) >= LEAST_TOKENS and single / len(tokens) >= SINGLE_SHARE


def tidy(text: str) -> str:
    """One line of text as it is kept: no layout spaces, words of Latin script apart."""
    if is_spaced(text):
        return "".join(text.split())
    return _CJK_GAP.sub("", _SPACE.sub(" ", text)).strip()


def are_parted(texts: Iterable[str]) -> bool:
    """Whether a document parts words of Latin script from Chinese ones (开通 SOP 流程), told from
    where no line ends between them."""
    spaced = close = 0
    for each in texts:
        spaced += len(_PARTED.findall(each))
        close += len(_CLOSE.findall(each))
    return spaced > close


def join(first: str, second: str, *, parted: bool = False) -> str:
    """Two pieces of one text: a space stands only between words of Latin script, and between those
    and Chinese ones where the document is ``parted``."""
    if not first or not second:
        return first or second
    last, following = first[-1], second[0]
    latin = last.isascii() and following.isascii()
    mixed = parted and bool(_CLOSE.fullmatch(last + following))
    return (
        f"{first} {second}" if mixed or (latin and _are_words(last, following)) else first + second
    )


def _are_words(last: str, following: str) -> bool:
    return (last.isalnum() or last in ",;:)") and (following.isalnum() or following == "(")


def one_line(text: str) -> str:
    """The lines of a cell as one text."""
    whole = ""
    for line in text.split("\n"):
        whole = join(whole, tidy(line))
    return whole
