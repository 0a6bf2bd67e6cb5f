"""The pages between an LMS and the tool fit, say nothing wrong to the console and are accessible,
in both languages, on a desk and on a phone."""

import pytest
from playwright.sync_api import Browser

from tests.browser.demo import Demo
from tests.browser.launches import still_pages
from tests.browser.test_pages import NARROWEST, SIZES, overflowing, violations

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.mark.parametrize("language", LOCALES)
def test_the_pages_of_a_launch_fit_and_are_accessible(
    language: str, browser: Browser, demo: Demo
) -> None:
    found, shown = [], []
    with browser.new_context(locale=LOCALES[language]) as context:
        for name, page in still_pages(context, demo, language):
            shown.append(name)
            assert (page.locator("html").get_attribute("lang") or "").startswith(language)
            if name == "entered":
                break
            for size, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{name} {size}: {each}" for each in overflowing(page)]
            page.set_viewport_size({"width": NARROWEST, "height": 600})
            found += [f"{name} narrowest: {each}" for each in overflowing(page)]
            found += [f"{name}: {each}" for each in violations(page)]
    assert shown[-2:] == ["confirm", "entered"]
    assert not found, "\n".join(found)
