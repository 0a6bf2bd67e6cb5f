"""The Chinese interface is complete, and pages speak the language their reader asked for."""

import importlib.util
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

from lti_tool.domain.standard import Text
from lti_tool.web import localisation

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    """The script behind `make translations` and `make check`."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / ".ci" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def show() -> Callable[..., str]:
    """Renders a template's source as a reader with this choice and browser wish sees it."""

    def shown(source: str, *, chosen: str | None = None, wish: str = "", **values: object) -> str:
        app = Flask(__name__)
        localisation.init_localisation(app, "Asia/Shanghai", lambda: chosen, clock=lambda: NOW)
        with app.test_request_context(headers={"Accept-Language": wish}):
            return render_template_string(source, **values)

    return shown


def test_every_text_is_translated_and_every_translation_is_used(translations: ModuleType) -> None:
    assert translations.problems() == []


def test_values_can_be_filled_into_every_text_and_translation() -> None:
    """A percent sign by itself would break the page in one language only."""
    broken = []
    for path in (ROOT / "lti_tool" / "web" / "translations").rglob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                broken += [text for text in _texts_of(message) if not _can_be_filled(text)]
    assert broken == []


def _texts_of(message: Message) -> list[str]:
    given = [message.id, message.string or ""] if message.id else []
    return [text for each in given for text in ([each] if isinstance(each, str) else each)]


def _can_be_filled(text: str) -> bool:
    try:
        assert isinstance(text % defaultdict(int), str)
    except (ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh_cn", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans", "zh"),
        ("zh_Hans_CN", "zh"),
        ("zh", "zh"),
        ("en", "en"),
        ("en-GB", "en"),
        ("en_us_k12", "en"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_platforms_language_tag_is_understood(tag: str | None, expected: str | None) -> None:
    assert localisation.language_of(tag) == expected


@pytest.mark.parametrize(
    ("chosen", "wish", "expected"),
    [
        ("en", "zh-CN", "en"),
        ("zh_cn", "en", "zh"),
        (None, "en-GB,zh;q=0.5", "en"),
        (None, "fr,zh-TW;q=0.8,en;q=0.5", "zh"),
        (None, "fr", "zh"),
        (None, "", "zh"),
        ("fr", "en", "en"),
    ],
)
def test_choice_comes_before_the_browsers_wish_and_chinese_is_the_default(
    show: Callable[..., str], chosen: str | None, wish: str, expected: str
) -> None:
    assert show("{{ language() }}", chosen=chosen, wish=wish) == expected


@pytest.mark.parametrize(("chosen", "word"), [("zh", "无佐证"), ("en", "No evidence")])
def test_a_text_shows_in_the_pages_language(
    show: Callable[..., str], chosen: str, word: str
) -> None:
    assert show("{{ _('No evidence') }}", chosen=chosen) == word


@pytest.mark.parametrize(
    ("source", "value", "zh", "en"),
    [
        ("{{ v|datetime }}", NOW, "11 月 24 日 14:03", "24 Nov, 14:03"),
        (
            "{{ v|datetime }}",
            datetime(2025, 12, 31, 17, 0, tzinfo=UTC),
            "1 月 1 日 01:00",
            "1 Jan, 01:00",
        ),
        (
            "{{ v|datetime }}",
            datetime(2025, 1, 5, 0, 0, tzinfo=UTC),
            "2025 年 1 月 5 日 08:00",
            "5 Jan 2025, 08:00",
        ),
        ("{{ v|datetime }}", None, "—", "—"),
        ("{{ v|date }}", date(2026, 11, 27), "11 月 27 日（周五）", "Fri 27 Nov"),
        ("{{ v|date }}", date(2025, 1, 5), "2025 年 1 月 5 日", "5 Jan 2025"),
        ("{{ v|time }}", NOW, "14:03", "14:03"),
        (
            "{{ v|remaining }}",
            NOW + timedelta(days=3, hours=4),
            "还有 3 天 4 小时",
            "3 days 4 hours left",
        ),
        (
            "{{ v|remaining }}",
            NOW + timedelta(seconds=20),
            "还有 不到一分钟",
            "less than a minute left",
        ),
        (
            "{{ v|remaining }}",
            NOW - timedelta(hours=1, minutes=5),
            "已过截止时间 1 小时 5 分钟",
            "1 hour 5 minutes past the due time",
        ),
        ("{{ v|number }}", Decimal("17.50"), "17.5", "17.5"),
        ("{{ v|percent }}", 80, "80%", "80%"),
        ("{{ v|filesize }}", 12 * 1024, "12 KB", "12 KB"),
        ("{{ v|filesize }}", 2_200_000, "2.1 MB", "2.1 MB"),
        ("{{ v|words }}", Text("达标", "Meets"), "达标", "Meets"),
        ("{{ v|words }}", Text("佐证"), "佐证", "佐证"),
        ("{{ v|words }}", None, "", ""),
    ],
)
def test_times_and_numbers_show_as_the_language_and_the_school_write_them(
    show: Callable[..., str], source: str, value: object, zh: str, en: str
) -> None:
    assert show(source, chosen="zh", v=value) == zh
    assert show(source, chosen="en", v=value) == en


def test_a_time_without_a_zone_is_refused(show: Callable[..., str]) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        show("{{ v|datetime }}", v=NOW.replace(tzinfo=None))


def test_what_a_value_brings_into_a_text_is_escaped(show: Callable[..., str]) -> None:
    assert show("{{ _('Due %(when)s', when=v) }}", chosen="en", v="<b>") == "Due &lt;b&gt;"
