"""The teacher's pages in a real browser: keys rate, undo works, nothing typed is lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from lti_tool.domain.launch import Role
from lti_tool.persistence import assessments
from tests.services.classroom import Classroom
from tests.web.at_desk import WAIT, AtDesk, at_desk
from tests.web.conftest import SignIn


@pytest.fixture
def desk(
    context: BrowserContext, classroom: Classroom, address: str, sign_in: SignIn
) -> Iterator[AtDesk]:
    with at_desk(context, classroom, address, sign_in) as opened:
        yield opened


def saved(page: Page) -> None:
    expect(page.locator("#save")).to_contain_text("已保存", timeout=WAIT)


def card(page: Page, code: str) -> Locator:
    return page.locator(f'[data-code="{code}"]')


def test_keys_rate_move_and_undo(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("3")
    saved(page)
    page.keyboard.press("j")
    page.keyboard.press("4")
    expect(page.locator("#done")).to_have_text("已评 2 / 3", timeout=WAIT)
    assert {c: r.performance_level for c, r in desk.newest(work).items()} == {
        "2.1.1": 3,
        "2.1.2": 4,
    }
    page.keyboard.press("z")
    expect(page.locator("#done")).to_have_text("已评 1 / 3", timeout=WAIT)
    assert set(desk.newest(work)) == {"2.1.1"}


def test_two_quick_choices_leave_the_second(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(page.locator("#toast")).to_contain_text("优秀", timeout=WAIT)
    assert desk.newest(work)["2.1.1"].performance_level == 4


def test_keys_rest_while_typing_and_when_switched_off(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("c")
    page.keyboard.type("第 3 次 4")
    page.locator("#keys").uncheck()
    page.keyboard.press("2")
    page.wait_for_timeout(300)
    assert desk.newest(work) == {}


def test_a_comment_is_saved_when_the_field_is_left(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("3")
    saved(page)
    page.keyboard.press("c")
    with page.expect_response("**/ratings"):
        page.keyboard.type("结合客户情况")
        page.keyboard.press("Tab")
    saved(page)
    assert desk.newest(work)["2.1.1"].comment == "结合客户情况"


def test_release_waits_for_every_code(desk: AtDesk) -> None:
    work, made = desk.work()
    page = desk.open(f"/work/{work.id}")
    release = page.locator("#release button")
    expect(release).to_have_attribute("aria-disabled", "true")
    for place, _code in enumerate(made.codes, 1):
        page.keyboard.press("3")
        expect(page.locator("#done")).to_have_text(f"已评 {place} / 3", timeout=WAIT)
        page.keyboard.press("j")
    expect(release).not_to_have_attribute("aria-disabled", "true")
    release.click()
    expect(page.locator(".banner-ok")).to_contain_text("已发布", timeout=WAIT)


def test_a_breach_is_saved_only_with_reason_and_confirmation(desk: AtDesk) -> None:
    work, _made = desk.work("2.2.3", "2.2.4")
    page = desk.open(f"/work/{work.id}?code=2.2.4")
    page.keyboard.press("1")
    page.keyboard.type("泄露客户电话")
    red = card(page, "2.2.4")
    red.get_by_role("button", name="保存").click()
    expect(red.locator(".refusal")).to_contain_text("勾选确认", timeout=WAIT)
    assert desk.newest(work) == {}
    red.get_by_text("我确认").click()
    red.get_by_role("button", name="保存").click()
    saved(page)
    assert desk.newest(work)["2.2.4"].comment == "泄露客户电话"


def test_a_colleagues_rating_is_shown_before_it_is_replaced(desk: AtDesk) -> None:
    work, made = desk.work()
    page = desk.open(f"/work/{work.id}")
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    desk.classroom.rate_code(work, made, "2.1.1", 2, "语速太快", by=colleague)
    page.keyboard.press("4")
    box = card(page, "2.1.1").locator(".refusal")
    expect(box).to_contain_text("何志强", timeout=WAIT)
    expect(box).to_contain_text("语速太快")
    assert desk.newest(work)["2.1.1"].performance_level == 2
    card(page, "2.1.1").get_by_role("button", name="保存").click()
    saved(page)
    assert desk.newest(work)["2.1.1"].performance_level == 4


def test_a_choice_made_offline_is_sent_when_the_connection_is_back(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(card(page, "2.1.1").locator(".refusal")).to_contain_text("还没有保存", timeout=WAIT)
    page.context.set_offline(False)
    saved(page)
    assert desk.newest(work)["2.1.1"].performance_level == 3


def test_a_comment_typed_before_the_session_ended_comes_back(desk: AtDesk) -> None:
    work, _made = desk.work()
    page = desk.open(f"/work/{work.id}")
    page.keyboard.press("c")
    page.keyboard.type("写了很久的评语")
    desk.classroom.now += timedelta(hours=9)
    page.locator(".opt").first.click()
    expect(card(page, "2.1.1").locator(".refusal")).to_contain_text("登录已过期", timeout=WAIT)
    desk.open(f"/work/{work.id}")
    expect(card(page, "2.1.1").locator("textarea")).to_have_value("写了很久的评语")


def test_the_chooser_counts_previews_and_sends_one_level_only(desk: AtDesk) -> None:
    page = desk.open("/choose")
    page.locator("summary", has_text="常规业务处理").first.click()
    page.get_by_label("2.1 有效沟通").first.check()
    expect(page.locator("#count")).to_have_text("1 个任务，3 条要求")
    expect(page.locator("#preview > ul > li")).to_have_count(3, timeout=WAIT)
    page.get_by_role("button", name="中级 64").click()
    expect(page.locator("#count")).to_have_text("还没有选择")
    page.locator("summary:visible", has_text="异常问题处理").first.click()
    page.locator('[data-task="intermediate/4.1"]').check()
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/assessments/*")
    with desk.classroom.reading() as session:
        (made,) = assessments.assessments_of(session, desk.classroom.course.id)
    assert made.level == "intermediate"
    assert all(code.startswith("4.1.") for code in made.codes)


def test_enter_in_a_field_does_not_insert_the_first_task(desk: AtDesk) -> None:
    page = desk.open("/choose")
    page.locator("#title").fill("只是标题")
    page.keyboard.press("Enter")
    expect(page.locator(".banner-bad")).to_be_visible(timeout=WAIT)
    expect(page.locator("#title")).to_have_value("只是标题")
    with desk.classroom.reading() as session:
        assert assessments.assessments_of(session, desk.classroom.course.id) == []


def test_arrow_keys_walk_the_map_and_enter_opens_a_history(desk: AtDesk) -> None:
    made = desk.classroom.set_up()
    for name in ("陈思雨", "李浩然"):
        desk.classroom.finish(desk.classroom.enrol(name), made, 3, 2)
    page = desk.open("/class?area=2")
    page.locator(".heat tbody td[tabindex='0']").focus()
    assert page.locator(".heat tbody td[tabindex]").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#pop-title")).to_contain_text("2.1.2", timeout=WAIT)
    expect(page.locator("#pop")).to_contain_text("接近达标")
    page.keyboard.press("Escape")
    expect(page.locator("#pop")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "TD"
