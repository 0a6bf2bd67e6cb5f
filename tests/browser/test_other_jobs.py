"""What else a class does in the LMS's frame, where the browser keeps no cookie of the tool: files
that go on after a loss, previews, handing in as a group, peers' works, rating by code offline.

Not here: the way from the chooser to the gradebook (``test_main_job``).
"""

import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Route, expect

from tests.browser.conftest import Enter
from tests.browser.deeds import choose_the_task, hand_in, write
from tests.browser.visits import TEACHER, Visit

TASK = "2.1 有效沟通"
CODE = "2.1.1"
GROUP = ("何天佑", "林婉婷")
ALONE = "罗振宇"
SAID = "客服：您好，请问您需要什么帮助？\n"
FILE = "通话记录.txt"


def test_a_group_a_peer_and_the_workshop_floor(enter: Enter, tmp_path: Path) -> None:
    teacher, first, second, alone = (enter(each) for each in (TEACHER, *GROUP, ALONE))
    choose_the_task(teacher, TASK)
    teacher.tool.get_by_role("button", name="保存并返回课程").click()
    work = first.open(TASK)
    second.open(TASK)
    put_into_one_group(teacher)
    upload_with_a_loss(first, tmp_path / FILE)
    look_at_the_preview(work)
    hand_in(work)
    expect(second.open(TASK).locator(".banner-ok")).to_contain_text(GROUP[0])

    write(alone.open(TASK), "客服：您好。", (CODE,))
    hand_in(alone.tool)
    ask_for_peers(teacher)
    say_something_of_a_peers_work(alone)
    heard = first.open(TASK)
    heard.locator("nav.tabs a[href$='/peers']").click()
    expect(heard.locator("main")).to_contain_text("请先复述订单。")

    rate_on_the_floor_offline(teacher)


def put_into_one_group(teacher: Visit) -> None:
    queue = teacher.open(TASK)
    queue.locator("a[href*='/teams']").first.click()
    for name in GROUP:
        queue.get_by_label(name).fill("一组")
    queue.locator("main .btn-primary").click()
    expect(queue.locator("form[action$='/teams']")).to_have_count(0)


def upload_with_a_loss(student: Visit, file: Path) -> None:
    """The connection is lost after the first part and the page loaded anew; then it goes on."""
    file.write_text(SAID * 40_000, encoding="utf-8")
    page, sent = student.page, []

    def lose_all_but_the_first(route: Route) -> None:
        sent.append(route.request.url.partition("offset=")[2])
        if len(sent) == 1:
            route.continue_()
        else:
            route.abort()

    page.route("**/parts?*", lose_all_but_the_first)
    student.tool.locator("#files").set_input_files(file)
    expect(student.tool.locator("#uploads")).to_contain_text("连接中断")
    page.unroute("**/parts?*")
    page.reload()
    expect(student.arrived().locator("#arriving")).to_contain_text("%")
    form = student.tool.locator("form[data-upload]")
    form.get_by_text(CODE, exact=True).click()
    student.tool.locator("#files").set_input_files(file)
    expect(student.tool.locator("#pieces")).to_contain_text(FILE)
    assert sent[0] == "0"


def look_at_the_preview(work: FrameLocator) -> None:
    work.locator("#pieces summary").first.click()
    expect(work.frame_locator("iframe.shown-file").locator("pre")).to_contain_text(SAID.strip())


def ask_for_peers(teacher: Visit) -> None:
    queue = teacher.open(TASK)
    queue.locator("a[href*='/peers']").first.click()
    queue.locator("#works").fill("1")
    queue.locator("form[action$='/peers'] .btn-primary").click()
    expect(queue.locator(".banner-ok")).to_be_visible()


def say_something_of_a_peers_work(student: Visit) -> None:
    """What was chosen and typed outlives a new launch, though the browser keeps nothing here."""
    peers = student.open(TASK)
    peers.locator("nav.tabs a[href$='/peers']").click()
    peers.locator("form[action$='/next'] button").click()
    look = peers.locator("#main .ev summary")
    look.click()
    expect(peers.frame_locator("iframe.shown-file").locator("pre")).to_contain_text(SAID.strip())
    for level in peers.locator(".scale").all():
        level.locator("label.opt").nth(1).click()
    comment = peers.locator(f"[id='comment-{CODE}']")
    comment.fill("请先复述订单。")
    student.page.reload()
    student.arrived().locator("nav.tabs a[href$='/peers']").click()
    peers.get_by_role("link", name="1").click()
    expect(comment).to_have_value("请先复述订单。")
    peers.get_by_role("button", name="完成").click()
    expect(peers.locator(".banner-ok")).to_be_visible()


def rate_on_the_floor_offline(teacher: Visit) -> None:
    """A tap is kept while there is no network and sent by itself afterwards."""
    queue = teacher.open(TASK)
    queue.locator("a[href*='/by-code']").first.click()
    queue.locator("#save-all").wait_for(state="hidden")
    row = queue.locator(".floor-row", has_text=ALONE)
    teacher.page.context.set_offline(True)
    row.locator(".pick").nth(3).click()
    expect(queue.locator("#save")).to_contain_text(re.compile("离线|还没发出"))
    teacher.page.context.set_offline(False)
    expect(queue.locator("#save")).to_contain_text("已保存")
