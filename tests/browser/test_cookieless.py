"""Launches inside a cross-site frame over https, in Chromium, with less and less to keep a login's
secret in: partitioned cookies, the platform's storage, a window of its own, the person's word."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, expect

from tests.browser.frames import TwoSites
from tests.chromium import launch_arguments

ASK = """
    (message) => new Promise((resolve) => {
      const message_id = String(Math.random());
      window.addEventListener("message", ({ data }) => {
        if (data.message_id === message_id) resolve(data);
      });
      window.frames.post_message_forwarding.postMessage({ ...message, message_id }, "*");
    })
"""
"""Asks the storage from the LMS's own page."""
FILL = """
    (many) => {
      for (let number = 0; number < many; number += 1) {
        const message = { subject: "lti.put_data", message_id: "-", key: `k${number}`, value: "v" };
        window.frames.post_message_forwarding.postMessage(message, "*");
      }
    }
"""

Preferences = dict[str, Any]
Browsing = Callable[..., BrowserContext]

BLOCK = 2
THIRD_PARTY_BLOCKED: Preferences = {"profile": {"cookie_controls_mode": 1}}
ALL_BLOCKED: Preferences = {"profile": {"default_content_setting_values": {"cookies": BLOCK}}}
FRAMED_BLOCKED: Preferences = {
    "profile": {
        "content_settings": {
            "exceptions": {"cookies": {"[*.]tool.localhost,[*.]lms.localhost": {"setting": BLOCK}}}
        }
    }
}
"""As browsers that block third-party cookies and know no partitioned ones."""
CHOOSING = "这个链接考核什么？"
WINDOW = "请在新窗口中打开"
OPENED = "已在新窗口中打开"
CONFIRM = "这是您本人吗？"


@pytest.fixture
def browsing(browser_type: BrowserType, tmp_path: Path) -> Iterator[Browsing]:
    """Start a Chromium with these preferences of its profile, and further arguments."""
    begun: list[BrowserContext] = []

    def begin(preferences: Preferences, *arguments: str) -> BrowserContext:
        folder = tmp_path / str(len(begun)) / "Default"
        folder.mkdir(parents=True)
        (folder / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
        launch = launch_arguments()
        context = browser_type.launch_persistent_context(
            folder.parent,
            executable_path=launch["executable_path"],
            args=[*launch["args"], *arguments],
            ignore_https_errors=True,
            locale="zh-CN",
        )
        begun.append(context)
        return context

    yield begin
    for each in begun:
        each.close()


def opened(context: BrowserContext, address: str) -> Page:
    """A new tab with an activity's page."""
    page = context.new_page()
    page.goto(address)
    return page


def heading(page: Page) -> Locator:
    """What the tool in the frame shows as its heading."""
    return page.frame_locator("iframe.tool").locator("h1:visible")


def seen(page: Page) -> list[str]:
    """The paths of the tool's pages that this tab goes through from now on."""
    gone: list[str] = []
    page.on("framenavigated", lambda frame: gone.append(urlsplit(frame.url).path))
    return gone


@pytest.mark.parametrize("manner", ["moodle", "canvas"])
def test_partitioned_cookies_carry_a_launch_where_third_party_cookies_are_blocked(
    sites: TwoSites, browsing: Browsing, manner: str
) -> None:
    context = browsing(THIRD_PARTY_BLOCKED)
    page = opened(context, sites.activity(manner))
    expect(heading(page)).to_have_text(CHOOSING)
    kept = {cookie["name"]: cookie for cookie in context.cookies()}
    assert kept["lti-cookies"]["partitionKey"] == "https://lms.localhost"

    again = context.new_page()
    gone = seen(again)
    again.goto(sites.activity(manner))
    expect(heading(again)).to_have_text(CHOOSING)
    assert "/lti/login" not in gone


def test_the_platforms_storage_carries_a_launch_where_all_cookies_are_blocked(
    sites: TwoSites, browsing: Browsing
) -> None:
    context = browsing(ALL_BLOCKED)
    page = context.new_page()
    gone = seen(page)
    page.goto(sites.activity("canvas"))
    expect(heading(page)).to_have_text(CHOOSING)
    assert gone.index("/lti/login") < gone.index("/lti/launch")
    assert context.cookies() == []


def test_a_window_of_its_own_carries_a_launch_where_a_frame_keeps_nothing(
    sites: TwoSites, browsing: Browsing
) -> None:
    context = browsing(FRAMED_BLOCKED)
    page = opened(context, sites.activity("moodle"))
    expect(heading(page)).to_have_text(WINDOW)
    with context.expect_page() as opening:
        page.frame_locator("iframe.tool").locator("[data-opens]").click()
    expect(opening.value.locator("h1")).to_have_text(CHOOSING)
    expect(heading(page)).to_have_text(OPENED)


def test_a_person_is_asked_where_no_cookie_is_kept_anywhere(
    sites: TwoSites, browsing: Browsing
) -> None:
    context = browsing(ALL_BLOCKED)
    page = opened(context, sites.activity("moodle"))
    expect(heading(page)).to_have_text(WINDOW)
    with context.expect_page() as opening:
        page.frame_locator("iframe.tool").locator("[data-opens]").click()
    window = opening.value
    expect(window.locator("h1")).to_have_text(CONFIRM)
    expect(window.locator("main")).to_contain_text("明慧 陆")
    window.get_by_role("button").click()
    expect(window.locator("h1")).to_have_text(CHOOSING)


def test_a_person_may_go_on_in_the_frame_and_is_asked_there(
    sites: TwoSites, browsing: Browsing
) -> None:
    page = opened(browsing(ALL_BLOCKED), sites.activity("moodle"))
    expect(heading(page)).to_have_text(WINDOW)
    tool = page.frame_locator("iframe.tool")
    tool.get_by_role("link", name="在此处继续").click()
    expect(heading(page)).to_have_text(CONFIRM)
    tool.get_by_role("button").click()
    expect(heading(page)).to_have_text(CHOOSING)


def test_storage_that_never_answers_costs_a_second_and_then_a_window(
    sites: TwoSites, browsing: Browsing
) -> None:
    page = browsing(ALL_BLOCKED).new_page()
    page.route("**/sandbox-static/storage.js", lambda route: route.abort())
    page.goto(sites.activity("canvas"))
    expect(heading(page)).to_have_text(WINDOW)


def test_the_storage_of_the_sandbox_keeps_to_canvass_limits(
    sites: TwoSites, browsing: Browsing
) -> None:
    page = browsing({}).new_page()
    page.goto(sites.activity("canvas"))
    expect(heading(page)).to_have_text(CHOOSING)

    def ask(subject: str, **more: object) -> dict[str, Any]:
        answer: dict[str, Any] = page.evaluate(ASK, {"subject": subject, **more})
        assert answer["subject"] == f"{subject}.response"
        return answer

    named = {each["subject"] for each in ask("lti.capabilities")["supported_messages"]}
    assert {"lti.put_data", "lti.get_data"} <= named
    assert ask("lti.put_data", key="k", value="v" * 4095)["value"] == "v" * 4095
    assert ask("lti.put_data", key="k", value="w" * 4096)["error"]["code"] == "storage_exhaustion"
    assert ask("lti.get_data", key="k")["value"] == "v" * 4095
    page.evaluate(FILL, 499)
    assert ask("lti.put_data", key="one more", value="v")["error"]["code"] == "storage_exhaustion"
    assert ask("lti.get_data")["error"]["code"] == "bad_request"
    assert ask("lti.delete_data", key="k")["error"]["code"] == "unsupported_subject"
