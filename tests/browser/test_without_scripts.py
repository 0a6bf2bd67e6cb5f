"""Handing in and rating work without scripts: each step is a form, a button and a new page.

Scripts may fail to load or be forbidden in a school. Not here: the main job (``test_main_job``).
"""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.places import OPEN
from tests.browser.visits import TEACHER, Visit

STUDENT = "高梦琪"
CODES = ("2.1.2", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.4.1")


def test_work_is_handed_in_and_rated_without_scripts(enter: Enter, tmp_path: Path) -> None:
    student = enter(STUDENT, java_script_enabled=False)
    work = open_without_scripts(student)
    add_a_text(work, "客服：您好。")
    add_a_file(work, tmp_path / "工单.txt")
    rate_oneself(work)
    work.get_by_role("link", name="检查并提交").first.click()
    work.get_by_role("button", name="确认提交").click()
    expect(work.locator(".banner-ok").first).to_contain_text("提交")

    teacher = enter(TEACHER, java_script_enabled=False)
    queue = open_without_scripts(teacher)
    queue.get_by_role("link", name=STUDENT, exact=True).click()
    for number, code in enumerate(CODES, start=1):
        rate(queue, code)
        expect(queue.locator("#done")).to_have_text(re.compile(f"{number} / {len(CODES)}"))
    queue.locator("#release button").click()
    expect(queue.locator("main")).to_contain_text("已发布")


def open_without_scripts(entered: Visit) -> Page:
    """Open the assessment in a window of its own, each form of the launch by its button.

    Not in the frame: Playwright forbids scripts in a frame of another site only after the frame
    has begun to read its first page, which then takes them for allowed and skips <noscript>.
    """
    page = entered.page
    page.get_by_role("link", name=OPEN, exact=True).click()
    page.goto(page.get_by_role("link", name="在新窗口打开").evaluate("link => link.href"))
    for step in ("login", "launch"):
        page.locator(f"form[action*='/lti/{step}'] button").click()
    page.locator("main h1").wait_for()
    return page


def add_a_text(work: Page, words: str) -> None:
    work.locator("summary", has_text="写一段文字").click()
    form = work.locator("form[data-new]")
    form.locator("textarea").fill(words)
    for code in CODES[:3]:
        form.get_by_text(code, exact=True).click()
    form.get_by_role("button").click()
    expect(work.locator("#pieces textarea")).to_have_value(words)


def add_a_file(work: Page, path: Path) -> None:
    path.write_text("售后工单", encoding="utf-8")
    form = work.locator("form[data-upload]")
    form.locator("input[type=file]").set_input_files(path)
    for code in CODES[3:]:
        form.get_by_text(code, exact=True).click()
    form.get_by_role("button", name="上传").click()
    expect(work.locator("#pieces")).to_contain_text(path.name)


def rate_oneself(work: Page) -> None:
    for code in CODES:
        work.locator(f"[id='c-{code}'] label.opt").last.click()
    work.locator("#self button").last.click()
    expect(work.locator("#missing")).to_contain_text("没有缺项")


def rate(work: Page, code: str) -> None:
    """Open the criterion of ``code`` if it is not open, choose 3, save."""
    card = work.locator(f"[id='c-{code}']")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    card.locator("label.opt", has=work.locator("input[value='3']")).click()
    card.locator("button.save-one").click()
