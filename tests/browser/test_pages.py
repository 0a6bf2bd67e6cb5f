"""Every page in both languages, on a desk and on a phone: fits, says nothing to the console, is
accessible by the rules of axe-core, light to load, and its main control is reached by the keyboard.

What people do on the pages is in ``test_main_job``; without scripts in ``test_without_scripts``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from tests.browser.places import PLACES, Atlas, Place

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
MOST_BYTES = 200 * 1024
MOST_TABS = 60
SIZES = {"desk": (1280, 3000), "phone": (375, 9000)}
"""Pixels; as high as the longest pages, or axe takes what a bar covers for hidden."""
SCHEMES: Mapping[tuple[str, str], Literal["light", "dark"]] = {
    ("zh", "desk"): "light",
    ("en", "phone"): "dark",
}
"""What axe looks at: each language, width and scheme of colours once."""
NARROWEST = 320
"""Pixels of the narrowest frame that an LMS shows on a phone."""

everywhere = pytest.mark.parametrize("place", [pytest.param(each, id=each.name) for each in PLACES])
in_both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all places: a new one for each takes longer than to look."""
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai") as context:
        yield context.new_page()


@everywhere
@in_both_languages
def test_a_page_fits_is_accessible_and_loads_little(
    place: Place, language: str, atlas: Atlas, page: Page
) -> None:
    address = atlas.address(place, language)
    with said(page) as found, weighed(page) as received:
        page.goto(address)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{size}: {each}" for each in overflowing(page)]
            if scheme := SCHEMES.get((language, size)):
                page.emulate_media(color_scheme=scheme)
                found += [f"{size}: {each}" for each in violations(page)]
        page.set_viewport_size({"width": NARROWEST, "height": 600})
        found += [f"narrowest: {each}" for each in overflowing(page)]
    assert not found, "\n".join(found)
    assert 0 < sum(received) < MOST_BYTES


@pytest.mark.parametrize("place", [pytest.param(p, id=p.name) for p in PLACES if p.main])
def test_the_keyboard_reaches_the_main_control(place: Place, atlas: Atlas, page: Page) -> None:
    page.goto(atlas.address(place, "zh"))
    reached = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED, place.main))
        if reached[-1] == "":
            break
    assert reached[-1] == ""


FOCUSED = """main => {
    const at = document.activeElement;
    return at.matches(main) ? "" : `${at.tagName} ${at.textContent.trim().slice(0, 30)}`;
}"""
"""Empty once the main control has the focus, else what has it."""


@contextmanager
def said(page: Page) -> Iterator[list[str]]:
    """What the page says to the console meanwhile: errors, also of its security policy.

    A page that refuses has a status that Chromium calls an error, too: that one is meant.
    """
    heard: list[str] = []

    def hear(note: ConsoleMessage) -> None:
        if note.type == "error" and note.location["url"] != page.url:
            heard.append(f"{note.text} {note.location['url']}")

    def fail(error: Error) -> None:
        heard.append(str(error))

    page.on("console", hear)
    page.on("pageerror", fail)
    yield heard
    page.remove_listener("console", hear)
    page.remove_listener("pageerror", fail)


@contextmanager
def weighed(page: Page) -> Iterator[list[float]]:
    """Bytes of each answer that comes over the network meanwhile, headers included; nothing comes
    from a cache, as on a first visit."""
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield received
    session.detach()


def overflowing(page: Page) -> list[str]:
    """Which elements make the document wider than the window."""
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.body.querySelectorAll("*")].filter(
                (each) => each.getBoundingClientRect().right > width + 1);
            return wide.slice(0, 8).map((each) =>
                `wider than the window: ${each.tagName}.${each.className} ${each.id}`);
        }"""
    )
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the first places; run past the page's security policy."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE)
    answer: dict[str, Any] = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})", list(RULES)
    )
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in answer["violations"]
        for node in each["nodes"][:3]
    ]
