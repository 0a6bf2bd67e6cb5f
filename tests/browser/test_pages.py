"""Every page in both languages, on a desk and on a phone: fits, says nothing to the console, is
accessible by the rules of axe-core, light to load, and its main control is reached by the keyboard.

What people do on the pages is in ``test_main_job``; without scripts in ``test_without_scripts``.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page

from tests.browser.places import PLACES, Atlas, Place

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
MOST_BYTES = 200 * 1024
MOST_TABS = 60
SIZES = {"desk": (1280, 3000), "phone": (375, 9000)}
"""Pixels; as high as the longest pages, or axe takes what a bar covers for hidden."""
SCHEMES: Mapping[tuple[str, str], Literal["light", "dark"]] = {
    ("zh", "desk"): "light",
    ("zh", "phone"): "dark",
    ("en", "phone"): "light",
}
"""What axe looks at; English on a desk differs from Chinese in nothing that it knows."""
NARROWEST = 320
"""Pixels of the narrowest frame that an LMS shows on a phone."""

everywhere = pytest.mark.parametrize("place", [pytest.param(each, id=each.name) for each in PLACES])
in_both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """One browser for all pages, so that styles and scripts are loaded once."""
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai") as context:
        yield context


@everywhere
@in_both_languages
def test_a_page_fits_and_is_accessible(
    place: Place, language: str, atlas: Atlas, reader: BrowserContext
) -> None:
    page = reader.new_page()
    said = listen(page)
    page.goto(atlas.address(place, language))
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{size}: {each}" for each in overflowing(page)]
        if scheme := SCHEMES.get((language, size)):
            page.emulate_media(color_scheme=scheme)
            found += [f"{size}: {each}" for each in violations(page)]
    page.set_viewport_size({"width": NARROWEST, "height": 600})
    found += [f"narrowest: {each}" for each in overflowing(page)]
    page.close()
    assert not found + said, "\n".join(found + said)


@everywhere
def test_a_page_loads_little(place: Place, atlas: Atlas, browser: Browser) -> None:
    with browser.new_context() as fresh:
        page = fresh.new_page()
        received = weigh(fresh.new_cdp_session(page))
        page.goto(atlas.address(place, "zh"), wait_until="networkidle")
        assert sum(received) < MOST_BYTES


@pytest.mark.parametrize("place", [pytest.param(p, id=p.name) for p in PLACES if p.main])
def test_the_keyboard_reaches_the_main_control(
    place: Place, atlas: Atlas, reader: BrowserContext
) -> None:
    page = reader.new_page()
    page.goto(atlas.address(place, "zh"))
    reached = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED, place.main))
        if reached[-1] == "":
            break
    page.close()
    assert reached[-1] == ""


FOCUSED = """main => {
    const at = document.activeElement;
    return at.matches(main) ? "" : `${at.tagName} ${at.textContent.trim().slice(0, 30)}`;
}"""
"""Empty once the main control has the focus, else what has it."""


def listen(page: Page) -> list[str]:
    """What the page says to the console from now on: errors, also of its security policy.

    A page that refuses has a status that Chromium calls an error, too: that one is meant.
    """
    said: list[str] = []

    def hear(note: ConsoleMessage) -> None:
        if note.type == "error" and note.location["url"] != page.url:
            said.append(f"{note.text} {note.location['url']}")

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


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
    page.evaluate(AXE)
    answer: dict[str, Any] = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})", list(RULES)
    )
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in answer["violations"]
        for node in each["nodes"][:3]
    ]


def weigh(session: CDPSession) -> list[float]:
    """Bytes of each answer as they came over the network, headers included."""
    received: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))
    return received
