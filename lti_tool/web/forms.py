"""Reads what people typed into forms: text, numbers, local times, each with a sentence when wrong.

A function here reads one field of the request's form and raises FormError with words for the
reader. ``FormReader`` collects several of them, so that a page can show all at once beside their
fields. Not here: the rules of the domain, which its own errors carry.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import request

from .localisation import gettext

T = TypeVar("T")

LOCAL_FORM = "%Y-%m-%dT%H:%M"
"""What an ``<input type="datetime-local">`` sends and wants back."""
LONGEST_NUMBER = 20


class FormError(Exception):
    """A field cannot be read. ``message`` is a sentence in the page's language."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class FormReader:
    """Reads field after field and keeps the sentences of those that are wrong, by field."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def read(self, parse: Callable[[], T], otherwise: T) -> T:
        """What ``parse`` returns, or ``otherwise`` where it raises FormError."""
        try:
            return parse()
        except FormError as error:
            self.errors[error.field] = error.message
            return otherwise


def text(name: str, most: int, *, required: bool = False) -> str:
    """The field without surrounding space; empty when it is missing.

    Line ends become ``\\n`` and control characters, which no database takes, are dropped.
    Raises FormError when it is longer than ``most`` characters, or empty though ``required``.
    """
    typed = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(each for each in typed if each >= " " or each in "\n\t").strip()
    if len(clean) > most:
        words = gettext(
            "At most %(most)s characters, these are %(count)s.", most=most, count=len(clean)
        )
        raise FormError(name, words)
    if required and not clean:
        raise FormError(name, gettext("This must be filled in."))
    return clean


def whole_number(name: str, *, least: int, most: int) -> int | None:
    """The field as a whole number, None when it is empty.

    Raises FormError for anything else and for numbers outside ``least`` to ``most``.
    """
    typed = text(name, LONGEST_NUMBER)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or not least <= int(typed) <= most:
        words = gettext("A whole number from %(least)s to %(most)s.", least=least, most=most)
        raise FormError(name, words)
    return int(typed)


def decimal_number(name: str) -> Decimal | None:
    """The field as a number with or without decimals, None when it is empty.

    Raises FormError for anything that is no ordinary number.
    """
    typed = text(name, LONGEST_NUMBER)
    if not typed:
        return None
    try:
        number = Decimal(typed)
    except InvalidOperation as wrong:
        raise FormError(name, gettext("A number, such as 20 or 12.5.")) from wrong
    if not number.is_finite():
        raise FormError(name, gettext("A number, such as 20 or 12.5."))
    return number


def local_datetime(name: str, zone: ZoneInfo) -> datetime | None:
    """The field as a time in this zone, None when it is empty. Raises FormError."""
    typed = text(name, LONGEST_NUMBER)
    if not typed:
        return None
    try:
        # A browser may add seconds; they are of no use in a due time.
        return datetime.strptime(typed[:16], LOCAL_FORM).replace(tzinfo=zone)
    except ValueError as wrong:
        words = gettext("A day and time, such as 2026-12-04 18:00.")
        raise FormError(name, words) from wrong


def as_typed(when: datetime | None, zone: ZoneInfo) -> str:
    """A time as ``local_datetime`` reads it; empty for None."""
    return when.astimezone(zone).strftime(LOCAL_FORM) if when else ""
