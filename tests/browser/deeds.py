"""What people do inside the tool in more than one test: choose a task, write, hand in.

Not here: how they come in (``visits``), what a test alone does.
"""

import re

from playwright.sync_api import FrameLocator, expect

from tests.browser.visits import Visit


def choose_the_task(teacher: Visit, task: str) -> None:
    """Deep linking in three clicks: choose content, open a work area, insert one of its tasks."""
    teacher.to_course()
    teacher.page.get_by_role("link", name="选择内容").click()
    chooser = teacher.arrived()
    chooser.locator("summary", has_text="常规业务处理").first.click()
    chooser.get_by_role("button", name=re.compile(re.escape(task))).click()


def write(work: FrameLocator, words: str, codes: tuple[str, ...]) -> None:
    """Write a text, tie it to codes, and see it saved without pressing anything."""
    work.locator("summary", has_text="写一段文字").click()
    form = work.locator("form[data-new]")
    form.locator("textarea").fill(words)
    expect_saved(work)
    box = work.locator("form[data-adopts]")
    for code in codes:
        box.get_by_text(code, exact=True).click()
    expect(work.locator("#missing")).not_to_contain_text(f"{codes[-1]} 没有佐证")
    expect_saved(work)


def expect_saved(work: FrameLocator) -> None:
    expect(work.locator("#save")).to_have_text(re.compile(r"已保存 \d\d:\d\d"))


def hand_in(work: FrameLocator) -> None:
    """Look at what is handed in, then do it."""
    work.get_by_role("link", name="检查并提交").first.click()
    work.get_by_role("button", name="确认提交").click()
    expect(work.locator(".banner-ok").first).to_contain_text("提交")
