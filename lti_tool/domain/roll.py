"""The registrar's list (名单): which student is in which term, programme and class.

The student number is the key. ID numbers (身份证号) are neither asked for nor kept, so a list that
holds one is refused. Not here: reading a file (``lti_tool.exchange.roll_tables``).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

LONGEST = {
    "student_number": 64,
    "term": 40,
    "programme": 100,
    "class_name": 100,
    "name": 100,
    "pinyin": 100,
}
"""The most characters of each field."""

ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
SPACED = re.compile(r"(?<=[0-9])[\s-]+(?=[0-9Xx])")
CUT_NUMBER = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One student in one term, as a list tells it. Number and term are never empty; an empty
    other field says nothing. ``name`` and ``pinyin`` stand as the list gives them."""

    student_number: str
    term: str
    programme: str = ""
    class_name: str = ""
    name: str = ""
    pinyin: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What there is one of in a school: the number in the term."""
        return self.student_number, self.term


FIELDS = tuple(each.name for each in fields(Enrolment))
TOLD = FIELDS[2:]
"""What a list says about a student in a term."""


def filled(new: Enrolment, recorded: Enrolment | None) -> Enrolment:
    """The new word on a student in a term; what it leaves empty stays as recorded."""
    if recorded is None:
        return new
    missing = {name: getattr(recorded, name) for name in TOLD if not getattr(new, name)}
    return replace(new, **missing)


def differences(new: Enrolment, recorded: Enrolment) -> tuple[str, ...]:
    """The fields in which the new word contradicts what is recorded. To add what was empty, or to
    leave something empty, contradicts nothing."""
    return tuple(
        name
        for name in TOLD
        if getattr(new, name)
        and getattr(recorded, name)
        and getattr(new, name) != getattr(recorded, name)
    )


def clean(words: str) -> str:
    """A cell as it is kept: full-width letters and digits made ordinary (NFKC), runs of space made
    one, control characters dropped."""
    ordinary = unicodedata.normalize("NFKC", words)
    printed = (" " if each.isspace() else each for each in ordinary)
    return " ".join("".join(each for each in printed if each >= " ").split())


def holds_id_number(words: str) -> bool:
    """Whether a number of a resident identity card stands in the text, also with gaps in it.

    GB 11643-1999: 17 digits with the date of birth at 7 to 14, and a check character by ISO 7064
    MOD 11-2. Both must be right, so that a student number of 18 digits is hardly ever one.
    """
    ordinary = SPACED.sub("", unicodedata.normalize("NFKC", words))
    return any(_is_id_number(found) for found in ID_NUMBER.findall(ordinary))


def is_cut_number(words: str) -> bool:
    """Whether a spreadsheet has made a rounded number of it (``2.02403E+09``)."""
    return CUT_NUMBER.fullmatch(words) is not None


def repeated(entries: Sequence[Enrolment]) -> frozenset[int]:
    """The places of entries that name a student in a term whom an earlier one named."""
    seen: set[tuple[str, str]] = set()
    found: set[int] = set()
    for place, each in enumerate(entries):
        if each.key in seen:
            found.add(place)
        seen.add(each.key)
    return frozenset(found)


def _is_id_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    if number[17].upper() != ID_CHECKS[total % 11]:
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return True
