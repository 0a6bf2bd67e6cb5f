"""The demo that all browser tests share, and people's browsers.

One demo serves the whole run: a test uses people of its own, or reads only.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.demo import Demo, running_demo
from tests.browser.frames import TwoSites, two_sites
from tests.browser.places import Atlas
from tests.browser.visits import Visit, visit

expect.set_options(timeout=15_000)

Enter = Callable[..., Visit]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, with its class of 30."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoSites]:
    """An LMS and the tool as two sites over https."""
    with two_sites(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture(scope="session")
def atlas(browser: Browser, demo: Demo) -> Atlas:
    """Addresses of the demo's pages."""
    return Atlas(browser, demo)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in China."""
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], demo: Demo) -> Enter:
    """Enter the LMS as somebody, in a browser of their own."""

    def enter(person: str, *, manner: str = "moodle", language: str = "zh", **view: Any) -> Visit:
        page = new_context(**view).new_page()
        return visit(page, demo, person, manner=manner, language=language)

    return enter
