"""The main job by clicking, in the LMS's frame: what a school does in its first week with the tool.

The tool is third party to the page that frames it, and Chromium drops such cookies.
"""

import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.conftest import Enter
from tests.browser.deeds import choose_the_task, expect_saved, hand_in, write
from tests.browser.places import OPEN
from tests.browser.visits import REGISTRAR, TEACHER, Visit

TASK = "2.2 业务解答"
CODES = ("2.2.1", "2.2.2", "2.2.3", "2.2.4")
LEVEL_COLUMN = "attainment"


def test_an_assessment_goes_from_the_chooser_to_the_gradebook_and_to_feedback(
    enter: Enter, tmp_path: Path
) -> None:
    teacher = enter(TEACHER)
    choose_the_task(teacher, TASK)
    teacher.tool.get_by_role("button", name="保存并返回课程").click()
    expect_on_the_course_page(teacher)
    student = enter("欧阳晨曦")
    collect_evidence(student.open(TASK), tmp_path / "工单截图.png")
    rate_oneself(student.tool)
    student.page.reload()
    expect_nothing_lost(student.arrived())
    hand_in(student.tool)

    teacher.open(TASK).get_by_role("link", name="欧阳晨曦", exact=True).click()
    rate_by_keyboard(teacher)
    release(teacher.tool)
    teacher.to_gradebook()
    expect(teacher.grade_in_time(TASK, "欧阳晨曦", "16 / 20")).to_contain_text("4/4 达标")

    student.to_gradebook()
    expect(student.page.locator("li.card", has_text=TASK).first).to_contain_text("16 / 20")
    read_feedback(student.open(TASK))


def test_a_student_who_lacks_one_requirement_attains_the_level(enter: Enter) -> None:
    teacher, student, registrar = enter(TEACHER), enter("王雨欣"), enter(REGISTRAR)
    teacher.to_gradebook()
    expect(teacher.grade(LEVEL_COLUMN, "王雨欣")).to_contain_text("0 / 1")

    teacher.open(OPEN).get_by_role("link", name="王雨欣", exact=True).click()
    for _ in range(6):
        give(teacher.tool, 3)
        teacher.tool.locator("body").press("j")
    release(teacher.tool)

    progress = student.open(OPEN)
    progress.locator("nav.tabs a[href$='/progress']").click()
    expect(progress.get_by_role("heading", level=1)).to_contain_text("初级")
    expect(progress.get_by_role("heading", level=1)).to_contain_text("等待认定")

    sign_off(registrar.to_institution(), "王雨欣")
    teacher.to_gradebook()
    expect(teacher.grade_in_time(LEVEL_COLUMN, "王雨欣", "1 / 1")).to_contain_text("初级")
    expect_the_decision_explained(registrar.tool)


def test_in_the_canvas_manner_students_see_an_assessment_once_it_is_published(
    enter: Enter,
) -> None:
    teacher = enter(TEACHER, manner="canvas")
    choose_the_task(teacher, TASK)
    expect_on_the_course_page(teacher)
    student = enter("欧阳晨曦", manner="canvas")
    expect(student.page.get_by_role("link", name=TASK)).to_have_count(0)
    teacher.page.locator("li.card", has_text=TASK).get_by_role("button", name="发布").click()

    student.to_course()
    work = student.open(TASK)
    write(work, "客服：您好。", CODES)
    hand_in(work)
    teacher.open(TASK).get_by_role("link", name="欧阳晨曦", exact=True).click()
    for _ in CODES:
        give(teacher.tool, 3)
        teacher.tool.locator("body").press("j")
    release(teacher.tool)
    teacher.to_gradebook()
    teacher.grade_in_time(TASK, "欧阳晨曦", "/ 20")


# --- the teacher sets up --------------------------------------------------------------------------


def expect_on_the_course_page(teacher: Visit) -> None:
    expect(teacher.page.get_by_role("link", name=TASK, exact=True)).to_be_visible()


# --- the student works ----------------------------------------------------------------------------


def collect_evidence(work: FrameLocator, picture: Path) -> None:
    """A text for two codes, a link for one, a file for one."""
    write(work, "客服：您好。\n客户：水壶裂了。", CODES[:2])
    work.locator("summary", has_text="添加链接").click()
    link = work.locator("form[action$='/evidence/link']")
    link.get_by_label("网址").fill("https://video.example/2")
    link.get_by_text(CODES[2], exact=True).click()
    link.get_by_role("button").click()
    expect(work.locator("#pieces > li")).to_have_count(2)

    picture.write_bytes(PICTURE)
    files = work.locator("form[action$='/evidence/files']")
    files.get_by_text(CODES[3], exact=True).click()
    files.locator("input[type=file]").set_input_files(picture)
    expect(work.locator("#pieces > li")).to_have_count(3)


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763"
    "f8ffff3f0005fe02fea73581e40000000049454e44ae426082"
)
"""One white pixel as PNG."""


def rate_oneself(work: FrameLocator) -> None:
    """Choose a level for every code; each choice is saved at once."""
    for code in CODES:
        work.locator(f"[id='c-{code}'] label.opt").last.click()
    expect(work.locator("#missing")).to_contain_text("没有缺项")
    expect_saved(work)


def expect_nothing_lost(work: FrameLocator) -> None:
    """After a new launch everything stands as it was left."""
    expect(work.locator("#pieces > li")).to_have_count(3)
    expect(work.locator("#pieces textarea")).to_have_value("客服：您好。\n客户：水壶裂了。")
    expect(work.locator("#pieces input[type=url]")).to_have_value("https://video.example/2")
    expect(work.locator("#pieces")).to_contain_text("工单截图.png")
    expect(work.locator("#rubric input:checked")).to_have_count(len(CODES))


def read_feedback(work: FrameLocator) -> None:
    """The result code by code, with the comment and the evidence."""
    work.get_by_role("link", name="看反馈").first.click()
    expect(work.get_by_role("heading", level=1)).to_contain_text("4")
    first = work.locator("[id='c-2.2.1']")
    expect(first).to_contain_text("达标")
    expect(first).to_contain_text("方案完整。")


# --- the teacher rates ----------------------------------------------------------------------------


def rate_by_keyboard(teacher: Visit) -> None:
    """1 to 4 give a level, J and K move, Z takes the last one back, C writes a comment."""
    tool = teacher.tool
    body = tool.locator("body")
    give(tool, 4)
    body.press("z")
    expect(tool.locator("#done")).to_have_text(re.compile("0 / 4"))
    give(tool, 3)
    body.press("c")
    teacher.page.keyboard.type("方案完整。")
    teacher.page.keyboard.press("Tab")
    expect(tool.locator("#save")).to_contain_text("已保存")
    body.press("j")
    give(tool, 2)
    body.press("k")
    expect(open_card(tool)).to_have_attribute("data-code", "2.2.1")
    body.press("j")
    for _ in CODES[1:]:
        give(tool, 3)
        body.press("j")


def give(tool: FrameLocator, level: int) -> None:
    """Press the key of a level, and see it saved."""
    tool.locator("#rate.scripted").wait_for()
    card = open_card(tool)
    tool.locator("body").press(str(level))
    expect(card.locator(".chosen .mk")).to_be_visible()


def open_card(tool: FrameLocator) -> Locator:
    return tool.locator("details.crit-d[open]")


def release(tool: FrameLocator) -> None:
    """Release what is rated."""
    tool.locator("#release button.btn-primary").click()
    expect(tool.locator("main")).to_contain_text("已发布")


# --- the registrar decides ------------------------------------------------------------------------


def sign_off(outcomes: FrameLocator, learner: str) -> None:
    """Find who is proposed, look at the evidence, sign off."""
    outcomes.locator("tr", has_text=learner).get_by_role("link").first.click()
    expect(outcomes.locator("main")).to_contain_text("2.2.1")
    outcomes.locator("form[action$='/sign-off'] input[type=checkbox]").check()
    outcomes.locator("form[action$='/sign-off'] button").click()
    expect(outcomes.locator("#notes .banner-ok")).to_be_visible()


def expect_the_decision_explained(decision: FrameLocator) -> None:
    """Rule, ratings and raters, and what the LMS was told."""
    frame = decision.owner.content_frame
    frame.locator("main h1").wait_for()
    main = frame.locator("main")
    expect(main).to_contain_text("49")
    expect(main).to_contain_text(TEACHER)
    expect(main).to_contain_text("1 / 1")
