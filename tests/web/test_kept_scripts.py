"""Typed text in a real browser: it stays there until the server has it, and no longer."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lti_tool.domain.launch import Role
from tests.journeys.people import until
from tests.services.classroom import Classroom
from tests.web.conftest import SignIn

TEMPLATES = Path(__file__).parents[2] / "lti_tool" / "web" / "templates"
WORDS = "第二段里我确认过订单号。"
KEPT = ".banner[role=status]"
KEPT_NAMES = "Object.keys(localStorage).filter((name) => name.includes('form'))"
CODE = "2.1.1"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    page.close()


def test_every_form_with_a_text_keeps_what_is_typed() -> None:
    """``components.html`` shows a field that nobody sends."""
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.S):
            if "<textarea" in form or "textarea(" in form:
                assert "data-guard" in form, path


def test_a_reason_outlives_the_session_and_is_forgotten_once_it_arrived(
    page: Page, classroom: Classroom, address: str, sign_in: SignIn
) -> None:
    learner, task = classroom.enrol("陈思雨"), classroom.set_up()
    classroom.finish(learner, task, 2, 3, 3)

    def launch() -> None:
        home = sign_in(learner, Role.STUDENT)
        page.goto(f"{address}{home}/student/assessments/{task.id}/feedback")

    reason = page.locator(f"[id='why-{CODE}']")
    launch()
    page.locator(f"details:has([id='why-{CODE}']) > summary").click()
    reason.fill(WORDS)
    classroom.now += timedelta(hours=9)
    reason.locator("xpath=ancestor::form").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("你填写的内容已经留存")

    launch()
    expect(reason).to_have_value(WORDS)
    expect(page.locator(KEPT)).to_contain_text("已恢复")
    reason.locator("xpath=ancestor::form").get_by_role("button").last.click()
    expect(page.locator("#notes .banner-ok")).to_be_visible()
    # The page is there before its script has seen the mark.
    until(lambda: page.evaluate(KEPT_NAMES) == [])


def test_levels_and_comments_on_a_peers_work_come_back_with_what_was_kept_before(
    page: Page, classroom: Classroom, address: str, sign_in: SignIn
) -> None:
    author, rater, task = classroom.enrol("陈思雨"), classroom.enrol("李小龙"), classroom.set_up()
    classroom.hand_in(author, task)
    classroom.hand_in(rater, task)
    plan = f"{sign_in(classroom.teacher, Role.TEACHER)}/teacher/assessments/{task.id}/peers"
    page.goto(f"{address}{plan}")
    page.locator("#works").fill("1")
    page.locator("main .btn-primary").click()
    page.goto(f"{address}{sign_in(rater, Role.STUDENT)}/student/assessments/{task.id}/peers")
    page.locator("form[action$='/next'] button").click()
    page.locator(f"[name='level-{CODE}'][value='3']").check(force=True)
    page.locator(f"[id='comment-{CODE}']").fill("先安抚")
    page.locator("button[name=keep]").click()
    expect(page.locator(f"[id='comment-{CODE}']")).to_have_value("先安抚")
    expect(page.locator(KEPT)).to_have_count(0)
    page.locator(f"[name='level-{CODE}'][value='4']").check(force=True)
    page.locator(f"[id='comment-{CODE}']").fill(WORDS)
    where = page.url.partition("/student/")[2]

    page.goto(f"{address}{sign_in(rater, Role.STUDENT)}/student/{where}")

    expect(page.locator(f"[id='comment-{CODE}']")).to_have_value(WORDS)
    expect(page.locator(f"[name='level-{CODE}'][value='4']")).to_be_checked()
    page.locator(KEPT).get_by_role("button").click()
    expect(page.locator(f"[id='comment-{CODE}']")).to_have_value("先安抚")
    expect(page.locator(f"[name='level-{CODE}'][value='3']")).to_be_checked()


def test_a_form_that_is_empty_again_after_it_arrived_stays_empty(
    page: Page, classroom: Classroom, address: str, sign_in: SignIn
) -> None:
    task = classroom.set_up()
    home = sign_in(classroom.teacher, Role.TEACHER)
    page.goto(f"{address}{home}/teacher/assessments/{task.id}/comments")
    form = page.locator("form[action$='/comments']").first
    form.locator("textarea").fill(WORDS)
    form.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(form.locator("textarea")).to_have_value("")
    expect(page.locator(KEPT)).to_have_count(0)


def test_a_note_on_returned_work_outlives_the_session(
    page: Page, classroom: Classroom, address: str, sign_in: SignIn
) -> None:
    work = classroom.hand_in(classroom.enrol("陈思雨"), classroom.set_up())
    path = f"/teacher/work/{work.id}"
    page.goto(f"{address}{sign_in(classroom.teacher, Role.TEACHER)}{path}")
    page.locator(".give-back summary").click()
    page.locator("#note").fill(WORDS)
    page.locator(f"[id='n-{CODE}']").fill("没有等级的评语")

    page.goto(f"{address}{sign_in(classroom.teacher, Role.TEACHER)}{path}")

    expect(page.locator("#note")).to_have_value(WORDS)
    expect(page.locator(f"[id='n-{CODE}']")).to_have_value("没有等级的评语")
