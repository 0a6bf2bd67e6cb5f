"""What teachers, students and registrars do in the tool's pages, by the pages' own forms.

Each function begins at the page the visitor is shown. Wording is left to the pages: these go by
where a form leads and how its fields are called. Not here: the LMS they come from.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from .visitor import Page, Upload, Visitor

TASK = "elementary/2.2"
CODES = ("2.2.1", "2.2.2", "2.2.3", "2.2.4")
"""The codes of the task; the last is the red line."""
MEETS = dict.fromkeys(CODES, 3)

T = TypeVar("T")


def until(look: Callable[[], T | None], *, seconds: float = 60.0) -> T:
    """What ``look`` returns once it is neither None nor false. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"nothing came of {look} in {seconds} s")


def set_up(teacher: Visitor, **typed: str) -> Page:
    """At the chooser: insert the one task, with these conditions and defaults for the rest."""
    return teacher.submit(r"/teacher/choose$", typed, button=("task", TASK))


def draft_text(student: Visitor, text: str = "您好，我马上为您更换。") -> Page:
    """At the assessment: add a text that shows every code."""
    return student.submit(r"/evidence/text$", {"text": text, "codes": CODES})


def draft_file(student: Visitor, *uploads: Upload) -> Page:
    """At the assessment: upload files that show the first code."""
    form = student.page.form(r"/evidence/files$")
    return student.submit(form, {"codes": CODES[:1]}, files={"files": uploads})


def rate_self(student: Visitor) -> Page:
    """At the assessment: the student thinks every code is met."""
    return student.submit(r"/self-ratings$", {f"self-{code}": "3" for code in CODES})


def hand_in(student: Visitor) -> Page:
    """At the assessment: look at everything once more, then hand in."""
    student.follow(r"/check$")
    return student.submit(r"/submit$")


def begin_rating(teacher: Visitor) -> Page:
    """At the queue: open the first work."""
    return teacher.follow(r"/teacher/work/")


def rate(teacher: Visitor, code: str, level: int, **typed: str) -> Page:
    """At a work: give one code a level."""
    form = teacher.page.form(r"/ratings$", code=code)
    return teacher.submit(form, {"level": str(level), **typed})


def rate_all(teacher: Visitor, given: Mapping[str, int] = MEETS) -> Page:
    """At a work: give each code its level, one after the other."""
    for code, level in given.items():
        rate(teacher, code, level, comment=f"{code} 看过了")
        assert teacher.page.status == 200, teacher.page.html
    return teacher.page


def release(teacher: Visitor) -> Page:
    """At a work whose codes are all rated: release it."""
    return teacher.submit(r"/work/[^/]+/release$")


def sign_off(registrar: Visitor) -> Page:
    """At the outcomes: open the first decision on 初级, look at it, sign it off."""
    registrar.follow(r"/decision/\d+/[^/]+/elementary$")
    return registrar.submit(r"/sign-off$", {"confirmed": "1"})


def address_in(printed: str) -> str:
    """The link that a command printed."""
    found = re.search(r"^http\S+$", printed, re.MULTILINE)
    if found is None:
        raise LookupError(f"no link in: {printed}")
    return found[0]
