"""The language, time zone and number forms of the pages. Not for a standard's own words (data).

For those who write pages:

- A text of the interface is written in English where it is used, ``{{ _("Hand in") }}`` in a
  template and ``gettext("Hand in")`` from this module in Python, and its Chinese stands in
  ``translations/zh/LC_MESSAGES/``, one .po file per audience: student, teacher, registrar, admin,
  rubrics, launch, registration, notifications, and ``base`` for what they share. English needs no
  catalogue. The files are read when the application starts; nothing is compiled.
- ``make translations`` collects the texts: what ``templates/student/**`` and ``web/student*``
  use comes into student.po unless base.po has it. Translate the empty entries, run it again.
- Values go in by name: ``_("%(count)s people wait", count=n)``; a percent sign is written ``%%``.
- Words that a standard or rubric brings (``Text``) need no catalogue: ``{{ level.name|words }}``.
- ``language()`` is ``zh`` or ``en`` in every template and macro. Filters: ``datetime``, ``date``,
  ``time``, ``remaining`` (until or since a due time), ``number``, ``percent`` (of 0 to 100),
  ``filesize``, ``words``. Times must know their zone; they show in the school's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request

from lti_tool.domain.standard import Text

CHINESE = "zh"
ENGLISH = "en"
DOMAIN = "messages"
TRANSLATIONS = Path(__file__).parent / "translations" / CHINESE / "LC_MESSAGES"
MINUTE, HOUR, DAY = 60, 3600, 86400


class _Forms(NamedTuple):
    """How one language writes a time: within this year, in another year, a day, this year's day."""

    moment: str
    moment_of_year: str
    day: str
    day_of_year: str


FORMS = {
    CHINESE: _Forms(
        "M 月 d 日 HH:mm", "y 年 M 月 d 日 HH:mm", "M 月 d 日（EEE）", "y 年 M 月 d 日"
    ),
    ENGLISH: _Forms("d MMM, HH:mm", "d MMM y, HH:mm", "EEE d MMM", "d MMM y"),
}


def init_localisation(
    app: Flask,
    time_zone: str,
    current_language: Callable[[], str | None],
    *,
    clock: Callable[[], datetime],
) -> None:
    """Give the application its languages, filters and the school's time zone.

    ``current_language`` returns the tag that this request's session chose or its launch brought
    (``zh_cn``, ``en-GB``), None where neither did; then the browser's wish decides, then Chinese.
    ``clock`` tells the time now. Raises ZoneInfoNotFoundError for a zone that is none.
    """

    def choose() -> str:
        return language_of(current_language()) or _browser_language() or CHINESE

    babel = flask_babel.Babel(app, default_locale=CHINESE, locale_selector=choose)
    with app.app_context():
        known = babel.domain_instance.cache
    # Flask-Babel looks here before it looks for compiled files, which we do not have.
    known[CHINESE, DOMAIN] = read_translations(TRANSLATIONS)
    known[ENGLISH, DOMAIN] = NullTranslations()
    zone = _Zone(ZoneInfo(time_zone), clock)
    app.jinja_env.filters.update(
        datetime=zone.moment,
        date=zone.day,
        time=zone.clock_time,
        remaining=zone.remaining,
        number=format_number,
        percent=format_percent,
        filesize=format_filesize,
        words=in_page_language,
    )
    app.jinja_env.globals.update(language=language, time_zone_name=zone.name)


def language_of(tag: str | None) -> str | None:
    """``zh`` or ``en`` for a language tag in any platform's spelling; None for other languages.

    Platforms write ``zh_cn`` (Moodle), ``zh-Hans`` (Canvas), ``zh_Hans_CN``, ``zh-CN``: Babel's
    own matching sends some of them to English.
    """
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in FORMS else None


def language() -> str:
    """The language of this page, ``zh`` or ``en``; Chinese outside a request."""
    locale = flask_babel.get_locale()
    return str(locale.language) if locale is not None else CHINESE


@contextmanager
def in_this_language(chosen: str) -> Iterator[None]:
    """Let everything in the block be in this language (``zh`` or ``en``), whatever the page's."""
    with flask_babel.force_locale(chosen):
        yield


def gettext(text: str, **values: object) -> str:
    """The text in the page's language, with ``%(name)s`` filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The text for a number of things, which the text names ``%(num)s``."""
    return str(flask_babel.ngettext(one, many, num, **values))


def in_page_language(text: Text | None) -> str:
    """A standard's or rubric's words in the page's language; empty for None."""
    return text.in_language(language()) if text is not None else ""


@cache
def read_translations(folder: Path) -> Translations:
    """Every .po file of the folder as one set of translations, read once in a process.

    Entries without a translation are left out, so that their English shows.
    """
    merged = Catalog(locale=CHINESE)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=CHINESE):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def format_number(value: Decimal | int | float) -> str:
    """A number without needless zeros: ``17.5``, ``1,024``."""
    return numbers.format_decimal(value, locale=_locale())


def format_percent(value: Decimal | int | float) -> str:
    """A share given as 0 to 100, rounded to whole percent."""
    return numbers.format_percent(Decimal(str(value)) / 100, locale=_locale())


def format_filesize(size: int) -> str:
    """A size in bytes as people read it: ``640 B``, ``12 KB``, ``2.1 MB``."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"


class _Zone:
    """The filters that need the school's time zone and the time now."""

    def __init__(self, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._zone = zone
        self._clock = clock

    def moment(self, when: datetime | None) -> str:
        """Day and time, with the year if it is not this one; a dash for None."""
        if when is None:
            return "—"
        local, forms = self._local(when), FORMS[language()]
        this_year = local.year == self._local(self._clock()).year
        form = forms.moment if this_year else forms.moment_of_year
        return dates.format_datetime(local, form, locale=_locale())

    def day(self, when: datetime | date | None) -> str:
        """The day with weekday, or with the year if it is not this one; a dash for None."""
        if when is None:
            return "—"
        day = self._local(when).date() if isinstance(when, datetime) else when
        forms = FORMS[language()]
        this_year = day.year == self._local(self._clock()).year
        form = forms.day if this_year else forms.day_of_year
        return dates.format_date(day, form, locale=_locale())

    def clock_time(self, when: datetime | None) -> str:
        """Hour and minute; a dash for None."""
        return "—" if when is None else self._local(when).strftime("%H:%M")

    def remaining(self, when: datetime) -> str:
        """How long until a due time, or how long ago it was, in its two largest units."""
        left = when - self._clock()
        span = _span(abs(left))
        if left >= timedelta(0):
            return gettext("%(span)s left", span=span)
        return gettext("%(span)s past the due time", span=span)

    def name(self) -> str:
        """The zone's name for readers."""
        return dates.get_timezone_name(self._zone, locale=_locale())

    def _local(self, when: datetime) -> datetime:
        if when.tzinfo is None:
            raise ValueError(f"a time without a zone: {when}")
        return when.astimezone(self._zone)


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    words = [
        ngettext("%(num)s day", "%(num)s days", days) if days else "",
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", minutes) if minutes and not days else "",
    ]
    return " ".join(word for word in words if word) or gettext("less than a minute")


def _locale() -> Locale:
    return Locale(language())


def _browser_language() -> str | None:
    wishes = (language_of(tag) for tag in request.accept_languages.values())
    return next((each for each in wishes if each is not None), None)
