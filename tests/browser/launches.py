"""The pages between an LMS and the tool that nobody sees for long, held still one after the other.

They go on by their script, which is kept from loading here; what they wait for is taken away: the
login's cookie. Not here: that they go on (``test_cookieless``).
"""

from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Page

from tests.browser.demo import Demo

SHOW = """name => document.querySelectorAll("[data-part]").forEach(
    (each) => { each.hidden = each.dataset.part !== name; })"""


def still_pages(context: BrowserContext, demo: Demo, language: str) -> Iterator[tuple[str, Page]]:
    """``begin`` as it is shown first, where the browser keeps nothing and once a window is open;
    ``fetch``; ``confirm``; and the tool's page after it."""
    context.route("**/lti-browser.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{demo.lms_url}/?lang={language}")
    card = page.locator("section.card", has_text="Canvas")
    href = card.locator("a.button").first.get_attribute("href") or ""
    person = href.partition("/course")[0]
    page.goto(f"{demo.lms_url}{person}/navigation/launch?lang={language}")
    page.locator("#browser").wait_for()
    yield "begin", page
    for part in ("blocked", "opened"):
        page.evaluate(SHOW, part)
        yield f"begin-{part}", page
    onward = page.locator("#browser").get_attribute("data-onward") or ""
    context.clear_cookies()
    page.goto(onward)
    page.locator("#browser[data-step=end]").wait_for()
    yield "fetch", page
    page.evaluate("document.querySelector('#browser form').submit()")
    page.locator("dl.facts").wait_for()
    yield "confirm", page
    page.locator("button.btn-primary").click()
    page.wait_for_url("**/teacher/**")
    yield "entered", page
