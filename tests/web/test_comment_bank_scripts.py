"""Rating by keyboard in a real browser: the comment bank's keys, and how few keys a work takes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lti_tool.services.keep_comments import keep_comment
from tests.services.classroom import STANDARD, Classroom
from tests.web.at_desk import WAIT, AtDesk, at_desk
from tests.web.conftest import SignIn

REQUIREMENTS = 17
MOST_KEYS = 45
"""For a work of 17 requirements with three comments from the bank: a level and a step each, a key
for a comment, and what releases."""


@pytest.fixture
def desk(
    context: BrowserContext, classroom: Classroom, address: str, sign_in: SignIn
) -> Iterator[AtDesk]:
    with at_desk(context, classroom, address, sign_in) as opened:
        yield opened


def bank(desk: AtDesk, codes: tuple[str, ...], *sentences: str) -> None:
    made = desk.classroom.set_up(*codes)
    with desk.classroom.working() as work:
        for code in codes:
            for each in sentences:
                keep_comment(
                    work, made, code, each, shared=False, course_id=desk.classroom.course.id
                )


def saved(page: Page) -> None:
    expect(page.locator("#save")).to_contain_text("已保存", timeout=WAIT)


def test_a_key_puts_a_sentence_in_and_another_keeps_what_is_written(desk: AtDesk) -> None:
    bank(desk, ("2.1.1",), "先安抚，再处理。")
    work, _made = desk.work("2.1.1")
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("3")
    saved(page)
    with page.expect_response("**/ratings"):
        page.keyboard.press("Shift+1")
    saved(page)
    assert desk.newest(work)["2.1.1"].comment == "先安抚，再处理。"
    page.keyboard.press("c")
    page.keyboard.press("Control+A")
    with page.expect_response("**/ratings"):
        page.keyboard.type("语速适中。")
        page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator(".bank-item")).to_have_count(2)
    expect(page.locator(".bank [role=status]")).to_have_text("已放入评语库")
    page.reload()
    expect(page.locator(".bank-item").nth(1)).to_contain_text("语速适中。")


def test_a_work_of_17_requirements_takes_few_keys(desk: AtDesk) -> None:
    level = desk.classroom.catalogue.find(STANDARD).standard.level("elementary")
    codes = tuple(each.code for each in level.requirements[:REQUIREMENTS])
    bank(desk, codes, "先安抚，再处理。")
    work, _made = desk.work(*codes)
    page = desk.open(f"/work/{work.id}")
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    for place in range(REQUIREMENTS):
        press("3")
        if place % 6 == 0:
            press("Shift+1")
        if place + 1 < REQUIREMENTS:
            press("j")
    expect(page.locator("#done")).to_have_text(
        f"已评 {REQUIREMENTS} / {REQUIREMENTS}", timeout=WAIT
    )
    saved(page)
    press("r")
    expect(page.locator("#release button")).to_be_focused()
    press("Enter")
    expect(page.locator(".banner-ok")).to_contain_text("已发布", timeout=WAIT)
    given = desk.newest(work)
    assert len(given) == REQUIREMENTS
    assert all(each.released_at for each in given.values())
    assert sum(each.comment != "" for each in given.values()) == 3
    assert keys <= MOST_KEYS
