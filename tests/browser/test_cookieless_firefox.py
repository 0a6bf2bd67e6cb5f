"""Launches inside a cross-site frame over https, in Firefox: as it comes, with cookies blocked."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.browser.firefox import Firefox, Tab, running_firefox, until
from tests.browser.frames import TwoSites

PARTED, THIRD_PARTY_BLOCKED, ALL_BLOCKED = 5, 1, 2
"""Values of ``network.cookie.cookieBehavior``; the first is Firefox's own choice."""
HEADING = """
    [...document.querySelectorAll("h1")].find((each) => each.checkVisibility())?.textContent
"""
CHOOSING = "这个链接考核什么？"
WINDOW = "请在新窗口中打开"
CONFIRM = "这是您本人吗？"

Places = Callable[[], Sequence[Tab]]


def shows(firefox: Firefox, places: Places, heading: str) -> Tab:
    """The tab or frame with this heading, once there is one."""

    def look() -> Tab | None:
        return next((each for each in places() if firefox.run(each, HEADING) == heading), None)

    return until(look, heading)


def test_cookies_kept_apart_by_site_carry_a_launch(sites: TwoSites, tmp_path: Path) -> None:
    preferences = {"network.cookie.cookieBehavior": PARTED}
    with running_firefox(tmp_path / "profile", preferences) as firefox:
        firefox.open(sites.activity("moodle"))
        tool = shows(firefox, firefox.frames, CHOOSING)
        assert firefox.run(tool, "document.cookie") == "lti-cookies=1"


def test_the_platforms_storage_carries_a_launch_where_cookies_are_blocked(
    sites: TwoSites, tmp_path: Path
) -> None:
    preferences = {"network.cookie.cookieBehavior": ALL_BLOCKED}
    with running_firefox(tmp_path / "profile", preferences) as firefox:
        firefox.open(sites.activity("canvas"))
        tool = shows(firefox, firefox.frames, CHOOSING)
        assert firefox.run(tool, "document.cookie") == ""


def test_a_window_of_its_own_carries_a_launch_where_third_party_cookies_are_blocked(
    sites: TwoSites, tmp_path: Path
) -> None:
    preferences = {"network.cookie.cookieBehavior": THIRD_PARTY_BLOCKED}
    with running_firefox(tmp_path / "profile", preferences) as firefox:
        firefox.open(sites.activity("moodle"))
        framed = shows(firefox, firefox.frames, WINDOW)
        firefox.run(framed, "document.querySelector('[data-opens]').click()")
        shows(firefox, firefox.tabs, CHOOSING)


def test_a_person_is_asked_where_all_cookies_are_blocked(sites: TwoSites, tmp_path: Path) -> None:
    preferences = {"network.cookie.cookieBehavior": ALL_BLOCKED}
    with running_firefox(tmp_path / "profile", preferences) as firefox:
        firefox.open(sites.activity("moodle"))
        framed = shows(firefox, firefox.frames, WINDOW)
        firefox.run(framed, "document.querySelector('[data-opens]').click()")
        asked = shows(firefox, firefox.tabs, CONFIRM)
        firefox.run(asked, "document.querySelector('main button').click()")
        shows(firefox, firefox.tabs, CHOOSING)
