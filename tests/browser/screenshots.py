"""``python -m tests.browser.screenshots FOLDER [NAME …]``: pictures of every page of the demo.

Each page in both languages, on a desk and on a phone; the work pages in the LMS's frame, too;
and the pictures of ``deploy/pictures``, which are made smaller by hand (palette of 256 colours).
Not here: whether a page is sound (``test_pages``).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.demo import Demo, running_demo
from tests.browser.places import BY_NAME, DRAFTING, OPEN, PLACES, Atlas, Place
from tests.browser.visits import TEACHER, visit
from tests.chromium import launch_arguments

WIDTHS = (1280, 375)
LANGUAGES = ("zh", "en")
HEIGHT = 800
FRAMED = ((TEACHER, "teacher"), (DRAFTING, "student"))


def take(browser: Browser, demo: Demo, folder: Path, places: Sequence[Place]) -> None:
    """Write ``NAME.LANGUAGE.WIDTH.png`` for each page, whole length."""
    atlas = Atlas(browser, demo)
    for width in WIDTHS:
        with browser.new_context(locale="zh-CN", viewport=_view(width)) as context:
            page = context.new_page()
            for place in places:
                for language in LANGUAGES:
                    page.goto(atlas.address(place, language))
                    name = f"{place.name}.{language}.{width}.png"
                    take_whole(page, folder / name)
                    sys.stdout.write(f"{name}\n")


def take_whole(page: Page, path: Path) -> None:
    """The page in its whole length, in a window as high, so that bars stand where they belong."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    page.set_viewport_size({"width": width, "height": max(height, HEIGHT)})
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size(_view(width))


def take_for_readers(browser: Browser, demo: Demo, folder: Path) -> None:
    """Write ``picture-NAME.png``: what the documents show, as much as fits on a desk."""
    atlas = Atlas(browser, demo)
    with browser.new_context(locale="zh-CN", viewport=_view(WIDTHS[0])) as context:
        page = context.new_page()
        for name in ("rate", "class", "progress", "decision"):
            page.goto(atlas.address(BY_NAME[name], "zh"))
            if name == "rate":
                _rate_two(page)
            page.screenshot(path=folder / f"picture-{name}.png")


def _rate_two(page: Page) -> None:
    for level in ("3", "4"):
        page.keyboard.press(level)
        page.locator("details[open] .chosen .mk").wait_for()
        page.keyboard.press("j")


def take_framed(browser: Browser, demo: Demo, folder: Path) -> None:
    """Write ``framed-WHO.LANGUAGE.png``: the open assessment in the LMS's frame."""
    for person, name in FRAMED:
        for language in LANGUAGES:
            with browser.new_context(locale="zh-CN", viewport=_view(WIDTHS[0])) as context:
                visit(context.new_page(), demo, person, language=language).open(OPEN)
                context.pages[0].screenshot(path=folder / f"framed-{name}.{language}.png")


def _view(width: int) -> ViewportSize:
    return {"width": width, "height": HEIGHT}


def main() -> None:
    """Start the demo and take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pages")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as data,
        running_demo(Path(data)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_arguments())
        take(browser, demo, asked.folder, [BY_NAME[name] for name in asked.names] or PLACES)
        if not asked.names:
            take_framed(browser, demo, asked.folder)
            take_for_readers(browser, demo, asked.folder)
        browser.close()


if __name__ == "__main__":
    main()
